"""Met One BAM 1020: its question, and a line as its printer writes it. Runs on MicroPython too."""

from drivers.wire.bam_1020 import ReadRecord
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

P90 = "BAM 1020 manual p. 90"
P94 = "BAM 1020 manual p. 94 (print of a standard cycle); the CR is ours"

FRAMES = (
    request(P90, ReadRecord(3), "'<ESC>Q<CR>"),
    reply(
        P94, ReadRecord(3), "'03/28/07 03:00:00, +00.027,+0.834<CR>", ("03/28/07 03:00:00", (0.027, 0.834))
    ),
    refused(P94, ReadRecord(9), "'03/28/07 03:00:00, +00.027,+0.834<CR>", "fields of the record"),
)

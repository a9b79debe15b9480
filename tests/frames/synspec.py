"""Synspec GC955 frames as a public driver builds them. Runs on MicroPython too."""

from drivers.wire.synspec import ReadRecord
from tests.frames.row import refused, request

__all__ = ["FRAMES"]

GC955 = "public GC955 driver"

FRAMES = (
    request(GC955, ReadRecord(22), "'LL<CR>"),
    refused(GC955, ReadRecord(22), "4E 6F 20 64 61 74 61 0F", "No data"),
)

"""Met One frames of the ES-405 manual. Runs on MicroPython too."""

from drivers.wire.met_one import MetOneRequest, ReadRevision
from tests.frames.row import refused, reply, request

__all__ = ["FRAMES"]

ES405 = "Met One ES-405 manual p. 29"

FRAMES = (
    request(ES405, ReadRevision(any_sum=True), "'<ESC>rv*//<CR>"),
    # The same question with its sum, r + v = 114 + 118.
    request(ES405, ReadRevision(), "'<ESC>rv*00232<CR>"),
    reply(ES405, ReadRevision(), "'ES-405, 83904, R1.2.0.0a*01278<CR>", ("ES-405", "83904", "R1.2.0.0a")),
    reply(
        ES405,
        MetOneRequest("rv", "ES", repeatable=True),
        "'ES-405, 83904, R1.2.0.0a*01278",
        "ES-405, 83904, R1.2.0.0a",
    ),
    refused(ES405 + ", one digit altered", ReadRevision(), "'ES-405, 83905, R1.2.0.0a*01278<CR>", "checksum"),
)

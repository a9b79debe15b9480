"""Casella Microdust Pro: a line `2.87`, CR, LF every second, once `X` has been sent; `Z` stops it.

Source: Microdust Pro manual p. 55. The letters `I` (identify) and `T` (download) exist too; what they are
answered is not in the text at hand.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.streamed_line import StreamedLine
from drivers.wire.text import plain

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["COMMANDS", "Command", "ReadDust"]

COMMANDS = ("X", "Z")


class ReadDust(StreamedLine):
    """The next line, as a number in the unit that the instrument shows."""

    shape = ("Casella", "line")
    must_skip = True
    timeout_ms = 3500.0  # three of its intervals, and a bit
    expected = 8
    longest = 24

    def said(self, text: str) -> float:
        return plain(text, "dust")


class Command(Request):
    """`X`: send lines; `Z`: stop. Never sent twice; nobody answers. Raises ValueError for another."""

    address = None
    repeatable = False
    broadcast = True  # nothing is due but a pause

    def __init__(self, letter: str) -> None:
        if letter not in COMMANDS:
            raise ValueError("Microdust command %r is none of %s" % (letter, ", ".join(COMMANDS)))
        self.letter = letter
        self.shape = ("Casella", letter)

    def encode(self) -> bytes:
        return self.letter.encode()

    def length(self, buf: "Buffer") -> None:
        return None

    def parse(self, buf: "Buffer") -> None:
        if buf:
            raise WireError("answer to a command", "none", buf[0])

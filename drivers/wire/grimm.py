"""Grimm 1.108 and EDM 180 dust monitors: lines ended by CR, every 6 s and once a minute, with no check.

`N3,  200  150  100` is PM10, PM2.5 and PM1 in tenths of ug/m3, of the third 6 s of a minute; `P:` and fifteen
numbers, once a minute, hold the error code as the eighth. Counts (`C`, `c`) and the rest are passed over.
Source: HagenTelg/forge, instrument grimm110xopc and its simulator.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.streamed_line import StreamedLine
from drivers.wire.text import natural

if TYPE_CHECKING:
    from typing import NamedTuple

    class Line(NamedTuple):
        """kind: MASSES, values (PM10, PM2.5, PM1) in ug/m3; STATE, values (error code,); OTHER, no values."""

        kind: str
        values: tuple[float, ...]

else:
    Line = namedtuple("Line", ("kind", "values"))

__all__ = ["MASSES", "OTHER", "STATE", "Line", "ReadLine"]

MASSES, STATE, OTHER = "masses", "state", "other"
ERROR_AT, STATE_WORDS = 7, 10


class ReadLine(StreamedLine):
    """The next line, as a Line."""

    shape = ("Grimm", "line")
    timeout_ms = 20_000.0  # three of its intervals, and a bit
    expected = 24

    def said(self, text: str) -> Line:
        if text[:1] == "N" and text[2:3] == ",":
            natural(text[1], "number of the line")
            words = text[3:].split()
            if len(words) != 3:
                raise WireError("masses", "PM10, PM2.5 and PM1", text)
            return Line(MASSES, tuple([natural(word, "mass") / 10 for word in words]))
        if text[:1] == "P":
            words = text[1:].replace(":", " ").split()
            if len(words) < STATE_WORDS:
                raise WireError("state", "at least %d numbers" % STATE_WORDS, text)
            return Line(STATE, (natural(words[ERROR_AT], "error code"),))
        return Line(OTHER, ())

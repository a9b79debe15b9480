"""Synspec GC955 gas chromatograph: `LL` and CR ask for the last record, which 0x0F ends.

A record is fields with a TAB between them; the second is the date, the third the time of the
analysis. No check. Source: a public GC955 driver (question, end mark, `No data`, 2 s) and a public
GC955 simulator (date and time); no manual was at hand. What stands behind them depends on the method.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.text import TextRequest, digits

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["NO_DATA", "ReadRecord"]

TAB = 0x09
NO_DATA = "No data"
DATE_MARKS = ("-", "/", ".")


class ReadRecord(TextRequest):
    """`LL`: the last record, as a tuple of `fields` texts, blanks around them taken off.

    fields: how many the instrument sends (a trailing TAB counts no field); at least 4. It must be
    exact: one TAB more or less, and every value behind it is another compound's. A record is taken
    only from its start, which date and time in their places show. Signs beyond ASCII, as in units,
    are handed on as `?`. Raises ValueError for a smaller number, Refused `No data`.
    """

    address = None
    mark = b"\x0f"
    controls = (TAB, 0x0A, 0x0D)
    longest = 2048
    timeout_ms = 2000.0
    shape = ("Synspec", "LL")

    def __init__(self, fields: int) -> None:
        if fields < 4:
            raise ValueError("a GC955 record of %d fields has no value" % fields)
        self.fields = fields
        self.expected = 10 * fields

    def encode(self) -> bytes:
        return b"LL\r"

    def parse(self, buf: "Buffer") -> "tuple[str, ...] | None":
        plain = bytes([0x3F if byte >= 0xA0 else byte for byte in buf])
        record: tuple[str, ...] | None = super().parse(plain)
        return record

    def value(self, text: str, frame: bytes) -> "tuple[str, ...]":
        if NO_DATA in text:
            raise Refused(NO_DATA, "the instrument has no record yet")
        words = [word.strip("\r\n").lstrip(" ") for word in text.split("\t")]
        if not words[-1]:
            words = words[:-1]
        if len(words) != self.fields:
            raise WireError("fields of the record", "%d" % self.fields, "%d" % len(words))
        if not is_date(words[1]):
            raise WireError("second field of the record", "a date", words[1] or "nothing")
        if not is_time(words[2]):
            raise WireError("third field of the record", "a time", words[2] or "nothing")
        return tuple(words)


def is_date(word: str) -> bool:
    """Three groups of digits with the same mark between them."""
    return any(_groups(word, mark) == 3 for mark in DATE_MARKS)


def is_time(word: str) -> bool:
    """Hours and minutes, with or without seconds."""
    return _groups(word, ":") in (2, 3)


def _groups(word: str, mark: str) -> int:
    """How many groups of digits; 0 where something else stands there."""
    groups = word.split(mark)
    return len(groups) if all(digits(group) for group in groups) else 0

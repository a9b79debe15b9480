"""Met One BAM 1020: ESC `Q` and CR ask for the last record, which is a line of values with commas between.

No check. A record begins with date and time, then the concentration; it is of the last whole hour.
Source: BAM 1020 manual p. 90, 94 (question); public driver Datalogger2 MetOne1020.scala (order of the
values and their units). What a record looks like byte for byte is printed nowhere: blanks before values,
a line feed and empty lines before it are taken as they come.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.text import TextRequest, digits, plain

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["VALUES", "ReadRecord"]

CR, LF = 0x0D, 0x0A
VALUES = ("concentration", "volume")  # in mg/m3 and m3, behind the time; the others may have no sensor


class ReadRecord(TextRequest):
    """The last record as (time, values): its first field as text, the others that the source names.

    fields: how many it has, at least 3; it must be exact, since a comma more or less would give another
    column as the concentration. Raises ValueError for fewer.
    """

    address = None
    controls = (LF,)
    timeout_ms = 2000.0
    shape = ("BAM", "Q")
    longest = 256

    def __init__(self, fields: int) -> None:
        if fields < 1 + len(VALUES):
            raise ValueError("a BAM 1020 record of %d fields has no concentration and volume" % fields)
        self.fields = fields
        self.expected = 8 * fields

    def encode(self) -> bytes:
        return b"\x1bQ\r"

    def length(self, buf: "Buffer") -> "int | None":
        first = 0
        while first < len(buf) and buf[first] in (CR, LF):
            first += 1
        end = buf.find(b"\r", first)
        return None if end < 0 else end + 1

    def parse(self, buf: "Buffer") -> "tuple[str, tuple[float, ...]] | None":
        first = 0
        while first < len(buf) and buf[first] in (CR, LF):
            first += 1
        if len(buf) > first and not 0x30 <= buf[first] <= 0x39:
            raise WireError("start of the record", "a digit of the date", buf[first])
        record: tuple[str, tuple[float, ...]] | None = super().parse(buf[first:])
        return record

    def value(self, text: str, frame: bytes) -> "tuple[str, tuple[float, ...]]":
        words = [word.lstrip(" ") for word in text.split(",")]
        if len(words) != self.fields:
            raise WireError("fields of the record", "%d" % self.fields, "%d" % len(words))
        if not is_time(words[0]):
            raise WireError("first field of the record", "date and time", words[0] or "nothing")
        numbers = [plain(word, VALUES[at]) for at, word in enumerate(words[1 : 1 + len(VALUES)])]
        return words[0], tuple(numbers)


def is_time(word: str) -> bool:
    """A date of three groups with / or - between, a blank, and hours and minutes, perhaps seconds."""
    date, _, time = word.partition(" ")
    groups = date.replace("-", "/").split("/")
    hours = time.strip().split(":")
    return len(groups) == 3 and len(hours) in (2, 3) and all(digits(group) for group in groups + hours)

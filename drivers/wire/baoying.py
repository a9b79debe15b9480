"""Shanghai BaoYing VOC cabinets: `#1`, thirteen numbers with a Z behind the ninth, a flag, and more, to `*`.

The record comes unasked, and carries no check. That a comma was lost or gained shows by the Z and the
flag, which are no numbers and stand where they stand. Source: public driver
rtuacq_protocol_voc_SHBaoYing.c (order, units, the letter Z, the flag); what follows the flag is not told.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Listening, WireError
from drivers.wire.text import plain, printable

if TYPE_CHECKING:
    from typing import NamedTuple

    from drivers.exchange import Buffer

    class Record(NamedTuple):
        values: tuple[float, ...]
        flag: str
else:
    Record = namedtuple("Record", ("values", "flag"))

__all__ = ["QUANTITIES", "ReadRecord", "Record"]

QUANTITIES = (  # name and unit, in the order of the record
    ("ch4", "mg/m3"),
    ("thc", "mg/m3"),
    ("nmhc", "mg/m3"),
    ("benzene", "mg/m3"),
    ("toluene", "mg/m3"),
    ("xylene", "mg/m3"),
    ("differential_pressure", "Pa"),
    ("velocity", "m/s"),
    ("temperature", "degC"),
    ("flow", "m3/h"),
    ("pressure", "kPa"),
    ("humidity", "%"),
    ("standard_flow", "m3/h"),
)
START, END = b"#1,", 0x2A
Z_AT, FLAG_AT = 9, 14  # fields behind `#1`


class ReadRecord(Listening):
    """The next record; its flag is one letter."""

    longest = 512
    expected = 120
    shape = ("BaoYing", "record")

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(bytes((END,)))
        return None if end < 0 else end + 1

    def parse(self, buf: "Buffer") -> "Record | None":
        for at, want in enumerate(START[: len(buf)]):
            if buf[at] != want:
                raise WireError("byte %d of the record" % (at + 1), want, buf[at])
        size = self.length(buf)
        if (size or len(buf)) > self.longest:
            raise WireError("record", "at most %d bytes" % self.longest, "%d" % (size or len(buf)))
        text = printable(buf[: len(buf) if size is None else size])
        if "#" in text[1:]:
            raise WireError("record", "its end before the next begins", "another #")
        if size is None:
            return None
        words = text[len(START) : -1].split(",")
        if len(words) <= FLAG_AT:
            raise WireError("fields of the record", "at least %d" % (FLAG_AT + 1), "%d" % len(words))
        if words[Z_AT] != "Z":
            raise WireError("field %d of the record" % (Z_AT + 2), "Z", words[Z_AT] or "nothing")
        flag = words[FLAG_AT].strip()
        if len(flag) != 1 or not ("A" <= flag <= "Z" or "a" <= flag <= "z"):
            raise WireError("flag of the record", "one letter", flag or "nothing")
        numbers = words[:Z_AT] + words[Z_AT + 1 : FLAG_AT]
        values = [plain(word.lstrip(" "), QUANTITIES[at][0]) for at, word in enumerate(numbers)]
        return Record(tuple(values), flag)

"""Baseline Series 9000 (CH4 and NMHC): lines that come unasked, and single bytes that command.

A line is fields with a TAB between them, ended by CR; the third field is CH4, the fifth NMHC. No
check, no status, no flame. Source: public driver Datalogger2 Baseline9000Collector. The port must
not use XON/XOFF: two of the commands are those very bytes.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Listening, Request, WireError
from drivers.wire.text import decimal, printable

if TYPE_CHECKING:
    from typing import NamedTuple

    from drivers.exchange import Buffer

    class Reading(NamedTuple):
        ch4: float
        nmhc: float
        fields: tuple[str, ...]
else:
    Reading = namedtuple("Reading", ("ch4", "nmhc", "fields"))

__all__ = ["COMMANDS", "Command", "ReadLine", "Reading"]

TAB, LF, CR = 0x09, 0x0A, 0x0D
CH4_AT, NMHC_AT = 2, 4
COMMANDS = (
    ("start output", 0x11),
    ("stop output", 0x13),
    ("automatic calibration", 0x12),
    ("back to normal", 0x10),
    ("CH4 zero", 0x0B),
    ("CH4 span", 0x0C),
    ("NMHC zero", 0x0E),
    ("NMHC span", 0x0F),
)


class Command(Request):
    """One of COMMANDS by its name. Never sent twice; nobody answers, and what streams goes on.

    The output must be started once the port is open, and again after each calibration.
    Raises ValueError for another name.
    """

    repeatable = False
    broadcast = True  # nothing is due but a pause

    def __init__(self, name: str) -> None:
        codes = [code for known, code in COMMANDS if known == name]
        if not codes:
            raise ValueError("command %r is none of %s" % (name, ", ".join([known for known, _ in COMMANDS])))
        self.code = codes[0]
        self.shape = ("Baseline", name)

    def encode(self) -> bytes:
        return bytes((self.code,))

    def length(self, buf: "Buffer") -> None:
        return None

    def parse(self, buf: "Buffer") -> None:
        if buf:
            raise WireError("answer to a command", "none", buf[0])


class ReadLine(Listening):
    """The next whole line, as a Reading. fields: how many the instrument sends, at least 5.

    A line is taken only from behind the CR of the one before, and only with exactly that many
    fields: joined in its middle, or with a TAB more or less, it would give another column as NMHC.
    The closing CR is left for the line that follows. Raises ValueError for fewer fields.
    """

    longest = 256
    shape = ("Baseline", "line")

    def __init__(self, fields: int) -> None:
        if fields <= NMHC_AT:
            raise ValueError("a Baseline line of %d fields has no NMHC: it is the fifth" % fields)
        self.fields = fields
        self.expected = 8 * fields

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(b"\r", 1)
        return None if end < 0 else end

    def parse(self, buf: "Buffer") -> "Reading | None":
        if buf and buf[0] != CR:
            raise WireError("CR of the line before", CR, buf[0])
        size = self.length(buf)
        if (size or len(buf)) > self.longest:
            raise WireError("line", "at most %d bytes" % self.longest, "%d" % (size or len(buf)))
        first = 2 if buf[1:2] == b"\n" else 1
        text = printable(buf[first : len(buf) if size is None else size], (TAB,))
        if size is None:
            return None
        words = text.split("\t")
        if len(words) != self.fields:
            raise WireError("fields of the line", "%d" % self.fields, "%d" % len(words))
        ch4 = decimal(words[CH4_AT].strip(), "CH4")
        return Reading(ch4, decimal(words[NMHC_AT].strip(), "NMHC"), tuple(words))

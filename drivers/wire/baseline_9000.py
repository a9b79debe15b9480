"""Baseline Series 9000 (CH4 and NMHC): lines that come unasked, and single bytes that command.

A line is fields with a TAB between them, ended by CR; the third field is CH4, the fifth NMHC. No
check, no status, no flame. Source: public driver Datalogger2 Baseline9000Collector. The port must
not use XON/XOFF: two of the commands are those very bytes.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.streamed_line import StreamedLine
from drivers.wire.text import plain

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

TAB = 0x09
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


class ReadLine(StreamedLine):
    """The next whole line, as a Reading. fields: how many the instrument sends, at least 5.

    A line is taken only with exactly that many fields: with a TAB more or less, it would give another
    column as NMHC. Raises ValueError for fewer fields.
    """

    longest = 256
    controls = (TAB,)
    shape = ("Baseline", "line")

    def __init__(self, fields: int) -> None:
        if fields <= NMHC_AT:
            raise ValueError("a Baseline line of %d fields has no NMHC: it is the fifth" % fields)
        self.fields = fields
        self.expected = 8 * fields

    def said(self, text: str) -> "Reading":
        words = text.split("\t")
        if len(words) != self.fields:
            raise WireError("fields of the line", "%d" % self.fields, "%d" % len(words))
        ch4 = plain(words[CH4_AT].lstrip(" "), "CH4")
        return Reading(ch4, plain(words[NMHC_AT].lstrip(" "), "NMHC"), tuple(words))

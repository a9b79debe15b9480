"""Vaisala WXT510/520/530 ASCII: address, query, parameters, with or without a CRC.

With the CRC (lower-case query, three characters before CR LF) any single wrong character is seen;
without it only damage to the form is. Answers repeat address and query. On an RS-485 bus with
other polled instruments, error messages must be switched off (0SU,S=N): one would come from an
instrument that was not asked. Source: Vaisala WXT530 user guide M211840EN, p. 84-90, 151-155.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.checks import crc_letters
from drivers.wire.text import TextRequest, plain, printable

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    from drivers.exchange import Buffer, Frame

    class Parameter(NamedTuple):
        """One quantity: name such as Dm, its value, its unit's letter. A unit # says that the value
        is invalid (Dn, Dm, Dx also below 0.05 m/s). A text (Id) has value None, and is the unit."""

        name: str
        value: float | None
        unit: str

else:
    Parameter = namedtuple("Parameter", ("name", "value", "unit"))

__all__ = [
    "COMPOSITE",
    "INVALID",
    "PTU",
    "RAIN",
    "SUPERVISOR",
    "WIND",
    "Parameter",
    "Query",
    "ReadSettings",
    "ResetRain",
]

COMPOSITE, WIND, PTU, RAIN, SUPERVISOR = 0, 1, 2, 3, 5
INVALID = "#"
TEXTS = ("Id",)
MARK = b"\r\n"
CRC_CONTROL = (0x7F,)  # what is no printable character, but may stand in a CRC


def parameter(text: str) -> Parameter:
    """`Sm=1.0M`. Raises WireError."""
    name, equals, data = text.partition("=")
    if len(name) != 2 or not equals or not data:
        raise WireError("parameter", "such as Sm=1.0M", text or "nothing")
    if name in TEXTS:
        return Parameter(name, None, data)
    if not (data[-1].isalpha() or data[-1] == INVALID):
        raise WireError("unit of " + name, "a letter or #", data[-1])
    return Parameter(name, plain(data[:-1], name), data[-1])


def check_address(address: str) -> None:
    """Raises ValueError unless it is one of the transmitter's: "0".."9", "A".."Z", "a".."z"."""
    if len(address) != 1 or not (address.isdigit() or (address.isalpha() and address < "\x7f")):
        raise ValueError("WXT address %r is not one of 0..9, A..Z, a..z" % address)


class Query(TextRequest):
    """One data message of the transmitter at `address` ("0".."9", "A".."Z", "a".."z").

    message: WIND, PTU, RAIN, SUPERVISOR, or COMPOSITE. crc: ask for the check. parameters: how many
    the transmitter is set to send, for planning. The value is a tuple of Parameter. Raises ValueError.
    """

    address: str
    mark = MARK
    longest = 300  # a composite message of all 24 parameters

    def __init__(self, address: str, message: int, crc: bool = True, parameters: int = 6) -> None:
        check_address(address)
        if message not in (COMPOSITE, WIND, PTU, RAIN, SUPERVISOR):
            raise ValueError("WXT message %d is none of 0, 1, 2, 3, 5" % message)
        self.address = address
        self.crc = crc
        self.controls = CRC_CONTROL if crc else ()
        self.echo = "%s%s%d" % (address, "r" if crc else "R", message)
        self.complaint = "%s%sX" % (address, "t" if crc else "T")
        self.expected = 8 + 9 * parameters
        self.shape = ("WXT", self.echo[1:])

    def encode(self) -> bytes:
        text = self.echo.encode()
        return text + (crc_letters(text) if self.crc else b"") + MARK

    def check_head(self, buf: "Buffer") -> None:
        came = bytes(buf[:4])
        if not any((text + ",").encode().startswith(came) for text in (self.echo, self.complaint)):
            raise WireError("answer", "'%s,'" % self.echo, "'%s'" % printable(came))

    def value(self, text: str, frame: bytes) -> "Any":
        if self.crc:
            body, got = text[:-3], text[-3:]
            due = crc_letters(body.encode()).decode()
            if got != due:
                raise WireError("CRC", due, got or "nothing")
            text = body
        if text[:4] == self.complaint + ",":
            raise Refused("text", text[4:])
        if text[:4] != self.echo + ",":
            raise WireError("answer", "'%s,'" % self.echo, "'%s'" % text)
        found = tuple([parameter(part) for part in text[4:].split(",")])
        if len({each.name for each in found}) < len(found):  # two messages, joined where one was cut
            raise WireError("parameters", "each once", text[4:])
        return found

    @staticmethod
    def whole_frame(buf: "Buffer") -> "Frame | None":
        """As in Request: any query or answer with its CRC; without one, nothing tells it from noise."""
        end = buf.find(MARK)
        if not 6 <= end <= Query.longest or bytes(buf[1:2]) != b"r":
            return None
        body, check = bytes(buf[: end - 3]), bytes(buf[end - 3 : end])
        if crc_letters(body) != check or not all(0x20 <= byte <= 0x7E for byte in body):
            return None
        asks = len(body) == 3
        return end + 2, asks, "WXT %s %s" % ("query" if asks else "answer", body[:3].decode())


class ReadSettings(TextRequest):
    """`aXU`: how it is set up. The value is a dict; N: its name, V: its software version, both always there.

    No check. Source: WXT530 user guide M211840EN p. 74 (D edition).
    """

    address: str
    crc = False
    mark = MARK
    names = ("address", "X", "U", "comma")
    longest = 160
    expected = 75
    shape = ("WXT", "XU")

    def __init__(self, address: str) -> None:
        check_address(address)
        self.address = address
        self.head = (address + "XU,").encode()

    def encode(self) -> bytes:
        return (self.address + "XU").encode() + MARK

    def value(self, text: str, frame: bytes) -> "dict[str, str]":
        found = {}
        for part in text.split(","):
            key, equals, data = part.strip().partition("=")
            if len(key) != 1 or not equals or key in found:
                raise WireError("setting", "such as B=19200, each once", part or "nothing")
            found[key] = data
        for key in ("N", "V"):
            if not found.get(key):
                raise WireError("settings", "%s among them" % key, text)
        return found


class ResetRain(TextRequest):
    """`aXZRU`: the counters of rain and hail to zero. Never asked twice. The value is True.

    Source: WXT510 user guide p. 57, WXT520 user guide M210906EN p. 69.
    """

    address: str
    mark = MARK
    names = ("address", "T", "X", "comma")
    longest = 80
    expected = 16
    repeatable = False
    shape = ("WXT", "TX")
    SAID = "Rain reset"

    def __init__(self, address: str) -> None:
        check_address(address)
        self.address = address
        self.head = (address + "TX,").encode()

    def encode(self) -> bytes:
        return (self.address + "XZRU").encode() + MARK

    def value(self, text: str, frame: bytes) -> bool:
        if text != self.SAID:
            raise Refused("text", text)
        return True

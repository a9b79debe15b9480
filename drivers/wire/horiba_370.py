"""HORIBA AP-370 analysers (APHA-370: CH4, NMHC, THC) over their network port, UDP 53700.

Question and answer: SOH, six characters of routing, a command of four, STX, parameters, FCS, ETX.
The FCS is the XOR of every byte before it, in two hex digits. Source: public drivers
Datalogger2 HoribaCollector and Horiba370Collector; the routing characters of an answer are not
described there and not judged here, and its FCS is taken to follow the rule of the question's.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.checks import xor
from drivers.wire.text import TextRequest, digits, natural, plain

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    from drivers.exchange import Buffer

    class Concentration(NamedTuple):
        prefix: str
        value: float
else:
    Concentration = namedtuple("Concentration", ("prefix", "value"))

__all__ = [
    "FLAMES",
    "GASES",
    "Concentration",
    "HoribaRequest",
    "ReadConcentrations",
    "ReadFlame",
    "ReadPressures",
    "SelectLine",
    "check_characters",
]

SOH, STX, ETX = 0x01, 0x02, 0x03
APHA = 2  # the receiver's id
COMMAND_AT, PARAMETERS_AT = 7, 12
FIRST_CONCENTRATION, PREFIX = 2, 5  # items before the first value; characters before its number
GASES = ("measure", "zero", "span")
FLAMES = ("extinguished", "igniting", "burning")


def check_characters(frame: "Buffer") -> bytes:
    """The FCS: two hex digits of the XOR of the frame so far, SOH included."""
    return b"%02x" % xor(frame)  # the driver prints small letters


class HoribaRequest(TextRequest):
    """One command; the value is the tuple of the answer's parameters. R... reads, A... acts.

    address: the receiver's id, one digit (APHA-370: 2). Raises ValueError for what cannot be asked.
    """

    address: int
    names = ("SOH",) + ("routing",) * 6 + ("command",) * 4 + ("STX",)
    mark = b"\x03"
    longest = 512

    def __init__(self, command: str, parameters: str = "", address: int = APHA) -> None:
        if not 0 <= address <= 9:
            raise ValueError("HORIBA id %d is not within 0..9" % address)
        if len(command) != 4 or command[0] not in "AR" or not digits(command[1:]):
            raise ValueError("HORIBA command %r is not A or R and three digits" % command)
        if not all(32 <= byte <= 126 for byte in parameters.encode()):
            raise ValueError("HORIBA parameters %r are not printable ASCII" % parameters)
        self.address = address
        self.command = command
        self.parameters = parameters
        self.repeatable = command[0] == "R"
        self.shape = ("HORIBA", command)
        self.head = (SOH,) + (None,) * 6 + tuple(command.encode()) + (STX,)

    def encode(self) -> bytes:
        text = "0%d0%d00%s" % (self.address, self.address, self.command)
        body = bytes((SOH,)) + text.encode() + bytes((STX,)) + self.parameters.encode()
        return body + check_characters(body) + bytes((ETX,))

    def check_head(self, buf: "Buffer") -> None:
        super().check_head(buf)
        for byte in buf[1:COMMAND_AT]:
            if not 0x20 <= byte <= 0x7E:
                raise WireError("routing", "printable ASCII", byte)

    def value(self, text: str, frame: bytes) -> "Any":
        if len(text) < 2:
            raise WireError("FCS", "two hex digits", text or "nothing")
        due, got = check_characters(frame[:-3]), frame[-3:-1]
        if due != got.lower():
            raise WireError("FCS", due.decode(), got.decode())
        return self.said(tuple(text[:-2].split(",")))

    def said(self, items: "tuple[str, ...]") -> "Any":
        """What the parameters mean."""
        return items

    def check_items(self, items: "tuple[str, ...]", due: int) -> None:
        """Raises WireError where the answer has another number of parameters."""
        if len(items) != due:
            raise WireError("parameters of %s" % self.command, "%d" % due, "%d" % len(items))


class ReadConcentrations(HoribaRequest):
    """`R001`: `count` Concentrations in the instrument's order, CH4, NMHC, THC for the APHA-370.

    parameters: how many the answer has; it must be exact, since an ETX that noise made could else
    end the answer within a number, with two hex digits before it that fit once in 256.
    Before each number stand five characters that the source skips: they are handed on as `prefix`.
    Raises ValueError for what cannot be asked.
    """

    expected = 80

    def __init__(self, count: int = 3, parameters: int = 8, address: int = APHA) -> None:
        if not 1 <= count <= parameters - FIRST_CONCENTRATION:
            raise ValueError("%d concentrations do not fit into %d parameters" % (count, parameters))
        super().__init__("R001", "", address)
        self.count = count
        self.due = parameters

    def said(self, items: "tuple[str, ...]") -> "tuple[Concentration, ...]":
        self.check_items(items, self.due)
        words = items[FIRST_CONCENTRATION : FIRST_CONCENTRATION + self.count]
        return tuple(
            [Concentration(w[:PREFIX], plain(w[PREFIX:].lstrip(" "), "concentration")) for w in words]
        )


class ReadFlame(HoribaRequest):
    """`R010`: the flame, as an index of FLAMES: 0 extinguished, 1 igniting, 2 burning."""

    expected = 24

    def __init__(self, address: int = APHA) -> None:
        super().__init__("R010", "", address)

    def said(self, items: "tuple[str, ...]") -> int:
        if len(items) < 2:
            raise WireError("parameters of R010", "at least 2", "%d" % len(items))
        flame = natural(items[1].strip(), "flame status")
        if flame >= len(FLAMES):
            raise WireError("flame status", "0, 1 or 2", "%d" % flame)
        return flame


class ReadPressures(HoribaRequest):
    """`R037`: three pressures in kPa. Raises Refused where the answer does not begin with 00."""

    expected = 160
    ITEMS = 31

    def __init__(self, address: int = APHA) -> None:
        super().__init__("R037", "", address)

    def said(self, items: "tuple[str, ...]") -> "tuple[float, ...]":
        if items[0] != "00":
            raise Refused(items[0], "R037 was not answered with 00")
        self.check_items(items, self.ITEMS)
        return tuple([plain(items[3 + 3 * at].lstrip(" "), "pressure") for at in range(3)])


class SelectLine(HoribaRequest):
    """`A024`: sample gas, zero gas or span gas: `gas` is one of GASES. Never asked twice.

    The value is the parameters of the answer, of which the source says nothing.
    """

    expected = 24

    def __init__(self, gas: str, address: int = APHA) -> None:
        if gas not in GASES:
            raise ValueError("gas %r is none of %s" % (gas, ", ".join(GASES)))
        super().__init__("A024", "%d" % GASES.index(gas), address)

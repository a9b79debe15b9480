"""DCON, the ASCII protocol of ADAM-4000 and I-7000 modules: a mark, two hex digits of address, CR.

Questions: `#AA` all inputs, `#AAN` one input, `$AAM` name, `$AA2` configuration. Where the module's
checksum is on, two hex digits before the CR are the sum of all characters before them, in both
directions; a module without agreement on that keeps silent.

The answer to `#AA` begins with `>` and names nobody: two such modules on one line cannot be told
apart by it. Source: Advantech ADAM-4000 manual, chapter 5 ($AA2, $AAM, #AA, #AAN) and appendix F
(checksum); ICP DAS modules and NuDAM print the same frames.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.text import TextRequest, plain

if TYPE_CHECKING:
    from typing import NamedTuple

    from drivers.exchange import Buffer

    class Configuration(NamedTuple):
        type_code: int
        baud_code: int
        format: int
else:
    # type_code: the input range; baud_code: the speed, 6 is 9600; format: bits 1..0 the data format
    # (0 engineering units, 1 % of full scale, 2 hexadecimal), bit 6 checksum, bit 7 integration time.
    Configuration = namedtuple("Configuration", ("type_code", "baud_code", "format"))

__all__ = [
    "Configuration",
    "ReadConfiguration",
    "ReadInput",
    "ReadInputs",
    "ReadName",
    "checksum",
]

VALUE_CHARACTERS = 7  # a sign, five digits and a point
REFUSED = ord("?")
HEX = "0123456789ABCDEF"


def checksum(text: "Buffer") -> bytes:
    """Two hex digits: the sum of all characters, modulo 256."""
    return b"%02X" % (sum(text) & 0xFF)


def reading(word: str) -> float:
    """A value in engineering units, as +08.074. Raises WireError for another data format."""
    whole, _, part = word[1:].partition(".")
    digits = whole + part
    if word[:1] not in ("+", "-") or not whole or len(digits) != 5 or not digits.isdigit() or len(part) < 2:
        raise WireError("value", "a sign, five digits and a point", word)
    return plain(word)


def hex_byte(word: str, name: str) -> int:
    """Two hex digits, as the modules write them. Raises WireError."""
    if len(word) != 2 or word[0] not in HEX or word[1] not in HEX:
        raise WireError(name, "two hex digits", word)
    return int(word, 16)


class DconRequest(TextRequest):
    """One question to the module at `address` (0..255). checked: its checksum is on.

    lead: what an answer begins with, `>` or `!`; `!` is followed by the address. A `?` and the
    address say that the command is not valid now. Raises ValueError for another address.
    """

    address: int
    lead = ord("!")

    def __init__(self, address: int, checked: bool, command: str) -> None:
        if not 0 <= address <= 255:
            raise ValueError("DCON address %d is not within 0..255" % address)
        self.address = address
        self.checked = checked
        self.command = command

    def encode(self) -> bytes:
        text = (self.command[0] + "%02X" % self.address + self.command[1:]).encode()
        return text + (checksum(text) if self.checked else b"") + b"\r"

    def check_head(self, buf: "Buffer") -> None:
        """Raises WireError as soon as the answer cannot be to this question."""
        if buf and buf[0] not in (self.lead, REFUSED):
            raise WireError("first character", self.lead, buf[0])
        if not buf or buf[0] == ord(">"):
            return
        for at, due in enumerate(b"%02X" % self.address):
            if len(buf) > at + 1 and buf[at + 1] != due:
                raise WireError("address", "%02X" % self.address, repr(bytes(buf[1:3])))

    def without_checksum(self, text: str, frame: bytes) -> str:
        """The answer's text before its checksum, where it has one. Raises WireError where that is wrong."""
        if not self.checked:
            return text
        due, got = checksum(frame[:-3]), frame[-3:-1]
        if len(text) < 3 or due != got:
            raise WireError("checksum", due.decode(), repr(bytes(got)))
        return text[:-2]

    def value(self, text: str, frame: bytes) -> "object":
        text = self.without_checksum(text, frame)
        if text[0] == "?":
            if len(text) != 3:
                raise WireError("answer", "? and the address", text)
            raise Refused("?", "not a valid command for this module, or not now")
        return self.said(text[1:] if text[0] == ">" else text[3:])

    def said(self, text: str) -> "object":
        """What a valid answer says; text: without lead, address and checksum."""
        raise NotImplementedError


class ReadInputs(DconRequest):
    """`#AA`: all inputs, a tuple of `count` (1..16) floats in the unit of the module's range."""

    lead = ord(">")

    def __init__(self, address: int, count: int, checked: bool) -> None:
        if not 1 <= count <= 16:
            raise ValueError("%d inputs expected, a module has 1..16" % count)
        super().__init__(address, checked, "#")
        self.count = count
        self.longest = self.expected = 2 + VALUE_CHARACTERS * count + (2 if checked else 0)
        self.shape = ("DCON", ">", count)

    def said(self, text: str) -> "tuple[float, ...]":
        if len(text) != VALUE_CHARACTERS * self.count:
            due = "%d characters of %d inputs" % (VALUE_CHARACTERS * self.count, self.count)
            raise WireError("answer", due, "%d" % len(text))
        places = range(0, len(text), VALUE_CHARACTERS)
        return tuple([reading(text[at : at + VALUE_CHARACTERS]) for at in places])


class ReadInput(ReadInputs):
    """`#AAN`: the input N (0..15) alone; the value is a tuple of one."""

    def __init__(self, address: int, number: int, checked: bool) -> None:
        if not 0 <= number <= 15:
            raise ValueError("input %d is not within 0..15" % number)
        super().__init__(address, 1, checked)
        self.command = "#" + HEX[number]


class ReadName(DconRequest):
    """`$AAM`: the module's name, such as 4017P or 7017."""

    longest = 32
    expected = 8
    shape = ("DCON", "!")

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "$M")

    def said(self, text: str) -> str:
        if not text:
            raise WireError("name", "some characters", "none")
        return text


class ReadConfiguration(DconRequest):
    """`$AA2`: the module's Configuration."""

    longest = expected = 12
    shape = ("DCON", "!")

    def __init__(self, address: int, checked: bool) -> None:
        super().__init__(address, checked, "$2")

    def said(self, text: str) -> "Configuration":
        if len(text) != 6:
            raise WireError("answer", "six hex digits", text or "nothing")
        return Configuration(
            hex_byte(text[:2], "type code"), hex_byte(text[2:4], "baud code"), hex_byte(text[4:], "format")
        )

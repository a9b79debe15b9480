"""Bayern-Hessen (Gesytec) protocol: STX text ETX BCC or STX text CR, ASCII, an address in three digits.

The block check is the XOR of every character from STX to ETX, both included, sent as two hex
digits. The form that ends by CR has no check, and is answered in kind. Source: Thermo 5028i manual
p. 318-322 and 5030i p. 391-396 (Gesytec), Ecotech Serinus 40 manual p. 143-145, Serinus 44 p. 169,
whose printed span command recomputes.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.checks import xor
from drivers.wire.text import TextRequest, digits

if TYPE_CHECKING:
    from typing import NamedTuple

    from drivers.exchange import Buffer

    class Item(NamedTuple):
        address: int
        value: float
        operation: int
        error: int
        serial: str
else:
    Item = namedtuple("Item", ("address", "value", "operation", "error", "serial"))

__all__ = ["Control", "DataRequest", "Item", "block_check", "ended", "framed", "parse_items"]

STX, ETX, CR = 0x02, 0x03, 0x0D
ITEM_FIELDS = 5  # address, value, operation status, error status, serial number
ITEM_BYTES = 31  # " aaa +mmmm+ee ss ff serialnumb" with its blanks, rounded up
FRAME_BYTES = 8  # STX MDnn ETX and the block check, around the items
MAX_ITEMS = 99  # two digits count them
CONTROLS = ("M", "N", "K", "S")


def block_check(frame: "Buffer") -> bytes:
    """Two hex digits over the frame from STX to ETX, both included."""
    return b"%02X" % xor(frame)


def framed(text: str) -> bytes:
    """The frame that carries `text`, with its block check."""
    frame = bytes((STX,)) + text.encode() + bytes((ETX,))
    return frame + block_check(frame)


def ended(text: str) -> bytes:
    """The frame that carries `text` without a check."""
    return bytes((STX,)) + text.encode() + bytes((CR,))


def parse_number(word: str) -> float:
    """`+2578+01` is 25.78: a mantissa d.ddd and a power of ten. Raises WireError."""
    mantissa, exponent = word[:5], word[5:]
    digits_alone = digits(mantissa[1:]) and digits(exponent[1:])
    if len(word) != 8 or not digits_alone or word[0] not in "+-" or word[5] not in "+-":
        raise WireError("value", "+mmmm+ee", word)
    # Division by a power of ten keeps 25.78 the float nearest to it; multiplying by 0.01 does not.
    power = int(exponent) - 3
    return int(mantissa) / 10**-power if power < 0 else float(int(mantissa) * 10**power)


def parse_hex(name: str, word: str) -> int:
    """Two hex digits of a status. Raises WireError."""
    if len(word) != 2 or not all(sign in "0123456789abcdefABCDEF" for sign in word):
        raise WireError(name, "two hex digits", word)
    return int(word, 16)


def parse_items(text: str) -> "list[Item]":
    """The values of an `MDnn ...` text. Raises WireError where it is none."""
    words = text.split(" ")
    words = [word for word in words if word]
    if not words or words[0][:2] != "MD" or len(words[0]) != 4 or not digits(words[0][2:]):
        raise WireError("answer", "MDnn", words[0] if words else "nothing")
    due = int(words[0][2:]) * ITEM_FIELDS
    if len(words) - 1 != due:
        raise WireError("fields", "%d" % due, "%d" % (len(words) - 1))
    items = []
    for at in range(1, len(words), ITEM_FIELDS):
        address, value, operation, error, serial = words[at : at + ITEM_FIELDS]
        if not digits(address) or len(address) > 3:
            raise WireError("address", "three digits", address)
        items.append(
            Item(
                int(address),
                parse_number(value),
                parse_hex("operation status", operation),
                parse_hex("error status", error),
                serial,
            )
        )
    return items


def padded(address: "int | None", blanks: bool) -> str:
    """Three digits, or as many characters with leading blanks; nothing for None. Raises ValueError."""
    if address is None:
        return ""
    if not 0 <= address <= 999:
        raise ValueError("Bayern-Hessen address %d is not within 0..999" % address)
    return ("%3d" if blanks else "%03d") % address


class DataRequest(TextRequest):
    """`DA`: all measured values of the instrument at `address` (0..999), as a list of Items.

    address: None sends none, which only an instrument alone on its line may be asked. checked:
    with block check; else the question and the answer end by CR, and damage to a digit is not
    noticed. blanks: the address is padded by blanks instead of zeros; the answer may do either.
    Raises ValueError for what cannot be asked.

    The instrument's values carry consecutive addresses, its own first; the answer is taken
    only from there, so a neighbour's late answer is never this one's.
    """

    address: "int | None"
    head = b"\x02MD"
    names = ("STX",)
    longest = 4 + 2 + MAX_ITEMS * ITEM_BYTES

    def __init__(self, address: "int | None", items: int, checked: bool = True, blanks: bool = False) -> None:
        if not 1 <= items <= MAX_ITEMS:
            raise ValueError("%d values expected, an answer carries 1..99" % items)
        self.text = "DA" + padded(address, blanks)
        self.address = address
        self.items = items
        self.checked = checked
        self.mark, self.behind = (bytes((ETX,)), 2) if checked else (bytes((CR,)), 0)
        self.expected = FRAME_BYTES + items * ITEM_BYTES
        self.shape = "DA"

    def encode(self) -> bytes:
        return framed(self.text) if self.checked else ended(self.text)

    def check_head(self, buf: "Buffer") -> None:
        super().check_head(buf)
        other = bytes((CR if self.checked else ETX,))
        at, end = buf.find(other), buf.find(self.mark)
        if at >= 0 and (end < 0 or at < end):
            forms = ("CR", "ETX and block check")
            raise WireError("end of the answer", forms[self.checked], forms[not self.checked])

    def value(self, text: str, frame: bytes) -> "list[Item]":
        if self.checked:
            due, got = block_check(frame[:-2]), frame[-2:]
            if due != got.upper():
                raise WireError("block check", due.decode(), repr(got))
        found = parse_items("MD" + text)
        if len(found) != self.items:
            raise WireError("values", "%d" % self.items, "%d" % len(found))
        if self.address is not None and found[0].address != self.address:
            raise WireError("address", "%03d" % self.address, "%03d" % found[0].address)
        return found


class Control(Request):
    """`ST`: M measure, N zero (a filter change on 5028i and 5030i), K span, S background check (Serinus).

    Never asked twice. No source prints an answer: silence is none, and the driver reads the state
    back. An instrument ignores what is not for it, or not of its form. Arguments as in DataRequest.
    """

    longest = 1
    repeatable = False
    may_be_silent = True

    def __init__(
        self, address: "int | None", control: str, checked: bool = True, blanks: bool = False
    ) -> None:
        if control not in CONTROLS:
            raise ValueError("Bayern-Hessen control %r is none of %s" % (control, ", ".join(CONTROLS)))
        self.text = "ST%s %s" % (padded(address, blanks), control)
        self.address = address
        self.checked = checked
        self.shape = "ST"

    def encode(self) -> bytes:
        return framed(self.text) if self.checked else ended(self.text)

    def length(self, buf: "Buffer") -> None:
        return None

    def parse(self, buf: "Buffer") -> None:
        if buf:
            raise WireError("answer to %s" % self.text, "none", buf[0])

"""Bayern-Hessen (Gesytec) protocol: STX text ETX BCC, ASCII, an address in three digits.

The block check is the XOR of every character from STX to ETX, both included, sent as two hex
digits. Source: Thermo 5028i and 5030i manuals (Gesytec), Ecotech Serinus manual p. 169, whose
printed span command recomputes.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError

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

__all__ = ["DataRequest", "Item", "block_check", "framed", "parse_items"]

STX, ETX = 0x02, 0x03
ITEM_FIELDS = 5  # address, value, operation status, error status, serial number
ITEM_BYTES = 31  # " aaa +mmmm+ee ss ff serialnumb" with its blanks, rounded up
FRAME_BYTES = 8  # STX MDnn ETX and the block check, around the items
MAX_ITEMS = 99  # two digits count them


def block_check(frame: "Buffer") -> bytes:
    """Two hex digits over the frame from STX to ETX, both included."""
    check = 0
    for byte in frame:
        check ^= byte
    return b"%02X" % check


def framed(text: str) -> bytes:
    """The frame that carries `text`, with its block check."""
    frame = bytes((STX,)) + text.encode() + bytes((ETX,))
    return frame + block_check(frame)


def parse_number(word: str) -> float:
    """`+2578+01` is 25.78: a mantissa d.ddd and a power of ten. Raises WireError."""
    mantissa, exponent = word[:5], word[5:]
    digits_alone = mantissa[1:].isdigit() and exponent[1:].isdigit()
    if len(word) != 8 or not digits_alone or word[0] not in "+-" or word[5] not in "+-":
        raise WireError("value", "+mmmm+ee", word)
    # Division by a power of ten keeps 25.78 the float nearest to it; multiplying by 0.01 does not.
    power = int(exponent) - 3
    return int(mantissa) / 10**-power if power < 0 else float(int(mantissa) * 10**power)


def parse_hex(name: str, word: str) -> int:
    """Two hex digits of a status. Raises WireError."""
    try:
        if len(word) == 2:
            return int(word, 16)
    except ValueError:
        pass
    raise WireError(name, "two hex digits", word)


def parse_items(text: str) -> "list[Item]":
    """The values of an `MDnn ...` text. Raises WireError where it is none."""
    words = text.split(" ")
    words = [word for word in words if word]
    if not words or words[0][:2] != "MD" or len(words[0]) != 4 or not words[0][2:].isdigit():
        raise WireError("answer", "MDnn", words[0] if words else "nothing")
    due = int(words[0][2:]) * ITEM_FIELDS
    if len(words) - 1 != due:
        raise WireError("fields", due, len(words) - 1)
    items = []
    for at in range(1, len(words), ITEM_FIELDS):
        address, value, operation, error, serial = words[at : at + ITEM_FIELDS]
        if not address.isdigit() or len(address) > 3:
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


class DataRequest(Request):
    """`DA`: all measured values of the instrument at `address` (0..999), with block check.

    The instrument's values carry consecutive addresses, its own first; the answer is taken
    only from there, so a neighbour's late answer is never this one's.
    """

    address: int
    longest = 4 + 2 + MAX_ITEMS * ITEM_BYTES

    def __init__(self, address: int, items: int) -> None:
        if not 0 <= address <= 999:
            raise ValueError("Bayern-Hessen address %d is not within 0..999" % address)
        if not 1 <= items <= MAX_ITEMS:
            raise ValueError("%d values expected, an answer carries 1..99" % items)
        self.address = address
        self.items = items
        self.expected = FRAME_BYTES + items * ITEM_BYTES
        self.shape = "DA"

    def encode(self) -> bytes:
        return framed("DA%03d" % self.address)

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(bytes((ETX,)))
        return None if end < 0 else end + 3

    def parse(self, buf: "Buffer") -> "list[Item] | None":
        """The values. None while bytes are missing; WireError as soon as they cannot fit."""
        for at, want in enumerate((STX, 0x4D, 0x44)[: len(buf)]):  # STX M D
            if buf[at] != want:
                raise WireError("STX" if at == 0 else "answer", want, buf[at])
        size = self.length(buf)
        if size is None or len(buf) < size:
            if len(buf) > self.longest:
                raise WireError("ETX", "within %d bytes" % self.longest, "none")
            return None
        due, got = block_check(buf[: size - 2]), bytes(buf[size - 2 : size])
        if due != got.upper():
            raise WireError("block check", due.decode(), repr(got))
        text = bytes(buf[1 : size - 3])
        if any(byte > 0x7F for byte in text):
            raise WireError("text", "ASCII", "a byte above 0x7F")
        found = parse_items(text.decode())
        if len(found) != self.items:
            raise WireError("values", self.items, len(found))
        if found[0].address != self.address:
            raise WireError("address", self.address, found[0].address)
        return found

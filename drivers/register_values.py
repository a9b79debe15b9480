"""What registers hold: binary numbers, decimal digits, texts and times; both ways. Runs on MicroPython too.

Registers are ints 0..65535, as received. A row is a table of a profile that says how they are laid out:
`type`, and `order`, `length` or `layout` where the type asks for them.
"""

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

__all__ = [
    "BIT",
    "ORDERS",
    "STRING",
    "TEXT_NUMBER",
    "TIMES",
    "TYPES",
    "counted",
    "decode",
    "encoded",
    "fits",
    "masked",
    "parts_of",
    "registers_of",
    "said_by",
    "shortest",
    "span_of",
    "words_of",
]

ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
TYPES = (  # name, registers, struct format; "" for decimal digits, four in a register
    ("int16", 1, ">h"),
    ("uint16", 1, ">H"),
    ("int32", 2, ">i"),
    ("uint32", 2, ">I"),
    ("float32", 2, ">f"),
    ("int64", 4, ">q"),
    ("uint64", 4, ">Q"),
    ("float64", 4, ">d"),
    ("bcd16", 1, ""),
    ("bcd32", 2, ""),
    ("bcd64", 4, ""),
)
BIT = "bit"  # the only type in a table of bits, and in no other
STRING = "string"  # two characters in a register
TEXT_NUMBER = "text_number"  # a number in such characters
TIMES = ("bcd_time", "binary_time")
SHORTER = {"YYYY": "YY"}
PARTS = (  # of a time, in the order of its text: how a layout calls it, lowest and highest
    ("YYYY", 0, 9999),
    ("MM", 1, 12),
    ("DD", 1, 31),
    ("hh", 0, 23),
    ("mm", 0, 59),
    ("ss", 0, 59),
)
CENTURY = 2000  # of a year of two digits
FLOAT32_MAX = 3.4028234663852886e38
NO_NUMBER = float("nan")


def registers_of(type_name: str) -> int:
    """Registers that a number of this type takes; a bit takes one place among the bits."""
    if type_name == BIT:
        return 1
    for name, registers, _ in TYPES:
        if name == type_name:
            return registers
    raise ValueError("type %r is none of %s" % (type_name, ", ".join([name for name, _, _ in TYPES])))


def span_of(row: "dict[str, Any]") -> int:
    """Registers that what the row describes takes."""
    if row["type"] in (STRING, TEXT_NUMBER):
        return int(row["length"])
    return len(row["layout"]) if row["type"] in TIMES else registers_of(row["type"])


def decode(registers: "Sequence[int]", type_name: str, order: str) -> "int | float":
    """The number in these registers; 0 or 1 of a bit; not a number where digits or characters are none.

    order: ABCD high word and high byte first; CDAB low word first; BADC low byte first;
    DCBA both. 64-bit types follow the same two rules.
    """
    if type_name == BIT and len(registers) == 1:
        return int(registers[0])
    words = _ordered(registers, order)
    if type_name == TEXT_NUMBER:
        return _number(_text(words, "?"))
    for name, count, layout in TYPES:
        if name == type_name and count == len(words):
            if not layout:
                return _digits(words)
            (number,) = struct.unpack(layout, struct.pack(">%dH" % count, *words))
            return shortest(number) if name == "float32" else number
    raise ValueError("%d registers are no %s" % (len(words), type_name))


def shortest(number: float) -> float:
    """The shortest decimal that is this float32: 12.3, not 12.300000190734863."""
    if number - number != 0:  # not a number, or infinite
        return number
    packed = struct.pack(">f", number)
    for digits in ("%.6g", "%.7g", "%.8g"):
        short = float(digits % number)
        # A short form may round past the largest float32, which cannot be packed.
        if abs(short) < 3.4e38 and struct.pack(">f", short) == packed:
            return short
    return number


def fits(number: "int | float", type_name: str) -> bool:
    """Whether the type can hold the number. MicroPython's struct packs what does not fit without a word."""
    if number - number != 0:
        return False
    if type_name[:5] == "float":
        return type_name != "float32" or -FLOAT32_MAX <= number <= FLOAT32_MAX
    count = registers_of(type_name)
    if type_name[:3] == "bcd":
        low, high = 0, 10 ** (4 * count)
    else:
        most = 1 << 16 * count
        low, high = (0, most) if type_name[:1] == "u" else (-most // 2, most // 2)
    return number == int(number) and low <= number < high


def encoded(number: "int | float", type_name: str, order: str) -> "tuple[int, ...]":
    """The registers that hold the number: the inverse of `decode`.

    Raises ValueError where the type cannot hold it.
    """
    for name, count, layout in TYPES:
        if name == type_name:
            if not fits(number, name):
                raise ValueError("%s does not fit into %s" % (number, name))
            if layout:
                packed = struct.pack(layout, number if name[:5] == "float" else int(number))
                words = struct.unpack(">%dH" % count, packed)
            else:
                digits = ("%d" % (10 ** (4 * count) + int(number)))[1:]
                words = tuple([int(digits[at : at + 4], 16) for at in range(0, 4 * count, 4)])
            return tuple(_ordered(words, order))
    raise ValueError("type %r cannot be written" % type_name)


def masked(raw: "int | float", mask: "int | None") -> "int | float":
    """The number that lies under the mask, moved down to bit 0; all of it without a mask."""
    return raw if mask is None else (int(raw) & mask) // (mask & -mask)


def counted(raw: "int | float", channel: "dict[str, Any]") -> "int | float":
    """The number that a channel counts, of all that its registers hold: under its mask, with its sign.

    The sign is a bit of its own (`sign`), or the highest bit under the mask of an int type.
    """
    mask = channel.get("mask")
    number = masked(raw, mask)
    if mask is None:
        return number
    if "sign" in channel:
        return -number if int(raw) & channel["sign"] else number
    if channel["type"][:1] == "i":
        beyond = 1
        while beyond <= mask // (mask & -mask):
            beyond <<= 1
        return number - beyond if number >= beyond >> 1 else number
    return number


def said_by(row: "dict[str, Any]", registers: "Sequence[int]") -> "int | float | str":
    """What the registers say: a number, a text without its padding, or a time as "2020-12-09 09:09:00".

    A time that there is not is shown as it stands there.
    """
    order = row.get("order", "ABCD")
    if row["type"] == STRING:
        return _text(_ordered(registers, order))
    if row["type"] not in TIMES:
        return decode(registers, row["type"], order)
    words = _ordered(registers, order)
    found = _moment(words, row["layout"], row["type"] == "bcd_time")
    if found is None:
        return "no time: " + " ".join(["%04X" % word for word in words])
    text = "%04d-%02d-%02d" % tuple(found[:3])
    return text + (" " + ":".join(["%02d" % part for part in found[3:]]) if found[3:] else "")


def words_of(row: "dict[str, Any]", value: "Any") -> "tuple[int, ...]":
    """The registers that are written: of a number, or of a time as (year, month, day, hour, minute, second).

    Raises ValueError where the type cannot hold it.
    """
    if row["type"] not in TIMES:
        if not isinstance(value, (int, float)):
            raise ValueError("%r is no number" % (value,))
        return encoded(value, row["type"], row.get("order", "ABCD"))
    if not isinstance(value, (tuple, list)) or len(value) != len(PARTS):
        raise ValueError("%r is no time: year, month, day, hour, minute and second" % (value,))
    digits = row["type"] == "bcd_time"
    words = [_item_word(item, value, digits) for item in row["layout"]]
    return tuple(_ordered(words, row.get("order", "ABCD")))


def parts_of(item: str) -> "list[tuple[int, str]]":
    """The parts of a time in one register, as (which of PARTS, how the layout calls it); [] where it
    names something else. `YYYY` fills a register; of the others, one or two stand in it."""
    if item == PARTS[0][0]:
        return [(0, item)]
    found = []
    for at in range(0, len(item), 2):
        for which, (name, _, _) in enumerate(PARTS):
            if item[at : at + 2] == SHORTER.get(name, name):
                found.append((which, item[at : at + 2]))
    return found if 2 * len(found) == len(item) and len(found) <= 2 else []


def _ordered(registers: "Sequence[int]", order: str) -> "list[int]":
    """High word and high byte first; the same way back."""
    words = list(registers)
    if order in ("CDAB", "DCBA"):
        words.reverse()
    if order in ("BADC", "DCBA"):
        words = [word >> 8 | (word & 0xFF) << 8 for word in words]
    return words


def _digits(words: "Sequence[int]") -> "int | float":
    number = 0
    for word in words:
        for shift in (12, 8, 4, 0):
            digit = word >> shift & 0xF
            if digit > 9:
                return NO_NUMBER
            number = 10 * number + digit
    return number


def _text(words: "Sequence[int]", unprintable: str = ".") -> str:
    """Up to the first NUL, without the blanks around it. unprintable: in place of what cannot be printed."""
    found = ""
    for word in words:
        for byte in (word >> 8, word & 0xFF):
            if byte == 0:
                return found.strip()
            found += chr(byte) if 32 <= byte < 127 else unprintable
    return found.strip()


def _number(text: str) -> "int | float":
    """Digits, at most one point among them, at most a sign before them; anything else is no number."""
    whole, point, rest = (text[1:] if text[:1] in ("+", "-") else text).partition(".")
    if not (whole + rest).isdigit():
        return NO_NUMBER
    number: int | float = float("0%s.%s0" % (whole, rest)) if point else int(whole)
    return -number if text[:1] == "-" else number


def _moment(words: "Sequence[int]", layout: "Sequence[str]", digits: bool) -> "list[int] | None":
    """Year, month, day, and as many more as the layout has; None where they make no time."""
    found: list[int | None] = [None] * len(PARTS)
    for item, word in zip(layout, words):
        parts = parts_of(item)
        for (which, name), number in zip(parts, (word,) if len(parts) == 1 else (word >> 8, word & 0xFF)):
            said = _digits((number,)) if digits else number
            _, low, high = PARTS[which]
            if not low <= said <= (99 if name == "YY" else high):  # not a number is not either
                return None
            found[which] = int(said) + (CENTURY if name == "YY" else 0)
    return [part for part in found if part is not None]


def _item_word(item: str, moment: "Sequence[int]", digits: bool) -> int:
    word = 0
    for which, name in parts_of(item):
        part = moment[which]
        longest, low, high = PARTS[which]
        if not isinstance(part, int) or not low <= part <= high:
            raise ValueError("%r is no %s of a time" % (part, longest))
        number = part - CENTURY if name == "YY" else part
        if name == "YY" and not 0 <= number <= 99:
            raise ValueError("%r is no %s of a time" % (part, name))
        word = word << 8 | (encoded(number, "bcd16", "ABCD")[0] if digits else number)
    return word

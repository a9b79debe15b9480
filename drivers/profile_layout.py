"""How a row of a profile may lie in its registers: types, texts, times, bit fields. MicroPython too.

A value that is still the name of a setting ("$order") is not looked at: the settings are checked when they
are filled in.
"""

from typing import TYPE_CHECKING

from drivers.profile_kinds import is_kind
from drivers.register_values import BIT, STRING, TEXT_NUMBER, TIMES, TYPES, parts_of, registers_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["layout_faults", "size_of"]

TEXTS = (STRING, TEXT_NUMBER)
NUMBERS = tuple([name for name, _, _ in TYPES])
BYTE_ORDERS = ("ABCD", "BADC")  # of what is no number: its registers stand in the order of the table
WHOLE_TIMES = ([0, 1, 2], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5])  # of drivers.register_values.PARTS
LAYOUT_HINT = 'what stands in each register, as ["YYYY", "MMDD", "hhmm", "ss"]'


def size_of(row: "dict[str, Any]") -> "int | None":
    """The registers, or bits, that the row takes; None where that cannot be told yet."""
    kind: Any = row.get("type")
    if kind in TEXTS:
        length: Any = row.get("length")
        return length if is_kind("integer", length) else None
    if kind in TIMES:
        layout: Any = row.get("layout")
        return len(layout) if is_kind("strings", layout) else None
    return registers_of(kind) if kind == BIT or kind in NUMBERS else None


def layout_faults(table: str, row: "dict[str, Any]") -> "Iterator[tuple[str, str, str]]":
    """What is wrong in how the row is laid out, as (key, what, hint)."""
    kind: Any = row.get("type")
    order: Any = row.get("order")
    if kind in TEXTS or kind in TIMES:
        what = "text" if kind in TEXTS else "time"
        if table in ("channel", "status") and kind != TEXT_NUMBER:
            yield "type", "a %s is no measured value" % what, "[[identity]] shows it"
        if table == "command" and kind in TEXTS:
            yield "type", "a text cannot be written", ""
        if is_kind("string", order) and order[:1] != "$" and order not in BYTE_ORDERS:
            yield "order", "a %s is %s" % (what, " or ".join(BYTE_ORDERS)), "low byte first: BADC"
        needed = "length" if kind in TEXTS else "layout"
        if needed not in row:
            yield needed, "missing", "in registers" if kind in TEXTS else LAYOUT_HINT
    for key, kinds in (("length", TEXTS), ("layout", TIMES)):
        if key in row and _is_known(kind) and kind not in kinds:
            yield key, "a %s has none" % kind, "it belongs to " + " and ".join(kinds)
    if kind in TIMES and is_kind("strings", row.get("layout")):
        yield from _time_faults(row["layout"])
    yield from _field_faults(row)


def _is_known(kind: object) -> bool:
    return kind in NUMBERS or kind == BIT or kind in TEXTS + TIMES


def _time_faults(layout: "list[str]") -> "Iterator[tuple[str, str, str]]":
    found = []
    for item in layout:
        parts = parts_of(item)
        if not parts:
            yield "layout", "%r is no part of a time" % item, LAYOUT_HINT
            return
        found.extend([which for which, _ in parts])
    if sorted(found) not in WHOLE_TIMES:
        yield "layout", "a time has a year, month and day, then hour and minute, then seconds", "each once"


def _field_faults(row: "dict[str, Any]") -> "Iterator[tuple[str, str, str]]":
    """Of a number that is a part of its registers."""
    kind: Any = row.get("type")
    mask: Any = row.get("mask")
    sign: Any = row.get("sign")
    if "mask" in row and kind in (BIT, TEXT_NUMBER, "float32", "float64", "bcd16", "bcd32", "bcd64"):
        yield "mask", "a %s has no mask" % kind, "a mask takes bits of a whole number"
        return
    bits = 16 * registers_of(kind) if kind in NUMBERS else 64
    for key, value in (("mask", mask), ("sign", sign)):
        if is_kind("integer", value) and value > 0 and value >> bits:
            yield key, "0x%X has bits that a %s has not" % (value, kind), ""
    if "sign" not in row:
        return
    if "mask" not in row:
        yield "sign", "a sign of its own needs `mask`", "the bits of the number without it"
    if kind in NUMBERS and kind[:1] != "u":
        yield "sign", "the type %s has its sign already" % kind, "a type that begins with u"
    if is_kind("integer", sign) and is_kind("integer", mask) and sign & mask:
        yield "sign", "it lies within `mask`", "the bits of the number without it"

"""What an answer's registers mean to the instrument's driver: `nmhc 12.3 mg/m3` instead of registers.

Only for named drivers that are register maps. Where a setting scales a value, the number is shown as it
stands in the registers, since a capture does not carry the settings.
"""

import struct
from typing import Any

from drivers import catalogue
from drivers.profile import BIT
from drivers.register_values import counted, decode, masked, span_of
from hardware_sim.capture import Header

__all__ = ["Values"]

TABLES = {3: "holding", 4: "input"}
SHOWN = 6


class Values:
    """The questions under way on a line, and the maps of the instruments there."""

    def __init__(self, header: Header) -> None:
        self._fields: dict[int | str, list[dict[str, Any]]] = {}
        self._asked: dict[int, tuple[str, int]] = {}  # by address: table and first register
        for _, address, driver in header.instruments:
            if driver in catalogue.names() and catalogue.describe(driver).kind == "profile":
                profile = catalogue.load_profile(driver)
                fields = [*profile["channel"], *profile.get("status", ())]
                self._fields[address] = [field for field in fields if not _left_open(field)]

    def ask(self, address: int, pdu: bytes) -> None:
        """A question was sent. What it asks for is remembered until it is answered."""
        self._asked.pop(address, None)
        if address in self._fields and len(pdu) == 5 and pdu[0] in TABLES:
            self._asked[address] = TABLES[pdu[0]], pdu[1] << 8 | pdu[2]

    def answered(self, address: int, pdu: bytes) -> str:
        """The fields that lie in the answer, in words; "" where none does."""
        if address not in self._asked or len(pdu) < 2 or len(pdu) % 2:
            return ""
        table, start = self._asked.pop(address)
        words = struct.unpack(f">{(len(pdu) - 2) // 2}H", pdu[2:])
        said = []
        for field in self._fields[address]:
            if field["table"] != table or field["type"] == BIT:
                continue
            at, count = field["register"] - start, span_of(field)
            if at >= 0 and at + count <= len(words):
                said.append(_said(field, words[at : at + count]))
        more = f", ... ({len(said)})" if len(said) > SHOWN else ""
        return ", ".join(said[:SHOWN]) + more


def _left_open(field: dict[str, Any]) -> bool:
    """Whether a setting says where the field lies, or what its bytes mean."""
    keys = ("table", "register", "type", "order", "mask", "sign", "length")
    return any(str(field.get(key, "")).startswith("$") for key in keys)


def _said(field: dict[str, Any], words: tuple[int, ...]) -> str:
    raw = decode(words, field["type"], field.get("order", "ABCD"))
    if "unit" not in field:  # a status: under its mask, unless its bits count in the whole register
        return f"{field['name']} = {raw if 'bits' in field else masked(raw, field.get('mask')):g}"
    raw = counted(raw, field)
    factors = [field.get(key, usual) for key, usual in (("scale", 1), ("divisor", 1), ("offset", 0))]
    if "decimals" in field or any(isinstance(factor, str) for factor in factors):
        return f"{field['name']} = {raw:g} raw"
    scale, divisor, offset = factors
    unit = "" if field["unit"].startswith("$") else f" {field['unit']}"
    return f"{field['name']} = {raw * scale / divisor + offset:g}{unit}"

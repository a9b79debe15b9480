"""How an emulated instrument lays values out in registers.

By pymodbus where it can, so that no mistake of the project's own codec is shared; decimal digits and times,
which pymodbus does not know, digit by digit.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymodbus.client.mixin import ModbusClientMixin

__all__ = ["BCD", "TYPES", "EmulatedClock", "item_count", "number_text", "registers_of", "text_registers"]

TYPES = {
    name: ModbusClientMixin.DATATYPE[name.upper()]
    for name in ("int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
}
BCD = {"bcd16": 1, "bcd32": 2, "bcd64": 4}  # registers of four digits
STRFTIME = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
STARTED = datetime(2026, 1, 1)


def registers_of(raw: int | float, type_name: str, order: str) -> list[int]:
    """The registers (0..65535 each) that hold `raw`. order: ABCD, CDAB, BADC, DCBA."""
    if type_name in BCD:
        digits = f"{int(raw):0{4 * BCD[type_name]}d}"
        registers = [int(digits[at : at + 4], 16) for at in range(0, len(digits), 4)]
        return _swapped(registers[::-1] if order in ("CDAB", "DCBA") else registers, order)
    words = "little" if order in ("CDAB", "DCBA") else "big"
    registers = ModbusClientMixin.convert_to_registers(raw, TYPES[type_name], word_order=words)  # type: ignore[arg-type]
    return _swapped(registers, order)


def text_registers(text: str, length: int, order: str) -> list[int]:
    """The text in so many registers, padded with NUL, cut where it is too long."""
    padded = text[: 2 * length].ljust(2 * length, "\0")
    registers = ModbusClientMixin.convert_to_registers(padded, ModbusClientMixin.DATATYPE.STRING)
    return _swapped(registers, order)


def number_text(number: float, width: int) -> str:
    """The number in so many characters, with as many decimals as they hold; held at what fits."""
    for decimals in range(width, -1, -1):
        text = f"{number:.{decimals}f}"
        if len(text) <= width:
            return text
    return "-" + "9" * (width - 1) if number < 0 else "9" * width


def item_count(row: Mapping[str, Any]) -> int:
    """Registers of a number or a time."""
    if "length" in row:
        return int(row["length"])
    if "layout" in row:
        return len(row["layout"])
    return BCD[row["type"]] if row["type"] in BCD else int(TYPES[row["type"]].value[1])


class EmulatedClock:
    """The instrument's clock: it runs, and can be set."""

    def __init__(self) -> None:
        self._at_start = STARTED

    def registers(self, elapsed_s: float, row: Mapping[str, Any]) -> list[int]:
        """What it says `elapsed_s` after the start, laid out as the row says."""
        now = self._at_start + timedelta(seconds=elapsed_s)
        found = []
        for item in row["layout"]:
            names = [item] if item in STRFTIME else [item[:2], item[2:]]
            parts = [now.strftime(STRFTIME[name]) for name in names]
            if row["type"] == "bcd_time":
                found.append(int("".join(parts), 16))
            else:
                found.append(sum(int(part) << 8 * at for at, part in enumerate(reversed(parts))))
        return _swapped(found, row.get("order", "ABCD"))

    def set(self, registers: list[int], row: Mapping[str, Any], elapsed_s: float) -> bool:
        """Whether the registers are a time; the clock says it from now on."""
        text, pattern = "", ""
        for item, register in zip(row["layout"], _swapped(registers, row.get("order", "ABCD")), strict=True):
            names = [item] if item in STRFTIME else [item[:2], item[2:]]
            if row["type"] == "bcd_time":
                text += f" {register:0{len(item)}X}"
            elif len(names) == 1:
                text += f" {register:0{len(item)}d}"
            else:
                text += f" {register >> 8:02d}{register & 0xFF:02d}"
            pattern += " " + "".join(STRFTIME[name] for name in names)
        try:
            moment = datetime.strptime(text, pattern)
        except ValueError:
            return False
        self._at_start = moment - timedelta(seconds=elapsed_s)
        return True


def _swapped(registers: list[int], order: str) -> list[int]:
    if order in ("BADC", "DCBA"):
        return [(register & 0xFF) << 8 | register >> 8 for register in registers]
    return registers

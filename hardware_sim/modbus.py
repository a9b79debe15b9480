"""A Modbus instrument made of a register-map profile; its values are encoded by pymodbus."""

import math
from collections.abc import Mapping
from typing import Any, cast

from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.constants import ExcCodes

from hardware_sim.instrument import Answer
from hardware_sim.modbus_server import ModbusServer, table_of
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table

__all__ = ["ModbusInstrument", "field_names"]

TYPES = {
    name: ModbusClientMixin.DATATYPE[name.upper()]
    for name in ("int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
}
BIT = "bit"
BIT_TABLES = ("coil", "discrete")
TABLES = ("holding", "input", *BIT_TABLES)
ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
WRITES_ONE = (5, 6)
FLOAT32_DIGITS = 6  # decimal digits that every float32 keeps (C's FLT_DIG)
SMALLEST_FLOAT32, LARGEST_FLOAT32 = 1.2e-38, 3.4e38  # between them it keeps those digits


def field_names(profile: Mapping[str, Any]) -> list[str]:
    """What can be scripted of a resolved profile: its channels and status registers."""
    return [row["name"] for table in ("channel", "status") for row in profile[table]]


class Field:
    """A channel or status: what its script says, as registers, as a bit, or as the bits under a mask.

    decimals: the power of ten that its registers count on top of its divisor.
    """

    def __init__(self, row: Mapping[str, Any], script: Source, where: str, decimals: int = 0) -> None:
        # Settings have been filled in behind the profile's own check, so their values are checked here.
        table = Table(row, f"{where}: {row['name']}")
        self.name = table.text("name")
        self.table = _one_of(table, "table", TABLES)
        self.start = table.whole("register")
        self.type = _one_of(table, "type", (*TYPES, BIT))
        self.count = 1 if self.type == BIT else TYPES[self.type].value[1]
        self._order = _one_of(table, "order", ORDERS)
        self._scale = table.number("scale", 1.0)
        self._divisor = table.number("divisor", 1.0) * 10**decimals
        self._mask: int | None = row.get("mask")
        if self._mask is not None and not self.type.startswith("u"):
            self.type = "u" + self.type  # the same registers, and room for the highest bit
        self._offset = table.number("offset", 0.0)
        self._invalid = table.rows("invalid")
        for key in ("scale", "divisor"):
            if not table.number(key, 1.0):
                raise table.wrong(key, "0 makes no value")
        self._script = script
        can_say_none = self._invalid or self.type.startswith("float")
        if any(map(math.isnan, script.points)) and not can_say_none:
            raise BenchError(script.where, "this channel has no `invalid` value to say nan with")

    @property
    def end(self) -> int:
        return self.start + self.count

    def put(self, words: dict[tuple[str, int], int], said: list[int]) -> None:
        """Write what `measure` gave among the instrument's registers; other bits than the mask's stay."""
        taken = [0xFFFF] * self.count
        if self._mask is not None:
            taken = registers_of(self._mask, self.type, self._order)
        for at, word in enumerate(said):
            place = (self.table, self.start + at)
            words[place] = words[place] & ~taken[at] & 0xFFFF | word & taken[at]

    def measure(self, elapsed_s: float) -> tuple[list[int], float | None]:
        """Its registers at this time, and the value that they say."""
        raw = self._raw(self._script.value(elapsed_s))
        said = None
        if not math.isnan(raw) and raw not in self._invalid:
            said = raw * self._scale / self._divisor + self._offset
        return [int(raw)] if self.type == BIT else registers_of(raw, self.type, self._order), said

    def _raw(self, value: float) -> int | float:
        """The number in the registers: rounded to what the type resolves, held at its ends as a
        converter saturates."""
        if math.isnan(value):
            return cast(float, self._invalid[0]) if self._invalid else value
        if self._mask is not None:
            return round(value) * (self._mask & -self._mask) & self._mask
        raw: float = (value - self._offset) * self._divisor / self._scale
        if self.type == BIT:
            return max(0, min(1, round(raw)))
        if self.type == "float64":
            return raw
        if self.type == "float32":
            if abs(raw) < SMALLEST_FLOAT32:
                return 0.0
            return float(f"{max(-LARGEST_FLOAT32, min(LARGEST_FLOAT32, raw)):.{FLOAT32_DIGITS}g}")
        bits = 16 * self.count
        low = 0 if self.type.startswith("u") else -(1 << bits - 1)
        high = low + (1 << bits) - 1
        return max(low, min(high, round(raw)))


def _one_of(table: Table, key: str, allowed: tuple[str, ...]) -> str:
    value = table.text(key)
    if value not in allowed:
        raise table.wrong(key, f"{value!r} is none of {', '.join(allowed)}")
    return value


def registers_of(raw: int | float, type_name: str, order: str) -> list[int]:
    """The registers (0..65535 each) that hold `raw`. order: ABCD, CDAB, BADC, DCBA."""
    words = "little" if order in ("CDAB", "DCBA") else "big"
    registers = ModbusClientMixin.convert_to_registers(raw, TYPES[type_name], word_order=words)  # type: ignore[arg-type]
    if order in ("BADC", "DCBA"):
        registers = [(register & 0xFF) << 8 | register >> 8 for register in registers]
    return registers


class Registers:
    """The instrument's memory, as pymodbus's requests ask for it."""

    def __init__(
        self,
        fields: list[Field],
        limits: Mapping[str, Any],
        commands: list[dict[str, Any]],
        statuses: list[dict[str, Any]],
    ) -> None:
        self._fields = fields
        self._commands = commands
        self._statuses = {row["name"]: row for row in statuses}
        self._written: list[int] = []
        self._shown: dict[str, int] = {}  # by status, what a command made it say
        self._max_registers = limits.get("max_registers", 125)
        self._max_bits = limits.get("max_bits", 2000)
        self._words: dict[tuple[str, int], int] = {}
        self.elapsed_s = 0.0
        self.said: dict[str, float | None] = {}
        for table in TABLES:
            forbidden = [] if table in BIT_TABLES else limits.get("forbidden", [])
            placed = [field for field in fields if field.table == table]
            self._allot(placed, table, limits.get("max_gap", 0), forbidden)

    def _allot(self, fields: list[Field], table: str, max_gap: int, forbidden: list[list[int]]) -> None:
        """Registers in gaps that a question may bridge exist too, and hold 0."""
        end = None
        for field in sorted(fields, key=lambda field: field.start):
            first = end if end is not None and field.start - end <= max_gap else field.start
            for register in range(min(first, field.start), field.end):
                self._words[table, register] = 0
            end = max(field.end, end or 0)
        for first, last in forbidden:
            for register in range(first, last + 1):
                if not any(field.start <= register < field.end for field in fields):
                    self._words.pop((table, register), None)

    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        """What a read of `count` registers gives; measures the channels in them anew."""
        if func_code in WRITES_ONE:  # pymodbus reads back what it answers to a write
            return self._written
        table = table_of(func_code)
        if table is None or table not in {field.table for field in self._fields}:
            return ExcCodes.ILLEGAL_FUNCTION
        if count > (self._max_bits if table in BIT_TABLES else self._max_registers):
            return ExcCodes.ILLEGAL_VALUE
        wanted = [(table, register) for register in range(address, address + count)]
        if any(register not in self._words for register in wanted):
            return ExcCodes.ILLEGAL_ADDRESS
        for field in self._fields:
            if field.table == table and field.start < address + count and address < field.end:
                words, said = field.measure(self.elapsed_s)
                if field.name in self._shown:
                    words = registers_of(self._shown[field.name], field.type, "ABCD")
                field.put(self._words, words)
                if address <= field.start and field.end <= address + count:
                    self.said[field.name] = said
        return [self._words[register] for register in wanted]

    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """A [[command]] of the profile is taken, and its status shows it from then on; all else is refused:
        what a profile describes is measured, and not for a master to write."""
        table = table_of(func_code)
        for row in self._commands:
            if (row["table"], row["register"]) == (table, address):
                wanted = row.get("value")
                if wanted is not None and _raw_values(wanted, row) != [int(value) for value in values]:
                    continue
                self._show(row)
                self._written = [int(value) for value in values]
                return None
        if any((row["table"], row["register"]) == (table, address) for row in self._commands):
            return ExcCodes.ILLEGAL_VALUE
        tables = {field.table for field in self._fields} | {row["table"] for row in self._commands}
        return ExcCodes.ILLEGAL_ADDRESS if table in tables else ExcCodes.ILLEGAL_FUNCTION

    def _show(self, command: Mapping[str, Any]) -> None:
        """Its status shows it; a command that shows nothing ends what its status showed."""
        status = self._statuses.get(command.get("reads", ""), {})
        if "shows" not in command:
            self._shown.pop(command.get("reads", ""), None)
        for state in status.get("bits", []) + status.get("values", []):
            if state.get("condition") == command.get("shows") is not None:
                self._shown[status["name"]] = 1 << state["bit"] if "bit" in state else int(state["is"])


def _raw_values(value: float, row: Mapping[str, Any]) -> list[int]:
    return [int(value)] if row["type"] == BIT else registers_of(value, row["type"], row["order"])


class ModbusInstrument(ModbusServer):
    """An instrument that a profile describes.

    profile: as `drivers.registers.resolve` returns it. scripts: by channel or status name,
    statuses in raw numbers (under a mask, those that it leaves); a channel without one says 0, a
    status its first normal state.
    framing: see ModbusServer. Raises BenchError.
    """

    def __init__(
        self,
        address: int,
        profile: Mapping[str, Any],
        scripts: Mapping[str, Source],
        where: str,
        framing: str = "rtu",
    ) -> None:
        rows = [row for table in ("channel", "status") for row in profile[table]]
        rows += [{"order": "ABCD", **row} for row in profile["identity"] if "register" in row]
        # Where several statuses share a register, the last stands: the scripted one, else the one with
        # a mask, which leaves the other bits alone, else the one that knows its states.
        rows.sort(key=lambda row: (row["name"] in scripts, "mask" in row, "values" in row))
        told = {
            row["name"]: scripts.get(row["name"])
            or Script(_usual(row, profile["channel"]), f"{where}: {row['name']}")
            for row in rows
        }
        fields = [
            Field(
                row,
                told[row["name"]],
                where,
                round(told[row["decimals"]].value(0.0)) if "decimals" in row else 0,
            )
            for row in rows
        ]
        self._channels = {row["name"] for row in profile["channel"]}
        self._registers = Registers(fields, profile["profile"], profile["command"], profile["status"])
        super().__init__(address, self._registers, framing, _identity(profile))

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """As ModbusServer's; only its channels were said, and not its statuses."""
        answer = super().answer(request, elapsed_s)
        if answer is None:
            return None
        return Answer(
            answer.frame, {name: value for name, value in answer.values.items() if name in self._channels}
        )


def _identity(profile: Mapping[str, Any]) -> dict[int, str] | None:
    """What function 43/14 says; None where the profile knows of no object."""
    objects = {row["object"]: row.get("is", "emulated") for row in profile["identity"] if "object" in row}
    return objects or None


def _usual(row: Mapping[str, Any], channels: list[Mapping[str, Any]]) -> float:
    """What a field without a script says: a register of identity what it must be, a status its first
    state of flag N (about the unit that its channels have), anything else 0."""
    concerned = [each for each in channels if each["name"] in row.get("channels", (each["name"],))]
    unit = concerned[0]["unit"] if concerned else ""
    if "is" in row:
        return cast(float, row["is"])
    for state in row.get("values", ()):
        if state.get("flag") == "N" and state.get("unit", unit) == unit:
            return cast(float, state["is"])
    return 0.0

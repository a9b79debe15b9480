"""A Modbus instrument made of a register-map profile; its values are encoded by pymodbus."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from pymodbus.constants import ExcCodes

from hardware_sim.instrument import Answer, Show
from hardware_sim.modbus_life import measured_of, shows_of, take
from hardware_sim.modbus_server import ModbusServer, table_of
from hardware_sim.modbus_values import (
    BCD,
    TYPES,
    EmulatedClock,
    item_count,
    number_text,
    registers_of,
    text_registers,
)
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table

if TYPE_CHECKING:
    from hardware_sim.behaviour.life import Life

__all__ = ["ModbusInstrument", "field_names"]

BIT = "bit"
STRING = "string"
TEXT_NUMBER = "text_number"
TIMES = ("bcd_time", "binary_time")
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
        self.type = _one_of(table, "type", (*TYPES, *BCD, TEXT_NUMBER, BIT))
        self.count = 1 if self.type == BIT else item_count(row)
        self._order = _one_of(table, "order", ORDERS)
        self._scale = table.number("scale", 1.0)
        self._divisor = table.number("divisor", 1.0) * 10**decimals
        self._mask: int | None = row.get("mask")
        self._sign: int = row.get("sign", 0)
        self._is_signed = "unit" in row and self.type.startswith("int")  # a channel, and not a status
        if self._mask is not None and not self.type.startswith("u"):
            self.type = "u" + self.type  # the same registers, and room for the highest bit
        self._offset = table.number("offset", 0.0)
        self._invalid = table.rows("invalid")
        for key in ("scale", "divisor"):
            if not table.number(key, 1.0):
                raise table.wrong(key, "0 makes no value")
        self.script = script
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
            taken = registers_of(self._mask | self._sign, self.type, self._order)
        for at, word in enumerate(said):
            place = (self.table, self.start + at)
            words[place] = words[place] & ~taken[at] & 0xFFFF | word & taken[at]

    def show(self, words: dict[tuple[str, int], int], state: Mapping[str, Any], beside: bool = False) -> None:
        """Say this state instead; beside a mask, or other states, its bit is one more."""
        if self.type == BIT:
            words[self.table, self.start] = int(state.get("is", 1))
            return
        if "is" in state:
            self.put(words, self.registers(state["is"]))
            return
        kind = f"u{self.type}" if self.type.startswith("int") else self.type
        for at, word in enumerate(registers_of(1 << state["bit"], kind, self._order)):
            place = (self.table, self.start + at)
            words[place] = words[place] | word if beside or self._mask is not None else word

    def measure(self, elapsed_s: float) -> tuple[list[int], float | None]:
        """Its registers at this time, and the value that they say."""
        raw = self._raw(self.script.value(elapsed_s))
        said = None
        if not math.isnan(raw) and raw not in self._invalid:
            said = raw * self._scale / self._divisor + self._offset
        return self.registers(raw), said

    def registers(self, raw: int | float) -> list[int]:
        """Those that hold this number, moved under the mask where there is one."""
        if self.type == BIT:
            return [int(raw)]
        if self.type == TEXT_NUMBER:
            return text_registers(number_text(raw, 2 * self.count), self.count, self._order)
        if self._mask is not None:
            number = abs(int(raw)) if self._sign else int(raw)
            raw = number * (self._mask & -self._mask) & self._mask | (self._sign if raw < 0 else 0)
        return registers_of(raw, self.type, self._order)

    def _raw(self, value: float) -> int | float:
        """The number in the registers: rounded to what the type resolves, held at its ends as a
        converter saturates."""
        if math.isnan(value):
            return cast(float, self._invalid[0]) if self._invalid else value
        raw: float = (value - self._offset) * self._divisor / self._scale
        if self.type == BIT:
            return max(0, min(1, round(raw)))
        if self.type == "float64":
            return raw
        if self.type == TEXT_NUMBER:
            return float(number_text(raw, 2 * self.count))
        if self.type == "float32":
            if abs(raw) < SMALLEST_FLOAT32:
                return 0.0
            return float(f"{max(-LARGEST_FLOAT32, min(LARGEST_FLOAT32, raw)):.{FLOAT32_DIGITS}g}")
        low, high = self._ends()
        return max(low, min(high, round(raw)))

    def _ends(self) -> tuple[int, int]:
        """The lowest and highest number that the registers, or the bits under the mask, hold."""
        if self.type in BCD:
            return 0, 10 ** (4 * self.count) - 1
        high = (1 << 16 * self.count) - 1
        if self._mask is not None:
            high = self._mask // (self._mask & -self._mask)
        if self._sign:
            return -high, high
        if self.type.startswith("u") and not self._is_signed:
            return 0, high
        return -(high + 1) // 2, high // 2


def _one_of(table: Table, key: str, allowed: tuple[str, ...]) -> str:
    value = table.text(key)
    if value not in allowed:
        raise table.wrong(key, f"{value!r} is none of {', '.join(allowed)}")
    return value


class Said:
    """A text or a time of the [[identity]]: no value, so no bench scripts it."""

    def __init__(self, row: Mapping[str, Any], clock: EmulatedClock) -> None:
        self.name, self.table, self.start = "", row["table"], row["register"]
        self.count = row["length"] if row["type"] == STRING else len(row["layout"])
        self.end = self.start + self.count
        self._row, self._clock = row, clock

    def put(self, words: dict[tuple[str, int], int], said: list[int]) -> None:
        for at, word in enumerate(said):
            words[self.table, self.start + at] = word

    def measure(self, elapsed_s: float) -> tuple[list[int], float | None]:
        if self._row["type"] == STRING:
            text = self._row.get("is", "emulated")
            return text_registers(text, self.count, self._row.get("order", "ABCD")), None
        return self._clock.registers(elapsed_s, self._row), None


class Registers:
    """The instrument's memory, as pymodbus's requests ask for it."""

    def __init__(
        self,
        fields: list[Field | Said],
        limits: Mapping[str, Any],
        commands: list[dict[str, Any]],
        statuses: list[dict[str, Any]],
        clock: EmulatedClock,
    ) -> None:
        self._fields = fields
        self._commands = commands
        self._statuses = {row["name"]: row for row in statuses}
        self._clock = clock
        self.life: Life | None = None  # see Instrument
        self._written: list[int] = []
        self._shown: dict[str, Mapping[str, Any]] = {}  # by status, the state that a command made it say
        self._max_registers = limits.get("max_registers", 125)
        self._max_bits = limits.get("max_bits", 2000)
        self._words: dict[tuple[str, int], int] = {}
        self.elapsed_s = 0.0
        self.said: dict[str, float | None] = {}
        for table in TABLES:
            forbidden = [] if table in BIT_TABLES else limits.get("forbidden", [])
            placed = [field for field in fields if field.table == table]
            self._allot(placed, table, limits.get("max_gap", 0), forbidden)

    def _allot(
        self, fields: list[Field | Said], table: str, max_gap: int, forbidden: list[list[int]]
    ) -> None:
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
        if self.life is not None:  # what a condition has shown beside the fields is over
            self._words.update(dict.fromkeys(wanted, 0))
        for field in self._fields:
            if field.table == table and field.start < address + count and address < field.end:
                words, said = field.measure(self.elapsed_s)
                field.put(self._words, words)
                if isinstance(field, Field) and field.name in self._shown:
                    field.show(self._words, self._shown[field.name])
                if address <= field.start and field.end <= address + count:
                    self.said[field.name] = said
        if self.life is not None:
            for show in self.life.shown(self.life.on_s + self.elapsed_s):
                for field in self._fields:
                    if isinstance(field, Field) and field.name == show.state:
                        field.show(self._words, show.as_row(), beside=True)
        return [self._words[register] for register in wanted]

    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """A [[command]] of the profile is taken, and its status shows it from then on; all else is refused:
        what a profile describes is measured, and not for a master to write."""
        table = table_of(func_code)
        here = [row for row in self._commands if (row["table"], row["register"]) == (table, address)]
        for row in here:
            if not self._takes(row, [int(value) for value in values]):
                continue
            if self.life is None:
                self._show(row)
            elif not take(self.life, row, here, values, self.elapsed_s):
                return ExcCodes.DEVICE_BUSY
            self._written = [int(value) for value in values]
            return None
        if here:
            return ExcCodes.ILLEGAL_VALUE
        tables = {field.table for field in self._fields} | {row["table"] for row in self._commands}
        return ExcCodes.ILLEGAL_ADDRESS if table in tables else ExcCodes.ILLEGAL_FUNCTION

    def _takes(self, row: Mapping[str, Any], values: list[int]) -> bool:
        """Whether this is what the command writes; a time in it sets the clock."""
        if row.get("type") == BIT:
            return "value" not in row or values == [int(row["value"])]
        items = [
            item if isinstance(item, Mapping) else {"type": "uint16", "value": item}
            for item in row.get("values", [row])
        ]
        if len(values) != sum(map(item_count, items)):
            return False
        times, at = [], 0
        for item in items:
            said = values[at : at + item_count(item)]
            at += len(said)
            if item["type"] in TIMES:
                times.append((said, item))
                continue
            order = item.get("order", "ABCD")
            if "value" in item and said != registers_of(item["value"], item["type"], order):
                return False
        return all(self._clock.set(said, item, self.elapsed_s) for said, item in times)

    def _show(self, command: Mapping[str, Any]) -> None:
        """Its status shows it; a command that shows nothing ends what its status showed."""
        status = self._statuses.get(command.get("reads", ""), {})
        if "shows" not in command:
            self._shown.pop(command.get("reads", ""), None)
        for state in status.get("bits", []) + status.get("values", []):
            if state.get("condition") == command.get("shows") is not None:
                self._shown[status["name"]] = state


class ModbusInstrument(ModbusServer):
    """An instrument that a profile describes.

    profile: as `drivers.registers.resolve` returns it. scripts: by channel or status name,
    statuses in raw numbers (under a mask, those that it leaves); a channel without one says 0, a
    status its first normal state.
    framing: see ModbusServer. Raises BenchError.
    """

    shows_itself = True  # a register may hold several statuses, each with bits of its own

    def __init__(
        self,
        address: int,
        profile: Mapping[str, Any],
        scripts: Mapping[str, Source],
        where: str,
        framing: str = "rtu",
    ) -> None:
        rows = [row for table in ("channel", "status") for row in profile[table]]
        known = [{"order": "ABCD", **row} for row in profile["identity"] if "register" in row]
        rows += [row for row in known if row["type"] != STRING and row["type"] not in TIMES]
        # Where several statuses share a register, the last stands: the scripted one, else the one with
        # a mask, which leaves the other bits alone, else the one that knows its states.
        rows.sort(key=lambda row: (row["name"] in scripts, "mask" in row, "values" in row))
        told = {
            row["name"]: scripts.get(row["name"])
            or Script(_usual(row, profile["channel"]), f"{where}: {row['name']}")
            for row in rows
        }
        clock = EmulatedClock()
        fields: list[Field | Said] = [
            Field(
                row,
                told[row["name"]],
                where,
                round(told[row["decimals"]].value(0.0)) if "decimals" in row else 0,
            )
            for row in rows
        ]
        fields += [Said(row, clock) for row in known if row["type"] == STRING or row["type"] in TIMES]
        self._profile, self._fields = profile, fields
        self._channels = [row["name"] for row in profile["channel"]]
        self._registers = Registers(fields, profile["profile"], profile["command"], profile["status"], clock)
        super().__init__(address, self._registers, framing, _identity(profile))

    def shows(self) -> tuple[Show, ...]:
        return shows_of(self._profile)

    def values(self) -> tuple[str, ...]:
        return tuple(self._channels)

    def measured(self) -> tuple[str, ...]:
        return measured_of(self._profile)

    def dress(self, dressed: Callable[[str, Source], Source]) -> None:
        for field in self._fields:
            if isinstance(field, Field):
                field.script = dressed(field.name, field.script)
        self._registers.life = self.life

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
    state of flag N (about the unit that its channels have) that says nothing more, anything else 0."""
    concerned = [each for each in channels if each["name"] in row.get("channels", (each["name"],))]
    unit = concerned[0]["unit"] if concerned else ""
    if "is" in row:
        return cast(float, row["is"])
    normal = [s for s in row.get("values", ()) if s.get("flag") == "N" and s.get("unit", unit) == unit]
    normal.sort(key=lambda state: "condition" in state)
    return cast(float, normal[0]["is"]) if normal else 0.0

"""A Modbus RTU instrument made of a register-map profile.

It answers through pymodbus (framer, request decoder, value converters), so that it shares no
mistake with the project's own codec. Its registers are kept here: of pymodbus 3.16's stores the
older ones are deprecated, and the newer cannot have an empty table.
"""

import math
from collections.abc import Coroutine, Mapping
from typing import Any, cast

from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.constants import ExcCodes
from pymodbus.datastore import ModbusServerContext
from pymodbus.exceptions import ModbusIOException
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU

from hardware_sim.instrument import Answer, Instrument
from hardware_sim.scripts import Script
from hardware_sim.tables import BenchError, Table

__all__ = ["ModbusInstrument", "field_names"]

TYPES = {
    name: ModbusClientMixin.DATATYPE[name.upper()]
    for name in ("int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")
}
TABLES = ("holding", "input")
ORDERS = ("ABCD", "CDAB", "BADC", "DCBA")
FRAMER = FramerRTU(DecodePDU(is_server=True))
HOLDING_FUNCTIONS = (3, 6, 16, 22, 23)
INPUT_FUNCTION = 4
FLOAT32_DIGITS = 6  # decimal digits that every float32 keeps (C's FLT_DIG)
SMALLEST_FLOAT32, LARGEST_FLOAT32 = 1.2e-38, 3.4e38  # between them it keeps those digits


def field_names(profile: Mapping[str, Any]) -> list[str]:
    """What can be scripted of a resolved profile: its channels and status registers."""
    return [row["name"] for table in ("channel", "status") for row in profile[table]]


class Field:
    """A channel or status register: what its script says, as registers."""

    def __init__(self, row: Mapping[str, Any], script: Script, where: str) -> None:
        # Settings have been filled in behind the profile's own check, so their values are checked here.
        table = Table(row, f"{where}: {row['name']}")
        self.name = table.text("name")
        self.table = _one_of(table, "table", TABLES)
        self.start = table.whole("register")
        self.type = _one_of(table, "type", tuple(TYPES))
        self.count = TYPES[self.type].value[1]
        self._order = _one_of(table, "order", ORDERS)
        self._scale = table.number("scale", 1.0)
        self._divisor = table.number("divisor", 1.0)
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

    def measure(self, elapsed_s: float) -> tuple[list[int], float | None]:
        """Its registers at this time, and the value that they say."""
        raw = self._raw(self._script.value(elapsed_s))
        said = None
        if not math.isnan(raw) and raw not in self._invalid:
            said = raw * self._scale / self._divisor + self._offset
        return registers_of(raw, self.type, self._order), said

    def _raw(self, value: float) -> int | float:
        """The number in the registers: rounded to what the type resolves, held at its ends as a
        converter saturates."""
        if math.isnan(value):
            return cast(float, self._invalid[0]) if self._invalid else value
        raw: float = (value - self._offset) * self._divisor / self._scale
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

    def __init__(self, fields: list[Field], max_registers: int, max_gap: int) -> None:
        self._fields = fields
        self._max_registers = max_registers
        self._words: dict[tuple[str, int], int] = {}
        self.elapsed_s = 0.0
        self.said: dict[str, float | None] = {}
        for table in ("holding", "input"):
            self._allot([field for field in fields if field.table == table], table, max_gap)

    def _allot(self, fields: list[Field], table: str, max_gap: int) -> None:
        """Registers in gaps that a question may bridge exist too, and hold 0."""
        end = None
        for field in sorted(fields, key=lambda field: field.start):
            first = end if end is not None and field.start - end <= max_gap else field.start
            for register in range(min(first, field.start), field.end):
                self._words[table, register] = 0
            end = max(field.end, end or 0)

    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        """What a read of `count` registers gives; measures the channels in them anew."""
        table = _table(func_code)
        if table is None:
            return ExcCodes.ILLEGAL_FUNCTION
        if count > self._max_registers:
            return ExcCodes.ILLEGAL_VALUE
        wanted = [(table, register) for register in range(address, address + count)]
        if any(register not in self._words for register in wanted):
            return ExcCodes.ILLEGAL_ADDRESS
        for field in self._fields:
            if field.table == table and field.start < address + count and address < field.end:
                words, said = field.measure(self.elapsed_s)
                self._words.update({(table, field.start + at): word for at, word in enumerate(words)})
                if address <= field.start and field.end <= address + count:
                    self.said[field.name] = said
        return [self._words[register] for register in wanted]

    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """Refused: what a profile describes is measured, and not for a master to write."""
        return ExcCodes.ILLEGAL_FUNCTION if _table(func_code) is None else ExcCodes.ILLEGAL_ADDRESS


def _table(function: int) -> str | None:
    if function == INPUT_FUNCTION:
        return "input"
    return "holding" if function in HOLDING_FUNCTIONS else None


class ModbusInstrument(Instrument):
    """An instrument that a profile describes.

    profile: as `drivers.registers.resolve` returns it. scripts: by channel or status name,
    statuses in raw numbers; a channel without one says 0, a status its first normal state.
    Raises BenchError.
    """

    can_refuse = True

    def __init__(self, address: int, profile: Mapping[str, Any], scripts: Mapping[str, Script], where: str):
        self.address = address
        rows = [row for table in ("channel", "status") for row in profile[table]]
        # Where several statuses share a register, the last stands: the scripted one, else the one
        # that knows its states.
        rows.sort(key=lambda row: (row["name"] in scripts, "values" in row))
        fields = [
            Field(row, scripts.get(row["name"]) or Script(_usual(row), f"{where}: {row['name']}"), where)
            for row in rows
        ]
        self._channels = {row["name"] for row in profile["channel"]}
        limits = profile["profile"]
        self._registers = Registers(fields, limits.get("max_registers", 125), limits.get("max_gap", 0))

    @staticmethod
    def request_length(buf: bytes) -> int:
        """A known function's length comes from pymodbus, any other's from the check fitting."""
        if len(buf) < FRAMER.MIN_SIZE:
            return 0
        known = buf[1] < 0x80 and FRAMER.decoder.lookupPduClass(buf)
        size = known.calculateRtuFrameSize(buf) if known else len(buf)
        fits = FRAMER.MIN_SIZE <= size <= len(buf) and FRAMER.check_CRC(
            buf[: size - 2], int.from_bytes(buf[size - 2 : size], "big")
        )
        return size if fits else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """None to other addresses and broadcasts. Unknown functions get exception 1, unknown
        registers 2, impossible counts 3."""
        self._registers.elapsed_s = elapsed_s
        self._registers.said = {}
        answer = self._answer_from(self._registers, request)
        said = {name: value for name, value in self._registers.said.items() if name in self._channels}
        if answer is None or answer.frame[1] & 0x80:
            return answer
        return Answer(answer.frame, said)

    def _answer_from(self, memory: object, request: bytes) -> Answer | None:
        """The answer out of `memory`, which has pymodbus's async_getValues and async_setValues."""
        if request[0] != self.address or request[1] >= 0x80:
            return None
        if not FRAMER.decoder.lookupPduClass(request):
            return Answer(self.refusal(request, ExcCodes.ILLEGAL_FUNCTION))
        try:
            _, pdu = FRAMER.handleFrame(request, 0, 0)
        except ModbusIOException:  # the decoder found a count that cannot be
            return Answer(self.refusal(request, ExcCodes.ILLEGAL_VALUE))
        assert pdu is not None, "request_length checked the frame"
        response = _finished(pdu.datastore_update(cast(ModbusServerContext, memory), self.address))
        response.dev_id = self.address
        return Answer(FRAMER.buildFrame(response))

    def as_foreign(self, frame: bytes) -> bytes:
        return FRAMER.encode(frame[1:-2], self.address % 247 + 1, 0)

    def refusal(self, request: bytes, code: int) -> bytes:
        return FRAMER.buildFrame(ExceptionResponse(request[1], code, device_id=self.address))


def _usual(row: Mapping[str, Any]) -> float:
    """What a field without a script says: a status its first state of flag N, anything else 0."""
    for state in row.get("values", ()):
        if state.get("flag") == "N":
            return cast(float, state["is"])
    return 0.0


def _finished(work: Coroutine[Any, Any, ModbusPDU]) -> ModbusPDU:
    """The result of a coroutine that waits for nothing: pymodbus's requests are async in form only."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast(ModbusPDU, done.value)
    work.close()
    raise RuntimeError("a pymodbus request waited for something")

"""An instrument's registers, written down by hand, and a driver's poll of them.

The numbers are encoded by pymodbus, and answered by the emulator's plain table: neither knows the profile.
"""

from typing import Any, NamedTuple

from pymodbus.client.mixin import ModbusClientMixin

from drivers import catalogue
from hardware_sim.modbus_server import ModbusServer
from hardware_sim.modbus_table import TableInstrument

__all__ = ["ADDRESS", "Case", "State", "bits", "f32", "i16", "measured", "polled", "u32"]

ADDRESS = 5
DATATYPE = ModbusClientMixin.DATATYPE


class Case(NamedTuple):
    """One poll: what the instrument holds, by table and wire address, and what the driver makes of it.

    said: by channel, in order, value and unit; all of flag N without conditions. asked: the
    questions, as (function, register, count).
    """

    driver: str
    settings: dict[str, Any]
    tables: dict[str, dict[int, int]]
    said: dict[str, tuple[float, str]]
    asked: tuple[tuple[int, int, int], ...]


class State(NamedTuple):
    """What one more content of the same instrument does to `channels` (empty: all), and to no other."""

    driver: str
    table: str
    registers: dict[int, int]
    flag: str
    conditions: tuple[str, ...]
    channels: tuple[str, ...] = ()


def f32(register: int, *values: float, order: str = "ABCD") -> dict[int, int]:
    """Floats one behind the other. order: as in a profile."""
    return _words(register, DATATYPE.FLOAT32, values, order)


def u32(register: int, *values: int) -> dict[int, int]:
    return _words(register, DATATYPE.UINT32, values, "ABCD")


def i16(register: int, *values: int) -> dict[int, int]:
    return {register + at: value & 0xFFFF for at, value in enumerate(values)}


def bits(first: int, text: str) -> dict[int, int]:
    """Bits from `first` on, as a row of 0 and 1."""
    return {first + at: int(bit) for at, bit in enumerate(text)}


def _words(register: int, kind: Any, values: tuple[Any, ...], order: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for value in values:
        words = ModbusClientMixin.convert_to_registers(
            value, kind, word_order="little" if order in ("CDAB", "DCBA") else "big"
        )
        if order in ("BADC", "DCBA"):
            words = [word >> 8 | (word & 0xFF) << 8 for word in words]
        found.update({register + len(found) + at: word for at, word in enumerate(words)})
    return found


def polled(case: Case, table: str = "holding", changed: dict[int, int] | None = None) -> tuple[Any, Any]:
    """(the samples of one poll, the questions), with some registers other than in the case."""
    tables = {name: dict(held) for name, held in case.tables.items()}
    tables.setdefault(table, {}).update(changed or {})
    return measured(case, TableInstrument(ADDRESS, tables))


def measured(case: Case, instrument: ModbusServer) -> tuple[Any, Any]:
    """(the samples of one poll of this instrument, the questions)."""
    talk = catalogue.create(case.driver, ADDRESS, case.settings).measure()
    asked = []
    request = next(talk)
    try:
        while True:
            asked.append((request.pdu.function, request.pdu.start, request.pdu.count))  # type: ignore[attr-defined]
            answer = instrument.answer(request.encode(), 0.0)
            assert answer is not None
            request = talk.send(request.parse(answer.frame))
    except StopIteration as end:
        return end.value, tuple(asked)

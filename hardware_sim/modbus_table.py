"""A Modbus instrument that is a plain table of bits and registers, for a master to read and write."""

from collections.abc import Mapping
from typing import Any

from pymodbus.constants import ExcCodes

from hardware_sim.modbus_server import ModbusServer, table_of

__all__ = ["TableInstrument"]


class Tables:
    """By table ("coil", "discrete", "holding", "input"), number to value; no others exist."""

    def __init__(self, tables: Mapping[str, Mapping[int, int]]) -> None:
        self.elapsed_s = 0.0
        self.said: dict[str, float | None] = {}
        self.tables = {name: dict(tables.get(name, {})) for name in ("coil", "discrete", "holding", "input")}

    def _has(self, function: int, address: int, count: int) -> dict[int, int] | ExcCodes:
        name = table_of(function)
        if name is None:
            return ExcCodes.ILLEGAL_FUNCTION
        table = self.tables[name]
        there = all(number in table for number in range(address, address + count))
        return table if there else ExcCodes.ILLEGAL_ADDRESS

    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        table = self._has(func_code, address, count)
        if isinstance(table, ExcCodes):
            return table
        return [table[number] for number in range(address, address + count)]

    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: list[Any]
    ) -> ExcCodes | None:
        table = self._has(func_code, address, len(values))
        if isinstance(table, ExcCodes):
            return table
        table.update({address + at: int(value) for at, value in enumerate(values)})
        return None


class TableInstrument(ModbusServer):
    """tables: as Tables takes them; what was written stands in `tables`, too."""

    def __init__(
        self,
        address: int,
        tables: Mapping[str, Mapping[int, int]],
        framing: str = "rtu",
        identity: Mapping[int, str] | None = None,
    ) -> None:
        memory = Tables(tables)
        super().__init__(address, memory, framing, identity)
        self.tables = memory.tables

"""A relay module: its coils, read with function 1 and switched with functions 5 and 15.

Answers through pymodbus, as every emulated Modbus instrument. Without power it forgets: `power_cycle`.
"""

from collections.abc import Mapping
from typing import Any

from pymodbus.constants import ExcCodes

from hardware_sim.modbus_server import ModbusServer
from hardware_sim.source import Source
from hardware_sim.tables import Table

__all__ = ["RelayModule"]

COIL_FUNCTIONS = (1, 5, 15)


class Coils:
    """The module's memory, as pymodbus's requests ask for it."""

    def __init__(self, first: int, count: int) -> None:
        self.states = dict.fromkeys(range(first, first + count), False)
        self.written: list[tuple[int, bool]] = []  # every coil that was switched, in order
        self.elapsed_s = 0.0
        self.said: dict[str, float | None] = {}

    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[bool] | ExcCodes:
        if func_code not in COIL_FUNCTIONS:
            return ExcCodes.ILLEGAL_FUNCTION
        wanted = range(address, address + count)
        if any(coil not in self.states for coil in wanted):
            return ExcCodes.ILLEGAL_ADDRESS
        return [self.states[coil] for coil in wanted]

    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        if func_code not in COIL_FUNCTIONS:
            return ExcCodes.ILLEGAL_FUNCTION
        switched = {address + at: bool(value) for at, value in enumerate(values)}
        if any(coil not in self.states for coil in switched):
            return ExcCodes.ILLEGAL_ADDRESS
        self.states.update(switched)
        self.written.extend(switched.items())
        return None


class RelayModule(ModbusServer):
    """settings: `coils`, how many relays, and `first`, the first one's coil (0). Raises BenchError."""

    def __init__(
        self,
        address: int,
        settings: Mapping[str, Any],
        scripts: Mapping[str, Source],
        where: str,
        framing: str = "rtu",
    ) -> None:
        table = Table(settings, f"{where}: settings")
        self.coils = Coils(table.whole("first", 0), table.whole("coils", low=1, high=64))
        table.close()
        super().__init__(address, self.coils, framing)

    @staticmethod
    def scriptable(settings: Mapping[str, Any]) -> list[str]:
        """Nothing: it is told what to do."""
        return []

    def power_cycle(self) -> None:
        """Every relay lets go."""
        self.coils.states = dict.fromkeys(self.coils.states, False)

"""Ecotech Serinus gas analysers: the Bayern-Hessen form of the 5030i's emulator, and the commands that
switch its gas. Zero, span and background check show in the operation status until `ST M`.

Source: Ecotech Serinus 40 manual p. 143-145, Serinus 44 manual p. 169; the status values are ours, since
the manuals at hand name none.
"""

from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.thermo_5030i import REQUEST, Thermo5030i
from hardware_sim.source import Source

__all__ = ["SPAN_GAS", "EcotechSerinus"]

OPERATIONS = {b" N": "zero", b" K": "span", b" S": "calibrate"}
STATUSES = {b" N": 0x04, b" K": 0x08, b" S": 0x10}  # bits on top of the status while it measures
SPAN_GAS = 400.0


class EcotechSerinus(Thermo5030i):
    """settings and scripts as of the Thermo 5030i. On zero gas its values are 0, on span gas SPAN_GAS."""

    highest_address = 999

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._gas = b" M"

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        found = REQUEST.fullmatch(request)
        assert found is not None, "request_length checked the frame"
        command, address, argument, _ = found.groups()
        if command == b"ST" and argument in (b" M", *STATUSES) and address:
            if int(address) == self.address:
                self._switch(argument, elapsed_s)
            return None
        return super().answer(request, elapsed_s)

    def _switch(self, argument: bytes, elapsed_s: float) -> None:
        self._gas = argument
        if self.life is None:
            return
        if argument in OPERATIONS:
            self.life.begin(OPERATIONS[argument], elapsed_s, "")
        else:
            self.life.end(elapsed_s)

    def _value(self, name: str, elapsed_s: float) -> float:
        if self.life is not None:
            return super()._value(name, elapsed_s)
        gas = {b" N": 0.0, b" S": 0.0, b" K": SPAN_GAS}
        return gas[self._gas] if self._gas in gas else super()._value(name, elapsed_s)

    def _status(self, name: str, elapsed_s: float) -> int:
        gas = self._gas
        if self.life is not None:  # it goes back to the sample by itself
            doing = self.life.doing(elapsed_s)
            gas = next((each for each, operation in OPERATIONS.items() if operation == doing), b" M")
        extra = STATUSES.get(gas, 0) if name == "operation" else 0
        return super()._status(name, elapsed_s) | extra

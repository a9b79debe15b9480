"""What outputs drive: the relay modules on the lines, and the pins of the box."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from agent.config.model import GpioTarget, OutputSettings, RelayTarget
from agent.media import framing_of
from drivers.dcon_relays import DconRelays
from drivers.relay_module import DCON, ModbusRelays
from hal.gpio import GpioPin, PinKeeper
from hal.line import Line
from hal.relay import RelayBank, RelayModule

__all__ = ["Report", "Targets", "module_of"]

Report = Callable[[str, str, str], None]  # (output's id, what, detail)


class Targets:
    """The relay modules and pins that outputs drive. load_gpiod: called where there is a pin.

    ending: the agent has ended. Each relay is told to let go whatever is read of it first, and the
    modules' host watchdogs are left alone.
    """

    def __init__(
        self,
        outputs: Iterable[OutputSettings],
        lines: Mapping[str, Line],
        report: Report,
        load_gpiod: Callable[[], Any],
        ending: bool = False,
    ) -> None:
        self.banks: dict[tuple[str, int], RelayBank] = {}
        self.pins: dict[str, PinKeeper] = {}
        monotonic = asyncio.get_running_loop().time
        modules: dict[tuple[str, int], list[tuple[str, RelayTarget]]] = {}
        for output in outputs:
            target = output.target
            if isinstance(target, RelayTarget):
                modules.setdefault((target.line, target.address), []).append((output.id, target))
            else:
                make = partial(_pin, target, load_gpiod)
                self.pins[output.id] = PinKeeper(make, monotonic, partial(report, output.id))
        for place, group in modules.items():
            self.banks[place] = _bank(group, lines[place[0]], report, ending)

    def want(self, output: OutputSettings, on: bool) -> None:
        """Energise the output's relay or let it go: at once, or with the line's next free moment."""
        target = output.target
        if isinstance(target, RelayTarget):
            self.banks[target.line, target.address].want(target.coil, on)
        else:
            self.pins[output.id].want(on)

    def confirmed(self, output: OutputSettings) -> bool | None:
        """Whether it is energised, as last read back; None where that is not known."""
        target = output.target
        if isinstance(target, RelayTarget):
            return self.banks[target.line, target.address].relays[target.coil].confirmed
        return self.pins[output.id].confirmed

    async def settle(self) -> None:
        """Wait until all modules were read back as wanted; a pin needs no waiting."""
        for bank in self.banks.values():
            await bank.settle()


def _pin(target: GpioTarget, load_gpiod: Callable[[], Any]) -> GpioPin:
    return GpioPin(target.chip, target.pin, target.active_low, load_gpiod())


def module_of(target: RelayTarget, watch_ms: int) -> RelayModule:
    """The driver of the target's module. watch_ms: for its host watchdog, where it has one."""
    if target.relay.get("protocol") == DCON:
        return DconRelays(target.address, target.relay, target.checked, watch_ms / 1000)
    return ModbusRelays(target.address, target.relay, framing_of(target.medium))


def _bank(group: list[tuple[str, RelayTarget]], line: Line, report: Report, ending: bool) -> RelayBank:
    names = {target.coil: name for name, target in group}
    target = group[0][1]
    return RelayBank(
        line,
        module_of(target, min(each.watch_ms for _, each in group)),
        tuple(names),
        timeout_ms=max(each.timeout_ms for _, each in group),
        insist=ending,
        guard=not ending,
        report=lambda coil, what, detail: report(names[coil], what, detail),
    )

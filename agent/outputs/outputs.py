"""Keeps every output where it is to be, and tells of each switch and each failure."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from agent.config.model import GpioTarget, OutputSettings, RelayTarget
from agent.media import framing_of
from agent.outputs.position import UNKNOWN, Position, Watched
from drivers.dcon_relays import DconRelays
from drivers.relay_module import DCON, ModbusRelays
from hal.gpio import GpioPin, PinKeeper
from hal.line import Line
from hal.relay import RelayBank, RelayModule

__all__ = ["Outputs", "Targets"]

log = logging.getLogger("fenceline")

TICK_S = 1.0
TOLD_AGAIN_S = 600.0  # a module that is put right again and again is told of this often

Announce = Callable[[str, dict[str, object]], object]
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


def _module(target: RelayTarget, watch_ms: int) -> RelayModule:
    if target.relay.get("protocol") == DCON:
        return DconRelays(target.address, target.relay, target.checked, watch_ms / 1000)
    return ModbusRelays(target.address, target.relay, framing_of(target.medium))


def _bank(group: list[tuple[str, RelayTarget]], line: Line, report: Report, ending: bool) -> RelayBank:
    names = {target.coil: name for name, target in group}
    target = group[0][1]
    return RelayBank(
        line,
        _module(target, min(each.watch_ms for _, each in group)),
        tuple(names),
        timeout_ms=max(each.timeout_ms for _, each in group),
        insist=ending,
        guard=not ending,
        report=lambda coil, what, detail: report(names[coil], what, detail),
    )


class Output:
    """One output. energised: wanted; asked_at: since when, loop seconds."""

    def __init__(self, settings: OutputSettings, now: float) -> None:
        self.settings = settings
        self.where = Position(UNKNOWN, "the agent has just started")
        self.energised = False
        self.asked_at = now
        self.trouble = ""
        self.switches = self.repairs = 0
        self.repair_told_at = float("-inf")


class Outputs:
    """All outputs of the station. announce(kind, body): puts an event on disk and sends it.

    Call `update` where a rule has changed: it waits for neither disk nor network.
    """

    def __init__(
        self,
        settings: Iterable[OutputSettings],
        lines: Mapping[str, Line],
        watched: Watched,
        announce: Announce,
        load_gpiod: Callable[[], Any],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._outputs = {each.id: Output(each, self._loop.time()) for each in settings}
        self._watched, self._announce = watched, announce
        self._stopping = False
        everything = [output.settings for output in self._outputs.values()]
        self.targets = Targets(everything, lines, self._told, load_gpiod)
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns

    def update(self) -> None:
        """Bring every output to the position it is to be in now."""
        if self._stopping:
            return
        for output in self._outputs.values():
            self._place(output, self._watched.position_of(output.settings, self._loop.time() * 1000))

    def look_again(self, line_id: str) -> None:
        """This line's port has gone or is back: its modules are read now, not with their next turn."""
        for (line, _), bank in self.targets.banks.items():
            if line == line_id:
                bank.look_again()

    async def run(self) -> None:
        """Once a second, what needs no change of a rule. For ever."""
        while True:
            self.beat()
            self._watched.observe(self._loop.time() * 1000)
            self.update()
            for pin in self.targets.pins.values():
                pin.tick()
            await asyncio.sleep(TICK_S)

    async def make_safe(self, within_s: float) -> None:
        """Let every relay go, for good: the agent ends. Waits at most so long for confirmation."""
        self._stopping = True
        for output in self._outputs.values():
            self._place(output, Position(UNKNOWN, "the agent stops"))
        try:
            async with asyncio.timeout(within_s):
                await self.targets.settle()
        except TimeoutError:
            log.error("outputs: not every relay has confirmed that it let go")
        for pin in self.targets.pins.values():
            pin.close()

    def rows(self) -> list[dict[str, Any]]:
        """For `status`."""
        return [
            {
                "id": output.settings.id,
                "drives": str(output.settings.target),
                "alarm_on": list(output.settings.alarm_on),
                "energised_when": output.settings.energised,
                "position": output.where.position,
                "cause": output.where.cause or None,
                "wanted": output.energised,
                "confirmed": self.targets.confirmed(output.settings),
                "trouble": output.trouble or None,
                "switches": output.switches,
                "repairs": output.repairs,
            }
            for output in self._outputs.values()
        ]

    def _place(self, output: Output, where: Position) -> None:
        if where.position != output.where.position:
            output.where = where
        energised = where.energises(output.settings.energised)
        if energised != output.energised:
            output.energised, output.asked_at = energised, self._loop.time()
            self.targets.want(output.settings, energised)

    # -- telling ----------------------------------------------------------------------------

    def _told(self, name: str, what: str, detail: str) -> None:
        """The report of a relay or a pin."""
        output, now = self._outputs[name], self._loop.time()
        if what == "failing":
            output.trouble = detail.splitlines()[0]
            self._tell(output, what, detail)
            return
        output.trouble = ""
        if what == "switched":
            output.switches += 1
            took_ms = round((now - output.asked_at) * 1000)
            self._tell(output, what, output.where.cause or "nothing of its alarm_on stands", took_ms)
        elif what == "repaired":
            output.repairs += 1
            if now - output.repair_told_at >= TOLD_AGAIN_S:
                output.repair_told_at = now
                self._tell(output, what, detail)
        else:
            self._tell(output, what, detail)

    def _tell(self, output: Output, what: str, detail: str, took_ms: int | None = None) -> None:
        state = "energised" if output.energised else "let go"
        level = logging.INFO if what in ("switched", "recovered") else logging.ERROR
        name = output.settings.id
        log.log(level, "output %s %s, %s (%s): %s", name, what, state, output.where.position, detail)
        body: dict[str, object] = {
            "output": name,
            "transition": what,
            "position": output.where.position,
            "energised": output.energised,
            "detail": detail,
        }
        if took_ms is not None:
            body["took_ms"] = took_ms
        self._announce("output", body)

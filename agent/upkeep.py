"""What people do to instruments while the agent runs: modes and calibrations, looked after once a second."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from agent.calibrations import Calibrations
from agent.heartbeat import PAUSE_MIN_S
from agent.mode_desk import ModeDesk

if TYPE_CHECKING:
    from agent.config.model import StationFile
    from agent.control import Operation
    from agent.device_records import DeviceRecords
    from agent.heartbeat import Heartbeat
    from agent.judge import Judge
    from hal.clock import Clock
    from store.recorder import Recorder

__all__ = ["Upkeep"]

LOOK_EVERY_S = 1.0


class Upkeep:
    """fault: told (what, state, detail) of saved state that cannot be read."""

    def __init__(
        self,
        station: "StationFile",
        *,
        judge: "Judge",
        recorder: "Recorder",
        records: "DeviceRecords",
        clock: "Clock",
        fault: Callable[[str, str, str], None],
    ) -> None:
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._modes = ModeDesk(station, judge=judge, recorder=recorder, clock=clock, fault=fault)
        self._calibrations = Calibrations(
            station, judge=judge, recorder=recorder, records=records, clock=clock, fault=fault
        )

    async def begin(self) -> None:
        """Take up where the last run left off, before any reading; what is no state is reported."""
        await self._modes.begin()
        await self._calibrations.begin()

    def start(self, start: Callable[[str, Callable[[], Awaitable[None]]], None], heart: "Heartbeat") -> None:
        """start(name, task) runs it, and its heart is watched."""
        self.beat = heart.watch("upkeep", PAUSE_MIN_S)
        start("upkeep", self.run)

    async def run(self) -> None:
        """For ever."""
        while True:
            self.beat()
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Tell what has run out, or become overdue."""
        await self._modes.look()
        await self._calibrations.look()

    def operations(self) -> "dict[str, Operation]":
        """For the control socket."""
        return {**self._modes.operations(), **self._calibrations.operations()}

    def modes(self) -> list[dict[str, Any]]:
        """What runs now, for `status`."""
        return self._modes.rows()

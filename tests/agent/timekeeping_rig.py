"""A recorder and a timekeeper on a real journal, with a clock of the test's own."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from agent.timekeeping import Timekeeper
from store.journal import Journal
from store.recorder import Recorder
from store.rows import Event, Reading

UTC = 1_795_485_000_000  # true UTC at monotonic 0


class Clock:
    """wrong_by: ms that UTC is behind the truth."""

    def __init__(self, wrong_by: int) -> None:
        self.wrong_by, self.trusted = wrong_by, False

    def utc_ms(self) -> int:
        return UTC + round(self.monotonic() * 1000) - self.wrong_by

    def monotonic(self) -> float:
        return time.monotonic()

    def utc_trusted(self) -> bool:
        return self.trusted

    def set_right(self) -> None:
        self.wrong_by, self.trusted = 0, True


class Station:
    def __init__(self, recorder: Recorder, journal: Journal, clock: Clock) -> None:
        self.recorder, self.journal, self.clock = recorder, journal, clock
        self.faults: list[tuple[str, str, str]] = []
        self.states: list[Any] = []  # what went to the disk with each event
        self._events = 0

    def readings(self, count: int) -> None:
        for _ in range(count):
            mono = round(self.clock.monotonic() * 1000)
            self.recorder.put(
                Reading("pid.voc", self.clock.utc_ms(), mono, self.clock.trusted, 1.5, None, "N")
            )

    def announce(
        self, kind: str, body: Any, state: Any = None, t: int | None = None, mono: int | None = None
    ) -> "asyncio.Task[None]":
        self.states.append(state)

        async def put() -> None:
            self._events += 1
            now = round(self.clock.monotonic() * 1000)
            name = f"{self.journal.boot}-{self._events}"
            event = Event(kind, name, self.clock.utc_ms(), now, self.clock.trusted, dict(body))
            await self.recorder.put_event(event, state)

        return asyncio.create_task(put())

    async def told(self, kind: str) -> list[dict[str, Any]]:
        events = await self.recorder.ask(lambda journal: journal.events(1, journal.last_seq, 10_000))
        return [event.body for _, _, event in events if event.kind == kind]

    async def committed(self, count: int) -> None:
        await until(lambda: self.recorder.stats.readings >= count)


async def until(condition: Any) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)


@asynccontextmanager
async def station(path: Path, clock: Clock, machine: str = "one") -> AsyncIterator[Station]:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as thread:
        journal = await loop.run_in_executor(thread, lambda: Journal.open(path, utc_ms=clock.utc_ms))
        recorder = Recorder(
            journal,
            run=lambda work: loop.run_in_executor(thread, work),
            utc_ms=clock.utc_ms,
            monotonic=clock.monotonic,
            period_s=0.02,
        )
        here = Station(recorder, journal, clock)
        keeper = Timekeeper(
            recorder,
            clock,  # type: ignore[arg-type]
            here.announce,
            lambda *fault: here.faults.append(fault),
            machine,
        )
        tasks = [asyncio.create_task(recorder.run()), asyncio.create_task(keeper.run())]
        try:
            yield here
        finally:
            for task in reversed(tasks):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await loop.run_in_executor(thread, journal.close)

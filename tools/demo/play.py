"""The demo's course: start everything, tell the story, stop everything, count."""

import asyncio
import contextlib
import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from agent.control import ControlError, ask, socket_paths
from hal.clock import Clock
from tools.demo.broker import Broker
from tools.demo.ledger import Ledger
from tools.demo.stage import (
    Process,
    Story,
    clearing_questions,
    journal_events,
    journal_rows,
    write_files,
)
from tools.demo.subscriber import Subscriber

__all__ = ["DemoError", "Scene", "play"]

TICK_S = 0.25
START_S = 20.0  # for each process, on a slow machine
DRAIN_S = 15.0  # for the backlog to arrive after the last reading


class DemoError(Exception):
    """The demo could not run; the text says which part failed and what it said last."""


class Scene(NamedTuple):
    """What the screen shows at one moment. status: the agent's own, None while it does not answer."""

    elapsed_s: float
    seconds: float
    caption: str
    broker_kind: str
    broker_away: bool
    delivered: int
    alarms: list[Any]
    status: dict[str, Any] | None


async def play(
    seconds: float, show: Callable[[Scene], None], clock: Clock, broker_kind: str | None = None
) -> dict[str, Any]:
    """Run the whole demo; its summary. show: called four times a second. Raises DemoError."""
    with tempfile.TemporaryDirectory(prefix="fenceline-demo-") as name:
        return await _Play(Path(name), seconds, show, clock, broker_kind).run()


class _Play:
    def __init__(
        self,
        folder: Path,
        seconds: float,
        show: Callable[[Scene], None],
        clock: Clock,
        broker_kind: str | None,
    ) -> None:
        self.folder, self.seconds, self.show, self.clock = folder, seconds, show, clock
        self.story = Story(seconds)
        self.broker = Broker(folder, broker_kind)
        self.truth = folder / "truth.jsonl"
        station, bench = write_files(folder, self.broker.port, self.story)
        self.ledger = Ledger(clearing_questions(station))
        self.plant = Process(
            folder / "sim.log", "tools.cli", "sim", "--config", str(bench), "--log", str(self.truth)
        )
        self.agent = Process(folder / "agent.log", "agent", "--config", str(station))
        self.sockets = socket_paths(folder / "data")
        self.status: dict[str, Any] | None = None
        self.broker_away = False

    async def run(self) -> dict[str, Any]:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.broker.stop)
            await self.broker.start()
            subscriber = Subscriber(self.broker.watch_port, "fenceline/1/#", self._take)
            stack.callback(subscriber.stop)
            await self._until(subscriber.subscribed.is_set, "the broker", self.folder / "broker.log")
            await self.broker.admit()
            stack.push_async_callback(self.plant.stop)
            await self.plant.start()
            await self._until((self.folder / "ttyB").exists, "the emulated plant", self.folder / "sim.log")
            self.started_ms = self.clock.utc_ms()
            stack.push_async_callback(self.agent.stop)
            await self.agent.start()
            await self._tell(subscriber)
            return await self._count()

    def _take(self, topic: str, payload: bytes) -> None:
        self.ledger.add_message(topic, payload, self.clock.utc_ms())

    async def _until(self, condition: Callable[[], bool], what: str, log: Path) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + START_S
        while not condition():
            if loop.time() > end or (what == "the emulated plant" and self.plant.ended):
                raise DemoError(f"{what} did not start\n{_tail(log)}")
            await asyncio.sleep(0.02)

    async def _tell(self, subscriber: Subscriber) -> None:
        """The story, tick by tick, with the broker's outage in it."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        outage = asyncio.create_task(self._outage(subscriber))
        try:
            while (elapsed := loop.time() - started) < self.seconds:
                if self.agent.ended:
                    raise DemoError(f"the agent ended\n{_tail(self.folder / 'agent.log')}")
                self.status = await self._ask()
                self._show(elapsed)
                await asyncio.sleep(TICK_S)
            await outage
        finally:
            outage.cancel()
        await self._drained()
        self._show(self.seconds)

    async def _outage(self, subscriber: Subscriber) -> None:
        await asyncio.sleep(self.story.broker_away_s)
        self.broker_away = True
        await self.broker.stop()
        await asyncio.sleep(self.story.broker_back_s - self.story.broker_away_s)
        await self.broker.start()
        await self._until(subscriber.subscribed.is_set, "the broker", self.folder / "broker.log")
        await self.broker.admit()
        self.broker_away = False

    async def _drained(self) -> None:
        """Wait until nothing is owed any more."""
        loop = asyncio.get_running_loop()
        end = loop.time() + DRAIN_S
        while loop.time() < end:
            self.status = await self._ask()
            mqtt = self.status["destinations"]["mqtt"] if self.status else {"backlog_owed": 1}
            if mqtt["backlog_owed"] == 0:
                return
            self._show(self.seconds)
            await asyncio.sleep(TICK_S)

    async def _ask(self) -> dict[str, Any] | None:
        try:
            answer = await asyncio.to_thread(functools.partial(ask, self.sockets, "status"))
        except ControlError:
            return None  # it is starting; a dead agent is noticed by its process
        return answer if isinstance(answer, dict) else None

    def _show(self, elapsed: float) -> None:
        self.show(
            Scene(
                elapsed,
                self.seconds,
                self.story.caption(elapsed),
                self.broker.kind,
                self.broker_away,
                len(self.ledger.delivered),
                list(self.ledger.alarms.values()),
                self.status,
            )
        )

    async def _count(self) -> dict[str, Any]:
        """Stop the agent, let the last messages arrive, and hold everything against the truth."""
        elapsed_s = (self.clock.utc_ms() - self.started_ms) / 1000
        rss_mb, cpu_s = self.agent.rss_mb(), self.agent.cpu_s()
        until_ms = self.clock.utc_ms()
        await self.agent.stop()
        await self.plant.stop()
        rows = await asyncio.to_thread(journal_rows, self.folder / "data" / "journal.db")
        events = await asyncio.to_thread(journal_events, self.folder / "data" / "journal.db")
        with contextlib.suppress(TimeoutError):  # what is missing then is lost, and will be counted
            await asyncio.wait_for(self._arrived(len(rows), len(events)), DRAIN_S)
        with self.truth.open() as lines:
            for line in lines:
                self.ledger.add_truth(line)
        summary = self.ledger.summary(rows, events, self.started_ms, until_ms)
        loads = {line["id"]: line["load"] for line in (self.status or {}).get("lines", ())}
        return {
            "seconds": round(elapsed_s, 1),
            "broker": self.broker.kind,
            **summary,
            "line_load": loads,
            "rss_mb": round(rss_mb, 1),
            "cpu_percent": round(100 * cpu_s / elapsed_s, 2),
        }

    async def _arrived(self, readings: int, events: int) -> None:
        ledger = self.ledger
        while len(ledger.delivered) < readings or len(ledger.events) < events:  # noqa: ASYNC110 - filled by the subscriber's thread
            await asyncio.sleep(0.05)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-8:]) if log.exists() else ""

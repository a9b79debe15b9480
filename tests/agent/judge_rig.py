"""A judge with one rule over a real journal."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from agent.judge import Judge, state_key
from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import Above
from agent.pipeline.limit import Limit
from agent.pipeline.pipeline import Pipeline
from agent.saved_state import load_state
from drivers.sample import Sample
from hal.clock import Clock
from store.journal import Journal
from store.recorder import Recorder

__all__ = ["BOOT", "Desk", "desk"]

BOOT = 7


class Desk:
    """A judge with one rule on pid.voc, a running recorder, and what came out undurable."""

    def __init__(self, recorder, journal, on_journal):
        self.recorder, self.journal, self.on_journal = recorder, journal, on_journal
        self.undurable = []
        self.clock = Clock("trusted")
        self.alarm = Alarm("high")
        self.judge = Judge(
            recorder,
            self.clock,
            Pipeline([Limit(self.alarm, Above(50.0, 5.0), "pid.voc", "high", "ppm")], {}),
            boot=BOOT,
            undurable=self.undurable.append,
            machine="this boot",
        )

    def take(self, value, flag="N"):
        now = asyncio.get_running_loop().time()
        self.judge.take("pid", [Sample("voc", value, "ppm", flag, ())], now)

    async def events(self, count):
        """The first events of the journal, as soon as there are so many."""
        async with asyncio.timeout(5):
            while True:
                rows = await self.recorder.ask(lambda journal: journal.events(1, 10**6, 1000))
                if len(rows) >= count:
                    return [event for _, _, event in rows]
                await asyncio.sleep(0.005)

    async def state(self):
        return await self.recorder.ask(lambda journal: load_state(journal, state_key("high")))

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - the journal's thread fulfils it
                await asyncio.sleep(0.005)


@pytest.fixture
def desk(tmp_path):
    """`async with desk() as d`."""

    @asynccontextmanager
    async def opened(max_pages=None):
        loop, clock = asyncio.get_running_loop(), Clock("trusted")
        with ThreadPoolExecutor(1) as thread:

            def on_journal(work):
                return loop.run_in_executor(thread, work)

            path = tmp_path / "journal.db"
            journal = await on_journal(lambda: Journal.open(path, utc_ms=clock.utc_ms, max_pages=max_pages))
            recorder = Recorder(
                journal,
                run=on_journal,
                utc_ms=clock.utc_ms,
                monotonic=loop.time,
                period_s=0.05,
                event_limit_s=0.1,
            )
            task = asyncio.create_task(recorder.run())
            try:
                yield Desk(recorder, journal, on_journal)
            finally:
                task.cancel()
                await asyncio.wait([task])
                await on_journal(journal.close)

    return opened

"""Shared by the store's tests: rows, a journal on a real file, a recorder on a real thread."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from store.journal import Committed, DamagedBatch, Journal
from store.recorder import Recorder
from store.rows import Event, Reading

UTC_MS = 1_795_485_300_000  # 2026-11-24T01:55:00Z
ROOT = Path(__file__).parents[2]


class Rows:
    """Plain rows, told apart by a number."""

    @staticmethod
    def reading(number: int, t: int | None = None) -> Reading:
        t = UTC_MS + number if t is None else t
        return Reading(f"pid-{number % 7}.voc", t, 5000 + number, True, number * 0.1, None, "N")

    @classmethod
    def readings(cls, first: int, count: int) -> list[Reading]:
        return [cls.reading(number) for number in range(first, first + count)]

    @staticmethod
    def event(name: str, kind: str = "alarm", **body: Any) -> Event:
        return Event(kind, name, UTC_MS, 5000, True, body)


class Bench:
    """A recorder that runs on a journal of its own thread, and what its subscribers saw."""

    def __init__(self, recorder: Recorder, ask: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self.recorder = recorder
        self.on_thread = ask
        self.commits: list[Committed] = []
        self.faults: list[str] = []

    async def until(self, condition: Callable[[], bool], within_s: float = 10.0) -> None:
        """Wait on a condition; the failure says which."""
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, f"not within {within_s} s; {self.recorder.stats}"
            await asyncio.sleep(0.005)


OpenBench = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture(scope="session")
def rows() -> Rows:
    return Rows()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def open_journal(path: Path) -> Iterator[Callable[..., Journal]]:
    """Opens the journal of this test, again and again; the last one is closed for it."""
    opened: list[Journal] = []

    def open_it(**options: Any) -> Journal:
        for journal in opened:
            journal.close()
        opened[:] = [Journal.open(path, utc_ms=lambda: UTC_MS, **options)]
        return opened[0]

    yield open_it
    for journal in opened:
        journal.close()


@pytest.fixture
def bench(path: Path) -> OpenBench:
    """`async with bench(period_s=...) as b`: a running recorder; max_pages goes to the journal."""

    @asynccontextmanager
    async def open_bench(max_pages: int | None = None, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "journal") as thread:

            def on_thread(work: Callable[[], Any]) -> Awaitable[Any]:
                return loop.run_in_executor(thread, work)

            journal = await on_thread(lambda: Journal.open(path, utc_ms=lambda: UTC_MS, max_pages=max_pages))
            faults: list[str] = []
            recorder = Recorder(
                journal,
                run=options.pop("run", on_thread),
                utc_ms=lambda: UTC_MS,
                monotonic=loop.time,
                on_fault=faults.append,
                **options,
            )
            opened = Bench(recorder, on_thread)
            opened.faults = faults
            recorder.subscribe(opened.commits.append)
            running = asyncio.create_task(recorder.run())
            try:
                yield opened
            finally:
                running.cancel()
                await asyncio.wait([running])
                await on_thread(journal.close)
            if not running.cancelled():
                running.result()  # what ended it is the test's failure

    return open_bench


@pytest.fixture
def fill(open_journal: Any, rows: Rows) -> Callable[..., dict[int, Reading | Event]]:
    """A closed journal of 40 commits, readings and events mixed; what stands in it, by seq."""

    def fill_it(commits: int = 40, seed: int = 1) -> dict[int, Reading | Event]:
        rng = random.Random(seed)
        journal, truth = open_journal(), {}
        for number in range(commits):
            events = [
                rows.event(f"e{number}-{n}", text="x" * n * 40) for n in range(rng.choice([0, 0, 1, 3]))
            ]
            readings = rows.readings(number * 1000, rng.choice([0, 1, 30, 100, 600]))
            done = journal.commit(readings, events, {"cursor": number})
            truth.update(done.events)
            truth.update(enumerate(readings, done.first_reading))
        journal.close()
        return truth

    return fill_it


@pytest.fixture(scope="session")
def saved_and_told() -> Callable[..., tuple[dict[int, Any], set[int]]]:
    """Saves all that can be saved of a journal that was set aside, then reads 1..last as a consumer gets
    it: the rows by seq, and the seqs that it is told are lost."""

    def save_and_read(journal: Journal, last: int, limit: int = 500) -> tuple[dict[int, Any], set[int]]:
        names = iter(("salvage-1", "salvage-2"))
        while journal.held_up_to:
            journal.salvage(lambda kind, body: Event(kind, next(names), UTC_MS, 0, True, body), pages=64)
        found: dict[int, Any] = {}
        ranges: list[tuple[int, int]] = []
        for read in (journal.readings, journal.events):
            for row in told(read, (1, last), limit, ranges):
                assert row[0] not in found, "one number, two rows"
                found[row[0]] = row[2]
        for _, _, event in told(journal.events, (last + 1, journal.last_seq), limit, []):
            ranges += event.body.get("ranges", ())
        return found, {n for low, high in ranges for n in range(low, min(high, last) + 1)}

    return save_and_read


def told(
    read: Callable[..., list[Any]], span: tuple[int, int], limit: int, lost: list[tuple[int, int]]
) -> Iterator[Any]:
    """What a reader gets by going on behind what is damaged, which goes into `lost`."""
    at, last = span
    while at <= last:
        try:
            items = read(at, last, limit)
        except DamagedBatch as damaged:
            if not at <= damaged.first <= damaged.last <= last:
                raise
            lost.append((damaged.first, damaged.last))
            at = damaged.last + 1
            continue
        if not items:
            break
        yield from items
        at = items[-1][0] + 1


@pytest.fixture
def child() -> Callable[..., subprocess.Popen[bytes]]:
    """Start a Python script in a process of its own that can import the packages."""

    def start(script: str, *args: object, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*prefix, sys.executable, "-c", script, *map(str, args)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )

    return start


@pytest.fixture(scope="session")
def own_mounts() -> tuple[str, ...]:
    """The command that gives a process mounts of its own, so that it can have a small disk."""
    prefix = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-rm")
    try:
        subprocess.run([*prefix, "mount", "-t", "tmpfs", "none", "/mnt"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"a small disk of its own: {json.dumps(str(error))}")
    return prefix

"""Shared by the store's tests: rows, a journal on a real file, a recorder on a real thread."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from store.journal import Committed, Journal
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


@pytest.fixture
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

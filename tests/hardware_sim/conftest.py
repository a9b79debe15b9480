"""A bench on a loop of its own thread, and a master made of nothing but a file descriptor."""

import asyncio
import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from hal.clock import Clock
from hardware_sim.bench import Bench
from hardware_sim.wire import run

DEADLINE_S = 10.0


class Served:
    """A running bench: `path(line)`, `log` (the truth), `stats()`."""

    def __init__(self, bench: dict[str, Any]) -> None:
        self.log: list[dict[str, Any]] = []
        self.failures: list[dict[str, Any]] = []  # what a callback on the loop raised
        self.bench = Bench(bench, Clock(), self.log.append)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=run, args=(self._serve(),))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda _, context: self.failures.append(context))
        try:
            await self.bench.start()
        finally:
            self._ready.set()
        await self.bench.run()

    def path(self, line: str = "a") -> str:
        return self.bench.lines[line].path

    def stats(self, line: str = "a") -> dict[str, Any]:
        found: dict[str, Any] = self.bench.stats()["lines"][line]
        return found

    def answers(self, count: int) -> list[dict[str, Any]]:
        """The log once `count` answers stand in it: a master reads the last byte before that."""
        until(lambda: len(self.log) >= count)
        return self.log

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Run a function on the bench's loop and wait for it."""

        async def called() -> None:
            function(*arguments)

        asyncio.run_coroutine_threadsafe(called(), self._loop).result(DEADLINE_S)

    @contextmanager
    def running(self) -> Iterator["Served"]:
        self._thread.start()
        try:
            assert self._ready.wait(DEADLINE_S)
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self.bench.stop(), self._loop).result(DEADLINE_S)
            self._thread.join(DEADLINE_S)
            assert not self._thread.is_alive()
            assert not self.failures, self.failures


def until(holds: Callable[[], object]) -> None:
    """Wait until a condition holds; fail at the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end, "the condition never came to hold"
        time.sleep(0.001)


class RawMaster:
    """Writes and reads bytes, and knows when each came: [(monotonic, bytes so far)]."""

    def __init__(self, path: str, baud: int = 9600) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        settings = termios.tcgetattr(self.fd)
        settings[4] = settings[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self.fd, termios.TCSANOW, settings)
        termios.tcflush(self.fd, termios.TCIFLUSH)
        self.arrivals: list[tuple[float, int]] = []
        self.sent_at = 0.0

    def send(self, data: bytes) -> None:
        self.arrivals = []
        self.sent_at = time.monotonic()
        assert os.write(self.fd, data) == len(data)

    def read(self, size: int, timeout_s: float = 2.0) -> bytes:
        """Up to `size` bytes; fewer when no more come for `timeout_s`."""
        got = b""
        while len(got) < size and select.select([self.fd], [], [], timeout_s)[0]:
            chunk = os.read(self.fd, size - len(got))
            if not chunk:  # the other side is gone
                break
            got += chunk
            self.arrivals.append((time.monotonic(), len(got)))
        return got

    def ask(self, data: bytes, size: int, timeout_s: float = 2.0) -> bytes:
        self.send(data)
        return self.read(size, timeout_s)

    def close(self) -> None:
        os.close(self.fd)


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, Any]], Served]]:
    with ExitStack() as stack:
        yield lambda bench: stack.enter_context(Served(bench).running())


@pytest.fixture
def master() -> Iterator[Callable[..., RawMaster]]:
    with ExitStack() as stack:

        def open_master(path: str, baud: int = 9600) -> RawMaster:
            raw = RawMaster(path, baud)
            stack.callback(raw.close)
            return raw

        yield open_master


def bench_of(*instruments: dict[str, Any], baud: int = 9600, seed: int = 1, **line: Any) -> dict[str, Any]:
    """One line `a` with these instruments; each by default the rig slave at address 3."""
    profile = {
        "profile": {"name": "rig-slave", "protocol": "modbus"},
        "channel": [
            {"name": f"v{at}", "table": "holding", "register": at, "type": "uint16", "unit": "ppm"}
            for at in range(10)
        ],
    }
    usual = {"id": "rig", "line": "a", "address": 3, "driver": "rig-slave", "profile": profile}
    rows = [{**usual, **instrument} for instrument in instruments or ({},)]
    return {"seed": seed, "line": [{"id": "a", "baud": baud, **line}], "instrument": rows}


@pytest.fixture(name="bench_of")
def _bench_of() -> Callable[..., dict[str, Any]]:
    return bench_of


@pytest.fixture(name="until")
def _until() -> Callable[[Callable[[], object]], None]:
    return until

"""An instrument whose display a test sets, on an emulated line; and the command on a terminal of its own."""

import asyncio
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from fcntl import ioctl
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hardware_sim.faults import Faults
from hardware_sim.modbus_table import TableInstrument
from hardware_sim.wire import EmulatedLine, Reply, Slave, run

ADDRESS, BAUD = 3, 115200
WITHIN_S = 30.0
# Makes the terminal its own, so that Ctrl-C means it, and becomes the command.
SEATED = "import os, sys; os.login_tty(int(sys.argv[1])); os.execv(sys.argv[2], sys.argv[2:])"


class Instrument:
    """On a line of its own, in a thread of its own. `show` sets registers as they are from then on."""

    def __init__(
        self, link: Path, baud: int = BAUD, listen: str | None = None, **tables: dict[int, int]
    ) -> None:
        framing = "tcp" if listen and listen.startswith("tcp:") else "rtu"
        self._function_at = 7 if framing == "tcp" else 1
        self.device = TableInstrument(ADDRESS, tables, framing)
        self._line = EmulatedLine(
            "a", baud=baud, link=None if listen else str(link), listen=listen, on_answer=self._note
        )
        self.functions: set[int] = set()
        self.answers = 0
        self._stopped: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(WITHIN_S)

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        self.returns()
        self._line.start()
        self.port = self._line.path
        self._ready.set()
        await self._stopped.wait()
        self._line.stop()

    def _note(self, reply: Reply) -> None:
        self.answers += 1
        self.functions.add(reply.request[self._function_at])

    def returns(self) -> None:
        self._line.slaves.append(Slave("instrument", self.device, 0.001, Faults([], Random(1))))

    def babbles(self) -> None:
        """Says something of which nobody knows what it is, again and again."""
        self._loop.call_soon_threadsafe(self._babble)

    def _babble(self) -> None:
        assert self._line._port is not None
        self._line._port.write(b"\x11\x22\x33\x44")
        self._loop.call_later(0.1, self._babble)

    def falls_silent(self) -> None:
        self._line.slaves.clear()

    def show(self, table: str, start: int, words: list[int]) -> None:
        new = dict(enumerate(words, start))
        self._loop.call_soon_threadsafe(self.device.tables[table].update, new)

    def wait_read(self, times: int) -> None:
        """Until it was read so many times more."""
        wanted, until = self.answers + times, time.monotonic() + WITHIN_S
        while self.answers < wanted:
            assert time.monotonic() < until, "it is read no more"
            time.sleep(0.02)

    def stop(self) -> None:
        assert self._stopped is not None
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(WITHIN_S)


class Dialogue:
    """A command on a real terminal of so many columns, and who sits before it."""

    def __init__(self, words: list[str], folder: Path, columns: int) -> None:
        self.master, self._slave = pty.openpty()
        ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._before = termios.tcgetattr(self._slave)
        environ = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        seated = [sys.executable, "-c", SEATED, str(self._slave), *words]
        self._process = subprocess.Popen(seated, cwd=folder, env=environ, pass_fds=[self._slave])
        self.pid = self._process.pid
        self._said = ""

    def expect(self, text: str) -> str:
        """All that is said up to and with `text`. Fails where it does not come."""
        until = time.monotonic() + WITHIN_S
        while text not in self._said:
            ready, _, _ = select.select([self.master], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"{text!r} did not come, but:\n{self._said}"
            data = os.read(self.master, 4096)
            self._said += data.decode().replace("\r\n", "\n")
        said, _, self._said = self._said.partition(text)
        return said + text

    def answer(self, question: str, line: str) -> str:
        """What was said up to the question, which is answered then."""
        said = self.expect(question)
        self.type(line)
        return said

    def type(self, line: str) -> None:
        os.write(self.master, line.encode() + b"\n")
        self.expect("\n")

    def interrupt(self) -> None:
        """Ctrl-C, as the terminal makes it of the key."""
        os.write(self.master, b"\x03")

    def ended(self) -> int:
        status = self._process.wait(WITHIN_S)
        assert termios.tcgetattr(self._slave) == self._before, "the terminal is as it was"
        return status

    def rest(self) -> str:
        """What was said last, of a command that has ended."""
        while select.select([self.master], [], [], 0)[0]:
            self._said += os.read(self.master, 4096).decode().replace("\r\n", "\n")
        return self._said

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(WITHIN_S)
        os.close(self.master)
        os.close(self._slave)


@pytest.fixture
def instrument(tmp_path: Path) -> Iterator[Callable[..., Instrument]]:
    """instrument(holding={register: number}, input={...}): one at `ttyA` in tmp_path."""
    made: list[Instrument] = []

    def make(**options: Any) -> Instrument:
        made.append(Instrument(tmp_path / "ttyA", **options))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def wizard(tmp_path: Path, command: list[str]) -> Iterator[Callable[..., Dialogue]]:
    """wizard(*words, columns=80): `fenceline profile new` at ttyA and the usual speed, in tmp_path."""
    made: list[Dialogue] = []
    at = ["--port", "ttyA", "--baud", str(BAUD), "--framing", "8N1", "--address", str(ADDRESS)]

    def start(*words: str, columns: int = 80, place: list[str] = at) -> Dialogue:
        made.append(Dialogue([*command, "profile", "new", *place, *words], tmp_path, columns))
        return made[-1]

    yield start
    for each in made:
        each.close()


@pytest.fixture
def plain() -> Callable[[str], str]:
    """Text in one line, without what moves a cursor."""
    return lambda text: " ".join(re.sub(r"\x1b\[\d*K|\r", "\n", text).split())

"""The pseudo terminal that stands for a serial adapter: the master opens `path` like any port."""

import asyncio
import contextlib
import os
import pty
import termios
import tty
from collections.abc import Callable
from pathlib import Path

from hardware_sim.tables import BenchError

__all__ = ["SPEEDS", "PtyPort"]

# termios' constants and the speeds they stand for
SPEEDS = {
    getattr(termios, name): int(name[1:]) for name in dir(termios) if name[0] == "B" and name[1:].isdigit()
}
READ_BYTES = 4096  # a pty's own buffer


class PtyPort:
    """Both ends of a pty. The far end stays open here too, so that a master may close and open
    it at any time: without that, reading at this end fails with EIO once the master hangs up."""

    def __init__(self, baud: int, link: str | None, where: str) -> None:
        constants = [constant for constant, speed in SPEEDS.items() if speed == baud]
        if not constants or not baud:
            raise BenchError(f"{where}: baud", f"a serial port has no speed {baud}")
        self.fd, self._far = pty.openpty()
        self.path = os.ttyname(self._far)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link = Path(link) if link else None
        tty.setraw(self._far)
        settings = termios.tcgetattr(self._far)
        settings[4] = settings[5] = constants[0]
        termios.tcsetattr(self._far, termios.TCSANOW, settings)
        os.set_blocking(self.fd, False)
        try:
            self._make_link(where)
        except BenchError:
            self._close_both()
            raise

    def _make_link(self, where: str) -> None:
        if self._link is None:
            return
        try:
            self._link.parent.mkdir(parents=True, exist_ok=True)
            if self._link.is_symlink():
                self._link.unlink()  # left behind by a bench that was killed
            self._link.symlink_to(self.path)
        except OSError as error:
            raise BenchError(
                f"{where}: link", f"cannot create {self._link}: {error.strerror}", "name a free path"
            ) from error

    def serve(self, loop: asyncio.AbstractEventLoop, on_readable: Callable[[], None]) -> None:
        """Call on_readable whenever read() may have something."""
        self._loop = loop
        loop.add_reader(self.fd, on_readable)

    def baud(self) -> int | None:
        """The speed that the master set; None for one that termios has no constant for."""
        return SPEEDS.get(termios.tcgetattr(self.fd)[5])

    def read(self) -> bytes:
        """What the master has written; b"" where there is nothing."""
        try:
            return os.read(self.fd, READ_BYTES)
        except BlockingIOError:
            return b""

    def write(self, chunk: bytes) -> int:
        """Hand bytes to the master; how many the pty took (it stops when nobody reads)."""
        try:
            return os.write(self.fd, chunk)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self.fd)
        if self._link is not None:
            with contextlib.suppress(OSError):  # someone else's by now, or gone: not ours to remove
                if os.readlink(self._link) == self.path:
                    self._link.unlink()
        self._close_both()

    def _close_both(self) -> None:
        os.close(self.fd)
        os.close(self._far)

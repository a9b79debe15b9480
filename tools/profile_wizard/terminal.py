"""Questions and answers on a terminal, also a phone's over SSH; or line by line through pipes.

The terminal is left as it is (the kernel edits the line), so that there is nothing to restore; the loop runs
on while an answer is waited for.
"""

import asyncio
import os
import shutil
import sys
import textwrap
from typing import TextIO

__all__ = ["Ended", "Terminal"]

COLUMNS_MIN = 40
INPUT_MAX = 4096  # of one line: as many as a terminal takes
READ_BYTES = 4096


class Ended(Exception):
    """There will be no more answers: the input has ended."""


class Terminal:
    """source: the file descriptor that answers come from."""

    def __init__(self, source: int = 0, out: TextIO = sys.stdout) -> None:
        self._source, self._out = source, out
        self._typed_here = os.isatty(source)
        self._buffer = b""
        self._over = False

    @property
    def columns(self) -> int:
        return max(COLUMNS_MIN, shutil.get_terminal_size().columns)

    def say(self, text: str = "", hang: int = 0) -> None:
        """A paragraph, in lines that fit; hang: how far all but the first are indented."""
        self._write(
            textwrap.fill(text, self.columns, subsequent_indent=" " * hang, break_on_hyphens=False) + "\n"
        )

    def rows(self, rows: list[str]) -> None:
        """Rows that fit already, as those of a table."""
        for row in rows:
            self._write(row + "\n")

    def progress(self, text: str) -> None:
        """In place of the last one; "" takes it away. Only a terminal shows it."""
        if self._out.isatty():
            self._write(f"\r\x1b[K{text[: self.columns - 1]}")

    async def ask(self, question: str, default: str = "") -> str:
        """The line typed, without blanks around it; `default` for an empty one. Raises Ended."""
        self._write(f"{question} [{default}]: " if default else f"{question}: ")
        line = await self._line()
        if not self._typed_here:
            self._write(f"{line}\n")  # a pipe echoes nothing
        return line or default

    async def agreed(self, question: str, default: bool) -> bool:
        """Yes or no. Raises Ended."""
        while True:
            answer = (await self.ask(f"{question} {'(Y/n)' if default else '(y/N)'}")).lower()
            if answer in ("", "y", "yes", "n", "no"):
                return default if not answer else answer.startswith("y")
            self.say("y or n")

    async def _line(self) -> str:
        while b"\n" not in self._buffer and not self._over and len(self._buffer) < INPUT_MAX:
            await self._readable()
            data = os.read(self._source, READ_BYTES)
            self._buffer += data
            self._over = not data
        if not self._buffer:
            self._write("\n")
            raise Ended
        line, _, self._buffer = self._buffer.partition(b"\n")
        return "".join(each for each in line.decode(errors="replace") if each.isprintable()).strip()

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._source, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._source)

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

"""A trace from its first record to Ctrl-C: shown, saved, summed up."""

import asyncio
import json
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from agent.control import ControlError
from hal.errors import PortError
from hal.line_core import Timing
from hal.port import Framing
from hardware_sim.capture import Entry, Header, entry_line, header_line
from tools.trace.frames import Frame, Instruments, framed
from tools.trace.screen import Screen
from tools.trace.sources import Source
from tools.trace.summary import Summary

__all__ = ["Chosen", "NotThere", "Output", "follow"]

POLL_S = 0.2


class NotThere(ValueError):
    """`--only` names somebody who is not on the line."""


class Chosen:
    """Whom `--only` names: addresses, instrument ids. Everybody where it names nobody."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)

    def check(self, header: Header) -> None:
        """Raises NotThere for an id that no instrument has."""
        known = [name for name, _, _ in header.instruments]
        for name in sorted(self._names):
            addresses = [str(address) for _, address, _ in header.instruments]
            if not name.isdecimal() and name not in known + addresses:
                there = f"instruments are {', '.join(known)}" if known else "give an address"
                raise NotThere(f"--only: no instrument {name!r} on {header.line}: {there}")

    def __contains__(self, frame: Frame) -> bool:
        return not self._names or bool(self._names & {str(frame.entry.address), frame.instrument})


class Output:
    """Where frames go. screen: None for `--json`. save: a capture to write, which must not exist yet."""

    def __init__(
        self,
        echo: Callable[[str], None],
        screen: Screen | None,
        chosen: Chosen,
        save: Path | None = None,
    ) -> None:
        self._echo, self._screen, self._chosen, self._path = echo, screen, chosen, save
        self._save: IO[str] | None = None
        self._trouble: str | None = None
        self.summary: Summary | None = None

    def begin(self, header: Header, title: str = "") -> None:
        """title: what is watched; the header's words where there is none.

        Raises NotThere, and OSError where the capture cannot be written.
        """
        self._chosen.check(header)
        self.header = header
        self._instruments = Instruments(header)
        self.summary = Summary(Timing(header.baud, Framing(header.framing).bits).silence_ms)
        if self._path is not None:
            self._save = self._path.open("x", encoding="utf-8")
            self._save.write(header_line(header) + "\n")
        if self._screen is not None:
            self._echo(title or f"{header.line}, {header.baud} {header.framing}")
            self._echo(self._screen.head())

    def port(self, trouble: str | None) -> None:
        """The agent's port went, or came back: said once."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if self._screen is None:
            self._echo(json.dumps({"kind": "port", "open": trouble is None, "trouble": trouble}))
        else:
            said = "PORT OPEN" if trouble is None else f"PORT LOST: {trouble.splitlines()[0]}"
            self._echo(self._screen.folded(f"... {said}"))

    def take(self, entries: list[Entry], lost: int = 0) -> None:
        """Raises OSError where the capture cannot be written."""
        assert self.summary is not None
        if lost:
            self.summary.lost += lost
            self._echo(
                f"... {lost} records lost" if self._screen else json.dumps({"kind": "lost", "count": lost})
            )
        for frame in framed(entries, self._instruments, self.header.start):
            if self._save is not None:
                self._save.write(entry_line(frame.entry) + "\n")
            if frame in self._chosen:
                self.summary.add(frame)
                self._show(frame)
        if self._save is not None:
            self._save.flush()

    def _show(self, frame: Frame) -> None:
        if self._screen is None:
            self._echo(json.dumps(frame.as_dict(), ensure_ascii=False))
        else:
            for row in self._screen.rows(frame):
                self._echo(row)

    def end(self) -> None:
        if self._save is not None:
            self._save.close()
        if self.summary is None:
            return
        if self._screen is None:
            self._echo(json.dumps(self.summary.as_dict(), ensure_ascii=False))
            return
        self._echo("")
        for row in self.summary.text():
            self._echo(self._screen.folded(row))


async def follow(source: Source, output: Output, seconds: float | None) -> None:
    """Until Ctrl-C, SIGTERM, or for so many seconds. What was heard is summed up whatever ends it.

    Raises ControlError or PortError where the source ends by itself.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await source.open()
    output.begin(source.header, source.title)
    until = None if seconds is None else loop.time() + seconds
    try:
        while not stop.is_set():
            batch = await source.poll()
            output.port(batch.trouble)
            output.take(batch.entries, batch.lost)
            if until is not None and loop.time() >= until:
                break
            if not batch.more:
                left = POLL_S if until is None else max(0.0, min(POLL_S, until - loop.time()))
                await _wait(stop, left)
        batch = await source.poll()
        output.take(batch.entries, batch.lost)
    except (ControlError, PortError):
        output.end()
        raise
    finally:
        source.close()
    output.end()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass

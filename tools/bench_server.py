"""A bench that serves until it is told to stop, and the log of what it truly said."""

import asyncio
import json
import signal
from pathlib import Path
from typing import IO, Any

import typer

from hal.clock import Clock
from hardware_sim.bench import Bench
from hardware_sim.listener import TCP

__all__ = ["Log", "LogError", "serve"]


class LogError(Exception):
    """The truth log cannot be written."""


class Log:
    """The truth log, flushed line by line so that a killed bench leaves what it said.

    A disk that takes no more stops the bench: a gap in the truth would be held against the agent.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._failed: OSError | None = None

    def __enter__(self) -> "Log":
        try:
            self._file = self._path.open("a", encoding="utf-8") if self._path else None
        except OSError as error:
            raise LogError(f"log {self._path}: {error.strerror}") from error
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._file is not None:
                self._file.close()
        except OSError as error:  # what could not be flushed is tried once more, and fails again
            self._failed = error
        if self._failed is not None:
            raise LogError(f"log {self._path}: {self._failed.strerror}; the bench was stopped")

    def write(self, record: dict[str, Any]) -> None:
        if self._file is None or self._failed is not None:
            return
        try:
            self._file.write(json.dumps(record) + "\n")
            self._file.flush()
        except OSError as error:
            self._failed = error
            signal.raise_signal(signal.SIGTERM)


async def serve(definition: dict[str, Any], log: Log) -> None:
    """From start to Ctrl-C or SIGTERM. Raises BenchError."""
    bench = Bench(definition, Clock(), log.write)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await bench.start()
    try:
        _show_lines(bench, definition)
        await stopped.wait()
    finally:
        await bench.stop()
    _show_stats(bench.stats())


def _show_lines(bench: Bench, definition: dict[str, Any]) -> None:
    """Each line's pty and link, or where it listens, and who answers there."""
    for line in definition["line"]:
        link = f" = {line['link']}" if line["link"] else ""
        emulated = bench.lines[line["id"]]
        speed = "Modbus TCP" if emulated.medium == TCP else f"{emulated.baud} {emulated.framing}"
        typer.echo(f"{line['id']}: {emulated.path}{link}, {speed}")
        if line["replay"]:
            typer.echo(f"      replays {line['replay']}")
        for each in definition["instrument"]:
            if each["line"] == line["id"]:
                typer.echo(f"  {each['address']:>3} {each['id']} ({each['driver']})")
                follows = bench.from_plant.get(each["id"])
                if follows:
                    typer.echo(f"      from the plant: {', '.join(follows)}")
    typer.echo("answering; Ctrl-C stops")


def _show_stats(stats: dict[str, Any]) -> None:
    for name, line in stats["lines"].items():
        share = "" if line["utilisation"] is None else f", {line['utilisation']:.1%} of the line's best"
        typer.echo(f"{name}: {line['requests']} requests, {line['answers']} answers{share}")
        for key, meaning in (
            ("silence_violations", "requests inside the silence between frames"),
            ("not_understood", "bursts that were no request"),
            ("wrong_baud", "bursts at another speed"),
        ):
            if line[key]:
                typer.echo(f"  {line[key]} {meaning}")
        for kind, count in line["faults"].items():
            typer.echo(f"  {count} answers with the fault {kind}")
    for name, instrument in stats["instruments"].items():
        typer.echo(f"{name}: {instrument['answers']} answers")

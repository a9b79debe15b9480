"""The demo's files and processes: the emulated plant, the agent, and the station file between them."""

import asyncio
import sqlite3
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from agent.config import examine
from drivers import catalogue
from store.reader import BATCHES, read
from store.rows import Reading

__all__ = ["Process", "Story", "clearing_questions", "journal_events", "journal_rows", "write_files"]

STORY_S = 60.0  # the length that story.toml is written for


class Story:
    """story.toml, stretched or shrunk to `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.scale = seconds / STORY_S
        self._story = tomllib.loads(files("tools.demo").joinpath("story.toml").read_text())
        away, back = self._story["broker"]["away"]
        self.broker_away_s, self.broker_back_s = away * self.scale, back * self.scale

    def caption(self, elapsed_s: float) -> str:
        told = [row["text"] for row in self._story["caption"] if row["from"] * self.scale <= elapsed_s]
        return str(told[-1])

    def bench(self, station: str) -> str:
        """The station file as a bench file: a link for each port, and what each instrument does."""
        lines = []
        for line in station.splitlines():
            lines.append(line.replace('port = "', 'link = "') if "/tty" in line else line)
            name = line.removeprefix('id = "').rstrip('"')
            for key, value in self._story["instrument"].get(name, {}).items():
                lines.append(f"{key} = {toml(self._stretched(key, value))}")
        return "\n".join(lines) + "\n"

    def _stretched(self, key: str, value: Any) -> Any:
        if key == "values":
            return {name: self._points(points) for name, points in value.items()}
        if key == "faults":
            return [
                {
                    **fault,
                    **{edge: f"{round(fault[edge] * self.scale * 1000)}ms" for edge in ("from", "until")},
                }
                for fault in value
            ]
        return value

    def _points(self, points: Any) -> Any:
        if not isinstance(points, list):
            return points
        return [[at * self.scale, value] for at, value in points]


def toml(value: Any) -> str:
    """A value as TOML, inline; for the few kinds that a story has."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def write_files(folder: Path, port: int, story: Story) -> tuple[Path, Path]:
    """(station file, bench file) in `folder`, for a broker at `port`."""
    template = files("tools.demo").joinpath("station.toml").read_text()
    station = template.replace("{dir}", str(folder)).replace("{port}", str(port))
    (folder / "station.toml").write_text(station)
    (folder / "bench.toml").write_text(story.bench(station))
    return folder / "station.toml", folder / "bench.toml"


def clearing_questions(station: Path) -> frozenset[str]:
    """What the agent's lines ask (hex) to be sure of an instrument, and not to read it."""
    found, _ = examine(station)
    assert found is not None, "the demo's own file"
    drivers = [
        catalogue.create(row.profile or row.driver, row.address, row.settings) for row in found.instruments
    ]
    asked = [getattr(driver, "clearing", None) for driver in drivers]
    return frozenset(question.encode().hex() for question in asked if question is not None)


class Process:
    """One of the demo's processes, with its output in a file."""

    def __init__(self, log: Path, *module: str) -> None:
        self._log, self._module = log, module
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self._module, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    def cpu_s(self) -> float:
        """User and system time so far, of all threads that live; /proc/PID/stat counts 10 ms ticks alone."""
        threads = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9

    def rss_mb(self) -> float:
        """The highest resident size so far, in MB (1,000,000 bytes)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
        return 0.0

    async def stop(self) -> int | None:
        """Ask it to stop; its exit status."""
        if self._process is None:
            return None
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()


def journal_events(path: Path) -> list[tuple[str, int, str]]:
    """Every event of a journal that nobody has open: (log, seq, kind)."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        (log,) = db.execute("SELECT value FROM meta WHERE key = 'log'").fetchone()
        return [(log, seq, kind) for seq, kind in db.execute("SELECT seq, kind FROM events ORDER BY seq")]


def journal_rows(path: Path) -> list[tuple[str, int, Reading]]:
    """Every reading of a journal that nobody has open: (log, seq, reading)."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        (log,) = db.execute("SELECT value FROM meta WHERE key = 'log'").fetchone()
        (last,) = db.execute("SELECT max(last) FROM batches").fetchone()
        rows = read(db, path, BATCHES, 1, last or 0, limit=1 << 31)
    return [(log, seq, reading) for seq, _, reading in rows]

"""Recorded values from a CSV file, played back as what an instrument measures.

Two shapes: one value a row, `time,channel,value`, or one column for each channel, `time,tsp,pm10`.
The time column is called `time` (an ISO date and time, or seconds), `time_s` (seconds), `time_ms` or
`t` (milliseconds); the file's first moment is the bench's start. A column `channel` may be anything
that the file calls its values. Empty, `nan` and `null` are holes.
"""

import csv
import math
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table

__all__ = ["Recording"]

TIMES = {"time": 1.0, "time_s": 1.0, "time_ms": 1e-3, "t": 1e-3}  # by column: seconds of its unit
HOLES = ("", "nan", "null", "none")
ENDS = ("hold", "loop")
WITHIN_HOLES = ("hold", "nan")
FILES = 16  # kept read: each channel of an instrument asks for its own


class Column:
    """One channel: its moments in seconds from the file's first, its values (not-a-number: a hole), and
    where the first cell stands that is neither."""

    def __init__(self) -> None:
        self.times_s, self.values = array("d"), array("d")
        self.wrong: tuple[int, str] | None = None

    def add(self, line: int, time_s: float, text: str) -> None:
        try:
            value = math.nan if text.lower() in HOLES else float(text)
        except ValueError:
            value = math.inf
        if math.isinf(value):
            self.wrong = self.wrong or (line, text)
        self.times_s.append(time_s)
        self.values.append(value)


class File(NamedTuple):
    """length_s: of a whole round: to the last row, and as long as the last step took behind it."""

    columns: dict[str, Column]
    length_s: float


class Recording(Source):
    """definition: {"csv": path, "channel": as the file calls it, "ends", "holes", "speed"}.

    A value holds until the next one is due, as it did on the instrument's display. ends: behind the
    last row `hold` its value (the default), or `loop`: begin anew, after as long as the last step
    took. holes: `hold` the value before (the default), or `nan`, no value. speed: seconds of the
    recording in one of the bench. Raises BenchError naming file and line.
    """

    def __init__(self, definition: object, name: str, where: str, noise: float = 0.0, seed: int = 0) -> None:
        super().__init__(where, noise, seed)
        table = Table(definition, where)
        path = table.text("csv")
        channel = table.text("channel", name)
        self._loops = _one_of(table, "ends", ENDS) == "loop"
        holds = _one_of(table, "holes", WITHIN_HOLES) == "hold"
        self._speed = table.number("speed", 1.0, 0.001, 10_000)
        table.close()
        try:
            file = _file(path)
        except BenchError as error:
            raise BenchError(f"{where}: {error.where}", error.what, error.hint) from None
        column = file.columns.get(channel)
        if column is None:
            known = ", ".join(sorted(file.columns))
            raise table.wrong("channel", f"{path} has no {channel!r}", f"it has {known}")
        if column.wrong:
            line, text = column.wrong
            what = f"{channel}: {text!r} is no value"
            raise BenchError(f"{where}: {path}:{line}", what, "a hole is left empty")
        kept = [at for at, value in enumerate(column.values) if not (holds and math.isnan(value))]
        if not kept:
            raise table.wrong("channel", f"{path}: {channel!r} has nothing but holes")
        self._times = array("d", (column.times_s[at] for at in kept))
        self._values = array("d", (column.values[at] for at in kept))
        self._length_s = file.length_s
        known_values = [value for value in self._values if not math.isnan(value)]
        holes = (math.nan,) if len(known_values) < len(self._values) else ()
        self.points = (*holes, *((min(known_values), max(known_values)) if known_values else ()))

    def at(self, elapsed_s: float) -> float:
        """The recorded value that held at this moment; before the channel's first row, that one."""
        played_s = elapsed_s * self._speed
        if self._loops and self._length_s:
            played_s %= self._length_s
        return self._values[max(0, bisect_right(self._times, played_s) - 1)]


def _one_of(table: Table, key: str, allowed: tuple[str, ...]) -> str:
    value = table.text(key, allowed[0])
    if value not in allowed:
        raise table.wrong(key, f"{value!r} is none of {', '.join(allowed)}")
    return value


def _file(path: str) -> File:
    """Raises BenchError at file and line."""
    try:
        status = Path(path).stat()
        return _read(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a NUL in the name
        said = getattr(error, "strerror", None) or str(error)
        raise BenchError(path, f"cannot be read: {said}") from None


@lru_cache(FILES)
def _read(path: str, _changed_ns: int, _size: int) -> File:
    columns: dict[str, Column] = {}
    first_s = last_s = step_s = None
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for time_s, cells in _rows(reader):
                first_s = time_s if first_s is None else first_s
                step_s = step_s if last_s is None or time_s == last_s else time_s - last_s
                last_s = time_s
                for name, text in cells.items():
                    columns.setdefault(name, Column()).add(reader.line_num, time_s - first_s, text)
        except csv.Error as error:
            raise BenchError(f"{path}:{reader.line_num}", f"not valid CSV: {error}") from None
        except Wrong as wrong:
            raise BenchError(f"{path}:{max(1, reader.line_num)}", *wrong.args) from None
    if first_s is None or last_s is None:
        raise BenchError(path, "has no rows")
    return File(columns, last_s - first_s + step_s if step_s else 0.0)


class Wrong(Exception):
    """What is wrong with the row just read, and what to do."""


def _rows(reader: Any) -> Iterator[tuple[float, dict[str, str]]]:
    """Time and cells by channel. Raises Wrong."""
    header = [name.strip() for name in next(reader, [])]
    times = [name for name in header if name in TIMES]
    if len(times) != 1 or len(set(header)) != len(header) or len(header) < 2:
        raise Wrong(
            f"{', '.join(header) or 'an empty line'} is no header that can be played",
            "time,channel,value, or time and a column for each channel; time, time_s, time_ms or t, once",
        )
    before_s = -math.inf
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise Wrong(f"{len(cells)} values under a header of {len(header)}")
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        text = row.pop(times[0])
        time_s = _time_s(text, TIMES[times[0]])
        if time_s < before_s:
            raise Wrong(f"{text} stands behind a later time", "sort the rows by time")
        before_s = time_s
        is_long = "channel" in row and "value" in row
        yield time_s, {row["channel"]: row["value"]} if is_long else row


def _time_s(text: str, unit_s: float) -> float:
    """Seconds from some beginning; an ISO time without an offset counts as UTC."""
    try:
        if "-" in text[1:] and ":" in text:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        time_s = float(text) * unit_s
    except (ValueError, OverflowError):
        time_s = math.nan
    if not math.isfinite(time_s):
        raise Wrong(f"{text!r} is no time", "an ISO date and time, or a number") from None
    return time_s

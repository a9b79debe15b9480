"""Recorded values from a CSV file, played back as what an instrument measures.

Two shapes: one value a row, `time,channel,value`, or one column for each channel, `time,tsp,pm10`.
The time column is called `time` (an ISO date and time, or seconds), `time_s` (seconds), `time_ms` or
`t` (milliseconds); the file's first moment is the bench's start. A column `channel` may be anything
that the file calls its values. Empty, `nan` and `null` are holes.
"""

import csv
import math
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
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


class Row(NamedTuple):
    """cells: by channel, as they stand in the file."""

    line: int
    time_s: float
    cells: dict[str, str]


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
            rows = _rows_of(path)
        except BenchError as error:
            raise BenchError(f"{where}: {error.where}", error.what, error.hint) from None
        found = [
            (row.time_s, _value(row, channel, f"{where}: {path}")) for row in rows if channel in row.cells
        ]
        if not found:
            known = ", ".join(sorted({each for row in rows for each in row.cells}))
            raise table.wrong("channel", f"{path} has no {channel!r}", f"it has {known}")
        if holds:
            found = [point for point in found if not math.isnan(point[1])]
            if not found:
                raise table.wrong("channel", f"{path}: {channel!r} has nothing but holes")
        self._times = [time_s for time_s, _ in found]
        self._values = [value for _, value in found]
        self.points = tuple(self._values)
        self._length_s = _length_s([row.time_s for row in rows])

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


def _length_s(times_s: list[float]) -> float:
    """Of a whole round: to the last row, and as long as the last step took behind it."""
    steps = [after - before for before, after in pairwise(times_s) if after > before]
    return times_s[-1] + steps[-1] if steps else 0.0


def _value(row: Row, channel: str, where: str) -> float:
    text = row.cells[channel]
    if text.lower() in HOLES:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise BenchError(f"{where}:{row.line}", f"{channel}: {text!r} is no value", "a hole is left empty")
    return value


def _rows_of(path: str) -> list[Row]:
    """All rows, times counted from the first. Raises BenchError at file and line."""
    try:
        status = Path(path).stat()
        return _read(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a NUL in the name
        said = getattr(error, "strerror", None) or str(error)
        raise BenchError(path, f"cannot be read: {said}") from None


@lru_cache(FILES)
def _read(path: str, _changed_ns: int, _size: int) -> list[Row]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            rows = list(_parsed(reader))
        except csv.Error as error:
            raise BenchError(f"{path}:{reader.line_num}", f"not valid CSV: {error}") from None
        except Wrong as wrong:
            raise BenchError(f"{path}:{max(1, reader.line_num)}", *wrong.args) from None
    if not rows:
        raise BenchError(path, "has no rows")
    return [row._replace(time_s=row.time_s - rows[0].time_s) for row in rows]


class Wrong(Exception):
    """What is wrong with the row just read, and what to do."""


def _parsed(reader: Any) -> Iterator[Row]:
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
        yield Row(reader.line_num, time_s, {row["channel"]: row["value"]} if is_long else row)


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

"""The archive's values as rows, one at a time, so that five years need no more memory than a day."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from store.archive_reader import ArchiveReader, Channel
from store.archive_rows import DAY_MS, HOUR_MS, MINUTE_MS
from store.averages import Average
from store.rows import Reading
from tools.export.times import Zone

__all__ = ["FORMATS", "PERIODS", "columns", "rows"]

PERIODS = {"minute": MINUTE_MS, "hour": HOUR_MS, "day": DAY_MS, "raw": 0}
OF_READINGS = ("channel", "unit", "time", "t", "value", "raw", "flag", "conditions", "tu")
OF_AVERAGES = (
    *("channel", "unit", "period", "time", "start", "end", "value", "min", "max"),
    *("count", "expected", "valid", "flag", "left_out", "tu", "rev"),
)
Row = tuple[Any, ...]


class Output(Protocol):
    def write(self, text: str, /) -> object: ...


def columns(period: str) -> tuple[str, ...]:
    """What the places of a row are."""
    return OF_AVERAGES if PERIODS[period] else OF_READINGS


def rows(
    reader: ArchiveReader, channels: Iterable[Channel], period: str, span: tuple[int, int], zone: Zone
) -> Iterator[Row]:
    """Of each channel in turn what begins within the span (UTC ms, the end left out), by time."""
    for channel in channels:
        head = (channel.name, channel.unit)
        if period == "raw":
            for reading in reader.readings(channel.number, *span):
                yield head + _of_reading(reading, zone)
        else:
            for average in reader.averages(channel.number, PERIODS[period], *span):
                yield (*head, period, *_of_average(average, zone))


def _of_average(each: Average, zone: Zone) -> Row:
    start, end, *values, valid, flag, left_out, trusted, revision = each
    return (zone.text(start), start, end, *values, valid, flag, left_out, 0 if trusted else 1, revision)


def _of_reading(each: Reading, zone: Zone) -> Row:
    tu = 0 if each.trusted else 1
    return zone.text(each.t), each.t, each.value, each.raw, each.flag, list(each.conditions), tu


def write_csv(found: Iterable[Row], names: tuple[str, ...], out: Output) -> int:
    """A line of names, then one line a row; how many rows. What is not there is empty, true is 1."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    count = 0
    for row in found:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "; ".join(value) if isinstance(value, list) else value


def write_jsonl(found: Iterable[Row], names: tuple[str, ...], out: Output) -> int:
    """One JSON object a line; how many."""
    count = 0
    for row in found:
        named = dict(zip(names, row, strict=True))
        out.write(json.dumps(named, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


FORMATS: dict[str, Callable[[Iterable[Row], tuple[str, ...], Output], int]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
}

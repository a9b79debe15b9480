"""Hour values of channels over a month: from an archive, or from what a replay put out."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from store.archive_reader import ArchiveReader
from store.averages import Average
from tools.report.month import HOUR_MS, Month

__all__ = [
    "BadReplay",
    "Hours",
    "Peak",
    "from_archive",
    "from_replay",
    "has_over_range",
    "is_valid",
    "peak",
]

OVER_RANGE = "T"


class Peak(NamedTuple):
    """The largest value, and the start (UTC ms) of its hour; the first of several."""

    value: float
    start: int


class BadReplay(Exception):
    """What is wrong with a replay's file, and on which line: a text for a person."""


class Hours(NamedTuple):
    """values: by channel and start (UTC ms), each hour once. other_unit: hours that were archived in another
    unit than the channel's is now, by channel. last_ms: the end of the last hour of any channel, of a replay.
    damaged: blocks of the archive that cannot be read."""

    values: dict[str, dict[int, Average]]
    other_unit: dict[str, int]
    last_ms: int | None = None
    damaged: int = 0


def from_archive(reader: ArchiveReader, units: Mapping[str, str], month: Month) -> Hours:
    """Of the channels in `units`. Raises sqlite3.Error; what is damaged is in reader.damaged."""
    found = Hours({channel: {} for channel in units}, {})
    for known in reader.channels():
        unit = units.get(known.name)
        if unit is None:
            continue
        averages = reader.averages(known.number, HOUR_MS, month.first_ms, month.until_ms)
        if unit != known.unit:
            count = sum(each.value is not None for each in averages)
            found.other_unit[known.name] = found.other_unit.get(known.name, 0) + count
            continue
        # A window that was computed anew is given once, with its last revision.
        found.values[known.name].update({each.start: each for each in averages})
    return found._replace(damaged=len(reader.damaged))


def from_replay(lines: Iterable[str], name: str, channels: Iterable[str]) -> Hours:
    """All hours in the file, of these channels. Raises BadReplay."""
    values: dict[str, dict[int, Average]] = {channel: {} for channel in channels}
    last_ms: int | None = None
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            if row["kind"] != "average" or row["period"] != "1h":
                continue
            average = _average(row)
            known = values.get(row["channel"])
        except (KeyError, TypeError, ValueError) as error:
            what = f"{name}:{number}: no line of a replay: {type(error).__name__}: {error}"
            raise BadReplay(f"{what}\n  hint: `fenceline replay --out` writes such a file") from None
        last_ms = average.end if last_ms is None else max(last_ms, average.end)
        if known is not None:
            known[average.start] = average
    return Hours(values, {}, last_ms)


def is_valid(hour: Average) -> bool:
    """Whether its mean counts."""
    return hour.valid and hour.value is not None


def has_over_range(hour: Average) -> bool:
    """Whether readings over range were left out, so that it was higher than it says."""
    return OVER_RANGE in hour.left_out + hour.flag


def peak(found: Iterable[Peak]) -> Peak | None:
    """The highest."""
    return max(found, key=lambda each: (each.value, -each.start), default=None)


def _average(row: dict[str, Any]) -> Average:
    """How many values were due is not in the file."""
    start, flag = int(row["start"]), str(row["flag"])
    value, low, high = (None if row[key] is None else float(row[key]) for key in ("value", "min", "max"))
    return Average(
        start,
        start + HOUR_MS,
        value,
        low,
        high,
        int(row["count"]),
        0,
        bool(row["valid"]),
        flag,
        str(row.get("left_out", "" if flag == "N" else flag)),
    )

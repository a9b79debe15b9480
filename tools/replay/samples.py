"""Recorded samples out of a CSV file, each of them checked.

A line of names, then a row a line: `time,channel,value,flag`. There may be more columns, among them those of
`fenceline export --period raw`: `t` (UTC ms) goes before `time`, `raw` (as the instrument said it) before
`value`, `conditions` and `tu` are taken over, but for what plausibility checks said, which are made anew;
`unit` has to be the channel's.
"""

import csv
import math
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from agent.config.findings import nearest, shown
from agent.pipeline.checks import CONDITIONS, KEPT_OUT
from drivers.sample import FLAGS
from tools.replay.recording import Plain, Recording

__all__ = ["BadRecording", "read"]

AFTER_MS = 253_402_300_800_000  # the year 10000
KNOWN = ("time", "t", "channel", "value", "raw", "flag", "conditions", "tu", "unit", "period")
NAMES_FIRST = "it begins with the names of its columns: time,channel,value,flag"
PARTED = "; "
OF_CHECKS = {KEPT_OUT, *CONDITIONS.values()}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


class BadRecording(Exception):
    """What is wrong with the file, where, and what to do: a text for a person."""

    def __init__(self, file: str, line: int, what: str, hint: str = "") -> None:
        super().__init__(f"{file}:{line}: {what}" + (f"\n  hint: {hint}" if hint else ""))


def read(
    lines: Iterable[str], file: str, units: Mapping[str, str], computed: Collection[str], offset_min: int
) -> tuple[Recording, int]:
    """All samples, and how many rows were passed over because the pipeline computes their channel.

    file: its name, for messages. units: of all channels; computed: those that the pipeline makes of others.
    offset_min: of times that do not state their own. Raises BadRecording at the first row that is wrong.
    """
    reader = csv.reader(lines, strict=True)
    recording, passed_over = Recording(), 0
    try:
        rows = _Rows(_columns(next(reader, [])), units, offset_min)
        for fields in reader:
            if not fields:
                continue
            row = rows.row(fields, reader.line_num)
            if row[2] in computed:
                passed_over += 1
            else:
                recording.add(row)
    except _Wrong as wrong:
        recording.close()
        raise BadRecording(file, max(1, reader.line_num), wrong.what, wrong.hint) from None
    except csv.Error as error:
        recording.close()
        raise BadRecording(file, reader.line_num, f"is no CSV: {error}") from None
    return recording, passed_over


class _Wrong(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.what, self.hint = what, hint


class _Columns(NamedTuple):
    """Where in a row each stands, None where the file has no such column. width: of a whole row."""

    width: int
    time: int
    channel: int
    value: int
    raw: int | None
    flag: int | None
    conditions: int | None
    tu: int | None
    unit: int | None


def _columns(names: list[str]) -> _Columns:
    if not names:
        raise _Wrong("there is nothing in it", NAMES_FIRST)
    names = [name.strip().lower() for name in names]
    if len(names) == 1 and ";" in names[0]:
        raise _Wrong("its columns are parted by semicolons", "save it with commas, and points in numbers")
    place = {name: names.index(name) for name in KNOWN if name in names}
    time = place.get("t", place.get("time"))
    missing = [name for name in ("channel", "value") if name not in place]
    if time is None or missing:
        what = f"no column {', '.join(([] if time is not None else ['time']) + missing)} in the first line"
        raise _Wrong(what, NAMES_FIRST)
    if "period" in place:
        raise _Wrong("these are averages", "a replay needs samples: `fenceline export --period raw`")
    return _Columns(
        len(names),
        time,
        place["channel"],
        place["value"],
        *(place.get(name) for name in ("raw", "flag", "conditions", "tu", "unit")),
    )


class _Rows:
    """Turns fields into samples."""

    def __init__(self, columns: _Columns, units: Mapping[str, str], offset_min: int) -> None:
        self._columns, self._units = columns, units
        self._channels = {name: name for name in units}  # one text for each, not one for each row
        self._zone = timezone(timedelta(minutes=offset_min))
        self._causes = {"": ""}  # what is taken over, by what is written
        self._written, self._t = "", 0  # the last time: often that of the next row, too

    def row(self, fields: list[str], line: int) -> Plain:
        columns = self._columns
        if len(fields) != columns.width:
            fields = self._completed(fields)
        if fields[columns.time] != self._written:
            self._t = self._time(fields[columns.time])
            self._written = fields[columns.time]
        channel = self._channels.get(fields[columns.channel])
        if channel is None:
            channel = self._named(fields[columns.channel])
        if columns.unit is not None:
            self._check_unit(channel, fields[columns.unit])
        written = (
            fields[columns.value] if columns.raw is None else fields[columns.raw] or fields[columns.value]
        )
        flag = "N" if columns.flag is None else fields[columns.flag] or "N"
        if flag not in FLAGS or len(flag) != 1:
            flag = _flag(flag)
        return (
            self._t,
            line,
            channel,
            _value(written) if written else None,
            flag,
            "" if columns.conditions is None else self._conditions(fields[columns.conditions]),
            columns.tu is None or fields[columns.tu] != "1",
        )

    def _completed(self, fields: list[str]) -> list[str]:
        """What stands at the end of a row may be left out, from the flag on."""
        needed = max(self._columns.time, self._columns.channel, self._columns.value) + 1
        if not needed <= len(fields) <= self._columns.width:
            what = f"{len(fields)} fields, where the first line names {self._columns.width}"
            raise _Wrong(what, "an empty value needs its comma; a text with a comma stands in quotes")
        return fields + [""] * (self._columns.width - len(fields))

    def _time(self, written: str) -> int:
        text = written.strip()
        try:
            if text.isascii() and text.isdigit():
                t = int(text)
            else:
                when = datetime.fromisoformat(text)
                t = ((when if when.tzinfo else when.replace(tzinfo=self._zone)) - EPOCH) // MS
        except (ValueError, OverflowError):
            t = -1
        if not 0 <= t < AFTER_MS:
            hint = "as in 2026-11-24T10:00:00, which is local, 2026-11-24T02:00:00Z, or UTC ms: 1795485600000"
            raise _Wrong(f"{shown(written)} is no time", hint)
        return t

    def _named(self, written: str) -> str:
        """Of one that is not written as the station file has it."""
        channel = self._channels.get(written.strip())
        if channel is None:
            hint = nearest(written, self._units) or "the station file has none"
            raise _Wrong(f"the station file has no channel {shown(written)}", hint)
        return channel

    def _conditions(self, written: str) -> str:
        if written not in self._causes:
            kept = [each for each in written.split(PARTED) if each not in OF_CHECKS]
            self._causes[written] = PARTED.join(kept)
        return self._causes[written]

    def _check_unit(self, channel: str, written: str) -> None:
        if written and written != self._units[channel]:
            what = f"{shown(written)} is not the unit of {channel}, which is {shown(self._units[channel])}"
            raise _Wrong(what, "with this station file its rules would compare other numbers")


def _value(written: str) -> float | None:
    try:
        value = float(written)
    except ValueError:
        if not written.strip():
            return None
        hint = "a point, no comma, before the decimals; nothing at all where there is no value"
        raise _Wrong(f"{shown(written)} is no number", hint) from None
    if not math.isfinite(value):
        raise _Wrong(f"{shown(written)} is no value", "leave it empty where there is none")
    return value


def _flag(written: str) -> str:
    flag = written.strip().upper()
    if len(flag) != 1 or flag not in FLAGS:
        raise _Wrong(f"{shown(written)} is no flag of HJ 212", f"one of {', '.join(FLAGS)}; empty is N")
    return flag

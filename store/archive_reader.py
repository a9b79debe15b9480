"""Reading the archive, around what the disk has damaged.

Each value is found by its time and channel, so a damaged block costs itself alone: it is named, and
the rest is read. Every read is short, so that none holds up the one who writes; and what belongs
together is read in one snapshot, since a day may be compacted in between.
"""

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from store.archive_rows import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    TABLES,
    Place,
    Unreadable,
    averages_at,
    only_malformed,
    readings_at,
)
from store.archive_schema import connect_reader
from store.averages import Average
from store.rows import Reading

__all__ = ["ArchiveReader", "Channel"]


class Channel(NamedTuple):
    """number: in the file; a channel whose unit was changed has two."""

    number: int
    name: str
    unit: str


class ArchiveReader:
    """An archive file, read only. damaged: the places that reading so far could not read.

    Raises Unusable for another kind of file, sqlite3.Error. For one thread.
    """

    def __init__(self, path: Path, connect: Callable[[Path], sqlite3.Connection] = connect_reader) -> None:
        self.path = path
        self.damaged: list[Place] = []
        self._db = connect(path)

    def close(self) -> None:
        self._db.close()

    def meta(self) -> dict[str, Any]:
        return dict(self._db.execute("SELECT key, value FROM meta"))

    def channels(self) -> list[Channel]:
        """In the order in which they were first archived."""
        try:
            rows = self._db.execute("SELECT id, name, unit FROM channels ORDER BY id").fetchall()
        except sqlite3.DatabaseError as error:
            only_malformed(error)
            rows = json.loads(self.meta()["names"])
        return [Channel(*row) for row in rows]

    def extent(self) -> tuple[int, int] | None:
        """UTC ms between which lies all that is archived, to the day; None for nothing."""
        places = [place for table in ("days", "hours") for place in self._ends(table)]
        if not places:
            return None
        return min(place.first for place in places), max(place.end for place in places)

    def averages(self, channel: int, period_ms: int, first: int, last: int) -> Iterator[Average]:
        """The windows of that length that begin at first <= start < last (UTC ms), in order.

        period_ms: of a minute, an hour or a day. channel: its number. An hour is there once it is
        over, a day some minutes later.
        """
        before: list[Average] = []
        for number in range(first // DAY_MS, -(-last // DAY_MS)):
            if period_ms == DAY_MS:
                found = self._read(Place("days", number, channel), "day")
            else:
                with self._snapshot():
                    found, before = self._day(channel, period_ms, number, before)
            start = number * DAY_MS
            yield from _between(found, max(first, start), min(last, start + DAY_MS))

    def readings(self, channel: int, first: int, last: int) -> Iterator[Reading]:
        """The raw readings with first <= t < last, where raw is archived."""
        for hour in range(first // HOUR_MS - 1, last // HOUR_MS + 1):
            place = Place("raw", hour, channel)
            try:
                found = readings_at(self._db, place)
            except Unreadable:
                self.damaged.append(place)
                continue
            yield from (each for each in found if first <= each.t < last)

    def places(self, table: str) -> Iterator[Place]:
        """Of every row, also of those whose pages can no longer be found, as far as may be."""
        channels = [channel.number for channel in self.channels()]
        end = max((place.number for place in self._ends(table)), default=0)
        place = Place(table, 0, 0)
        while place.number <= end:
            query = f"SELECT id FROM {table} WHERE id>? ORDER BY id LIMIT 1"
            try:
                row = self._db.execute(query, (place.row_id,)).fetchone()
                if row is None:
                    return
                place = Place.of(table, row[0])
                yield place
            except sqlite3.DatabaseError as error:
                only_malformed(error)
                later = [number for number in channels if number > place.channel]
                yield from (Place(table, place.number, number) for number in later)
                place = Place(table, place.number + 1, 0)

    def is_whole(self, place: Place) -> bool:
        """Whether every block of that row is as it was written."""
        try:
            for column in TABLES[place.table][0]:
                if column == "readings":
                    readings_at(self._db, place)
                else:
                    averages_at(self._db, place, column)
        except Unreadable:
            return False
        return True

    def _day(
        self, channel: int, period_ms: int, number: int, before: list[Average]
    ) -> tuple[list[Average], list[Average]]:
        """The windows around the 24 hours of UTC of that number, and those of the day of that number.

        A local day begins somewhere in a day of UTC and ends in the next one. before: those of the
        local day before, as far as they were read already.
        """
        column, hour_column = ("minutes", "minutes") if period_ms == MINUTE_MS else ("hours", "hour")
        before = before or self._read(Place("days", number - 1, channel), column)
        today = self._read(Place("days", number, channel), column)
        start = number * DAY_MS
        first, second = (_between(day, start, start + DAY_MS) for day in (before, today))
        found, in_order = first + second, not (first and second) or first[-1].start < second[0].start
        hours = range(number * 24, number * 24 + 24)
        if any(place.number < hours.stop for place in self._ends("hours")):
            in_order = False
            for hour in hours:  # not compacted yet, or revised since
                found += self._read(Place("hours", hour, channel), hour_column)
        if in_order:
            return found, today
        latest = {each.start: each for each in found}
        return [latest[at] for at in sorted(latest)], today

    def _read(self, place: Place, column: str) -> list[Average]:
        try:
            return averages_at(self._db, place, column)
        except Unreadable:
            if place not in self.damaged:
                self.damaged.append(place)
            return []

    def _ends(self, table: str) -> list[Place]:
        """The first and the last row's place; nothing of an empty table, all of time of a damaged one."""
        query = f"SELECT id FROM {table} ORDER BY id"
        try:
            first = self._db.execute(f"{query} LIMIT 1").fetchone()
            last = self._db.execute(f"{query} DESC LIMIT 1").fetchone()
        except sqlite3.DatabaseError as error:
            only_malformed(error)
            return [Place(table, 0, 0), Place.at(table, self.meta()["closed"], 0)]
        return [Place.of(table, row[0]) for row in (first, last) if row]

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")  # a COMMIT fails where damage was met


def _between(averages: list[Average], first: int, last: int) -> list[Average]:
    """Those that begin at first <= start < last, of some in order."""
    low = bisect_left(averages, first, key=_start)
    return averages[low : bisect_left(averages, last, key=_start)]


def _start(each: Average) -> int:
    return each.start

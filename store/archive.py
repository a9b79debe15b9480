"""The archive: minute, hour and day values of years, and raw readings where asked for, in one file.

A closed hour is appended as one row for each channel. When a local day is over, its 24 rows of a
channel become one, which takes half the room. What was archived is only ever replaced by windows
computed anew, with a higher revision, and only ever removed by age, whole days at a time.

The high-water mark stands in the same transaction as the hours: what the archive does not have yet
is in the journal behind the mark, and a power cut takes nothing.

Purely synchronous. All but the plain attributes belongs to the thread that opened it.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from store.archive_rows import (
    CHANNELS_MAX,
    DAY_MS,
    HOUR_MS,
    Place,
    Unreadable,
    averages_at,
    block_key,
)
from store.archive_schema import connect
from store.averages import Average
from store.blocks import pack_averages
from store.errors import OTHER, REASONS, StoreError, primary_code
from store.packing import to_json
from store.raw_blocks import pack_readings
from store.removal import used_bytes
from store.rows import Reading

__all__ = ["Archive", "ArchiveError", "Filed", "Mark", "Span", "revised"]

T = TypeVar("T")
DayOf = Callable[[str, int, Sequence[Average]], Average]  # channel, start, its hours: the day
Hours = Mapping[str, tuple[list[Average], Average]]  # by channel: the minutes, the hour

COMPACT_CHANNELS = 8  # of one transaction: some 50 ms, for which the journal has to wait
PRUNE_ROWS = 500


class ArchiveError(StoreError):
    """The archive could not be opened or written; nothing of the attempt stands in it.

    malformed: the file is damaged, and will not get better.
    """

    def __init__(self, where: Path, doing: str, error: Exception) -> None:
        reason, hint = REASONS.get(primary_code(error), OTHER)
        super().__init__(where, f"{doing}: {reason} ({error})", hint)
        self.malformed = reason == "malformed"


class Mark(NamedTuple):
    """How far it is: all readings of journal `log` up to `seq` are archived, and every hour that ends
    by `closed` (UTC ms). corrected: the last seq of the last time correction that is applied."""

    log: str = ""
    seq: int = 0
    closed: int = 0
    corrected: int = 0


class Span(NamedTuple):
    """Readings of the hour that begins at `hour` have seqs among first..last."""

    hour: int
    first: int
    last: int


class Filed(NamedTuple):
    """A closed hour. hours: by channel, its minutes and the hour; span: of its readings; raw: those
    that are kept, by channel."""

    hours: Hours
    span: Span
    raw: Mapping[str, Sequence[Reading]]


class Archive:
    """One open archive file. units: of the channels, by name.

    Raises Unusable where the file is something else, ArchiveError where it cannot be opened.
    """

    def __init__(self, path: Path, units: Mapping[str, str], *, max_pages: int | None = None) -> None:
        self.path = path
        self.damaged: set[Place] = set()  # met while compacting
        self._units = units
        try:
            self._db = connect(path, max_pages)
            self._numbers: dict[tuple[str, str], int] = {
                (name, unit): number
                for number, name, unit in self._db.execute("SELECT id, name, unit FROM channels")
            }
            meta = dict(self._db.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as error:
            raise ArchiveError(path, "opening", error) from error
        self.mark = Mark(meta["log"], meta["mark"], meta["closed"], meta["corrected"])

    def close(self) -> None:
        self._db.close()

    def write(self, filed: Iterable[Filed], mark: Mark) -> None:
        """Append closed hours, in one transaction with the mark.

        An hour that is there already, from a journal that was lost since, is only added to.
        """

        def work() -> None:
            for hours, span, raw in filed:
                again = span.hour + HOUR_MS <= self.mark.closed
                for channel, (minutes, hour) in hours.items():
                    number = self._number(channel)
                    old_minutes, old_hours = self._archived(number, hour.start) if again else ([], [])
                    taken = {each.start for each in old_minutes}
                    more = [each for each in minutes if each.start not in taken]
                    self._put_hour(number, sorted([*old_minutes, *more]), (old_hours or [hour])[0])
                self._put_raw(raw, span.hour)
                self._db.execute("INSERT INTO spans VALUES (?,?,?)", span)
            self._keep(mark)

        self._transaction("writing", work)
        self.mark = mark

    def replace(self, filed: Filed, mark: Mark, *, moved: bool = False) -> int:
        """Put an hour that was computed anew in the place of what is archived; how many windows differ.

        Those get the next revision; one of which nothing is left stays, without a value. Its day
        follows with the next `compact`. The span is that of the readings which came in addition.
        moved: readings may have gone to another hour, so that of a channel nothing may be left.
        """

        def work() -> int:
            changed = 0
            for channel, (minutes, hour) in filed.hours.items():
                number = self._number(channel)
                old_minutes, old_hours = self._archived(number, hour.start)
                new_minutes, count = revised(old_minutes, minutes)
                (new_hour, *_), of_hour = revised(old_hours, [hour])
                if count + of_hour:
                    self._put_hour(number, new_minutes, new_hour)
                    changed += count + of_hour
            if moved:
                changed += self._withdraw(filed)
            self._put_raw(filed.raw, filed.span.hour)
            self._db.execute("INSERT INTO spans VALUES (?,?,?)", filed.span)
            self._keep(mark)
            return changed

        changed = self._transaction("writing", work)
        self.mark = mark
        return changed

    def compact(self, over: int, day_start: Callable[[int], int], day_of: DayOf) -> bool:
        """Pack hours of the oldest local day that ended by `over` (UTC ms), of a few channels; whether
        there was anything to do.

        day_start: of the day (UTC ms) that holds a moment; day_of: makes the day of its hours.
        """
        oldest = self._read(lambda: self._db.execute("SELECT id FROM hours ORDER BY id LIMIT 1").fetchone())
        if oldest is None:
            return False
        # The last moment of the hour number: the hour that begins in it holds that.
        start = day_start(Place.of("hours", oldest[0]).first + HOUR_MS - 1)
        if start + DAY_MS > over:
            return False
        first, last = Place.at("hours", start, 0), Place.at("hours", start + DAY_MS - 1, CHANNELS_MAX)
        names = {number: name for (name, _), number in self._numbers.items()}

        def work() -> None:
            query = "SELECT id FROM hours WHERE id BETWEEN ? AND ?"
            rows = self._db.execute(query, (first.row_id, last.row_id))
            numbers = sorted({Place.of("hours", row).channel for (row,) in rows})
            for number in islice(numbers, COMPACT_CHANNELS):
                self._pack_day(start, number, partial(day_of, names.get(number, ""), start))

        self._transaction("compacting", work)
        return True

    def prune(self, days: int) -> int:
        """Remove the oldest day beyond the newest `days` that hold data; how many rows went.

        Days held are counted, not the calendar: a clock that leaps ahead must not cost five years.
        """

        def work() -> int:
            held = self._days_held()
            if len(held) <= days:
                return 0
            day = Place("days", held[0], CHANNELS_MAX)
            removed = 0
            for bound in (
                day,
                Place.at("hours", day.first + DAY_MS, 0),
                Place.at("raw", day.first + DAY_MS, 0),
            ):
                old = f"SELECT id FROM {bound.table} WHERE id<=? ORDER BY id LIMIT {PRUNE_ROWS}"
                query = f"DELETE FROM {bound.table} WHERE id IN ({old})"
                removed += self._db.execute(query, (bound.row_id,)).rowcount
            return removed

        return self._transaction("pruning", work)

    def spans(self, hour: int) -> list[Span]:
        """Where in the journal the readings of the hour that begins at `hour` stand."""
        query = "SELECT hour, first, last FROM spans WHERE hour=? ORDER BY first"
        return self._read(lambda: [Span(*row) for row in self._db.execute(query, (hour,))])

    def hours_of(self, first: int, last: int) -> list[int]:
        """The hours that are archived and have readings among these seqs."""
        query = "SELECT DISTINCT hour FROM spans WHERE first<=? AND last>=? ORDER BY hour"
        return self._read(lambda: [hour for (hour,) in self._db.execute(query, (last, first))])

    def size_bytes(self) -> int:
        """Bytes in use inside the file."""
        return self._read(lambda: used_bytes(self._db))

    def _read(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.Error as error:
            raise ArchiveError(self.path, "reading", error) from error

    def _transaction(self, doing: str, work: Callable[[], T]) -> T:
        known = dict(self._numbers)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                done = work()
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite has rolled back by itself after some errors
                    self._db.execute("ROLLBACK")
                self._numbers = known
                raise
        except sqlite3.Error as error:
            raise ArchiveError(self.path, doing, error) from error
        return done

    def _number(self, channel: str) -> int:
        """The channel's number; a new one where the name or its unit is new."""
        key = (channel, self._units.get(channel, ""))
        if key not in self._numbers:
            number = max(self._numbers.values(), default=0) + 1
            if number > CHANNELS_MAX:
                raise ArchiveError(self.path, "writing", ValueError(f"more than {CHANNELS_MAX} channels"))
            self._db.execute("INSERT INTO channels VALUES (?,?,?)", (number, *key))
            self._numbers[key] = number
            names = [(number, *key) for key, number in self._numbers.items()]
            self._db.execute("UPDATE meta SET value=? WHERE key='names'", (to_json(names),))
        return self._numbers[key]

    def _withdraw(self, filed: Filed) -> int:
        """What is archived of channels that have nothing in this hour any more; how many windows."""
        changed = 0
        for (channel, _), number in list(self._numbers.items()):
            if channel not in filed.hours:
                old_minutes, old_hours = self._archived(number, filed.span.hour)
                minutes, count = revised(old_minutes, [])
                hours, of_hour = revised(old_hours, [])
                if hours and count + of_hour:
                    self._put_hour(number, minutes, hours[0])
                    changed += count + of_hour
            if channel not in filed.raw:
                place = Place.at("raw", filed.span.hour, number)
                self._db.execute("DELETE FROM raw WHERE id=?", (place.row_id,))
        return changed

    def _put_hour(self, number: int, minutes: Sequence[Average], hour: Average) -> None:
        place = Place.at("hours", hour.start, number)
        blocks = (
            pack_averages(block_key(place, "hour"), [hour]),
            pack_averages(block_key(place, "minutes"), minutes),
        )
        self._db.execute("INSERT OR REPLACE INTO hours VALUES (?,?,?)", (place.row_id, *blocks))

    def _put_raw(self, raw: Mapping[str, Sequence[Reading]], hour: int) -> None:
        for channel, readings in raw.items():
            place = Place.at("raw", hour, self._number(channel))
            block = pack_readings(block_key(place, "readings"), readings)
            self._db.execute("INSERT OR REPLACE INTO raw VALUES (?,?)", (place.row_id, block))

    def _keep(self, mark: Mark) -> None:
        if mark.log != self.mark.log:  # the seqs of another journal mean nothing any more
            self._db.execute("DELETE FROM spans")
        kept = (("log", mark.log), ("mark", mark.seq), ("closed", mark.closed), ("corrected", mark.corrected))
        for key, value in kept:
            self._db.execute("UPDATE meta SET value=? WHERE key=?", (value, key))

    def _pack_day(self, start: int, number: int, day_of: Callable[[Sequence[Average]], Average]) -> None:
        """Make one row of the hours of a channel's day, and of what the day's row holds already."""
        day = Place.at("days", start, number)
        minutes = {each.start: each for each in self._at(day, "minutes")}
        hours = {each.start: each for each in self._at(day, "hours")}
        places = [Place.at("hours", at, number) for at in range(start, start + DAY_MS, HOUR_MS)]
        for place in places:
            minutes |= {each.start: each for each in self._at(place, "minutes")}
            hours |= {each.start: each for each in self._at(place, "hour")}
        within = [hours[at] for at in sorted(hours) if start <= at < start + DAY_MS]
        if within:
            (value, *_), _ = revised(self._at(day, "day"), [day_of(within)])
            blocks = (
                pack_averages(block_key(day, "day"), [value]),
                pack_averages(block_key(day, "hours"), [hours[at] for at in sorted(hours)]),
                pack_averages(block_key(day, "minutes"), [minutes[at] for at in sorted(minutes)]),
            )
            self._db.execute("INSERT OR REPLACE INTO days VALUES (?,?,?,?)", (day.row_id, *blocks))
        self._db.executemany("DELETE FROM hours WHERE id=?", [(place.row_id,) for place in places])

    def _archived(self, number: int, hour_start: int) -> tuple[list[Average], list[Average]]:
        """Minutes and hour as archived; an hour that is written anew stands beside its day for a while."""
        place = Place.at("hours", hour_start, number)
        hours = self._at(place, "hour")
        if hours:
            return self._at(place, "minutes"), hours
        found = []
        for column in ("minutes", "hours"):
            # A local day that holds this hour begins in the same day of UTC, or in the one before.
            days = [Place.at("days", hour_start - back, number) for back in (DAY_MS, 0)]
            values = {each.start: each for day in days for each in self._at(day, column)}
            found.append([values[at] for at in sorted(values) if hour_start <= at < hour_start + HOUR_MS])
        return found[0], found[1]

    def _at(self, place: Place, column: str) -> list[Average]:
        try:
            return averages_at(self._db, place, column)
        except Unreadable:
            self.damaged.add(place)
            return []

    def _days_held(self) -> list[int]:
        """The numbers of the days, in order: by leaps, since a day has a row for each channel."""
        held: list[int] = []
        after = -1
        while row := self._db.execute(
            "SELECT id FROM days WHERE id>? ORDER BY id LIMIT 1", (after,)
        ).fetchone():
            held.append(Place.of("days", row[0]).number)
            after = Place("days", held[-1], CHANNELS_MAX).row_id
        return held


def revised(old: Sequence[Average], new: Sequence[Average]) -> tuple[list[Average], int]:
    """The new windows, in order, with the revisions that are due; how many are not as the old ones.

    An old one that has no new one any more becomes one without a value.
    """
    was, found, changed = {each.start: each for each in old}, [], 0
    now = {each.start: each for each in new}
    for start in sorted({*was, *now}):
        before = was.get(start)
        after = now.get(start)
        if after is None and before is not None:
            after = Average(start, before.end, None, None, None, 0, before.expected, False, "D")
        assert after is not None, "a start is of the old ones or of the new"
        if before is not None and after._replace(revision=before.revision) == before:  # but for that
            found.append(before)
            continue
        if before is not None:
            after = after._replace(revision=max(after.revision, before.revision + 1))
        found.append(after)
        changed += 1
    return found, changed

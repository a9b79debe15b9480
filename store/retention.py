"""Making room in the journal, a bounded step at a time. What goes, in this order:

1. batches that nobody is owed any more, oldest first;
2. what is owed is thinned to minute averages, oldest first (store/thinning.py);
3. when all is thinned: what is owed, oldest first;
4. when no readings are left: events, those that somebody acts on (LASTING) last. A gap event that
   is owed stays: it names what is gone.

The row behind one that is taken out is linked to the one before (`prev`), so that a hole made on purpose
is no damage.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from store.packing import BatchRow, from_batch_row, relinked, thinned_rows
from store.ranges import Pair, Ranges
from store.reader import BATCHES, EVENTS, Table
from store.rows import Reading
from store.thinning import Minutes

__all__ = ["EVENTS_DROPPED", "LASTING", "SENT", "Owed", "Trimmed", "file_bytes", "make_room", "used_bytes"]

# Batches of one step. The next commit waits behind it, and what it writes to the write-ahead log has
# to fit into the room of the ballast.
TRIM_MAX = 256
UNPACKED_MAX = 64  # where each has to be unpacked: 32,000 readings, some 0.1 s
MINUTES_MAX = 2000  # rows of one thinning; they bound the ranges that its event names (30 kB)
LASTING = ("alarm", "calibration", "record", "gap", "time-correction", "time-unknown", "output")
END = 1 << 62

SENT, THINNED, DROPPED, EVENTS_DROPPED = (
    "sent readings removed",
    "thinned to minute averages",
    "no room: unsent readings dropped",
    "no room: events dropped",
)


class Owed:
    """Who still needs which numbers.

    destinations: of each, what it is owed. archived: the archive has all readings up to this seq; None:
    there is no archive. It needs the rest as a destination does, but is told nothing.
    """

    def __init__(self, destinations: Iterable[Iterable[Pair]] = (), archived: int | None = None) -> None:
        self.told, self.needed = Ranges(), Ranges()
        edges = set()
        for ranges in destinations:
            for first, last in ranges:
                self.told.add(first, last)
                edges |= {first, last + 1}
        self.needed.update(self.told)
        if archived is not None:
            self.needed.add(archived + 1, END)
            edges.add(archived + 1)
        self.archived = END if archived is None else archived
        self._edges = sorted(edges)

    def part_of(self, seq: int) -> int:
        """All numbers of one part are owed to the same."""
        return bisect_right(self._edges, seq)

    def free(self) -> Iterable[Pair]:
        """The ranges that nobody needs."""
        at = 0
        for first, last in self.needed:
            if at < first:
                yield at, first - 1
            at = last + 1
        yield at, END + 1


class Trimmed(NamedTuple):
    """What one step did; '' where there was nothing to do.

    rows: that are gone; unsent: those of them that somebody was owed, as ranges, and how many;
    unarchived: readings that the archive had not taken yet. kept: rows that stand for thinned ones.
    t_first, t_last: UTC ms of the unsent ones, 0 for none. thinned: batches up to this key are.
    more: call again.
    """

    step: str = ""
    rows: int = 0
    unsent: tuple[Pair, ...] = ()
    unsent_count: int = 0
    unarchived: int = 0
    kept: int = 0
    t_first: int = 0
    t_last: int = 0
    thinned: int = 0
    more: bool = False


def used_bytes(db: sqlite3.Connection) -> int:
    """Bytes in use inside the file; pages that a trim freed will be written again and do not count."""
    pages, free, size = (_pragma(db, name) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - free) * size


def file_bytes(db: sqlite3.Connection) -> int:
    """Bytes of the file: what it may use without asking the disk for more."""
    return _pragma(db, "page_count") * _pragma(db, "page_size")


def make_room(db: sqlite3.Connection, max_bytes: int, owed: Owed, thinned: int) -> Trimmed:
    """One step, within the caller's transaction. thinned: as the step before said, 0 at first."""
    if used_bytes(db) <= max_bytes:
        return Trimmed(thinned=thinned)
    done = (
        _remove_sent(db, max_bytes, owed, thinned)
        or _thin(db, owed, thinned)
        or _drop(db, max_bytes, owed)
        or _drop_events(db, max_bytes, owed)
        or Trimmed()
    )
    # Without an end the event of a step of events would make room for the next one's.
    over = used_bytes(db) > max_bytes and not (done.step == EVENTS_DROPPED and done.rows < 2)
    return done._replace(thinned=max(thinned, done.thinned), more=over and bool(done.step or done.thinned))


class _Gone:
    """Rows that are gone, as they are counted and named."""

    def __init__(self, owed: Owed) -> None:
        self._owed = owed
        self.unsent = Ranges()
        self.count = self.unarchived = 0
        self._times: list[int] = []

    def add(self, seq: int, t: int, *, reading: bool = True) -> None:
        self.count += 1
        self.unarchived += reading and seq > self._owed.archived
        if seq in self._owed.told:
            self.unsent.add(seq, seq)
            self._times = [min([t, *self._times]), max([t, *self._times])]

    def told(self, step: str, kept: int = 0, thinned: int = 0) -> Trimmed:
        low, high = self._times or (0, 0)
        return Trimmed(
            step,
            self.count,
            tuple(self.unsent),
            self.unsent.total,
            self.unarchived,
            kept,
            low,
            high,
            thinned,
        )


def _remove_sent(db: sqlite3.Connection, max_bytes: int, owed: Owed, thinned: int) -> Trimmed | None:
    keys: list[int] = []
    count = 0
    end = _number(db, "SELECT max(first) FROM batches")
    for first, last in owed.free():
        query = (
            "SELECT first, last FROM batches WHERE first BETWEEN ? AND ? AND last <= ? ORDER BY first LIMIT ?"
        )
        for key, to in db.execute(query, (first, last, last, TRIM_MAX - len(keys))).fetchall():
            if used_bytes(db) <= max_bytes:
                break
            if key == end and _number(db, "SELECT count(*) FROM batches") > 1:
                break  # the last one tells where the table ends
            count += len(_sound(db, key)) if key <= thinned else to - key + 1
            db.execute("DELETE FROM batches WHERE first=?", (key,))
            keys.append(key)
    _relink(db, BATCHES, keys)
    return Trimmed(SENT, count) if keys else None


def _thin(db: sqlite3.Connection, owed: Owed, thinned: int) -> Trimmed | None:
    """The oldest batches that are not thinned yet; also where they stay as they are: `thinned` goes on."""
    minutes, gone = Minutes(owed.part_of), _Gone(owed)
    batches: list[BatchRow] = []
    taken: list[tuple[int, int]] = []  # seq, t
    row = None
    for row in _batches(db, thinned):
        rows = _decoded(row)
        if not rows or (batches and row[3] != batches[0][3]):
            break
        batches.append(row)
        for seq, _, reading in rows:
            taken.append((seq, reading.t))
            if seq in owed.needed:
                minutes.add(seq, reading)
        if len(minutes) > MINUTES_MAX or len(batches) >= UNPACKED_MAX:
            break
    if not batches:
        return Trimmed(thinned=row[0]) if row else None  # damaged: its reader will say so
    kept, upto = minutes.rows(), batches[-1][0]
    if not kept or 2 * len(kept) > len(taken):
        return Trimmed(thinned=upto)
    stays = {seq for seq, _ in kept}
    for seq, t in taken:
        if seq not in stays:
            gone.add(seq, t)
    db.executemany("DELETE FROM batches WHERE first=?", [(batch[0],) for batch in batches])
    rows_now = thinned_rows(batches[0][2], batches[0][3], kept)
    db.executemany("INSERT INTO batches VALUES (?,?,?,?,?,?,?,?)", rows_now)
    _relink(db, BATCHES, [upto])
    return gone.told(THINNED, len(kept), max(upto, rows_now[-1][0]))


def _drop(db: sqlite3.Connection, max_bytes: int, owed: Owed) -> Trimmed | None:
    gone = _Gone(owed)
    keys: list[int] = []
    for row in _batches(db, -1):
        if len(keys) >= UNPACKED_MAX or used_bytes(db) <= max_bytes:
            break
        for seq, _, reading in _decoded(row):  # a damaged one is named by its reader
            gone.add(seq, reading.t)
        db.execute("DELETE FROM batches WHERE first=?", row[:1])
        keys.append(row[0])
    _relink(db, BATCHES, keys)
    return gone.told(DROPPED) if keys else None


def _drop_events(db: sqlite3.Connection, max_bytes: int, owed: Owed) -> Trimmed | None:
    """The newest stays: it tells where the table ends."""
    marks = ",".join("?" * len(LASTING))
    for of_kind in (f"NOT IN ({marks})", f"IN ({marks})"):
        query = (
            f"SELECT seq, kind, t FROM events WHERE kind {of_kind} AND seq < (SELECT max(seq) FROM events)"
        )
        found = [(seq in owed.told, seq, kind, t) for seq, kind, t in db.execute(query, LASTING)]
        gone = _Gone(owed)
        keys: list[int] = []
        for due, seq, kind, t in sorted(found):
            if len(keys) >= TRIM_MAX or used_bytes(db) <= max_bytes:
                break
            if not (due and kind == "gap"):
                gone.add(seq, t, reading=False)
                db.execute("DELETE FROM events WHERE seq=?", (seq,))
                keys.append(seq)
        if keys:
            _relink(db, EVENTS, sorted(keys))
            return gone.told(EVENTS_DROPPED)
    return None


def _batches(db: sqlite3.Connection, after: int) -> Iterable[BatchRow]:
    """Those behind that key, one at a time, so that memory stays small."""
    query = f"SELECT {BATCHES.columns} FROM batches WHERE first > ? ORDER BY first LIMIT 1"
    while row := db.execute(query, (after,)).fetchone():
        yield row
        after = row[0]


def _decoded(row: Any) -> list[tuple[int, int, Reading]]:
    with suppress(ValueError, TypeError):
        return from_batch_row(row)
    return []


def _sound(db: sqlite3.Connection, key: int) -> list[tuple[int, int, Reading]]:
    return _decoded(db.execute(f"SELECT {BATCHES.columns} FROM batches WHERE first=?", (key,)).fetchone())


def _relink(db: sqlite3.Connection, table: Table[Any], removed: Sequence[int]) -> None:
    """Have the rows behind those that were removed, in order, name the row that is now before them."""
    linked = -1
    for key in removed:
        if key < linked:
            continue
        query = f"SELECT {table.columns} FROM {table.name} WHERE {table.key} > ? ORDER BY {table.key} LIMIT 1"
        found = db.execute(query, (key,)).fetchone()
        if found is None:
            return
        linked = found[0]
        try:
            table.decode(found)
        except (ValueError, TypeError):
            continue
        before = (
            f"SELECT {table.last} FROM {table.name} WHERE {table.key} < ? ORDER BY {table.key} DESC LIMIT 1"
        )
        row = found if table is BATCHES else found[1:]  # a row as it stands in its table
        crc, prev = relinked(row, min(_number(db, before, linked), linked - 1))
        db.execute(f"UPDATE {table.name} SET prev=?, crc=? WHERE {table.key}=?", (prev, crc, linked))


def _number(db: sqlite3.Connection, query: str, *args: object) -> int:
    """What it gives, 0 for nothing."""
    row = db.execute(query, args).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return _number(db, f"PRAGMA {name}")

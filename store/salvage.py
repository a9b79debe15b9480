"""What can be saved of a damaged journal: every row whose checksum is right, whatever became of the trees.

It is done a few pages at a time, beside the measuring, from the newest page to the oldest, into the
journal that was begun in its place. Rows keep their numbers, so that what had been delivered stays
delivered and the rest is sent under the key it would have had.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from store.packing import BatchRow, EventRow, from_batch_row, pair_crc, sound_batch, sound_event
from store.pages import LEAF, PAGE_BYTES, Pages
from store.schema import SEQ_KEY
from store.thinning import holds_means
from store.wal import Wal

__all__ = ["Rescue", "Rows", "Salvage", "insert_missing", "last_words", "sound_rows"]


class Rows(NamedTuple):
    """Undamaged rows, as the tables have them."""

    batches: list[BatchRow]
    events: list[EventRow]


class Salvage:
    """The rows of one set-aside file, from page `at` down; None: all of it, its write-ahead log first.

    A file that cannot be read holds none.
    """

    def __init__(self, path: Path, at: int | None = None) -> None:
        self.path = path
        self.at = at
        self._wal = Wal(b"")
        self._pages: Pages | None = None
        with contextlib.suppress(OSError):
            self._wal = Wal.read(path.with_name(path.name + "-wal"))
        with contextlib.suppress(OSError):
            self._pages = Pages(path, self._wal.newest())

    def step(self, count: int) -> Rows | None:
        """The rows of the next `count` pages; None when all have been looked at."""
        if self._pages is None or self.at == 0:
            return None
        if self.at is None:
            self.at = self._pages.count
            return sound_rows(self._pages, (frame.page for frame in self._wal.frames))
        first = max(1, self.at - count + 1)
        data = self._pages.run(first, self.at - first + 1)
        self.at = first - 1
        kinds = data[::PAGE_BYTES]  # most pages are the rest of a batch: passed over at once
        leaves = (number * PAGE_BYTES for number, kind in enumerate(kinds) if kind == LEAF)
        return sound_rows(self._pages, (data[at : at + PAGE_BYTES] for at in leaves))

    def close(self) -> None:
        if self._pages is not None:
            self._pages.close()


class Rescue:
    """One salvage, and its books: they stand in `meta`, so that a restart goes on where it was.

    floor: rows up to it had been removed for want of space. base: the journal that was begun in its
    place numbers its own from base + 1. saved: readings and events, so far.
    """

    def __init__(
        self, path: Path, at: int | None, floor: int, base: int, saved: tuple[int, int] = (0, 0)
    ) -> None:
        self.salvage = Salvage(path, at)
        self.floor, self.base, self.saved = floor, base, saved

    @classmethod
    def resume(cls, folder: Path, books: object) -> "Rescue | None":
        """From what `books` gave; None where nothing is under way."""
        if not books:
            return None
        name, at, floor, base, *saved = json.loads(str(books))
        return cls(folder / name, at, floor, base, (saved[0], saved[1]))

    def books(self) -> str:
        return json.dumps([self.salvage.path.name, self.salvage.at, self.floor, self.base, *self.saved])

    def save(self, db: sqlite3.Connection, rows: Rows) -> None:
        """Within the caller's transaction. Raises sqlite3.Error."""
        mine = Rows(
            [row for row in rows.batches if self.floor < row[1] and row[1] <= self.base],
            [row for row in rows.events if self.floor < row[0] <= self.base],
        )
        readings, events = insert_missing(db, mine)
        self.saved = self.saved[0] + readings, self.saved[1] + events

    def last(self, db: sqlite3.Connection) -> int:
        """The highest seq that was saved; `floor` for none. Raises sqlite3.Error."""
        queries = (
            "SELECT last FROM batches WHERE first <= ? ORDER BY first DESC LIMIT 1",
            "SELECT seq FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
        )
        found = [db.execute(query, (self.base,)).fetchone() for query in queries]
        return max([self.floor, *(int(row[0]) for row in found if row)])

    def left_out(self, db: sqlite3.Connection, last: int) -> list[tuple[int, int]]:
        """Ranges of numbers that no row bears, as the events that were saved name them, and behind `last`.

        Raises sqlite3.Error.
        """
        bodies = db.execute("SELECT body FROM events WHERE kind = 'gap' AND seq <= ?", (self.base,))
        gaps = [json.loads(body) for (body,) in bodies]
        named = [(low, high) for gap in gaps if "at_most" in gap for low, high in gap["ranges"]]
        return [*named, (last + 1, self.base)]

    def found(self, last: int) -> list[tuple[str, dict[str, Any]]]:
        """What is to be said at the end, as kind and body of events."""
        name = self.salvage.path.name
        detail = f"{self.saved[0]} readings and {self.saved[1]} events saved from {name}"
        said: list[tuple[str, dict[str, Any]]] = [
            ("fault", {"what": "journal", "state": "salvaged", "detail": detail})
        ]
        if last < self.base:
            reason, most = "journal damaged: lost, or never given", self.base - last
            body = {"reason": reason, "count": 0, "at_most": most, "ranges": [[last + 1, self.base]]}
            said.append(("gap", body))
        return said


def insert_missing(db: sqlite3.Connection, rows: Rows) -> tuple[int, int]:
    """Add the rows that are not there; how many readings and events. Raises sqlite3.Error."""
    readings = events = 0
    for row in rows.batches:
        readings += _insert_batch(db, row)
    for event in rows.events:
        events += db.execute("INSERT OR IGNORE INTO events VALUES (?,?,?,?,?,?,?,?,?,?)", event).rowcount
    return readings, events


def _insert_batch(db: sqlite3.Connection, row: BatchRow) -> int:
    """How many readings there are more.

    Freed pages still hold what making room has removed or thinned, and it is as sound as the rest. But a
    row names the end of the one before (`prev`): between the two there is nothing any more. And where two
    rows overlap, the one with means was made of the other.
    """
    first, last, prev = row[:3]
    behind = "SELECT prev FROM batches WHERE first > ? ORDER BY first LIMIT 1"
    for (empty_from,) in db.execute(behind, (first,)).fetchall():
        if empty_from < first:
            return 0
    before = "SELECT max(first) FROM batches WHERE first < ? AND last >= ?"
    met = f"SELECT * FROM batches WHERE first BETWEEN ? AND ? OR first = ({before})"
    there: list[BatchRow] = db.execute(met, (prev + 1, last, first, first)).fetchall()
    overlapping = [each for each in there if each[1] >= first]
    if row in overlapping or any(holds_means(each[-1]) for each in overlapping):
        return 0
    db.executemany("DELETE FROM batches WHERE first=?", [each[:1] for each in there])
    db.execute("INSERT INTO batches VALUES (?,?,?,?,?,?,?,?)", row)
    return _count(row) - sum(map(_count, there))


def _count(row: BatchRow) -> int:
    """Readings of a batch; only one with means has holes between its numbers."""
    return len(from_batch_row(row)) if holds_means(row[-1]) else row[1] - row[0] + 1


def sound_rows(pages: Pages, leaves: Iterable[bytes]) -> Rows:
    """Every undamaged row on those pages, each once."""
    batches: dict[int, BatchRow] = {}
    events: dict[int, EventRow] = {}
    for leaf in leaves:
        for rowid, columns in pages.rows(leaf):
            row = (rowid, *columns[1:])
            with contextlib.suppress(TypeError, ValueError, AttributeError):
                if len(columns) == 8 and sound_batch(row):  # type: ignore[arg-type]
                    batches[rowid] = row  # type: ignore[assignment]
                elif len(columns) == 10 and sound_event(row):  # type: ignore[arg-type]
                    events[rowid] = row  # type: ignore[assignment]
    return Rows(list(batches.values()), list(events.values()))


def last_words(path: Path) -> tuple[dict[str, Any], list[tuple[str, str, int]]]:
    """What a damaged file still says in `meta`, and its rows of `state`: as of its last checkpoint.

    Older books only mean that more is sent twice. Nothing is written to the file.
    """
    meta: dict[str, Any] = {}
    state: list[tuple[str, str, int]] = []
    with contextlib.suppress(sqlite3.Error):
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        db.text_factory = lambda text: text.decode(errors="replace")
        with contextlib.closing(db):
            db.execute("PRAGMA writable_schema=ON")  # opens a file that is shorter than it says, too
            with contextlib.suppress(sqlite3.Error):
                meta |= {
                    k: v
                    for k, v, crc in db.execute("SELECT key, value, crc FROM meta")
                    if crc == pair_crc(k, v)
                }
            with contextlib.suppress(sqlite3.Error):
                state += (
                    row
                    for row in db.execute("SELECT key, value, crc FROM state")
                    if row[2] == pair_crc(*row[:2])
                )
    return meta, [row for row in state if row[0] != SEQ_KEY]

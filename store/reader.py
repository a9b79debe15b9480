"""Reading the journal back, around what the disk has damaged.

Each row carries a checksum. A row that fails it, or a page that SQLite cannot follow, costs the
rows on it and no others: the reader names the lost range once and goes on behind it.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from store.errors import MALFORMED, DamagedBatch, primary_code
from store.packing import from_batch_row, from_event_row
from store.rows import Event, Reading

__all__ = ["BATCHES", "EVENTS", "Table", "read"]

R = TypeVar("R")
Item = tuple[int, int, R]  # seq, boot, what

WINDOW = 64  # seqs stepped over at once in search of a readable page; a page holds some hundreds


class Table(NamedTuple, Generic[R]):
    """A table as the reader walks it: rows that span key..last, in the order of their keys."""

    key: str
    last: str
    columns: str
    decode: Callable[[Any], list[Item[R]]]


BATCHES: Table[Reading] = Table(
    "first", "last", "first, last, boot, t_min, t_max, crc, body FROM batches", from_batch_row
)
EVENTS: Table[Event] = Table(
    "seq", "seq", "seq, boot, kind, id, t, mono, trusted, crc, body FROM events", from_event_row
)


def read(
    db: sqlite3.Connection, where: Path, table: Table[R], first: int, last: int, *, limit: int
) -> list[Item[R]]:
    """At most `limit` items with first <= seq <= last, in order.

    One short read transaction per row: a long one would keep the write-ahead log from being put
    back. Raises DamagedBatch when the first item cannot be read, sqlite3.Error for anything else.
    """
    found: list[Item[R]] = []
    at, key = first, None
    while at <= last and len(found) < limit:
        try:
            if key is None:
                key = _covering(db, table, at)
            row = _next_row(db, table, key)
            if row is None or row[0] > last:
                break
            items = table.decode(row)
        except (ValueError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.Error) and primary_code(error) not in MALFORMED:
                raise
            if found:
                break
            key, lost = _lost(db, table, at, last, key or at)
            if lost:
                raise DamagedBatch(where, *lost) from error
            continue
        found += [item for item in items if at <= item[0] <= last]
        key = items[-1][0] + 1
        at = max(at, key)
    return found[:limit]


def _covering(db: sqlite3.Connection, table: Table[R], at: int) -> int:
    """The key of the last row that begins at or before `at`: it may span it."""
    row = db.execute(
        f"SELECT {table.key} {_from(table)} WHERE {table.key} <= ? ORDER BY {table.key} DESC LIMIT 1", (at,)
    ).fetchone()
    return at if row is None else int(row[0])


def _next_row(db: sqlite3.Connection, table: Table[R], key: int) -> Any:
    return db.execute(
        f"SELECT {table.columns} WHERE {table.key} >= ? ORDER BY {table.key} LIMIT 1", (key,)
    ).fetchone()


def _lost(
    db: sqlite3.Connection, table: Table[R], at: int, last: int, key: int
) -> tuple[int, tuple[int, int] | None]:
    """Trouble at the row behind `key`: (next key to try, the seqs from `at` on that went with it).

    Seqs that stand in the other table are not lost; the range ends before the next of them.
    """
    after = _readable_key(db, table, key, last)
    if _seek(db, table, key) == after:  # the row is found: its content is what is damaged
        after = _readable_key(db, table, after + 1, last)
    other: Table[Any] = EVENTS if table.key == BATCHES.key else BATCHES
    start = at
    while (span := _span(db, other, start)) and span[0] <= start:
        start = span[1] + 1
    end = min(last, after - 1, span[0] - 1 if span else last)
    return after, (start, end) if start <= end else None


def _readable_key(db: sqlite3.Connection, table: Table[R], key: int, last: int) -> int:
    """The first key from `key` on whose page can be read; last + 1 where there is none."""
    for window in range(key, last + 1, WINDOW):
        if _seek(db, table, window + WINDOW - 1) is not None:
            for start in range(window, window + WINDOW):
                found = _seek(db, table, start)
                if found is not None:
                    return min(found, last + 1)
    return last + 1


def _seek(db: sqlite3.Connection, table: Table[R], key: int) -> int | None:
    """The first key from `key` on, a very large one where there is none; None where it cannot be read."""
    try:
        row = db.execute(
            f"SELECT {table.key} {_from(table)} WHERE {table.key} >= ? ORDER BY {table.key} LIMIT 1", (key,)
        ).fetchone()
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in MALFORMED:
            raise
        return None
    return 1 << 62 if row is None else int(row[0])


def _span(db: sqlite3.Connection, table: Table[Any], at: int) -> tuple[int, int] | None:
    """The seqs of the row that spans `at` or comes next; None where there is none that can be read."""
    try:
        key = _covering(db, table, at)
        row = db.execute(
            f"SELECT {table.key}, {table.last} {_from(table)}"
            f" WHERE {table.key} >= ? AND {table.last} >= ? ORDER BY {table.key} LIMIT 1",
            (key, at),
        ).fetchone()
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in MALFORMED:
            raise
        return None
    return None if row is None else (int(row[0]), int(row[1]))


def _from(table: Table[R]) -> str:
    return table.columns[table.columns.index("FROM") :]

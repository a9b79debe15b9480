"""Reading the journal back, around what the disk has damaged.

Seqs are contiguous: each stands in one table or the other, or was trimmed. Each row carries a
checksum and names the last seq of the row before it. So a row that is damaged, a page that cannot
be followed, and a row that its page no longer shows all end alike: the reader goes on to the next
good row, finds that something is missing before it, and names that range once.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from store.errors import MALFORMED, DamagedBatch, primary_code
from store.packing import from_batch_row, from_event_row
from store.rows import Event, Reading

__all__ = ["BATCHES", "EVENTS", "Table", "last_row", "read"]

R = TypeVar("R")
Item = tuple[int, int, R]  # seq, boot, what

WINDOW = 64  # seqs stepped over at once in search of a readable page; a page holds some hundreds
PREV = 2  # BATCHES and EVENTS alike: first, last, prev


class Table(NamedTuple, Generic[R]):
    """A table as the reader walks it. columns: key, last seq, prev, then all that `decode` needs."""

    name: str
    key: str
    last: str
    columns: str
    decode: Callable[[Any], list[Item[R]]]


BATCHES: Table[Reading] = Table(
    "batches", "first", "last", "first, last, prev, boot, t_min, t_max, crc, body", from_batch_row
)
EVENTS: Table[Event] = Table(
    "events",
    "seq",
    "seq",
    "seq, seq, prev, boot, kind, id, t, mono, trusted, crc, body",
    lambda row: from_event_row(row[1:]),
)


def read(
    db: sqlite3.Connection, where: Path, table: Table[R], first: int, last: int, *, limit: int
) -> list[Item[R]]:
    """At most `limit` items with first <= seq <= last, in order.

    first: behind what was trimmed; last: at most the table's own last seq. Raises DamagedBatch when
    the first item cannot be read, sqlite3.Error for anything else. One short read transaction per
    row: a long one would keep the write-ahead log from being put back into the file.
    """
    found: list[Item[R]] = []
    at = first
    key = _covering(db, table, at)
    while at <= last and len(found) < limit:
        row, items = _next_good(db, table, key, last)
        missing_to = min(row[PREV], last) if row else last
        if at <= missing_to:
            if found:
                break
            lost = _not_in(db, EVENTS if table is BATCHES else BATCHES, at, missing_to)
            if lost:
                raise DamagedBatch(where, *lost)
        if row is None or row[0] > last:
            break
        found += [item for item in items if at <= item[0] <= last]
        key = items[-1][0] + 1
        at = max(at, key)
    return found[:limit]


def last_row(db: sqlite3.Connection, table: Table[R]) -> tuple[int, list[Item[R]]]:
    """The key of the table's last row, 0 where it has none, and its items, none where it is damaged."""
    row = db.execute(f"SELECT {table.columns} FROM {table.name} ORDER BY {table.key} DESC LIMIT 1").fetchone()
    try:
        return (int(row[0]), table.decode(row)) if row else (0, [])
    except (ValueError, TypeError):
        return int(row[0]), []


def _next_good(db: sqlite3.Connection, table: Table[R], key: int, last: int) -> tuple[Any, list[Item[R]]]:
    """The first undamaged row from `key` on and what it holds; (None, []) where there is none to `last`."""
    query = f"SELECT {table.columns} FROM {table.name} WHERE {table.key} >= ? ORDER BY {table.key} LIMIT 1"
    while True:
        try:
            row = db.execute(query, (key,)).fetchone()
            return row, table.decode(row) if row else []
        except (ValueError, TypeError):  # TypeError: even the type of a column can be damaged
            key = row[0] + 1
        except sqlite3.DatabaseError as error:
            _only_malformed(error)
            found = _readable_key(db, table, key, last)
            # Where the page itself can be read, it is this row's content that cannot.
            key = found + 1 if found == _seek(db, table, key) else found
        if key > last:
            return None, []


def _readable_key(db: sqlite3.Connection, table: Table[R], key: int, last: int) -> int:
    """The first key from `key` on whose page can be read; beyond `last` where there is none."""
    for window in range(key, last + 1, WINDOW):
        if _seek(db, table, window + WINDOW - 1) is not None:
            for start in range(window, window + WINDOW):
                found = _seek(db, table, start)
                if found is not None:
                    return found
    return last + 1


def _seek(db: sqlite3.Connection, table: Table[R], key: int) -> int | None:
    """The first key from `key` on, a very large one where there is none; None where it cannot be read."""
    query = f"SELECT {table.key} FROM {table.name} WHERE {table.key} >= ? ORDER BY {table.key} LIMIT 1"
    try:
        row = db.execute(query, (key,)).fetchone()
    except sqlite3.DatabaseError as error:
        _only_malformed(error)
        return None
    return 1 << 62 if row is None else int(row[0])


def _covering(db: sqlite3.Connection, table: Table[R], at: int) -> int:
    """The key of the last row that begins at or before `at`, since it may span it; `at` for none."""
    query = f"SELECT {table.key} FROM {table.name} WHERE {table.key} <= ? ORDER BY {table.key} DESC LIMIT 1"
    try:
        row = db.execute(query, (at,)).fetchone()
    except sqlite3.DatabaseError as error:
        _only_malformed(error)
        return at
    return at if row is None else int(row[0])


def _not_in(db: sqlite3.Connection, other: Table[Any], first: int, last: int) -> tuple[int, int] | None:
    """The first range of first..last of which nothing stands in the other table."""
    query = (
        f"SELECT {other.key}, CAST({other.last} AS INTEGER) FROM {other.name}"
        f" WHERE {other.key} >= ? AND {other.last} >= ? ORDER BY {other.key} LIMIT 1"
    )
    try:
        while row := db.execute(query, (_covering(db, other, first), first)).fetchone():
            if row[0] > first:
                last = min(last, row[0] - 1)
                break
            first = row[1] + 1
    except sqlite3.DatabaseError as error:  # both tables are damaged here: rather too much than too little
        _only_malformed(error)
    return (first, last) if first <= last else None


def _only_malformed(error: sqlite3.Error) -> None:
    if primary_code(error) not in MALFORMED:
        raise error

"""Taking rows out of the journal's tables so that no reader takes it for damage.

The row behind one that is taken out is linked to the one before (`prev`).
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from store.packing import BatchRow, from_batch_row, relinked
from store.reader import BATCHES, PREV, Table
from store.rows import Reading

__all__ = [
    "Removal",
    "batch_of",
    "batches_behind",
    "decoded",
    "end_of",
    "file_bytes",
    "number",
    "relink",
    "used_bytes",
]


def used_bytes(db: sqlite3.Connection) -> int:
    """Bytes in use inside the file; pages that a trim freed will be written again and do not count."""
    pages, free, size = (_pragma(db, name) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - free) * size


def file_bytes(db: sqlite3.Connection) -> int:
    """Bytes of the file: what it may use without asking the disk for more."""
    return _pragma(db, "page_count") * _pragma(db, "page_size")


def batches_behind(db: sqlite3.Connection, key: int) -> Iterable[BatchRow]:
    """One at a time, so that memory stays small."""
    query = f"SELECT {BATCHES.columns} FROM batches WHERE first > ? ORDER BY first LIMIT 1"
    while row := db.execute(query, (key,)).fetchone():
        yield row
        key = row[0]


def batch_of(db: sqlite3.Connection, seq: int) -> BatchRow | None:
    """The first batch that ends with that number or behind it."""
    query = f"SELECT {BATCHES.columns} FROM batches WHERE first <= ? ORDER BY first DESC LIMIT 1"
    row: BatchRow | None = db.execute(query, (seq,)).fetchone()
    return row if row and row[1] >= seq else next(iter(batches_behind(db, seq)), None)


def decoded(row: Any) -> list[tuple[int, int, Reading]]:
    """What a batch holds; nothing where it is damaged."""
    with suppress(ValueError, TypeError):
        return from_batch_row(row)
    return []


def end_of(db: sqlite3.Connection, key: int, last: int) -> int:
    """The highest number that a damaged batch can have had. last: the highest one of the table."""
    behind = next(iter(batches_behind(db, key)), None)
    if behind is None:
        return max(key, last)
    return max(key, behind[2] if decoded(behind) else behind[0] - 1)


def relink(db: sqlite3.Connection, table: Table[Any], keys: Iterable[int], ends: Mapping[int, int]) -> None:
    """Have the rows behind those keys, in order, name the end of what is now before them.

    ends: by the last number of each row that was removed, the one of the row before it. What a damaged
    row says is none of them: it could hide that others are missing.
    """
    linked = -1
    for key in keys:
        query = f"SELECT {table.columns} FROM {table.name} WHERE {table.key} > ? ORDER BY {table.key} LIMIT 1"
        row = db.execute(query, (key,)).fetchone()
        if row is None:
            return
        if row[0] == linked or not _is_sound(table, row):
            continue
        linked, before = row[0], row[PREV]
        while ends.get(before, before) < before:  # what was thinned may end where it did
            before = ends[before]
        crc, prev = relinked(row if table is BATCHES else row[1:], before)
        db.execute(f"UPDATE {table.name} SET prev=?, crc=? WHERE {table.key}=?", (prev, crc, linked))


class Removal:
    """Rows that one step takes out of one table; at its end call relink()."""

    def __init__(self, db: sqlite3.Connection, table: Table[Any]) -> None:
        self._db, self._table = db, table
        self._keys: list[int] = []
        self._ends: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def take(self, row: Any) -> None:
        """row: with the columns of its table."""
        self._db.execute(f"DELETE FROM {self._table.name} WHERE {self._table.key}=?", row[:1])
        self._keys.append(row[0])
        if _is_sound(self._table, row):
            self._ends[row[1]] = row[PREV]

    def relink(self) -> None:
        relink(self._db, self._table, sorted(self._keys), self._ends)


def _is_sound(table: Table[Any], row: Any) -> bool:
    try:
        table.decode(row)
    except (ValueError, TypeError):
        return False
    return True


def number(db: sqlite3.Connection, query: str, *args: object) -> int:
    """What it gives, 0 for nothing."""
    row = db.execute(query, args).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return number(db, f"PRAGMA {name}")

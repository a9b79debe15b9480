"""Taking rows out of the journal's tables so that no reader takes it for damage.

The row behind one that is taken out is linked to the one before (`prev`).
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from store.packing import BatchRow, from_batch_row, relinked
from store.reader import BATCHES, Table
from store.rows import Reading

__all__ = ["batch_of", "batches_behind", "decoded", "end_of", "file_bytes", "number", "relink", "used_bytes"]


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


def relink(db: sqlite3.Connection, table: Table[Any], keys: Sequence[int]) -> None:
    """Have the rows behind those keys, in order, name the row that is now before them."""
    linked = -1
    for key in keys:
        if key < linked:
            continue
        row = _row(db, table, f"{table.key} > ? ORDER BY {table.key} LIMIT 1", key)
        if row is None:
            return
        linked = row[0]
        if not _is_sound(table, row):
            continue
        before = _row(db, table, f"{table.key} < ? ORDER BY {table.key} DESC LIMIT 1", linked)
        # What a damaged row says of its end is nothing to go by: its numbers would be named nowhere.
        last = 0 if before is None else before[1] if _is_sound(table, before) else key - 1
        crc, prev = relinked(row if table is BATCHES else row[1:], last)
        db.execute(f"UPDATE {table.name} SET prev=?, crc=? WHERE {table.key}=?", (prev, crc, linked))


def number(db: sqlite3.Connection, query: str, *args: object) -> int:
    """What it gives, 0 for nothing."""
    row = db.execute(query, args).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return number(db, f"PRAGMA {name}")


def _row(db: sqlite3.Connection, table: Table[Any], where: str, key: int) -> Any:
    return db.execute(f"SELECT {table.columns} FROM {table.name} WHERE {where}", (key,)).fetchone()


def _is_sound(table: Table[Any], row: Any) -> bool:
    try:
        table.decode(row)
    except (ValueError, TypeError):
        return False
    return True

"""Opening a journal file: what it says of itself, and whether that can be believed.

A number given twice would make consumers drop what is new as a duplicate. So where the end of the file
is in doubt, numbers go on behind everything that can have been given (store/numbers.py).
"""

import secrets
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from store.numbers import Kept
from store.packing import BATCH_MAX, pair_crc
from store.pages import Pages
from store.reader import BATCHES, EVENTS, last_row
from store.salvage import Rows, sound_rows
from store.schema import SEQ_KEY, Unusable
from store.wal import Wal, frames_taken

__all__ = ["End", "find_end", "read_meta", "unproven_end", "unsaved_tail"]


class End(NamedTuple):
    """Where a journal goes on.

    batch, event: the last seq that each table may be read up to. seq: the highest that may have been
    given. doubtful: whether that is not known.
    """

    batch: int
    event: int
    seq: int
    last_t: int
    doubtful: bool


def read_meta(db: sqlite3.Connection) -> dict[str, Any]:
    """What identifies a journal. Raises Unusable, sqlite3.Error."""
    rows = db.execute("SELECT key, value, crc FROM meta")
    meta: dict[str, Any] = {key: value for key, value, crc in rows if crc == pair_crc(key, value)}
    if not {"log", "boot", "trimmed", "t"} <= meta.keys():
        raise Unusable("what identifies it is missing")
    return meta


def find_end(db: sqlite3.Connection, trimmed: int, last_t: int, kept: Kept | None) -> End:
    """The last numbers and the latest trusted time. kept: of this very log. Raises sqlite3.Error."""
    first, readings = last_row(db, BATCHES)
    event, events = last_row(db, EVENTS)
    batch = max(trimmed, readings[-1][0] if readings else 0)
    found = max(batch, event)
    told = _told_seq(db)
    if kept is not None and kept.closed is not None:
        told = max(told or 0, kept.closed)
    if first and not readings:  # damaged: rather leave numbers out than use one twice
        batch = max(told or 0, first + BATCH_MAX)
    elif told is not None and found < told:  # the rows at the end are gone: the reader shall name them
        batch = told
    times = [reading.t for _, _, reading in readings if reading.trusted]
    times += [item.t for _, _, item in events if item.trusted]
    return End(batch, event, max(found, batch, told or 0), max([last_t, *times]), told is None)


def unsaved_tail(path: Path, wal: Wal, kept: Kept | None) -> Rows | None:
    """None where SQLite has taken all that was acknowledged of the write-ahead log `wal`, read before
    it did; else what can be saved of the rest. kept: of this very log.

    Raises OSError.
    """
    if not wal.there:
        lost = kept is not None and kept.closed is None  # it was not closed in order, so there was one
        return Rows([], []) if lost else None
    taken = frames_taken(path.with_name(path.name + "-shm"))
    if taken is None or not wal.broken_after(taken):
        return None
    pages = Pages(path, wal.newest())
    try:
        behind = [frame.page for frame in wal.frames if frame.place > taken]
        return sound_rows(pages, behind)
    finally:
        pages.close()


def unproven_end() -> int:
    """A seq to begin behind where nothing tells which were given: rows that are saved keep theirs, below."""
    return (1 + secrets.randbelow(4095)) << 40  # 2**52: JSON's numbers are exact up to 2**53


def _told_seq(db: sqlite3.Connection) -> int | None:
    """The highest seq ever given, as it stands beside the rows; None where that is damaged."""
    row = db.execute("SELECT value, crc FROM state WHERE key=?", (SEQ_KEY,)).fetchone()
    return int(row[0]) if row and row[1] == pair_crc(SEQ_KEY, row[0]) else None

"""What can still be read of a damaged archive, in a new file.

Rows are copied as they are: a block whose checksum is wrong stays so, and is named by whoever reads it.
The new file takes the place of the old one only when it is complete, so a power cut meanwhile costs
nothing but the time.
"""

import json
import sqlite3
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from store.archive_reader import ArchiveReader
from store.archive_rows import TABLES, only_malformed
from store.archive_schema import connect
from store.aside import aside_name, move_aside
from store.schema import Unusable

__all__ = ["SIDECARS", "Salvaged", "renew"]

SIDECARS = ("-wal", "-shm")
ROWS = 200  # of one transaction


class Salvaged(NamedTuple):
    """saved: rows, each a channel's hour or day; lost: rows that could not be read; aside: the old file."""

    saved: int
    lost: int
    aside: Path


def renew(path: Path, utc_ms: int) -> Salvaged:
    """Put a new archive in the place of the one at `path`, with all of it that can be read.

    The old one is set aside under a dated name (utc_ms). Raises sqlite3.Error, OSError; then all is as
    it was.
    """
    new = path.with_name(path.name + ".new")
    for ending in (*SIDECARS, ""):
        new.with_name(new.name + ending).unlink(missing_ok=True)
    db = connect(new)
    try:
        saved, lost = _copy(path, db)
    finally:
        db.close()
    aside = aside_name(path, utc_ms)
    move_aside(path, aside, SIDECARS)
    new.rename(path)
    return Salvaged(saved, lost, aside)


def _copy(path: Path, db: sqlite3.Connection) -> tuple[int, int]:
    try:
        reader = ArchiveReader(path)
    except (Unusable, sqlite3.DatabaseError):
        return 0, 0
    old = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        channels = [tuple(channel) for channel in reader.channels()]
        with db:
            db.executemany("INSERT INTO channels VALUES (?,?,?)", channels)
            db.execute("UPDATE meta SET value=? WHERE key='names'", (json.dumps(channels),))
        counts = [_copy_rows(reader, old, db, table) for table in TABLES]
        _copy_mark(old, db)  # last: without it, what the journal has is archived again
        return sum(saved for saved, _ in counts), sum(lost for _, lost in counts)
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        if isinstance(error, sqlite3.Error):
            only_malformed(error)
        return 0, 0  # not even its channels are known
    finally:
        old.close()
        reader.close()


def _copy_rows(
    reader: ArchiveReader, old: sqlite3.Connection, db: sqlite3.Connection, table: str
) -> tuple[int, int]:
    saved = lost = 0
    columns = ", ".join(("id", *TABLES[table][0]))
    marks = ", ".join("?" * (1 + len(TABLES[table][0])))
    places = reader.places(table)
    while batch := list(islice(places, ROWS)):
        rows = []
        for place in batch:
            try:
                query = f"SELECT {columns} FROM {table} WHERE id=?"
                rows += old.execute(query, (place.row_id,)).fetchall()
            except sqlite3.DatabaseError as error:
                only_malformed(error)
                lost += 1
        with db:
            db.execute("BEGIN")
            db.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
        saved += len(rows)
    return saved, lost


def _copy_mark(old: sqlite3.Connection, db: sqlite3.Connection) -> None:
    """How far it was, and which readings are in it; where that is lost, the journal tells anew."""
    try:
        spans = old.execute("SELECT hour, first, last FROM spans").fetchall()
        meta = old.execute(
            "SELECT value, key FROM meta WHERE key IN ('log', 'mark', 'closed', 'corrected')"
        ).fetchall()
    except sqlite3.DatabaseError as error:
        only_malformed(error)
        return
    with db:
        db.execute("BEGIN")
        db.executemany("INSERT INTO spans VALUES (?,?,?)", spans)
        db.executemany("UPDATE meta SET value=? WHERE key=?", meta)

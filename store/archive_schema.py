"""The archive's tables, and where in them a value stands.

| table    | one row                          | row id                     |
| -------- | -------------------------------- | -------------------------- |
| hours    | a channel's closed hour          | hour number, channel number |
| days     | a channel's day, packed together | day number, channel number |
| raw      | a channel's readings of an hour  | hour number, channel number |
| spans    | which seqs of the journal hold readings of an hour | |
| channels | what the channel numbers mean    | |

The number of an hour or day is its start over its length. Time comes first in the row ids: so what is
new is appended, what is old stands together to be removed, and no index is needed. A compacted day
is one row, because small rows cost a third more.
"""

import sqlite3
from pathlib import Path

from store.schema import Unusable, file_version

__all__ = ["connect", "connect_reader"]

APPLICATION_ID = 0x464E4152  # "FNAR"

# PRAGMA user_version counts how many of these a file has seen. Append; never change one that shipped.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # log, mark: of the journal, up to which seq all readings are archived; closed: the end (UTC ms)
        # of the last hour that is; names: the channels once more, for the case that their page is lost.
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
        "CREATE TABLE channels (id INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL)",
        "CREATE TABLE hours (id INTEGER PRIMARY KEY, hour BLOB NOT NULL, minutes BLOB NOT NULL)",
        """CREATE TABLE days (id INTEGER PRIMARY KEY, day BLOB NOT NULL, hours BLOB NOT NULL,
           minutes BLOB NOT NULL)""",
        "CREATE TABLE raw (id INTEGER PRIMARY KEY, readings BLOB NOT NULL)",
        "CREATE TABLE spans (hour INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL)",
        "CREATE INDEX spans_of_hour ON spans (hour)",
        "INSERT INTO meta VALUES ('log', ''), ('mark', 0), ('closed', 0), ('names', '[]')",
    ),
    # corrected: the last seq of the last time correction that is applied.
    ("INSERT INTO meta VALUES ('corrected', 0)",),
)
# What does not fit into a page goes on in pages of its own, which it fills: small ones waste less.
PAGE_BYTES = 1024
CHECKPOINT_PAGES = 1000
WAL_LIMIT_BYTES = 2 << 20
BUSY_S = 1.0  # nobody else writes to this file


def connect(path: Path, max_pages: int | None = None) -> sqlite3.Connection:
    """For the one who writes; the file is made if missing. Raises Unusable, sqlite3.Error.

    max_pages: bounds the file as a full disk would.
    """
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        version = file_version(db, APPLICATION_ID, len(MIGRATIONS))
        db.execute(f"PRAGMA page_size={PAGE_BYTES}")  # before WAL; no effect on a file that exists
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        db.execute(f"PRAGMA journal_size_limit={WAL_LIMIT_BYTES}")
        db.execute("PRAGMA cell_size_check=ON")  # damaged pages are errors, not odd rows
        if max_pages is not None:
            db.execute(f"PRAGMA max_page_count={max_pages}")
        if version < len(MIGRATIONS):
            with db:  # commits, or rolls back on an error
                db.execute("BEGIN IMMEDIATE")
                for statement in (each for migration in MIGRATIONS[version:] for each in migration):
                    db.execute(statement)
                db.execute(f"PRAGMA application_id={APPLICATION_ID}")
                db.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """For whoever only reads, also beside a running agent, also from a card that cannot be written.

    Raises Unusable where it is no archive, sqlite3.Error.
    """
    # A file whose log was put back needs no sidecars; to make them, its folder would have to be writable.
    log = path.with_name(path.name + "-wal")
    alone = not log.exists() or log.stat().st_size == 0
    try:
        return _checked(f"{path.resolve().as_uri()}?mode=ro")
    except sqlite3.OperationalError:
        if not alone:
            raise
    return _checked(f"{path.resolve().as_uri()}?mode=ro&immutable=1")


def _checked(uri: str) -> sqlite3.Connection:
    db = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
    try:
        db.execute("PRAGMA cell_size_check=ON")
        if not file_version(db, APPLICATION_ID, len(MIGRATIONS)):
            raise Unusable("it is empty")
    except BaseException:
        db.close()
        raise
    return db

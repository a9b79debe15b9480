"""The journal's tables, and how an older file becomes a current one."""

import base64
import secrets
import sqlite3
from pathlib import Path

from store.packing import pair_crc
from store.pages import PAGE_BYTES

__all__ = ["MIGRATIONS", "SEQ_KEY", "Unusable", "connect", "file_version", "new_log"]

APPLICATION_ID = 0x464E434C  # "FNCL": tells our file from any other SQLite database

SEQ_KEY = "journal.seq"  # in `state`: the highest seq ever given

# PRAGMA user_version counts how many of these a file has seen. Append; never change one that shipped.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # log, boot, and what must outlive the rows: the last seq that a trim removed (trimmed), the
        # latest trusted time (t).
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
        # `first` is the rowid, so that a search by seq needs no further index. Not WITHOUT ROWID:
        # bodies would fill the inner pages.
        """CREATE TABLE batches (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, prev INTEGER NOT NULL,
           boot INTEGER NOT NULL, t_min INTEGER NOT NULL, t_max INTEGER NOT NULL,
           crc INTEGER NOT NULL, body BLOB NOT NULL)""",
        """CREATE TABLE events (seq INTEGER PRIMARY KEY, prev INTEGER NOT NULL, boot INTEGER NOT NULL,
           kind TEXT NOT NULL, id TEXT NOT NULL, t INTEGER NOT NULL, mono INTEGER NOT NULL,
           trusted INTEGER NOT NULL, crc INTEGER NOT NULL, body TEXT NOT NULL)""",
        "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        # A flipped bit in the books of a destination would lose what it says was delivered.
        "ALTER TABLE meta ADD COLUMN crc INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE state ADD COLUMN crc INTEGER NOT NULL DEFAULT 0",
        # The highest seq goes with every commit now, where the books are written anyway.
        f"INSERT INTO state SELECT '{SEQ_KEY}', CAST(value AS TEXT), 0 FROM meta WHERE key = 'seq'",
        "DELETE FROM meta WHERE key = 'seq'",
        "UPDATE meta SET crc = pair_crc(key, value)",
        "UPDATE state SET crc = pair_crc(key, value)",
    ),
    # Rows of thinned readings have a column of seqs, which an older program would take for damage.
    (),
)

# The write-ahead log goes back into the file every 1000 pages (0.5 MB). Fewer checkpoints write less;
# a longer log costs the file system's own journal more.
CHECKPOINT_PAGES = 1000
WAL_LIMIT_BYTES = 1 << 20  # cut back to this when a slow reader has made it grow
BUSY_S = 1.0  # nobody else should write to this file


class Unusable(Exception):
    """The file is no journal this program can use; the text says what it is instead."""


def connect(path: Path, max_pages: int | None, *, alone: bool = False) -> sqlite3.Connection:
    """Open the file, made if missing, with its tables up to date. Raises Unusable, sqlite3.Error.

    alone: no other program may read it; then it needs no `-shm` file, and not a byte of the disk.
    """
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        # A flipped byte may be no UTF-8 any more: the checksum is what judges a row.
        connection.text_factory = lambda text: text.decode(errors="replace")
        connection.create_function("pair_crc", 2, pair_crc, deterministic=True)
        if alone:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        version = file_version(connection, APPLICATION_ID, len(MIGRATIONS))
        _configure(connection, max_pages)
        _migrate(connection, version)
    except BaseException:
        connection.close()
        raise
    return connection


def new_log() -> str:
    """A name for a log: 8 lowercase base32 characters."""
    return base64.b32encode(secrets.token_bytes(5)).decode().lower()


def file_version(db: sqlite3.Connection, application_id: int, known: int) -> int:
    """How many migrations the file has seen, of `known` ones. Raises Unusable, sqlite3.Error.

    It only reads: the file of another program, without our application_id, stays as it is.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    application = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if (tables or version) and application != application_id:
        raise Unusable("it is a database of some other program")
    if version > known:
        raise Unusable(f"its schema is version {version}, this program knows {known}")
    return version


def _configure(connection: sqlite3.Connection, max_pages: int | None) -> None:
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")  # before WAL; no effect on a file that exists
    connection.execute("PRAGMA journal_mode=WAL")
    # NORMAL does not sync the log at a commit: what was acknowledged could be gone after a power cut.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit={WAL_LIMIT_BYTES}")
    # Debian's SQLite overwrites what is deleted: nothing here is secret, and each such page is a write.
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("PRAGMA cell_size_check=ON")  # damaged pages are errors, not odd rows
    if max_pages is not None:
        connection.execute(f"PRAGMA max_page_count={max_pages}")


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    """All that is missing, in one transaction."""
    if version == len(MIGRATIONS):
        return
    with connection:  # commits, or rolls back on an error
        connection.execute("BEGIN IMMEDIATE")
        for number, migration in enumerate(MIGRATIONS[version:], version):
            for statement in migration:
                connection.execute(statement)
            if number == 0:
                connection.execute(
                    "INSERT INTO meta VALUES ('log', ?), ('boot', 0), ('seq', 0), ('trimmed', 0), ('t', 0)",
                    (new_log(),),
                )
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")

"""The journal: an append-only log of readings and events in one SQLite file.

Sequence numbers (seq) are contiguous, strictly increasing and never used twice within a file, and
each file has a random `log` id. A commit gives its events the first seqs, then its readings.
Readings are kept in packed batches, events one a row, and beside them a small table of `state`.

Purely synchronous. All but the plain attributes belongs to the thread that opened it.
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from store.aside import set_aside
from store.ballast import Ballast
from store.errors import MALFORMED, DamagedBatch, JournalError, primary_code
from store.packing import BATCH_MAX, EventRow, batch_rows, event_row, to_json
from store.reader import BATCHES, EVENTS, last_row, read
from store.retention import Trimmed, remove_oldest, used_bytes
from store.rows import Event, Reading
from store.schema import Unusable, connect

__all__ = ["Committed", "DamagedBatch", "Journal", "JournalError", "Trimmed"]

T = TypeVar("T")

SIDECARS = ("-wal", "-shm")
FULL_BELOW_BYTES = 64 << 10  # an input/output error with less than this free is a full disk


class Committed(NamedTuple):
    """What one commit wrote. No readings: first_reading > last_reading."""

    events: list[tuple[int, Event]]
    first_reading: int
    last_reading: int
    last_seq: int


class Journal:
    """One open journal file.

    log: the file's id, 8 lowercase base32 characters. boot: how often it was opened, this time
    included. last_seq: the highest seq ever given. last_t: the latest journalled UTC (ms) that was
    trusted, 0 if none. set_aside: files that could not be used, now under dated names beside it.
    """

    @classmethod
    def open(cls, path: Path, *, utc_ms: Callable[[], int], max_pages: int | None = None) -> "Journal":
        """Open or begin the journal at `path`, in a folder that exists.

        A file that is damaged beyond use, foreign, or newer than this program is set aside and a
        new one begins; a full disk does not hinder. utc_ms: for the dated name. max_pages: bounds
        the file (512 bytes each) as a full disk would. Raises JournalError where there is no way.
        """
        return cls(path, utc_ms, max_pages)

    def __init__(self, path: Path, utc_ms: Callable[[], int], max_pages: int | None) -> None:
        self.path = path
        self.set_aside: list[Path] = []
        self.log, self.boot, self.last_seq, self.last_t = "", 0, 0, 0
        self._last_batch = self._last_event = self._trimmed = 0  # the last seq of each
        self._max_pages = max_pages
        self._ballast = Ballast(path.with_suffix(".ballast"))
        self._suspect = path.with_name(path.name + ".suspect")
        self._boot_kept = False
        try:
            if self._suspect.exists() or not self._usable():
                self.set_aside.append(set_aside(path, utc_ms(), SIDECARS))
                self._suspect.unlink(missing_ok=True)
                if not self._usable():
                    raise sqlite3.DatabaseError("a new file is no journal either")
            self._keep_boot()
        except (sqlite3.Error, OSError) as error:
            raise JournalError.of(path, "opening", error) from error

    def commit(
        self, readings: Sequence[Reading], events: Sequence[Event], state: Mapping[str, object]
    ) -> Committed:
        """Write all of it in one transaction; it is on the disk when this returns.

        Raises JournalError (nothing was written, give the same rows again), and ValueError or
        TypeError for what can never be written: NaN, a body that is no JSON.
        """
        numbered = list(enumerate(events, self.last_seq + 1))
        first, last = self.last_seq + len(numbered) + 1, self.last_seq + len(numbered) + len(readings)
        event_rows = self._event_rows(numbered)
        batches = batch_rows(first, self._last_batch, self.boot, readings)
        pairs = [(key, to_json(value)) for key, value in state.items()]

        def write() -> None:
            self._insert_events(event_rows)
            self._db.executemany("INSERT INTO batches VALUES (?,?,?,?,?,?,?,?)", batches)
            self._db.executemany("INSERT OR REPLACE INTO state VALUES (?,?)", pairs)

        if event_rows or batches or pairs:
            self._write("writing", write)
        self.last_seq = last
        self._last_batch = last if batches else self._last_batch
        self._last_event = numbered[-1][0] if numbered else self._last_event
        times = [reading.t for reading in readings if reading.trusted]
        times += [event.t for event in events if event.trusted]
        self.last_t = max([self.last_t, *times])
        return Committed(numbered, first, last, last)

    def readings(self, first: int, last: int, limit: int) -> list[tuple[int, int, Reading]]:
        """(seq, boot, reading) of at most `limit` readings with first <= seq <= last, in order.

        Damage further on ends the list early. Raises DamagedBatch, which names the range to skip,
        when the first of them can no longer be read; JournalError for anything else.
        """
        kept = max(first, self._trimmed + 1)
        upto = min(last, self._last_batch)
        return self._read(lambda: read(self._db, self.path, BATCHES, kept, upto, limit=limit))

    def events(self, first: int, last: int, limit: int) -> list[tuple[int, int, Event]]:
        """(seq, boot, event); otherwise like `readings`."""
        upto = min(last, self._last_event)
        return self._read(lambda: read(self._db, self.path, EVENTS, first, upto, limit=limit))

    def load(self, key: str) -> object | None:
        """The last committed state of that key, None where there is none. Raises JournalError."""
        query = "SELECT value FROM state WHERE key=?"
        row = self._read(lambda: self._db.execute(query, (key,)).fetchone())
        value: object = None if row is None else json.loads(row[0])
        return value

    def size_bytes(self) -> int:
        """Bytes in use inside the file; room that a trim freed is used again and does not count."""
        return self._read(lambda: used_bytes(self._db))

    def trim(
        self,
        max_bytes: int,
        sent_up_to: int = 0,
        notice: Callable[[Trimmed], Event | None] = lambda trimmed: None,
    ) -> tuple[Trimmed, Committed]:
        """Remove the oldest readings until max_bytes are in use; again while `more`. Events stay.

        sent_up_to: the seq up to which all is delivered; what lies behind counts as unsent.
        notice: makes the event that names what was removed. It is written in the same transaction,
        so that no loss goes unreported. Works on a full disk too: commits fit again afterwards.
        Raises JournalError.
        """

        def remove() -> tuple[Trimmed, list[tuple[int, Event]]]:
            trimmed = remove_oldest(self._db, max_bytes, sent_up_to)
            event = notice(trimmed) if trimmed.up_to else None
            numbered = [(self.last_seq + 1, event)] if event else []
            self._insert_events(self._event_rows(numbered))
            self._keep("trimmed", max(trimmed.up_to, self._trimmed))  # a seq must outlive its row
            return trimmed, numbered

        trimmed, numbered = self._write("trimming", remove, last_room=True)
        self._trimmed = max(trimmed.up_to, self._trimmed)
        self.last_seq += len(numbered)
        self._last_event = numbered[-1][0] if numbered else self._last_event
        return trimmed, Committed(numbered, self.last_seq + 1, self.last_seq, self.last_seq)

    def close(self) -> None:
        """Put the write-ahead log back into the file and close it."""
        self._db.close()

    def _usable(self) -> bool:
        """Open the file and find its end; False when it has to be set aside."""
        try:
            try:
                self._connect()
            except sqlite3.Error as error:
                if not (self._is_full(error) and self._ballast.release()):
                    raise
                self._connect()
        except (Unusable, UnicodeDecodeError, TypeError):  # damage in the schema or in `meta`
            return False
        except sqlite3.Error as error:
            if primary_code(error) not in (*MALFORMED, sqlite3.SQLITE_ERROR):  # no such column, ...
                raise
            return False
        return True

    def _connect(self) -> None:
        self._db = connect(self.path, self._max_pages)
        try:
            self._find_end()
        except BaseException:
            self._db.close()
            raise

    def _find_end(self) -> None:
        """Log id, boot, and the highest seq and time that were ever given."""
        meta = dict(self._db.execute("SELECT key, value FROM meta"))
        if not {"log", "boot", "seq", "trimmed", "t"} <= meta.keys():
            raise Unusable("what identifies it is missing")
        self.log, self.boot, self._trimmed = meta["log"], meta["boot"] + 1, meta["trimmed"]
        first, readings = last_row(self._db, BATCHES)
        self._last_event, events = last_row(self._db, EVENTS)
        if first and not readings:  # damaged: rather leave numbers out than use one twice
            self._last_batch = first + BATCH_MAX
        else:
            self._last_batch = readings[-1][0] if readings else self._trimmed
        self.last_seq = max(meta["seq"], self._last_batch, self._last_event)
        times = [reading.t for _, _, reading in readings if reading.trusted]
        times += [event.t for _, _, event in events if event.trusted]
        self.last_t = max([meta["t"], *times])

    def _keep_boot(self) -> None:
        try:
            self._write("opening", lambda: None)
        except JournalError as error:
            if error.reason != "disk full":
                raise
            # The agent starts all the same: the number goes out with the first commit that works,
            # and before that there is no row that could bear it.

    def _write(self, doing: str, work: Callable[[], T], *, last_room: bool = False) -> T:
        """Do `work` in one transaction; last_room: once more with the ballast's when the disk is full."""
        try:
            try:
                done = self._transaction(work)
            except sqlite3.Error as error:
                if not (last_room and self._is_full(error) and self._ballast.release()):
                    raise
                done = self._transaction(work)
        except sqlite3.ProgrammingError:  # the wrong thread, or closed: a mistake of ours, not the disk's
            raise
        except sqlite3.Error as error:
            if primary_code(error) in MALFORMED:
                with contextlib.suppress(OSError):  # then the next start has to find out by itself
                    self._suspect.touch()
            code = sqlite3.SQLITE_FULL if self._is_full(error) else primary_code(error)
            raise JournalError.of(self.path, doing, error, code) from error
        self._boot_kept = True
        self._ballast.build()
        return done

    def _transaction(self, work: Callable[[], T]) -> T:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if not self._boot_kept:
                self._keep("boot", self.boot)
                self._keep("seq", self.last_seq)
                self._keep("t", self.last_t)
            done = work()
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has rolled back by itself after some errors
                self._db.execute("ROLLBACK")
            raise
        return done

    def _keep(self, key: str, value: int) -> None:
        self._db.execute("UPDATE meta SET value=? WHERE key=?", (value, key))

    def _event_rows(self, numbered: Sequence[tuple[int, Event]]) -> list[EventRow]:
        prevs = [self._last_event, *(seq for seq, _ in numbered)]
        return [
            event_row(seq, prev, self.boot, event)
            for (seq, event), prev in zip(numbered, prevs, strict=False)
        ]

    def _insert_events(self, rows: Sequence[EventRow]) -> None:
        self._db.executemany("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?)", rows)

    def _read(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise JournalError.of(self.path, "reading", error) from error

    def _is_full(self, error: sqlite3.Error) -> bool:
        code = primary_code(error)
        if code == sqlite3.SQLITE_IOERR:  # what SQLite says when its shared memory finds no room
            return self._ballast.free_bytes() < FULL_BELOW_BYTES
        return code == sqlite3.SQLITE_FULL

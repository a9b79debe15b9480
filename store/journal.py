"""The journal: an append-only log of readings and events in one SQLite file.

Sequence numbers (seq) are strictly increasing and never used twice within a log, whose id is random.
They are contiguous, but for those that damage made doubtful: an event of the journal's own names them.
A commit gives its events the first seqs, then its readings. Readings are kept in packed batches, events
one a row, and beside them a small table of `state`.

Purely synchronous. All but the plain attributes belongs to the thread that opened it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from store.counting import count_events, count_readings
from store.errors import DamagedBatch, JournalError
from store.journal_file import INSERT_BATCH, INSERT_EVENT, PUT_STATE, Committed, JournalFile, with_crc
from store.missing import missing
from store.owed import Owed, Progress, Trimmed
from store.packing import batch_rows, pair_crc, to_json
from store.ranges import Pair, Ranges
from store.reader import BATCHES, EVENTS, Table, read
from store.removal import file_bytes, used_bytes
from store.retention import make_room
from store.rows import Event, Reading
from store.schema import SEQ_KEY

__all__ = ["Committed", "DamagedBatch", "Journal", "JournalError", "Owed", "Saved", "Trimmed"]

T = TypeVar("T")
R = TypeVar("R")

SALVAGE_PAGES = 2000  # looked at in one go: 1 MB, some 30 ms here; the next commit waits behind it


class Saved(NamedTuple):
    """A salvage that has come to its end: rows up to `last` are there again."""

    last: int
    committed: Committed


class Journal:
    """One open journal file.

    log: the file's id, 8 lowercase base32 characters. boot: how often it was opened, this time
    included. last_seq: the highest seq ever given. last_t: the latest journalled UTC (ms) that was
    trusted, 0 if none. set_aside: files that could not be used, now under dated names beside it.
    """

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        utc_ms: Callable[[], int],
        max_pages: int | None = None,
        host_boot: str = "",
    ) -> "Journal":
        """Open or begin the journal at `path`, in a folder that exists.

        A file that is damaged beyond use, foreign, or newer than this program is set aside and a
        new one begins: in the same log where it is known which numbers that has given, else in one of
        its own; `salvage` then saves what it can. A full disk does not hinder. utc_ms: for the dated
        name. max_pages: bounds the file (512 bytes each) as a full disk would. host_boot: another text
        after each start of the host's kernel: after a power cut numbers go on behind all that may have
        been given, since many a card loses what it had confirmed. Raises JournalError where there is
        no way.
        """
        return cls(path, JournalFile(path, utc_ms, max_pages, host_boot))

    def __init__(self, path: Path, file: JournalFile) -> None:
        self.path, self._file = path, file
        self._looked = (0, 0, 0)  # how far making room is among the events

    @property
    def log(self) -> str:
        return self._file.log

    @property
    def boot(self) -> int:
        return self._file.boot

    @property
    def last_seq(self) -> int:
        return self._file.last_seq

    @property
    def last_t(self) -> int:
        return self._file.last_t

    @property
    def set_aside(self) -> list[Path]:
        return self._file.set_aside

    @property
    def held_up_to(self) -> int:
        """Rows up to this seq are still being saved from a damaged file, and cannot be read yet; 0: none."""
        return self._file.rescue.base if self._file.rescue else 0

    def commit(
        self, readings: Sequence[Reading], events: Sequence[Event], state: Mapping[str, object]
    ) -> Committed:
        """Write all of it in one transaction; it is on the disk when this returns.

        Raises JournalError (nothing was written, give the same rows again), and ValueError or
        TypeError for what can never be written: NaN, a body that is no JSON.
        """
        numbered = list(enumerate(events, self.last_seq + 1))
        first, last = self.last_seq + len(numbered) + 1, self.last_seq + len(numbered) + len(readings)
        event_rows = self._file.event_rows(numbered)
        batches = batch_rows(first, self._file.last_batch, self.boot, readings)
        pairs = [(key, to_json(value)) for key, value in state.items()]

        def write() -> None:
            self._file.db.executemany(INSERT_EVENT, event_rows)
            self._file.db.executemany(INSERT_BATCH, batches)
            self._file.db.executemany(PUT_STATE, with_crc([*pairs, (SEQ_KEY, str(last))]))

        if event_rows or batches or pairs:
            self._file.cover(last)
            self._file.write("writing", write)
        self._file.last_seq = last
        self._file.last_batch = last if batches else self._file.last_batch
        self._file.last_event = numbered[-1][0] if numbered else self._file.last_event
        times = [reading.t for reading in readings if reading.trusted]
        times += [event.t for event in events if event.trusted]
        self._file.last_t = max([self.last_t, *times])
        return Committed(numbered, first, last, last)

    def readings(self, first: int, last: int, limit: int) -> list[tuple[int, int, Reading]]:
        """(seq, boot, reading) of at most `limit` readings with first <= seq <= last, in order.

        Damage further on ends the list early. Raises DamagedBatch, which names the range to skip,
        when the first of them can no longer be read; JournalError for anything else.
        """
        kept = max(first, self._file.trimmed + 1)
        return self._rows(BATCHES, kept, min(last, self._file.last_batch), limit)

    def events(self, first: int, last: int, limit: int) -> list[tuple[int, int, Event]]:
        """(seq, boot, event); otherwise like `readings`."""
        return self._rows(EVENTS, first, min(last, self._file.last_event), limit)

    def load(self, key: str) -> object | None:
        """The last committed state of that key, None where there is none. Raises JournalError."""
        query = "SELECT value, crc FROM state WHERE key=?"
        row = self._read(lambda: self._file.db.execute(query, (key,)).fetchone())
        if row is None:
            return None
        if row[1] != pair_crc(key, row[0]):
            raise JournalError(self.path, f"state {key!r}: damaged on the disk", "it begins anew", "damaged")
        value: object = json.loads(row[0])
        return value

    @property
    def kept_from(self) -> int:
        """Readings below this seq were removed to make room."""
        return self._file.trimmed + 1

    def count(self, events: Iterable[Pair], readings: Iterable[Pair]) -> tuple[int, int]:
        """How many events and readings those ranges have, by store/counting.py. Raises JournalError."""
        file = self._file
        gone = 0 if file.rescue else file.trimmed
        there = Ranges((max(first, gone + 1), last) for first, last in readings if last > gone)
        return self._read(
            lambda: (count_events(file.db, events), count_readings(file.db, there, file.thinned))
        )

    def missing(self, first: int, last: int) -> tuple[list[Pair], int]:
        """Which numbers of first..last bear no row any more, and up to which was looked: go on behind it.

        What is still being saved from a damaged journal, and what was left out, is none of them.
        Raises JournalError.
        """
        found, upto = self._read(lambda: missing(self._file.db, first, last, self._file.thinned))
        for low, high in [(0, self.held_up_to), *self._file.left_out]:
            found.remove(low, high)
        return list(found), upto

    def size_bytes(self) -> int:
        """Bytes in use inside the file; room that a trim freed is used again and does not count."""
        return self._read(lambda: used_bytes(self._file.db))

    def file_bytes(self) -> int:
        """Bytes of the file itself, without its write-ahead log."""
        return self._read(lambda: file_bytes(self._file.db))

    def trim(
        self,
        max_bytes: int,
        owed: Owed | None = None,
        notice: Callable[[Trimmed], Event | None] = lambda trimmed: None,
    ) -> tuple[Trimmed, Committed]:
        """One step towards max_bytes in use, in the order of store/retention.py; again while `more`.

        owed: who needs what; None: nobody needs anything. notice: makes the event that names what went.
        It is written in the same transaction, so that no loss goes unreported. Works on a full disk
        too: commits fit again afterwards. Raises JournalError.
        """
        self._file.cover(self.last_seq + 1)
        db, file = self._file.db, self._file
        at = Progress(file.trimmed, self.held_up_to, file.last_batch, file.thinned, self._looked)

        def work() -> tuple[Trimmed, int, int, list[tuple[int, Event]]]:
            done = make_room(db, max_bytes, owed or Owed(), at)
            event = notice(done) if done.step else None
            numbered = self._file.insert_own([event] if event else [])
            first = db.execute("SELECT min(first) FROM batches").fetchone()[0]
            tail = db.execute("SELECT last FROM batches ORDER BY first DESC LIMIT 1").fetchone()
            last = min(self._file.last_batch, int(tail[0])) if tail else self._file.last_batch
            trimmed = max(self._file.trimmed, last if first is None else int(first) - 1)
            self._file.keep(trimmed=trimmed, thinned=done.thinned)  # a seq must outlive its row
            return done, trimmed, last, numbered

        done, trimmed, last, numbered = self._file.write("trimming", work, last_room=True)
        self._file.trimmed, self._file.thinned, self._file.last_batch = trimmed, done.thinned, last
        self._looked = done.looked if done.more else (0, 0, 0)
        return done, self._file.inserted(numbered)

    def salvage(
        self, stamp: Callable[[str, dict[str, Any]], Event], pages: int = SALVAGE_PAGES
    ) -> Saved | None:
        """Save what is sound on some more pages of a damaged file; None: there is more to do.

        Call it while held_up_to is not 0. stamp: makes an event of kind and body; the last step writes
        those that say what was saved and what was not. Raises JournalError (give it again).
        """
        rescue = self._file.rescue
        assert rescue is not None
        before = rescue.salvage.at, rescue.saved
        self._file.cover(self.last_seq + 2)

        def work() -> tuple[int, list[tuple[int, int]], list[tuple[int, Event]]] | None:
            rows = rescue.salvage.step(pages)
            if rows is not None:
                rescue.save(self._file.db, rows)
                self._file.keep(salvage=rescue.books())
                return None
            last = rescue.last(self._file.db)
            left_out = rescue.left_out(self._file.db, last)
            self._file.keep(salvage="", trimmed=rescue.floor, thinned=0, left_out=json.dumps(left_out))
            return last, left_out, self._file.insert_own([stamp(*said) for said in rescue.found(last)])

        try:
            done = self._file.write("salvaging", work)
        except JournalError:
            rescue.salvage.at, rescue.saved = before
            raise
        if done is None:
            return None
        rescue.salvage.close()
        self._file.rescue, self._file.trimmed, self._file.thinned = None, rescue.floor, 0
        last, self._file.left_out, numbered = done
        return Saved(last, self._file.inserted(numbered))

    def close(self) -> None:
        """Put the write-ahead log back into the file and close it."""
        self._file.close()

    def _rows(self, table: Table[R], first: int, last: int, limit: int) -> list[tuple[int, int, R]]:
        """Of one table; numbers that were left out, and named when they were, are no damage."""
        while True:
            try:
                return self._read(partial(read, self._file.db, self.path, table, first, last, limit=limit))
            except DamagedBatch as damaged:
                lost = self._file.given(damaged.first, damaged.last)
                if lost is not None:
                    raise DamagedBatch(self.path, *lost) from damaged
                first = damaged.last + 1

    def _read(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise JournalError.of(self.path, "reading", error) from error

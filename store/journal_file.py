"""The journal's file while it is open: whose it is, where it ends, and how something is written to it.

A file that is damaged beyond use is set aside, and a new one goes on where it ended. Numbers are never
given twice: what tells which were given stands in three places (rows, `state`, store/numbers.py).
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from store.aside import aside_name, is_aside_name, move_aside
from store.ballast import Ballast
from store.errors import MALFORMED, JournalError, primary_code
from store.numbers import Numbers, sync_file, sync_folder
from store.opening import find_end, read_meta, unproven_end, unsaved_tail
from store.packing import EventRow, event_row, pair_crc
from store.rows import Event
from store.salvage import Rescue, Rows, last_words
from store.schema import SEQ_KEY, Unusable, connect, new_log
from store.wal import Wal

__all__ = ["INSERT_BATCH", "INSERT_EVENT", "PUT_STATE", "Committed", "JournalFile", "with_crc"]

T = TypeVar("T")

SIDECARS = ("-wal", "-shm")
# Nothing is wrong with the file itself: another start, or another second, may find it usable.
PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM)
INSERT_BATCH = "INSERT INTO batches VALUES (?,?,?,?,?,?,?,?)"
INSERT_EVENT = "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?)"
PUT_META = "INSERT OR REPLACE INTO meta VALUES (?,?,?)"
PUT_STATE = "INSERT OR REPLACE INTO state VALUES (?,?,?)"
# Why numbers were left out, as a `gap` event says it.
CUT_OFF = "power cut: never given, unless the disk lost what it had confirmed"
DAMAGED_END = "power cut or damaged disk: lost, or never given"
FULL_BELOW_BYTES = 64 << 10  # an input/output error with less than this free is a full disk


class Committed(NamedTuple):
    """What one commit wrote. No readings: first_reading > last_reading."""

    events: list[tuple[int, Event]]
    first_reading: int
    last_reading: int
    last_seq: int


class JournalFile:
    """One open file. log, boot, last_seq, last_t, set_aside: as Journal has them.

    last_batch, last_event: the last seq of each table; trimmed: no batch is left up to it;
    thinned: batches up to this key are thinned to minute averages.
    rescue: what is still being saved of a damaged file. left_out: numbers that no row bears, as ranges:
    a salvage found nothing there, and said so.
    """

    def __init__(self, path: Path, utc_ms: Callable[[], int], max_pages: int | None, host_boot: str) -> None:
        self.path = path
        self.set_aside: list[Path] = []
        self.log, self.boot, self.last_seq, self.last_t = "", 0, 0, 0
        self.last_batch = self.last_event = self.trimmed = self.thinned = 0
        self._utc_ms, self._max_pages = utc_ms, max_pages
        self._ballast = Ballast(path.with_suffix(".ballast"))
        self._numbers = Numbers(path.with_suffix(".numbers"), host_boot)
        self._suspect = path.with_name(path.name + ".suspect")
        self.rescue: Rescue | None = None
        self.left_out: list[tuple[int, int]] = []
        self._closed = False
        self._owed: list[tuple[str, Sequence[Any]]] = []  # statements that the first transaction brings
        try:
            self._open()
            self._keep_boot()
        except (sqlite3.Error, OSError) as error:
            raise JournalError.of(path, "opening", error) from error

    def close(self) -> None:
        """Put the write-ahead log back into the file and close it."""
        if self._closed:
            return
        self._closed = True
        self.db.close()
        with contextlib.suppress(OSError):  # then the next start takes this one for a crash
            self._numbers.keep(self.log, self.boot, self.last_seq, closed=True)

    # ---- opening ----

    def _open(self) -> None:
        """The journal that is there, or a new one; what is damaged is set aside and will be salvaged."""
        marked = self._marked()
        if self._suspect.exists() and not (marked and marked.exists()):
            marked = self._begin_anew(marked)
        elif not self._usable():
            marked = self._begin_anew(None)
        if marked is not None:
            self.set_aside.append(marked)
            if read_meta(self.db).get("begun_for") != marked.name:
                self._take_over(marked)

    def _marked(self) -> Path | None:
        """Where an earlier start was about to put a file that it set aside."""
        name = self._suspect.read_bytes().decode(errors="replace") if self._suspect.exists() else ""
        return self.path.parent / name if is_aside_name(name, self.path) else None

    def _begin_anew(self, target: Path | None) -> Path:
        """Set the file aside and begin a new one. Should power fail in between, the marker tells."""
        target = target or aside_name(self.path, self._utc_ms())
        self._ballast.release()  # the new file needs room on a full disk too
        self._suspect.write_text(target.name)
        sync_file(self._suspect)
        move_aside(self.path, target, SIDECARS)
        sync_folder(self.path.parent)
        if not self._usable():
            raise sqlite3.DatabaseError("a new file is no journal either")
        return target

    def _take_over(self, damaged: Path) -> None:
        """Go on where the damaged file ended: in its log, if it is known which numbers that has given."""
        meta, state = last_words(damaged)
        kept = self._numbers.kept
        if kept is not None and meta.get("log", kept.log) == kept.log:
            self.log, base = kept.log, kept.below - 1
        else:
            base = unproven_end()
        self.boot = max(int(meta.get("boot", 0)), kept.boot if kept else 0) + 1
        self.last_t = int(meta.get("t", 0))
        self.last_seq = self.last_batch = self.last_event = self.trimmed = base
        self.thinned = 0
        self.rescue = Rescue(damaged, None, int(meta.get("trimmed", 0)), base)
        begun = {"log": self.log, "trimmed": base, "begun_for": damaged.name}
        rows = with_crc([*begun.items(), ("salvage", self.rescue.books())])
        self._owed += [(PUT_META, rows), (PUT_STATE, state)]

    def _usable(self) -> bool:
        """Open the file and find its end; False when it has to be set aside."""
        wal = self.path.with_name(self.path.name + "-wal")
        empty = not self.path.exists() or not self.path.stat().st_size
        logged = wal.exists() and wal.stat().st_size > 0
        if empty and not self._suspect.exists() and (logged or (self.path.exists() and self._numbers.kept)):
            # SQLite would take this for a new file, and throw the write-ahead log away.
            self.path.touch()
            return False
        try:
            try:
                self._connect()
            except sqlite3.Error as error:
                if not self._is_full(error):
                    raise
                self._connect(alone=True)
        except (Unusable, ValueError, TypeError):  # damage in the schema or in `meta`
            return False
        except sqlite3.Error as error:
            if primary_code(error) in PASSING or self._is_full(error) or not self.path.exists():
                raise
            return False
        return True

    def _connect(self, *, alone: bool = False) -> None:
        wal, logged = Wal(b""), self.path.with_name(self.path.name + "-wal")
        with contextlib.suppress(OSError):
            wal = Wal.read(logged)
        self.db = connect(self.path, self._max_pages, alone=alone)
        try:
            self._find_end(wal)
        except BaseException:
            self.db.close()
            with contextlib.suppress(OSError):
                wal.put_back(logged)
            raise

    def _find_end(self, wal: Wal) -> None:
        """Log id, boot, and the highest seq and time that were ever given. Raises Unusable."""
        meta = read_meta(self.db)
        self.log, self.trimmed = str(meta["log"]), int(meta["trimmed"])
        self.thinned = int(meta.get("thinned", 0))
        kept = self._numbers.of(self.log)
        self.boot = max(int(meta["boot"]), kept.boot if kept else 0) + 1
        end = find_end(self.db, self.trimmed, int(meta["t"]), kept)
        self.last_batch, self.last_event, self.last_seq, self.last_t = end[:4]
        self.left_out = [(first, last) for first, last in json.loads(meta.get("left_out", "[]"))]
        self.rescue = Rescue.resume(self.path.parent, meta.get("salvage"))
        if self.rescue is not None:
            self.last_event = max(self.last_event, self.rescue.base)  # what misses before it shall be named
        self._owed = []
        tail = unsaved_tail(self.path, wal, kept)
        damaged = tail is not None or end.doubtful
        unknown = kept is None and meta["boot"] > 0
        if damaged or unknown or self._numbers.cut_off(self.log):
            first = self._save_tail(tail or Rows([], []))
            if kept is None:
                self._begin_log(first)
            else:
                self._leave_out(first, kept.below, DAMAGED_END if damaged else CUT_OFF)

    def _save_tail(self, tail: Rows) -> int:
        """What is left of a damaged end; the first number behind it."""
        batches = [row for row in tail.batches if row[0] > self.last_seq]
        events = [row for row in tail.events if row[0] > self.last_seq]
        self.last_batch = max([self.last_batch, *(row[1] for row in batches)])
        self.last_event = max([self.last_event, *(row[0] for row in events)])
        self.last_seq = max(self.last_seq, self.last_batch, self.last_event)
        self._owed += [(INSERT_BATCH, batches), (INSERT_EVENT, events)]
        return self.last_seq + 1

    def _leave_out(self, first: int, below: int, reason: str) -> None:
        """Go on behind all numbers that may have been given, and name those from `first` on.

        Most likely no row bore them: so none is counted as lost.
        """
        if first < below:
            body = {"reason": reason, "count": 0, "at_most": below - first, "ranges": [[first, below - 1]]}
            self._say_first(below, "gap", body)

    def _begin_log(self, first: int) -> None:
        """Nothing tells which numbers were given: the rows keep theirs, the log gets another name."""
        detail = f"nothing tells any more which numbers log {self.log} has given"
        self.log = new_log()
        self._owed.append((PUT_META, with_crc([("log", self.log)])))
        self._say_first(first, "fault", {"what": "journal", "state": "new log", "detail": detail})

    def _say_first(self, seq: int, kind: str, body: dict[str, Any]) -> None:
        """An event that goes out with the first transaction."""
        event = Event(kind, f"numbers-{self.boot}", self._utc_ms(), 0, False, body)
        prev = seq - 1 - body.get("at_most", 0)  # what misses before the numbers left out shall be named
        self._owed.append((INSERT_EVENT, [event_row(seq, prev, self.boot, event)]))
        self.last_seq = self.last_event = seq

    def _keep_boot(self) -> None:
        self._owed.append((PUT_META, with_crc([("boot", self.boot), ("t", self.last_t)])))
        self._owed.append((PUT_STATE, with_crc([(SEQ_KEY, str(self.last_seq))])))
        try:
            self.write("opening", lambda: None)
        except JournalError as error:
            if error.reason != "disk full":
                raise
            # The agent starts all the same: the number goes out with the first commit that works,
            # and before that there is no row that could bear it.
        else:
            self.cover(self.last_seq)

    # ---- writing ----

    def write(self, doing: str, work: Callable[[], T], *, last_room: bool = False) -> T:
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
        if self._owed:
            self._owed = []
            with contextlib.suppress(OSError):  # it names what is in the journal now
                self._suspect.unlink(missing_ok=True)
        self._ballast.build()
        return done

    def _transaction(self, work: Callable[[], T]) -> T:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in self._owed:
                self.db.executemany(statement, rows)
            done = work()
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:  # SQLite has rolled back by itself after some errors
                self.db.execute("ROLLBACK")
            raise
        return done

    def cover(self, seq: int) -> None:
        """Have `seq` lie below what is kept of the numbers given, before it is. Raises JournalError."""
        if self._numbers.stands(self.log, self.boot, seq):
            return
        try:
            try:
                self._numbers.keep(self.log, self.boot, seq)
            except OSError:
                self._numbers.forget()
        except OSError as error:
            raise JournalError.of(self.path, "writing", error) from error

    def keep(self, **values: object) -> None:
        self.db.executemany(PUT_META, with_crc(values.items()))

    def insert_own(self, events: Sequence[Event]) -> list[tuple[int, Event]]:
        """Events of the journal's own, within a transaction; with their numbers."""
        numbered = list(enumerate(events, self.last_seq + 1))
        self.db.executemany(INSERT_EVENT, self.event_rows(numbered))
        if numbered:
            self.db.executemany(PUT_STATE, with_crc([(SEQ_KEY, str(numbered[-1][0]))]))
        return numbered

    def inserted(self, numbered: list[tuple[int, Event]]) -> Committed:
        """The books after a transaction with events of the journal's own."""
        if numbered:
            self.last_seq = self.last_event = numbered[-1][0]
        return Committed(numbered, self.last_seq + 1, self.last_seq, self.last_seq)

    def event_rows(self, numbered: Sequence[tuple[int, Event]]) -> list[EventRow]:
        prevs = [self.last_event, *(seq for seq, _ in numbered)]
        return [
            event_row(seq, prev, self.boot, event)
            for (seq, event), prev in zip(numbered, prevs, strict=False)
        ]

    def given(self, first: int, last: int) -> tuple[int, int] | None:
        """The first range of first..last that was not left out."""
        for out_first, out_last in self.left_out:
            if out_first <= first <= out_last:
                first = out_last + 1
            elif first < out_first <= last:
                last = out_first - 1
        return (first, last) if first <= last else None

    def _is_full(self, error: sqlite3.Error) -> bool:
        code = primary_code(error)
        if code == sqlite3.SQLITE_IOERR:  # what SQLite says when its shared memory finds no room
            return self._ballast.free_bytes() < FULL_BELOW_BYTES
        return code == sqlite3.SQLITE_FULL


def with_crc(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any, int]]:
    """Rows of `meta` and `state`."""
    return [(key, value, pair_crc(key, value)) for key, value in pairs]

"""The journal's rules: numbers, transactions, reopening, room."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from store.ballast import BALLAST_BYTES, Ballast
from store.journal import Committed, Journal, JournalError
from store.retention import TRIM_MAX


def test_events_are_numbered_first_then_readings(open_journal: Any, rows: Any) -> None:
    journal: Journal = open_journal()
    events = [rows.event("a"), rows.event("b")]
    assert journal.commit(rows.readings(0, 3), events, {}) == Committed(
        list(zip((1, 2), events, strict=True)), 3, 5, 5
    )
    assert journal.commit([], [], {}) == Committed([], 6, 5, 5)
    assert journal.commit([], [rows.event("c")], {}).last_seq == 6
    assert journal.commit(rows.readings(3, 1200), [], {}) == Committed([], 7, 1206, 1206)
    assert [(seq, boot, reading.mono) for seq, boot, reading in journal.readings(1, 9, 10)] == [
        (3, 1, 5000), (4, 1, 5001), (5, 1, 5002), (7, 1, 5003), (8, 1, 5004), (9, 1, 5005),
    ]  # fmt: skip
    assert [(seq, event.id) for seq, _, event in journal.events(1, 2000, 10)] == [
        (1, "a"),
        (2, "b"),
        (6, "c"),
    ]


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ((1, 1206, 5000), range(1, 1207)),
        ((400, 1206, 3), range(400, 403)),
        ((400, 402, 99), range(400, 403)),
        ((499, 502, 99), range(499, 503)),
        ((1206, 9999, 99), range(1206, 1207)),
        ((1207, 9999, 99), ()),
        ((10, 9, 99), ()),
    ],
)
def test_readings_are_found_by_seq(open_journal: Any, rows: Any, asked: Any, due: Any) -> None:
    journal = open_journal()
    journal.commit(rows.readings(1, 1206), [], {})
    assert [(seq, r.mono) for seq, _, r in journal.readings(*asked)] == [(n, 5000 + n) for n in due]


def test_reopening_goes_on_where_it_stood(open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    log = journal.log
    assert (len(log), journal.boot, journal.last_seq, journal.last_t) == (8, 1, 0, 0)
    journal.commit(rows.readings(0, 3), [rows.event("a")], {"cursor": {"main": 3}})
    last_t = journal.last_t
    journal = open_journal()
    assert (journal.log, journal.boot, journal.last_seq, journal.last_t) == (log, 2, 4, last_t)
    assert journal.set_aside == []
    assert journal.load("cursor") == {"main": 3}
    assert journal.load("nothing") is None
    assert journal.commit(rows.readings(3, 1), [], {}).first_reading == 5
    assert [boot for _, boot, _ in journal.readings(1, 9, 9)] == [1, 1, 1, 2]


def test_a_boot_that_wrote_nothing_counts_all_the_same(open_journal: Any) -> None:
    assert [open_journal().boot for _ in range(3)] == [1, 2, 3]


def test_last_t_is_the_latest_that_was_trusted(open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    trusted, doubtful = rows.reading(0, t=1000), rows.reading(1, t=9999)._replace(trusted=False)
    journal.commit([trusted, doubtful], [rows.event("e")._replace(t=2000)], {})
    journal.commit([rows.reading(2, t=500)], [], {})
    assert journal.last_t == open_journal().last_t == 2000


@pytest.mark.parametrize("bad", ["value", "body", "state"])
def test_what_can_never_be_written_is_refused_whole(open_journal: Any, rows: Any, bad: str) -> None:
    journal = open_journal()
    reading = rows.reading(0)._replace(value=float("nan") if bad == "value" else 1.0)
    event = rows.event("a", x={1} if bad == "body" else 1)
    with pytest.raises((ValueError, TypeError)):
        journal.commit([reading], [event], {"good": 1, "bad": {1} if bad == "state" else 1})
    assert (journal.last_seq, journal.load("good")) == (0, None)
    assert journal.commit(rows.readings(0, 1), [], {}).first_reading == 1


def test_only_its_own_thread_may_use_it(open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    with ThreadPoolExecutor(1) as thread:
        for use in (lambda: journal.commit(rows.readings(0, 1), [], {}), lambda: journal.load("x")):
            with pytest.raises(sqlite3.ProgrammingError, match="same thread"):
                thread.submit(use).result()


def test_each_commit_is_synced(path: Path, open_journal: Any) -> None:
    """FULL, in the log's own journal: NORMAL would lose acknowledged rows in a power cut."""
    database = open_journal()._file.db
    settings = ("synchronous", "journal_mode", "page_size", "wal_autocheckpoint")
    assert [database.execute(f"PRAGMA {name}").fetchone()[0] for name in settings] == [2, "wal", 512, 1000]


def test_full_file_is_said_and_the_same_rows_fit_later(open_journal: Any, path: Path, rows: Any) -> None:
    journal = open_journal(max_pages=100)

    def fill_up() -> None:
        for number in range(1000):
            journal.commit(rows.readings(number * 50, 50), [], {"n": number})

    with pytest.raises(JournalError) as caught:
        fill_up()
    last = journal.last_seq
    assert caught.value.reason == "disk full"
    assert str(caught.value) == (
        f"{path}: writing: disk full (database or disk is full)\n"
        "  hint: free space on the disk, or lower the space kept for history"
    )
    assert journal.load("n") == last // 50 - 1
    journal = open_journal(max_pages=1000)
    assert journal.commit(rows.readings(last, 50), [], {}).first_reading == last + 1
    assert len(journal.readings(1, last + 50, 10**6)) == last + 50


def test_locked_file_is_said(open_journal: Any, path: Path, rows: Any) -> None:
    journal = open_journal()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        JournalError, match="another program has the file open for writing: close it"
    ) as caught:
        journal.commit(rows.readings(0, 1), [], {})
    assert caught.value.reason == "locked"
    other.execute("ROLLBACK")
    other.close()
    assert journal.commit(rows.readings(0, 1), [], {}).last_seq == 1


def test_write_ahead_log_stays_small_while_readers_read(open_journal: Any, path: Path, rows: Any) -> None:
    journal, largest, read = open_journal(), 0, 0
    for number in range(600):
        journal.commit(rows.readings(number * 100, 100), [], {"cursor": number})
        read += len(journal.readings(read + 1, journal.last_seq, 90))  # never quite up to date
        largest = max(largest, path.with_name("journal.db-wal").stat().st_size)
    assert read == 54_000
    assert largest < 600_000


def test_trim_removes_the_oldest(open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    for number in range(100):
        journal.commit(
            rows.readings(number * 100, 100), [rows.event(f"e{number}")] if number == 20 else [], {}
        )
    size = journal.size_bytes()
    trimmed, done = journal.trim(size // 2, notice=lambda t: rows.event("g", "gap", n=t.rows))
    assert journal.size_bytes() <= size // 2 + 1024
    last = journal.kept_from - 1
    assert (trimmed.step, trimmed.rows, trimmed.unsent_count) == ("sent readings removed", last - 1, 0)
    assert [(seq, event.body) for seq, event in done.events] == [(10_002, {"n": last - 1})]
    for again in (False, True):
        opened = open_journal() if again else journal
        assert opened.readings(1, 10**6, 1)[0][0] == last + 1, "what was trimmed is not damaged"
        assert [seq for seq, _, _ in opened.events(1, 10**6, 9)] == [2001, 10_002]
        assert opened.last_seq == 10_002


def test_numbers_go_on_after_everything_was_trimmed(open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    journal.commit(rows.readings(0, 10), [], {})
    journal.trim(0)
    journal = open_journal()
    assert (journal.last_seq, journal.readings(1, 99, 9)) == (10, [])
    assert journal.commit(rows.readings(10, 2), [], {}).first_reading == 11
    assert [seq for seq, _, _ in journal.readings(1, 99, 9)] == [11, 12]


def test_one_trim_is_bounded(open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    journal.commit(rows.readings(0, 500 * (TRIM_MAX + 10)), [], {})
    assert [journal.trim(0)[0].rows for _ in range(3)] == [500 * TRIM_MAX, 5000, 0]


def test_ballast_is_real_and_comes_back_when_there_is_room(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "journal.ballast")
    assert ballast.build()
    assert os.stat(ballast.path).st_blocks * 512 >= BALLAST_BYTES, "a hole gives nothing back"
    assert ballast.release()
    assert not ballast.path.exists()
    assert not ballast.release()
    assert ballast.build()
    assert not Ballast(tmp_path / "other.ballast", size_bytes=1 << 50).build(), "no room for that"

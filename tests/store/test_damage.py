"""What a bad card does to the journal: nothing wrong is read, nothing is lost without its name."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.journal import DamagedBatch, Journal, JournalError
from store.numbers import RESERVE
from store.rows import Event, Reading

Fill = Callable[..., dict[int, Reading | Event]]


def flip_bytes(path: Path, rng: random.Random, count: int, start: int = 512) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(count):
        data[rng.randrange(start, len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


@pytest.mark.parametrize("seed", range(30))
def test_flipped_bytes_are_named_and_cost_nothing_else(
    fill: Fill, path: Path, open_journal: Any, saved_and_told: Any, seed: int
) -> None:
    rng = random.Random(seed)
    truth = fill()
    flips = rng.choice([1, 3, 10, 40])
    flip_bytes(path, rng, count=flips, start=2560)  # behind the schema's pages
    journal: Journal = open_journal()
    assert journal.last_seq >= max(truth), "a number could be given twice"
    aside = bool(journal.set_aside)
    found, lost = saved_and_told(journal, max(truth), rng.choice([60, 1000]))
    assert found.items() <= truth.items(), "something was read that was never written"
    # Where both tables are damaged at one place it cannot be told in which of them a seq stood.
    missing = truth.keys() - found.keys()
    assert missing <= lost if flips > 3 or aside else missing == lost


@pytest.mark.parametrize("bad_pages", [1, 4, 20])
def test_lost_pages_are_named(
    fill: Fill, path: Path, open_journal: Any, saved_and_told: Any, bad_pages: int
) -> None:
    truth = fill()
    data, rng = bytearray(path.read_bytes()), random.Random(bad_pages)
    for page in rng.sample(range(8, len(data) // 512 - 20), bad_pages):
        data[page * 512 : page * 512 + 512] = bytes(512)
    path.write_bytes(data)
    journal: Journal = open_journal()
    assert not journal.set_aside
    found, lost = saved_and_told(journal, max(truth))
    assert found.items() <= truth.items()
    missing = truth.keys() - found.keys()
    assert missing <= lost if bad_pages > 1 else missing == lost
    assert 0 < len(missing) < len(truth)


def flip_batch(path: Path, first: int, column: str = "body") -> None:
    """Damage one batch where nothing but its checksum can see it."""
    with sqlite3.connect(path) as db:
        if column == "body":
            body = bytearray(db.execute("SELECT body FROM batches WHERE first=?", (first,)).fetchone()[0])
            body[len(body) // 2] ^= 4
            db.execute("UPDATE batches SET body=? WHERE first=?", (bytes(body), first))
        else:
            db.execute(f"UPDATE batches SET {column}={column}-3 WHERE first=?", (first,))
    db.close()


@pytest.mark.parametrize("column", ["body", "last", "boot", "t_min", "t_max", "crc"])
def test_damaged_batch_is_named_once_and_the_others_served(
    path: Path, open_journal: Any, rows: Any, column: str
) -> None:
    journal = open_journal()
    for number in range(3):
        journal.commit(rows.readings(number * 10, 10), [rows.event(f"e{number}")], {})
    journal.close()
    flip_batch(path, 13, column)  # 1 event, 2..11; 12 event, 13..22; 23 event, 24..33
    journal = open_journal()
    assert [seq for seq, _, _ in journal.readings(1, 33, 100)] == list(range(2, 12))
    with pytest.raises(DamagedBatch) as caught:
        journal.readings(12, 33, 100)
    assert (caught.value.first, caught.value.last) == (13, 22)
    assert str(caught.value) == (
        f"{path}: 13..22: damaged on the disk, cannot be read\n"
        "  hint: reading goes on behind them; if this repeats, replace the card"
    )
    with pytest.raises(DamagedBatch) as caught:
        journal.readings(15, 18, 100)
    assert (caught.value.first, caught.value.last) == (15, 18), "no more than what was asked for"
    assert [seq for seq, _, _ in journal.readings(23, 33, 100)] == list(range(24, 34))
    assert [seq for seq, _, _ in journal.events(1, 33, 100)] == [1, 12, 23]


def test_damage_in_the_last_batch_gives_no_number_twice(path: Path, open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    journal.commit(rows.readings(0, 10), [], {})
    journal.close()
    flip_batch(path, 1, "last")
    journal = open_journal()
    assert journal.commit(rows.readings(10, 1), [], {}).first_reading > 10


def test_damaged_event_is_named(path: Path, open_journal: Any, rows: Any) -> None:
    journal = open_journal()
    journal.commit([], [rows.event("a"), rows.event("b", limit=5), rows.event("c")], {})
    journal.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE events SET body=replace(body, '5', '6') WHERE seq=2")
    db.close()
    journal = open_journal()
    assert [seq for seq, _, _ in journal.events(1, 3, 10)] == [1]
    with pytest.raises(DamagedBatch, match=r"2\.\.2: damaged"):
        journal.events(2, 3, 10)


def garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(10_000))


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeroed_header(path: Path) -> None:
    path.write_bytes(bytes(100) + path.read_bytes()[100:])


def newer_schema(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()


def other_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE shopping (item)")
    db.close()


def lost_meta(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM meta WHERE key='log'")
    db.close()


SPOILS = pytest.mark.parametrize(
    "spoil", [garbage, half, zeroed_header, newer_schema, other_program, lost_meta], ids=lambda f: f.__name__
)


@SPOILS
@pytest.mark.parametrize("numbers", ["kept", "lost"])
def test_unusable_file_is_set_aside_and_numbers_go_on(
    path: Path, open_journal: Any, fill: Fill, spoil: Callable[[Path], None], numbers: str
) -> None:
    truth = fill(20)
    before = open_journal()
    before.close()
    spoil(path)
    spoilt = path.read_bytes()
    if numbers == "lost":
        path.with_name("journal.numbers").unlink()
    journal = open_journal()
    aside = path.with_name("journal.db.damaged-20261124T015500Z")
    assert journal.set_aside == [aside]
    assert aside.read_bytes() == spoilt, "what is set aside stays as it was"
    assert (journal.log == before.log) == (numbers == "kept")
    assert journal.last_seq > max(truth), "in either log"
    assert journal.last_seq == RESERVE if numbers == "kept" else journal.last_seq >= 1 << 40
    assert numbers == "lost" or journal.boot == before.boot + 1
    last = journal.last_seq
    journal = open_journal()
    assert (journal.set_aside, journal.last_seq) == ([], last)


def test_a_journal_lost_whole_begins_a_new_log(path: Path, open_journal: Any, fill: Fill) -> None:
    fill(20)
    log = open_journal().log
    open_journal().close()
    path.unlink()
    journal = open_journal()
    assert (journal.log != log, journal.boot, journal.last_seq, journal.last_t) == (True, 1, 0, 0)


def test_a_write_ahead_log_goes_aside_with_its_file(path: Path, open_journal: Any, rows: Any) -> None:
    open_journal().commit(rows.readings(0, 10), [], {})
    files = {name: path.with_name(name).read_bytes() for name in ("journal.db", "journal.db-wal")}
    open_journal().close()
    for name, data in files.items():  # as a power cut leaves them
        path.with_name(name).write_bytes(data)
    path.with_name("journal.db.suspect").touch()
    open_journal()
    aside = path.with_name("journal.db.damaged-20261124T015500Z")
    db = sqlite3.connect(aside)
    assert db.execute("SELECT first, last FROM batches").fetchall() == [(1, 10)]
    db.close()


def test_two_files_set_aside_in_the_same_second_both_stay(path: Path, open_journal: Any) -> None:
    for text in (b"first", b"second"):
        open_journal().close()
        path.write_bytes(text * 1000)
        open_journal()
    assert path.with_name("journal.db.damaged-20261124T015500Z").read_bytes().startswith(b"first")
    assert path.with_name("journal.db.damaged-20261124T015500Z-2").read_bytes().startswith(b"second")


def test_malformed_while_writing_is_said_and_set_aside_at_the_next_start(
    path: Path, open_journal: Any, fill: Fill, rows: Any
) -> None:
    fill()
    journal = open_journal()
    journal.trim(40_000)
    journal.close()
    data = bytearray(path.read_bytes())
    trunk = int.from_bytes(data[32:36], "big")  # the first page of the free list (file format, 1.3.8)
    assert trunk
    data[(trunk - 1) * 512 : trunk * 512] = b"\xff" * 512
    path.write_bytes(data)
    journal = open_journal()
    assert not journal.set_aside, "only a write can see it"

    def write_on() -> None:
        for number in range(50):
            journal.commit(rows.readings(number, 100), [], {})

    with pytest.raises(JournalError, match="restart the agent") as caught:
        write_on()
    assert caught.value.reason == "malformed"
    journal = open_journal()
    assert len(journal.set_aside) == 1
    journal.commit(rows.readings(0, 100), [], {})
    assert not open_journal().set_aside


@pytest.mark.parametrize("folder", ["missing", "a_file"])
def test_no_way_to_have_a_journal_is_an_error_with_a_hint(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a_file").write_text("")
    with pytest.raises(JournalError) as caught:
        Journal.open(tmp_path / folder / "journal.db", utc_ms=lambda: 0)
    assert "opening: " in str(caught.value)
    assert "hint: check" in str(caught.value)

"""A card goes bad: whatever becomes of the files, the journal opens, no number is given twice, and every
row that was acknowledged is read again or named as lost."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.dropping import DROPPED
from store.journal import Journal
from store.numbers import RESERVE
from store.owed import Owed
from store.ranges import Ranges
from store.rows import Event, Reading
from store.thinning import mean_of
from tests.store.room_rig import ALL, END, make_room, rows_of

UTC_MS = 1_795_485_300_000
PAGE = 512
FILES = ("journal.db", "journal.db-wal", "journal.db-shm", "journal.numbers", "journal.ballast")


class Card:
    """A data folder of a small journal, as it was closed or as a crash left it; what stands in it, by seq."""

    def __init__(self, folder: Path, *, crashed: bool, rows: Any) -> None:
        self.path = folder / "journal.db"
        journal, self.truth = Journal.open(self.path, utc_ms=lambda: UTC_MS, host_boot="a"), {}
        for number in range(30):
            readings = rows.readings(number * 100, 40)
            events = [rows.event(f"e{number}")] if number % 7 == 0 else []
            done = journal.commit(readings, events, {"cursor": number, "rule": "x" * 40})
            self.truth.update(done.events)
            self.truth.update(enumerate(readings, done.first_reading))
            if crashed and number == 15:
                journal.close()  # so that one half is in the file, the other in the write-ahead log
                journal = Journal.open(self.path, utc_ms=lambda: UTC_MS, host_boot="a")
        self.log, self.last, self.boot = journal.log, journal.last_seq, journal.boot
        if not crashed:
            journal.close()
        self.files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
        if crashed:
            journal.close()
        assert ("journal.db-wal" in self.files) == crashed

    def lay(self, folder: Path, damaged: dict[str, bytes | None]) -> Path:
        """The same folder again, with those files damaged, or missing."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, data in {**self.files, **damaged}.items():
            if data is not None and (name != "journal.db-shm" or "journal.db-wal" in self.files):
                (folder / name).write_bytes(data)
        return folder / "journal.db"


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory, rows: Any) -> dict[bool, Card]:
    return {
        crashed: Card(tmp_path_factory.mktemp("card"), crashed=crashed, rows=rows)
        for crashed in (False, True)
    }


@pytest.fixture
def check(tmp_path: Path, cards: dict[bool, Card], saved_and_told: Any) -> Callable[..., int]:
    """Damage a card's files and use them as the agent would; how many rows were lost."""

    def open_and_check(crashed: bool, damaged: dict[str, bytes | None]) -> int:
        card = cards[crashed]
        return verdict(card, card.lay(tmp_path / "damaged", damaged), saved_and_told)

    return open_and_check


def verdict(card: Card, path: Path, saved_and_told: Any) -> int:
    journal = Journal.open(path, utc_ms=lambda: UTC_MS, host_boot="b")
    try:
        assert journal.log != card.log or journal.last_seq >= card.last, "a number could be given twice"
        assert journal.log != card.log or journal.boot > card.boot, "an event's id could be given twice"
        new = journal.commit([Reading("new", 1, 1, True, 1.0, None, "N")], [], {})
        found, lost = saved_and_told(journal, max(card.last, 1))
        theirs = {seq: row for seq, row in found.items() if seq < new.first_reading and not is_own(row)}
        assert theirs.items() <= card.truth.items(), "something was read that was never written"
        missing = card.truth.keys() - found.keys()
        if journal.log == card.log:
            assert missing <= lost, f"neither delivered nor named: {sorted(missing - lost)[:5]}"
        assert journal.readings(new.first_reading, new.last_reading, 9)[0][2].channel == "new"
        return len(missing)
    finally:
        journal.close()


def is_own(row: Reading | Event) -> bool:
    return isinstance(row, Event) and row.id.startswith(("numbers-", "salvage-"))


@pytest.mark.parametrize("crashed", [False, True], ids=["closed", "crashed"])
def test_a_flipped_byte_on_any_page(check: Any, cards: Any, crashed: bool) -> None:
    rng = random.Random(1)
    for name in ("journal.db", "journal.db-wal")[: 1 + crashed]:
        whole = cards[crashed].files[name]
        for page in range(0, len(whole), PAGE):
            data = bytearray(whole)
            data[min(page + rng.randrange(PAGE), len(data) - 1)] ^= 1 << rng.randrange(8)
            assert check(crashed, {name: bytes(data)}) <= 2 * 41 + 1, "what other pages hold is saved"


@pytest.mark.parametrize("crashed", [False, True], ids=["closed", "crashed"])
def test_zeroed_and_garbage_pages(check: Any, cards: Any, crashed: bool) -> None:
    rng = random.Random(2)
    whole = cards[crashed].files["journal.db"]
    for page in range(0, len(whole), PAGE):
        for bad in (bytes(PAGE), rng.randbytes(PAGE)):
            lost = check(crashed, {"journal.db": whole[:page] + bad + whole[page + PAGE :]})
            assert lost <= 3 * 41, "what other pages hold is saved"


def test_truncated_at_any_length(check: Any, cards: Any) -> None:
    for crashed in (False, True):
        for name in ("journal.db", "journal.db-wal")[: 1 + crashed]:
            whole = cards[crashed].files[name]
            for size in (0, 1, 100, *range(PAGE, len(whole), PAGE * 7 + 13), len(whole) - 1):
                check(crashed, {name: whole[:size]})


@pytest.mark.parametrize("damage", ["missing", "empty", "garbage", "zeros", "head", "foreign"])
def test_damaged_write_ahead_log(check: Any, cards: Any, tmp_path: Path, rows: Any, damage: str) -> None:
    """SQLite passes over all of these without a word, and what was acknowledged with them."""
    whole = cards[True].files["journal.db-wal"]
    (tmp_path / "foreign").mkdir()
    foreign = Card(tmp_path / "foreign", crashed=True, rows=rows).files["journal.db-wal"]
    data = {
        "missing": None,
        "empty": b"",
        "garbage": random.Random(3).randbytes(len(whole)),
        "zeros": bytes(len(whole)),
        "head": bytes(32) + whole[32:],
        "foreign": foreign[:32] + whole[32:],
    }[damage]
    lost = check(True, {"journal.db-wal": data})
    assert lost == 0 if damage == "head" else lost > 500, "where the frames are there, so are their rows"


@pytest.mark.parametrize("crashed", [False, True], ids=["closed", "crashed"])
@pytest.mark.parametrize("numbers", [None, b"", b"{}", b"\xff\xfe", b'{"log": 1}'])
def test_without_the_numbers_no_row_is_lost(check: Any, crashed: bool, numbers: bytes | None) -> None:
    assert check(crashed, {"journal.numbers": numbers}) == 0


def test_without_the_numbers_a_new_log_begins(cards: Any, tmp_path: Path, saved_and_told: Any) -> None:
    card = cards[True]
    whole = card.files["journal.db-wal"]
    path = card.lay(
        tmp_path / "x", {"journal.db-wal": whole[:600] + b"x" + whole[601:], "journal.numbers": b""}
    )
    journal = Journal.open(path, utc_ms=lambda: 0)
    assert (journal.log != card.log, journal.set_aside, journal.last_seq) == (True, [], card.last + 1)
    ((_, _, fault),) = journal.events(card.last + 1, journal.last_seq, 9)
    assert fault.body["detail"] == f"nothing tells any more which numbers log {card.log} has given"
    found, _ = saved_and_told(journal, card.last)
    assert found == card.truth, "what SQLite passes over behind the damaged frame is saved"
    journal.close()
    again = Journal.open(path, utc_ms=lambda: 0)
    assert again.log == journal.log
    again.close()


def test_a_header_overwritten_loses_no_row(cards: Any, tmp_path: Path, saved_and_told: Any) -> None:
    """The worst page to lose is the first: without it SQLite finds nothing at all."""
    card = cards[False]
    whole = card.files["journal.db"]
    path = card.lay(tmp_path / "x", {"journal.db": bytes(PAGE) + whole[PAGE:]})
    journal = Journal.open(path, utc_ms=lambda: 0)
    assert (journal.log, journal.boot, journal.held_up_to) == (card.log, card.boot + 1, RESERVE)
    assert journal.readings(1, card.last, 10) == [], "not before all of it is there"
    found, _ = saved_and_told(journal, card.last)
    assert found == card.truth
    assert journal.held_up_to == 0
    assert journal.readings(card.last + 1, RESERVE + 99, 9) == [], "named once, as left out"
    (_, _, fault), (_, _, gap) = journal.events(card.last + 1, journal.last_seq, 9)
    name = "journal.db.damaged-19700101T000000Z"
    assert fault.body == {
        "what": "journal",
        "state": "salvaged",
        "detail": f"1200 readings and 5 events saved from {name}",
    }
    assert gap.body["ranges"] == [[card.last + 1, RESERVE]]
    journal.close()
    journal = Journal.open(path, utc_ms=lambda: 0)
    journal.commit([Reading("new", 1, 1, True, 1.0, None, "N")], [], {})
    assert [seq for seq, _, _ in journal.readings(1, RESERVE + 99, 2000)][-2:] == [card.last, RESERVE + 3]
    journal.close()


def test_what_was_saved_once_is_saved_again(cards: Any, tmp_path: Path, saved_and_told: Any) -> None:
    card = cards[False]
    path = card.lay(tmp_path / "x", {"journal.db": bytes(PAGE) + card.files["journal.db"][PAGE:]})
    for number in (1, 2):
        journal = Journal.open(path, utc_ms=lambda: UTC_MS)
        assert len(journal.set_aside) == 1
        last = journal.commit([Reading("new", number, 1, True, 1.0, None, "N")], [], {}).last_reading
        found, _ = saved_and_told(journal, card.last)
        assert found == card.truth
        journal.close()
        if number == 1:
            data = bytearray(path.read_bytes())
            data[100] ^= 0xFF  # the schema's page
            path.write_bytes(data)
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    readings = journal.readings(1, card.last, 2000)
    while readings[-1][0] < last:  # no number that was left out is taken for damage
        readings += journal.readings(readings[-1][0] + 1, last, 2000)
    assert [row.t for _, _, row in readings[-2:]] == [1, 2]
    journal.close()


def test_what_is_still_to_be_sent_survives_with_the_journal(cards: Any, tmp_path: Path) -> None:
    card = cards[False]
    data = bytearray(card.files["journal.db"])
    data[len(data) // 2 // PAGE * PAGE] ^= 0xFF
    path = card.lay(tmp_path / "x", {"journal.db": bytes(data)})
    path.with_name("journal.db.suspect").touch()
    journal = Journal.open(path, utc_ms=lambda: 0)
    assert (journal.load("cursor"), journal.load("rule")) == (29, "x" * 40)
    journal.close()


def test_salvage_goes_on_after_a_kill_in_any_step(cards: Any, tmp_path: Path, saved_and_told: Any) -> None:
    card = cards[False]
    path = card.lay(tmp_path / "x", {"journal.db": bytes(PAGE) + card.files["journal.db"][PAGE:]})
    for _ in range(5):
        journal = Journal.open(path, utc_ms=lambda: 0)
        journal.salvage(lambda *said: pytest.fail("at the end already"), pages=10)
        killed = {file.name: file.read_bytes() for file in path.parent.iterdir()}
        journal.close()
        for name, data in killed.items():
            (path.parent / name).write_bytes(data)
    journal = Journal.open(path, utc_ms=lambda: 0)
    assert journal.set_aside == [], "it was set aside once"
    found, _ = saved_and_told(journal, card.last)
    assert found == card.truth
    journal.close()


@pytest.mark.parametrize("step", ["marked", "moved", "begun"])
def test_power_cut_while_it_is_set_aside(cards: Any, tmp_path: Path, saved_and_told: Any, step: str) -> None:
    card = cards[True]
    path = card.lay(tmp_path / "x", {"journal.db": bytes(PAGE) + card.files["journal.db"][PAGE:]})
    aside = path.with_name("journal.db.damaged-20261124T015500Z")
    path.with_name("journal.db.suspect").write_text(aside.name)
    path.with_name("journal.db-wal").rename(aside.with_name(aside.name + "-wal"))
    if step != "marked":
        path.rename(aside)
    if step == "begun":
        sqlite3.connect(path).close()
    assert verdict(card, path, saved_and_told) == 0
    assert aside.exists()
    assert not path.with_name("journal.db.suspect").exists()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("")


def not_ours(path: Path) -> None:
    path.chmod(0)


def log_is_a_folder(path: Path) -> None:
    path.with_name("journal.db-wal").mkdir()


@pytest.mark.parametrize("spoil", [a_folder, not_ours, log_is_a_folder], ids=lambda f: f.__name__)
def test_what_is_no_file_of_ours_does_not_hinder(
    cards: Any, tmp_path: Path, saved_and_told: Any, spoil: Callable[[Path], None]
) -> None:
    path = cards[False].lay(tmp_path / "x", {})
    spoil(path)
    verdict(cards[False], path, saved_and_told)


@pytest.mark.parametrize(
    "name", ["\0", "../x", "journal.db", "journal.db.numbers", "journal.db.damaged-20261124T\0", ""]
)
def test_a_marker_that_is_damaged_itself(cards: Any, tmp_path: Path, saved_and_told: Any, name: str) -> None:
    """The file is set aside under a name of its own."""
    path = cards[True].lay(tmp_path / "x", {})
    path.with_name("journal.db.suspect").write_text(name)
    verdict(cards[True], path, saved_and_told)
    assert list(path.parent.glob("journal.db.damaged-????????T??????Z"))


DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(
            ["journal.db", "journal.db-wal", "journal.numbers", "journal.db-shm", "journal.db.suspect"]
        ),
        st.sampled_from(["flip", "zero", "cut", "garbage", "repeat"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 3000),
    ),
    min_size=1,
    max_size=4,
)


@given(crashed=st.booleans(), damage=DAMAGE)
def test_any_damage(
    cards: Any, tmp_path_factory: pytest.TempPathFactory, saved_and_told: Any, crashed: bool, damage: Any
) -> None:
    card = cards[crashed]
    files = {"journal.db.suspect": b"journal.db.damaged-20261124T015500Z"} if damage[0][3] == 1 else {}
    files |= card.files
    for name, kind, where, size in damage:
        data = bytearray(files.get(name, b""))
        at = int(where * len(data))
        if kind == "flip" and data:
            data[at] ^= 1 << size % 8
        elif kind == "cut":
            del data[at:]
        elif kind == "repeat":
            data += data[at : at + size]
        elif name in files:
            part = bytes(size) if kind == "zero" else random.Random(size).randbytes(size)
            data[at : at + size] = part[: len(data) - at]
        if name in files:
            files[name] = bytes(data)
    folder = tmp_path_factory.mktemp("any")
    verdict(card, card.lay(folder, files), saved_and_told)
    shutil.rmtree(folder)


def test_room_is_made_while_a_journal_is_saved(cards: Any, tmp_path: Path, saved_and_told: Any) -> None:
    """What is dropped is named batch by batch: between two of them others may come. Nothing is thinned."""
    card = cards[False]
    path = card.lay(tmp_path / "x", {"journal.db": bytes(PAGE) + card.files["journal.db"][PAGE:]})
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    for _ in range(6):
        assert journal.salvage(lambda *said: pytest.fail("at the end already"), pages=4) is None
    there = [row[:2] for row in journal._file.db.execute("SELECT first, last FROM batches ORDER BY first")]
    assert 4 < len(there) < 25, "some of them"
    first, last = there[-3][0], there[-1][1]
    steps = make_room(journal, journal.size_bytes() // 2, Owed([[(1, first - 1)], [(1, last)]], ALL))
    gone = len(there) - journal._file.db.execute("SELECT count(*) FROM batches").fetchone()[0]
    assert {step.step for step in steps} == {DROPPED}
    spans = [span for step in steps for span in step.unsent]
    assert Ranges(spans) == Ranges(there[:gone])
    assert len(Ranges(spans)) > 1, "there are some to come between"
    found, named = saved_and_told(journal, card.last)
    assert found.keys() | named == card.truth.keys()
    assert not found.keys() & named
    kept = [row for row in found.values() if isinstance(row, Reading)]
    assert len(journal.readings(1, card.last, 5000)) == len(kept), "what was dropped is taken for no damage"
    journal.close()


def test_what_is_sent_goes_while_a_journal_is_saved(cards: Any, tmp_path: Path, saved_and_told: Any) -> None:
    """What comes in between, and below, is saved all the same."""
    card = cards[False]
    path = card.lay(tmp_path / "x", {"journal.db": bytes(PAGE) + card.files["journal.db"][PAGE:]})
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    for number in range(3):
        journal.commit([Reading("new", number, 1, True, 1.0, None, "N")], [], {})
    gone: set[int] = set()
    for _ in range(3):
        for _ in range(2):
            assert journal.salvage(lambda *said: pytest.fail("at the end already"), pages=3) is None
        before = Ranges(journal._file.db.execute("SELECT first, last FROM batches"))
        journal.trim(0, Owed([[(journal.held_up_to + 1, END)]]))
        for first, last in journal._file.db.execute("SELECT first, last FROM batches"):
            before.remove(first, last)
        gone |= {seq for first, last in before for seq in range(first, last + 1)}
    assert len(gone & card.truth.keys()) > 100
    found, named = saved_and_told(journal, card.last)
    assert found.keys() - gone == card.truth.keys() - gone
    assert named <= gone, "who reads across them may take them for damage"
    journal.close()


def test_a_thinned_journal_is_saved(tmp_path: Path, rows: Any, saved_and_told: Any) -> None:
    """The pages that thinning freed still hold the readings: what is saved are the means."""
    path = tmp_path / "journal.db"
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    for at in range(0, 8000, 10):
        t = UTC_MS + at * 1000
        journal.commit([Reading("a", t + n, n, True, at * 0.7, None, "N") for n in range(10)], [], {})
    last = journal.last_seq
    make_room(journal, journal.size_bytes() * 2 // 3, Owed(ALL, ALL))
    kept, _ = rows_of(journal)
    assert 0 < sum(mean_of(row.conditions) is not None for row in kept.values()) < len(kept)
    journal.commit(rows.readings(99_000, 10), [], {})
    journal.close()
    path.write_bytes(bytes(PAGE) + path.read_bytes()[PAGE:])
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    found, named = saved_and_told(journal, last)
    assert set(range(1, last + 1)) <= found.keys() | named
    assert {seq: row for seq, row in found.items() if isinstance(row, Reading)} == kept
    journal.close()

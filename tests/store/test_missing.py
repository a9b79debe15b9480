"""Which numbers bear no row any more, however they went."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.journal import Journal
from store.missing import BATCHES_MAX, EVENTS_MAX
from store.owed import Owed
from store.ranges import Ranges
from store.rows import Event, Reading
from tests.store.room_rig import END, UTC_MS, damage, fill, make_room, rows_of


def missing(journal: Journal, first: int, last: int) -> Ranges:
    """All of it, part by part."""
    found = Ranges()
    while first <= last:
        pairs, upto = journal.missing(first, last)
        assert first <= upto <= last
        found.update(pairs)
        first = upto + 1
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 700), st.lists(st.just("alarm"), max_size=2)), min_size=1, max_size=8),
    st.tuples(st.integers(0, 3000), st.integers(0, 3000)),
    st.tuples(st.integers(1, 4000), st.integers(0, 4000)),
    st.integers(0, 30_000),
)
def test_what_is_missing_is_what_cannot_be_read(
    tmp_path_factory: Any, commits: Any, owed: tuple[int, int], asked: tuple[int, int], max_bytes: int
) -> None:
    journal = Journal.open(tmp_path_factory.mktemp("gone") / "journal.db", utc_ms=lambda: UTC_MS)
    fill(journal, commits)
    make_room(journal, max_bytes, Owed([[(owed[0], sum(owed)), (sum(owed) + 300, END)]]))
    readings, events = rows_of(journal)
    last = min(sum(asked), journal.last_seq)
    due = set(range(asked[0], last + 1)) - readings.keys() - events.keys()
    if asked[0] <= last:
        found = missing(journal, asked[0], last)
        assert {seq for low, high in found for seq in range(low, high + 1)} == due
    journal.close()


def test_no_look_takes_long(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    for number in range(BATCHES_MAX + 5):
        journal.commit([Reading("a", UTC_MS, number, True, 1.0, None, "N")] * 3, [], {})
    assert journal.missing(2, 200) == ([], 3 * BATCHES_MAX)
    last = journal.last_seq
    for _ in range(2):
        journal.commit([], [Event("stop", "s", UTC_MS, 0, True, {})] * EVENTS_MAX, {})
    assert journal.missing(last + 1, last + 2 * EVENTS_MAX) == ([], last + EVENTS_MAX)
    journal.close()


def test_what_is_damaged_is_not_missing(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    fill(journal, [(500, []), (500, []), (500, [])])
    damage(journal, 501, last=600)
    assert list(missing(journal, 700, 1200)) == []
    journal.close()


@pytest.mark.parametrize("crashed", [False, True])
def test_what_was_never_given_is_not_missing(tmp_path: Path, crashed: bool) -> None:
    """After a power cut numbers go on far behind; the event that names them stands right behind."""
    path = tmp_path / "journal.db"
    journal = Journal.open(path, utc_ms=lambda: UTC_MS, host_boot="a")
    fill(journal, [(10, [])])
    if crashed:
        (copy := tmp_path / "cut").mkdir()
        for file in tmp_path.glob("journal.*"):
            (copy / file.name).write_bytes(file.read_bytes())
        path = copy / "journal.db"
    journal.close()
    journal = Journal.open(path, utc_ms=lambda: UTC_MS, host_boot="b")
    fill(journal, [(10, [])])
    assert (journal.last_seq > 1000) == crashed
    assert list(missing(journal, 1, journal.last_seq)) == []
    assert list(missing(journal, 5, journal.last_seq - 15 if crashed else 11)) == []
    journal.close()

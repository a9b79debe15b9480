"""Rows counted among numbers of which most bear none."""

from pathlib import Path

import pytest

from store.counting import EVENTS_COUNTED_MAX
from store.journal import Journal
from store.owed import Owed
from store.rows import Event
from tests.store.room_rig import ALL, UTC_MS, fill, one_channel, rows_of


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)


def test_what_was_thinned_is_not_counted(journal: Journal) -> None:
    """Half of it is thinned to a sixtieth: the numbers are 64,000."""
    one_channel(journal, 65_000)
    journal.trim(journal.size_bytes() - 1, Owed(ALL))
    kept = sorted(rows_of(journal)[0])
    assert journal.count([], [(1, 65_000)])[1] == pytest.approx(len(kept), rel=0.02)
    part = [(1, 9000), (20_000, 31_000), (33_001, 34_000)]
    due = sum(low <= seq <= high for seq in kept for low, high in part)
    assert journal.count([], part)[1] == pytest.approx(due, rel=0.05)
    assert journal.count([], [(40_001, 41_000)])[1] == 1000
    assert journal.count([], [])[1] == 0


def test_what_is_gone_is_not_counted(journal: Journal) -> None:
    fill(journal, [(500, ["alarm"]), (500, []), (500, ["fault", "fault"])])
    journal.trim(journal.size_bytes() - 1, Owed([[(502, 2000)]]))
    assert journal.kept_from == 502
    assert journal.count([(1, 1600)], [(1, 1503)]) == (3, 1002)


def test_events_are_counted_up_to_a_bound(journal: Journal) -> None:
    for at in range(3):
        journal.commit([], [Event("alarm", f"{at}-{n}", UTC_MS, 0, True, {}) for n in range(5000)], {})
    assert journal.count([(1, 4000), (5001, 9000)], []) == (8000, 0)
    assert journal.count([(1, 7000), (7002, 20_000)], []) == (EVENTS_COUNTED_MAX, 0)


def test_a_damaged_batch_counts_nothing(journal: Journal) -> None:
    one_channel(journal, 35_000)
    journal.trim(journal.size_bytes() - 1, Owed(ALL))
    journal._file.db.execute("UPDATE batches SET body = x'00' WHERE first <= 32000")
    assert journal.count([], [(1, 31_000)]) == (0, 0)

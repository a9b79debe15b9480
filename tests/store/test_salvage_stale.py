"""Sound rows out of freed pages: what making room has thinned or removed does not come back in its place."""

from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.journal import Journal
from store.packing import BatchRow, batch_rows, thinned_rows
from store.reader import BATCHES
from store.removal import Removal
from store.rows import Reading
from store.salvage import Rows, insert_missing

UTC_MS = 1_795_485_300_000


def reading(number: int, *conditions: str) -> Reading:
    return Reading("a.x", UTC_MS + number, number, True, 1.0, None, "N", conditions)


def originals() -> list[BatchRow]:
    """1..10, 11..20, ... 61..70, each a batch that names the end of the one before."""
    firsts = range(1, 71, 10)
    rows = [
        batch_rows(first, first - 1, 7, [reading(n) for n in range(first, first + 10)])[0] for first in firsts
    ]
    assert all(behind[2] == row[1] for row, behind in pairwise(rows))
    return rows


*STALE, BEHIND = originals()
MEANS = [(seq, reading(seq, "mean of 30 readings, 1.0 to 1.0")) for seq in (30, 60)]
(THINNED,) = thinned_rows(0, 7, MEANS)


def saved(path: Path, rows: list[BatchRow]) -> tuple[list[BatchRow], int]:
    """What stands in a journal into which they are saved one by one, and how many readings are counted."""
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    try:
        db = journal._file.db
        db.execute("DELETE FROM batches")
        count = sum(insert_missing(db, Rows([row], []))[0] for row in rows)
        return db.execute("SELECT * FROM batches ORDER BY first").fetchall(), count
    finally:
        journal.close()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([*STALE, THINNED, BEHIND, THINNED, BEHIND]))
def test_what_was_thinned_does_not_come_back(tmp_path: Path, rows: list[BatchRow]) -> None:
    """In whatever order the pages are looked at."""
    assert saved(tmp_path / "journal.db", rows) == ([THINNED, BEHIND], 12)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([*STALE, BEHIND]))
def test_what_was_not_thinned_is_saved(tmp_path: Path, rows: list[BatchRow]) -> None:
    assert saved(tmp_path / "journal.db", rows) == ([*STALE, BEHIND], 70)


def test_means_that_stand_twice_are_kept_once(tmp_path: Path) -> None:
    """As they stood before a later step packed them anew."""
    apart = [thinned_rows(0, 7, MEANS[:1])[0], thinned_rows(30, 7, MEANS[1:])[0]]
    assert saved(tmp_path / "journal.db", [THINNED, *apart, BEHIND]) == ([THINNED, BEHIND], 12)
    assert saved(tmp_path / "journal.db", [*apart, THINNED, BEHIND]) == ([*apart, BEHIND], 12)


def test_what_is_removed_meanwhile_bars_nothing_that_comes_between(tmp_path: Path) -> None:
    """Of 1..40 the batches 1 and 21 are sent and go; 11..20 is on a page that is still to be looked at."""
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    db = journal._file.db
    insert_missing(db, Rows([STALE[0], STALE[2], STALE[3]], []))
    removed = Removal(db, BATCHES)
    for row in (STALE[0], STALE[2]):
        removed.take(row)
    removed.relink()
    assert db.execute("SELECT first, prev FROM batches").fetchall() == [(31, 20)]
    assert insert_missing(db, Rows([STALE[1]], [])) == (10, 0)
    journal.close()

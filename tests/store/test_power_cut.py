"""The power goes behind any write: bench/powercut.py, a seeded part of it; all of it is a bench.

That the proof can fail is tested too: a missing sync of any kind must show.
"""

import pytest

from bench.powercut import cut_everywhere, record_load
from bench.powercut_trace import Call

pytestmark = pytest.mark.needs("strace")

COMMITS, SEED = 60, 7
COUNTS = {"cuts", "boundaries"}


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    return record_load(COMMITS, SEED)


def test_nothing_acknowledged_is_lost_at_any_write(calls: list[Call]) -> None:
    syncs = [call.name for call in calls if call.op == "fsync"]
    assert syncs.count("journal.db-wal") >= COMMITS, "each commit"
    assert {"journal.db", "journal.numbers", "journal.numbers.new", "records.json.new", ""} <= set(syncs)
    found = cut_everywhere(calls, SEED, every=(0, 5))
    assert found.keys() == COUNTS, found
    assert found["cuts"] > 500


@pytest.mark.parametrize(
    ("deaf", "shows"),
    [
        ("journal.db-wal", "lost rows"),
        ("journal.db", "failed: set aside"),
        ("journal.numbers.new", "failed: a new log"),
        ("records.json.new", "lost records"),
        ("", "lost rows"),  # the folder
    ],
)
def test_a_missing_sync_would_show(calls: list[Call], deaf: str, shows: str) -> None:
    found = cut_everywhere(calls, SEED, every=(0, 23), deaf=lambda name: name == deaf)
    assert found[shows] > 5, found


def test_synchronous_normal_would_show() -> None:
    found = cut_everywhere(record_load(30, SEED, normal=True), SEED, every=(0, 11))
    assert found["lost rows"] > 5, found
    assert found["lost state"] > 5, found

"""The power goes behind any write of the archive: bench/powercut_archive.py, a seeded part of it."""

import pytest

from bench.powercut import cut_everywhere, recorded
from bench.powercut_archive import faults
from bench.powercut_trace import Call

pytestmark = pytest.mark.needs("strace")

HOURS, SEED = 52, 7
COUNTS = {"cuts", "boundaries"}


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    return recorded("bench.powercut_archive_load", HOURS, SEED)


def test_nothing_archived_is_lost_at_any_write(calls: list[Call]) -> None:
    assert [call.name for call in calls if call.op == "fsync"].count("archive.db-wal") >= HOURS
    found = cut_everywhere(calls, SEED, every=(0, 61), check=faults)
    assert found.keys() == COUNTS, found
    assert found["cuts"] > 100


@pytest.mark.parametrize(("deaf", "shows"), [("archive.db-wal", "backwards"), ("archive.db", "failed")])
def test_a_missing_sync_would_show(calls: list[Call], deaf: str, shows: str) -> None:
    found = cut_everywhere(calls, SEED, every=(0, 97), deaf=lambda name: name == deaf, check=faults)
    assert sum(count for name, count in found.items() if name.startswith(shows)) > 5, found

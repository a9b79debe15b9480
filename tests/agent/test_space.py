"""The room that the journal may use: its budget, or less where the disk has less."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from agent.space import Space
from agent.uplink.messages import reading_entry
from hal.disk import reserve_bytes
from store.delivery import Delivery
from store.owed import Trimmed
from store.rows import Reading

MB = 1_000_000
GB = 1000 * MB


def limit(*, held: int, free: int, size: int, budget: int = 2 * GB) -> tuple[int, list[Any]]:
    """What the journal is told, and below which reading the destinations are told to forget."""
    said: list[int] = []
    forgotten: list[Any] = []

    async def ask(question: Any) -> Any:
        return question(SimpleNamespace(file_bytes=lambda: held, kept_from=5))

    async def make_room(max_bytes: int, owed: Any) -> list[Trimmed]:
        said.append(max_bytes)
        assert (5 in owed().told, 6 in owed().told, 11 in owed().told) == (True, False, True)
        assert (6 in owed().needed, 8 in owed().needed) == (False, True)
        assert [owed().part_of(seq) for seq in (2, 3, 4, 5)] == [-2, -3, 1, 1], "each marked one for itself"
        return [Trimmed("thinned to minute averages", 3, ((2, 4),), 3)]

    books = Delivery(10, {"head": 10, "events": [], "readings": [[1, 5]]})
    space: Any = Space(
        recorder=SimpleNamespace(ask=ask, make_room=make_room),  # type: ignore[arg-type]
        destinations=SimpleNamespace(needed=lambda: [books.needed()], forget_readings=forgotten.append),  # type: ignore[arg-type]
        archiving=SimpleNamespace(archived_up_to=lambda log: 7),  # type: ignore[arg-type]
        disk=SimpleNamespace(free_bytes=lambda: free, size_bytes=lambda: size),  # type: ignore[arg-type]
        max_bytes=budget,
        log_id=lambda: "k3v9q2ab",
        marked=lambda: [(1, 3)],
    )
    asyncio.run(space.keep())
    return said[0], forgotten


def test_a_small_disk_keeps_a_twentieth_free_a_large_one_100_mb() -> None:
    assert [reserve_bytes(size) for size in (8 * MB, GB, 64 * GB)] == [400_000, 50 * MB, 100 * MB]


@pytest.mark.parametrize(
    ("held", "free", "size", "allowed"),
    [
        (500 * MB, 20 * GB, 32 * GB, 2 * GB),
        (500 * MB, 600 * MB, 4 * GB, GB),
        (500 * MB, 0, 4 * GB, 400 * MB),
        (1 * MB, 0, 4 * GB, 0),
    ],
)
def test_the_journal_keeps_within_its_budget_and_the_disk(
    held: int, free: int, size: int, allowed: int
) -> None:
    assert limit(held=held, free=free, size=size) == (allowed, [5])


def test_a_thinned_row_says_what_it_stands_for() -> None:
    row = Reading("a.x", 60_000, 1, True, 12.4, None, "T", ("over range", "mean of 60 readings, 9.8 to 15.1"))
    entry = json.loads(json.dumps(reading_entry(7, row)))
    assert entry["mean"] == {"n": 60, "min": 9.8, "max": 15.1}
    assert (entry["c"], entry["v"], entry["f"]) == (["over range"], 12.4, "T")

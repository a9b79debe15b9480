"""Seeded parts of the benches `crashes` and `diskfull`: kills and full disks under load."""

import asyncio
from typing import Any

from bench import crashes, diskfull

CRASHES_BAD = (
    *("acknowledged_lost", "twice_in_the_journal", "two_rows_one_number", "failed_starts", "backwards"),
    *("not_delivered", "delivered_differently"),
)
DISK_BAD = ("failed_starts", "committed_lost", "backwards", "new_logs", "never_recovered")


def test_kills_under_load_with_a_delivery_running() -> None:
    found = asyncio.run(crashes.run(8))
    assert {name: found.get(name, 0) for name in CRASHES_BAD} == dict.fromkeys(CRASHES_BAD, 0)
    assert found["rows"] > 500


def test_a_disk_that_fills_and_is_freed(own_mounts: Any) -> None:
    found = asyncio.run(diskfull.run(4))
    assert {name: found.get(name, 0) for name in DISK_BAD} == dict.fromkeys(DISK_BAD, 0)
    assert found["felt"] >= 2, found

"""The figures of `fenceline buffer`, with counters of the test's own and a real journal."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.buffer import CARD_BYTES, DAY_S, Buffer
from store.delivery import Delivery
from store.journal import Journal
from store.rows import Reading

T = 1_795_485_300_000
MB = 1_000_000


class Bench:
    """A journal of `count` readings; the disk and the clock stand still until they are told otherwise."""

    def __init__(self, folder: Path, count: int = 1000, delivered: int = 0, rate: int = 100) -> None:
        self.journal = Journal.open(folder / "journal.db", utc_ms=lambda: T)
        rows = [Reading("pid.voc", T + at, at, True, 1.5, None, "N") for at in range(count)]
        self.journal.commit(rows, [], {})
        self.now, self.process, self.device, self.free = 0.0, 0, 0, 900 * MB
        self.readings = count
        self.recorder = SimpleNamespace(
            ask=self._ask,
            last_seq=count,
            stats=SimpleNamespace(readings=count),
        )
        delivery = Delivery(count, {"head": count, "events": [], "readings": []})
        if delivered < count:
            delivery.again(delivered + 1, count)
        self.uplink = SimpleNamespace(
            delivery=delivery,
            backlog_rate=rate,
            status=lambda: {"connected": True, "oldest_owed_age_s": 12.5, "rate_per_s": 90.0},
        )
        self.destinations = SimpleNamespace(uplinks={"mqtt": self.uplink}, delivered_up_to=delivered)
        disk = SimpleNamespace(
            free_bytes=lambda: self.free,
            size_bytes=lambda: 0,
            written_by_process=lambda: self.process,
            written_to_device=lambda: self.device,
        )
        clock = SimpleNamespace(monotonic=lambda: self.now)
        self.buffer = Buffer(self.recorder, self.destinations, clock, disk, 100 * MB)  # type: ignore[arg-type]
        self.buffer.channels = 5

    async def _ask(self, question: Any) -> Any:
        return question(self.journal)

    def run(self, seconds: int, per_s: int = 10, process: int = 0, device: int = 0) -> None:
        """So much time, with so many readings and bytes each second."""
        for _ in range(seconds):
            self.buffer.look(self.now)
            self.now += 1
            self.readings += per_s
            self.process += process
            self.device += device
            self.recorder.stats = SimpleNamespace(readings=self.readings)

    def report(self) -> dict[str, Any]:
        return asyncio.run(self.buffer.report({}))


def test_before_two_minutes_there_are_no_rates(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(119)
    report = bench.report()
    assert report["measured_over_s"] is None
    assert report["journal"]["readings_per_s"] is report["journal"]["days_of_autonomy"] is None
    assert report["written"]["process_bytes_per_day"] is report["written"]["card_years"] is None
    assert report["journal"]["readings"] == 1000
    assert report["journal"]["oldest_t"] == T


def test_rates_and_what_follows_from_them(tmp_path: Path) -> None:
    bench = Bench(tmp_path, delivered=1000)
    bench.run(600, per_s=10, process=500, device=2000)
    report = bench.report()
    journal, written = report["journal"], report["written"]
    assert report["measured_over_s"] == 600
    assert journal["readings_per_s"] == 10
    each = journal["used_bytes"] / 1000
    assert journal["bytes_per_reading"] == pytest.approx(each, abs=0.005)
    assert journal["growth_bytes_per_day"] == pytest.approx(10 * each * DAY_S, abs=1)
    assert journal["days_of_autonomy"] == pytest.approx(100 * MB / (10 * each * DAY_S), abs=0.01)
    assert (written["process_bytes_per_day"], written["device_bytes_per_day"]) == (500 * DAY_S, 2000 * DAY_S)
    assert written["card_years"] == pytest.approx(CARD_BYTES / (2000 * DAY_S) / 365.25, abs=0.05)


def test_what_is_unsent_shortens_the_autonomy_and_so_does_a_small_disk(tmp_path: Path) -> None:
    bench = Bench(tmp_path, count=20_000, delivered=20_000)
    bench.run(600, per_s=1)
    whole = bench.report()["journal"]
    bench.destinations.delivered_up_to = 0
    some = bench.report()["journal"]
    lost_days = whole["used_bytes"] / whole["growth_bytes_per_day"]
    assert lost_days > 0.2
    assert whole["days_of_autonomy"] - some["days_of_autonomy"] == pytest.approx(lost_days, abs=0.011)
    bench.free = 10 * MB
    small = bench.report()["journal"]
    assert small["days_of_autonomy"] == pytest.approx(10 * MB / whole["growth_bytes_per_day"], abs=0.011)


def test_thinning_gives_more_time(tmp_path: Path) -> None:
    """Five channels, 10 readings/s: 120 of each a minute, of which a mean takes the room of 4."""
    bench = Bench(tmp_path, delivered=1000)
    bench.run(600, per_s=10)
    journal = bench.report()["journal"]
    assert journal["days_until_dropped"] == pytest.approx(30 * journal["days_of_autonomy"], rel=0.001)
    (tmp_path / "slow").mkdir()
    slow = Bench(tmp_path / "slow", delivered=1000)
    slow.buffer.channels = 600  # one a minute of each: there is nothing to thin
    slow.run(600, per_s=10)
    journal = slow.report()["journal"]
    assert journal["days_until_dropped"] == journal["days_of_autonomy"]


def test_the_backlog_and_how_long_it_takes(tmp_path: Path) -> None:
    bench = Bench(tmp_path, delivered=400, rate=100)
    row = bench.report()["destinations"]["mqtt"]
    assert (row["readings"], row["drain_s"], row["backlog_rate"]) == (600, 6.0, 100)
    assert (row["connected"], row["oldest_owed_age_s"], row["set_aside"]) == (True, 12.5, 0)


def test_only_the_last_hour_counts(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run(4000, per_s=50)
    bench.run(3600, per_s=10)
    report = bench.report()
    assert 3590 <= report["measured_over_s"] <= 3610
    assert report["journal"]["readings_per_s"] == pytest.approx(10, rel=0.02)


def test_a_box_that_counts_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.process = bench.device = None  # type: ignore[assignment]
    bench.run = lambda seconds: None  # type: ignore[method-assign]
    bench.buffer.look(0.0)
    bench.now = 600.0
    written = bench.report()["written"]
    assert (
        written["process_bytes_per_day"] is written["device_bytes_per_day"] is written["card_years"] is None
    )


def test_a_journal_without_a_reading(tmp_path: Path) -> None:
    bench = Bench(tmp_path, count=0)
    bench.run(600, per_s=0)
    journal = bench.report()["journal"]
    assert (journal["readings"], journal["bytes_per_reading"], journal["oldest_t"]) == (0, None, None)
    assert journal["days_of_autonomy"] is None

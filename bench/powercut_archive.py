"""The power-cut proof of the archive: behind every write of three days of it the power goes, in four ways. It
is opened then, goes on from what the journal holds, and must come to what was never interrupted.
"""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from agent.pipeline.windows import DAY_MS, HOUR_MS, MINUTE_MS
from bench.powercut import cut_everywhere, recorded, told
from bench.powercut_archive_load import (
    BEGIN,
    CHANNEL,
    EVERY_MS,
    KEEP_DAYS,
    archiver_of,
    reading,
    round_of,
    windows,
)
from store.archive_reader import ArchiveReader
from store.averages import Average
from store.journal import Journal

__all__ = ["faults", "report", "run"]

HOURS = 75
SEED = 20261125
EVER = 5000  # days: what goes on behind the cut prunes nothing more


async def run() -> dict[str, Any]:
    hours = int(os.environ.get("POWERCUT_HOURS", HOURS))
    calls = recorded("bench.powercut_archive_load", hours, SEED)
    shares = os.cpu_count() or 1
    with ProcessPoolExecutor(shares) as pool:
        jobs = [
            pool.submit(cut_everywhere, calls, SEED, every=(share, shares), check=faults)
            for share in range(shares)
        ]
        found = sum((job.result() for job in jobs), Counter[str]())
    return {"hours": hours, **found}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(f"power cut at every write of {result['hours']} hours archived", told(result), "0, 0, 0")]


def faults(folder: Path, acked: dict[str, Any], next_acked: dict[str, Any]) -> Iterator[str]:
    """What is wrong with an archive that the cut left, by name. Raises what a start would fail by."""
    journal = Journal.open(folder / "journal.db", utc_ms=lambda: 0, host_boot="after")
    try:
        archiver = archiver_of(folder, EVER)
        mark = archiver.archive.mark
        if mark.seq < acked.get("mark", 0) or mark.closed < acked.get("closed", 0):
            yield "backwards"
        rows = journal.readings(1, journal.last_seq, 10**9)
        last_seq = rows[-1][0] if rows else 0  # numbers beyond are reserved, not given
        if mark.seq > last_seq:
            yield "wrong: archived what the journal has not"
        now_ms = BEGIN + last_seq * EVERY_MS + HOUR_MS
        round_of(archiver, journal, now_ms)
        archiver.archive.close()
        # Of what was being pruned as the power went, the later day may be gone or not.
        kept_ms = DAY_MS * (KEEP_DAYS - 1)
        sure_from = max((ack.get("closed", 0) for ack in (acked, next_acked)), default=0) - kept_ms
        yield from _differences(folder, last_seq, sure_from)
    finally:
        journal.close()


def _differences(folder: Path, last_seq: int, sure_from: int) -> Iterator[str]:
    held = windows()
    for seq in range(1, last_seq + 1):
        held.add(reading(seq))
    hours = [held.close_hour(start)[CHANNEL] for start in held.open_hours()]
    reader = ArchiveReader(folder / "archive.db")
    try:
        first, last = reader.extent() or (0, 0)
        for period_ms, due in (
            (MINUTE_MS, [minute for hour in hours for minute in hour.minutes]),
            (HOUR_MS, [hour.hour for hour in hours]),
        ):
            archived = {
                each.start: _plain(each)
                for channel in reader.channels()
                for each in reader.averages(channel.number, period_ms, first, last)
            }
            wanted = {each.start: _plain(each) for each in due}
            if any(start not in archived for start in wanted if start >= sure_from):
                yield "lost windows"
            if any(wanted.get(start) != each for start, each in archived.items()):
                yield "wrong windows"
        if reader.damaged:
            yield "failed: damaged"
    finally:
        reader.close()


def _plain(average: Average) -> Average:
    """How often it was computed anew depends on where the power went."""
    return average._replace(revision=0)

"""The power-cut proof: after every single write of 2,000 commits the power goes, in four ways; the journal is
opened on what the disk then holds and compared with what had been acknowledged.

SIGKILL proves nothing here: the kernel still writes what a killed process had given it.
"""

import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench.powercut_disk import UNTOLD, WAYS, Disk
from bench.powercut_load import event, reading
from bench.powercut_trace import Call, record
from store.journal import DamagedBatch, Journal
from store.records import Records
from store.rows import Reading

__all__ = ["cut_everywhere", "record_load", "recorded", "report", "run", "told"]

Check = Callable[[Path, dict[str, Any], dict[str, Any]], Iterator[str]]

COMMITS = 2000
SEED = 20261125
NOTHING = {"log": None, "seq": 0, "number": -1, "trimmed": 0, "records": 0}
NEW = Reading("new", 1, 1, True, 0.5, None, "N")


async def run() -> dict[str, Any]:
    commits = int(os.environ.get("POWERCUT_COMMITS", COMMITS))
    calls = record_load(commits, SEED)
    shares = os.cpu_count() or 1
    with ProcessPoolExecutor(shares) as pool:
        jobs = [pool.submit(cut_everywhere, calls, SEED, every=(share, shares)) for share in range(shares)]
        found = sum((job.result() for job in jobs), Counter[str]())
    return {"commits": commits, **found}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(f"power cut at every write of {result['commits']} commits", told(result), "0, 0, 0")]


def told(result: dict[str, Any]) -> str:
    """What was found, for people."""
    bad = {
        name: count
        for name, count in result.items()
        if name.startswith(("lost", "wrong", "failed", "backwards"))
    }
    return f"{result['boundaries']} boundaries, {result['cuts']} cuts: " + (
        ", ".join(f"{count} {name}" for name, count in bad.items()) or "0 lost, 0 twice, 0 failed starts"
    )


def record_load(commits: int, seed: int, *, normal: bool = False) -> list[Call]:
    """What the journal's load does to its folder."""
    return recorded("bench.powercut_load", commits, seed, *(["NORMAL"] if normal else []))


def recorded(load: str, *arguments: object) -> list[Call]:
    """What a load does to its folder; the acknowledgements among it. Raises OSError without strace."""
    with tempfile.TemporaryDirectory(prefix="fenceline-powercut-") as folder:
        inside = Path(folder) / "data"
        inside.mkdir()
        return record(inside, load, arguments)


def cut_everywhere(
    calls: list[Call],
    seed: int,
    *,
    every: tuple[int, int] = (0, 1),
    deaf: Callable[[str], bool] = lambda name: False,
    check: Check | None = None,
) -> Counter[str]:
    """Cut the power behind each call, in each way; what was found, by name. every: (first, step).

    check: finds what is wrong in a folder, given what was acknowledged and what came next; by default with
    a journal and its records.
    """
    found: Counter[str] = Counter()
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if os.access(shm, os.W_OK) else None) as folder:
        for number, (disk, acked, next_acked) in enumerate(_boundaries(calls, deaf)):
            if number % every[1] != every[0]:
                continue
            found["boundaries"] += 1
            for way in WAYS:
                rng = random.Random(f"{seed} {number} {way}")
                found["cuts"] += 1
                left = disk.after_cut(way, rng)
                found.update(_start_again(Path(folder) / "data", left, acked, next_acked, check or faults))
    return found


def _boundaries(
    calls: list[Call], deaf: Callable[[str], bool]
) -> Iterator[tuple[Disk, dict[str, Any], dict[str, Any]]]:
    """The disk after each call that changed it, what was acknowledged by then, and what came next."""
    acks = [json.loads(call.data) for call in calls if call.name == "acks" and call.op == "write"]
    disk, done = Disk(deaf), 0
    for call in calls:
        if call.name == "acks":
            done += call.op == "write"
            continue
        disk.do(call)
        yield disk, acks[done - 1] if done else NOTHING, acks[min(done, len(acks) - 1)]


def _start_again(
    folder: Path, files: dict[str, bytes], acked: dict[str, Any], next_acked: dict[str, Any], check: Check
) -> list[str]:
    """Open what the cut left; what is wrong with it, by name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for name in UNTOLD:
        (folder / name).write_bytes(os.urandom(100) * 40)  # SQLite has to make it anew
    try:
        return list(check(folder, acked, next_acked))
    except DamagedBatch:
        return ["lost rows"]
    except Exception as error:  # whatever it is, the agent would not have started
        return [f"failed to start: {error!r}"[:200]]


def faults(folder: Path, acked: dict[str, Any], next_acked: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a journal and device records that the cut left, by name."""
    yield from _journal_faults(folder, acked, next_acked)
    yield from _record_faults(folder, acked)


def _journal_faults(folder: Path, acked: dict[str, Any], next_acked: dict[str, Any]) -> Iterator[str]:
    journal = Journal.open(folder / "journal.db", utc_ms=lambda: 0, host_boot="after")
    try:
        if journal.set_aside:
            yield "failed: set aside"
        if acked["log"] not in (None, journal.log):
            yield "failed: a new log"
        if journal.last_seq < acked["seq"]:
            yield "backwards"
        first = journal._file.trimmed + 1
        if first - 1 > next_acked["trimmed"]:
            yield "lost by a trim that never was"
        readings = journal.readings(first, acked["seq"], 10**9)
        events = journal.events(first, acked["seq"], 10**9)
        seqs = sorted(seq for seq, *_ in (*readings, *events))
        if seqs != list(range(first, acked["seq"] + 1)):
            yield "lost rows" if len(set(seqs)) == len(seqs) else "wrong: a number twice"
        if any(row != reading(seq) for seq, _, row in readings) or any(
            row != event(seq) for seq, _, row in events
        ):
            yield "wrong rows"
        number = journal.load("number")
        if acked["number"] >= 0 and (not isinstance(number, int) or number < acked["number"]):
            yield "lost state"
        if journal.commit([NEW], [], {}).first_reading <= acked["seq"]:
            yield "backwards"
    finally:
        journal.close()


def _record_faults(folder: Path, acked: dict[str, Any]) -> Iterator[str]:
    records = Records(folder / "records.json", utc_ms=lambda: 0)
    kept = [row["number"] for row in records.all("instruments")]
    if records.set_aside or (acked["records"] and (not kept or kept[0] < acked["records"])):
        yield "lost records"

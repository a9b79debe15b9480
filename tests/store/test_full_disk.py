"""A disk that is really full: a small tmpfs of the test's own, and SQLite's own bound."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL_DISK = """
import json, os, subprocess, sys
from pathlib import Path
from store.journal import Journal, JournalError
from store.rows import Event, Reading

folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], check=True)
journal = Journal.open(folder / "journal.db", utc_ms=lambda: 0)
number, seen = 0, {"ballast": [], "reasons": []}

def commit():
    global number
    rows = [Reading("c", n, n, True, n / 7, None, "N") for n in range(number, number + 100)]
    journal.commit(rows, [], {})
    number += 100

def until_full():
    before = journal.last_seq
    try:
        while True:
            commit()
    except JournalError as error:
        seen["reasons"].append(error.reason)
    return journal.last_seq - before

for _ in range(200):
    commit()
seen["ballast"].append((folder / "journal.ballast").exists())
free = os.statvfs(folder)
with open(folder / "somebody_else", "wb") as other:    # leaves 8 KiB
    other.write(bytes(free.f_bavail * free.f_frsize - 8192))
until_full()
seen["ballast"].append((folder / "journal.ballast").exists())
seen["stuck"] = until_full()
trimmed, _ = journal.trim(journal.size_bytes() // 2)    # a full disk can still be trimmed
seen["trimmed"] = trimmed.unsent_count
seen["ballast"].append((folder / "journal.ballast").exists())
seen["after_trim"] = until_full()
journal.close()
journal = Journal.open(folder / "journal.db", utc_ms=lambda: 0)
seen["boot"], seen["aside"] = journal.boot, len(journal.set_aside)
os.unlink(folder / "somebody_else")
commit()
seen["ballast"].append((folder / "journal.ballast").exists())
first = trimmed.unsent[-1][1] + 1
rows = journal.readings(1, journal.last_seq, 10**6)
seen["all_there"] = [(s, r.t) for s, _, r in rows] == [(s, s - 1) for s in range(first, number + 1)]
print(json.dumps(seen))
"""


def test_small_disk_fills_is_trimmed_and_recovers(
    tmp_path: Path, own_mounts: tuple[str, ...], child: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = child(SMALL_DISK, tmp_path, prefix=own_mounts)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    seen = json.loads(output)
    assert seen["ballast"] == [True, True, False, True], "there, kept for the trim, given, built again"
    assert seen["reasons"] == ["disk full"] * 3
    assert seen["stuck"] == 0
    assert seen["trimmed"] > 1000
    assert seen["after_trim"] > 1000
    assert (seen["boot"], seen["aside"]) == (2, 0)
    assert seen["all_there"]


def test_recorder_waits_out_a_full_disk(bench: Any, rows: Any) -> None:
    async def scenario() -> None:
        async with bench(max_pages=60, period_s=0.05) as b:
            recorder, sent = b.recorder, 0
            while not recorder.stats.failing:
                recorder.put(rows.reading(sent))
                sent += 1
                await asyncio.sleep(0 if sent % 50 else 0.01)
            assert recorder.stats.reason == "disk full"
            assert await recorder.put_event(rows.event("alarm-1")) is None
            recorder.put(rows.reading(sent))
            before = len(b.commits)
            await recorder.ask(lambda journal: journal._file.db.execute("PRAGMA max_page_count=10000"))
            await b.until(lambda: recorder.stats.failing is None and recorder.stats.waiting == 0)
            assert len(b.commits) == before + 1, "one commit brings all that waited"
            events = [(event.kind, event.body.get("state"), event.id) for _, event in b.commits[-1].events]
            assert [event[:2] for event in events] == [
                ("fault", "failing"),
                ("alarm", None),
                ("fault", "recovered"),
            ]
            kept = await recorder.ask(lambda journal: journal.readings(1, 10**6, 10**6))
            assert [reading for _, _, reading in kept] == rows.readings(0, sent + 1)
            assert len(b.faults) == 2
            assert "disk full" in b.faults[0]
            assert "works again after" in b.faults[1]

    asyncio.run(scenario())

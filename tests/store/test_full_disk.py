"""A disk that is really full: a small tmpfs of the test's own, and SQLite's own bound."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
seen["trimmed"] = trimmed.rows
seen["ballast"].append((folder / "journal.ballast").exists())
seen["after_trim"] = until_full()
journal.close()
journal = Journal.open(folder / "journal.db", utc_ms=lambda: 0)
seen["boot"], seen["aside"] = journal.boot, len(journal.set_aside)
os.unlink(folder / "somebody_else")
commit()
seen["ballast"].append((folder / "journal.ballast").exists())
first = journal.kept_from
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


NOT_A_BYTE = """
import json, os, subprocess, sys
from pathlib import Path
from store.journal import Journal, JournalError
from store.rows import Event, Reading

folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], check=True)
path = folder / "journal.db"

def fill():
    other = os.open(folder / "somebody_else", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        while True:
            os.write(other, bytes(4096))
    except OSError:
        os.close(other)

journal = Journal.open(path, utc_ms=lambda: 0)
journal.commit([Reading("c", 1, 1, True, 0.5, None, "N")], [], {})
if sys.argv[2] == "closed":
    journal.close()
else:
    kept = {each.name: each.read_bytes() for each in folder.iterdir() if each.name != "journal.ballast"}
    journal.close()
    for name, data in kept.items():  # as a kill leaves them
        (folder / name).write_bytes(data)
    (folder / "journal.db-shm").unlink()
(folder / "journal.ballast").unlink()
fill()
found = []
for _ in range(3):
    journal = Journal.open(path, utc_ms=lambda: 0)
    try:
        journal.commit([Reading("c", 2, 2, True, 1.5, None, "N")], [], {})
        found.append("committed")
    except JournalError as error:
        found.append(error.reason)
    found.append([row.value for _, _, row in journal.readings(1, 99, 9)])
    log = journal.log
    journal._file.db.close()
    fill()
os.unlink(folder / "somebody_else")
journal = Journal.open(path, utc_ms=lambda: 0)
done = journal.commit([Reading("c", 3, 3, True, 2.5, None, "N")], [], {})
print(json.dumps([found, journal.log == log, len(journal.set_aside), done.first_reading]))
"""


@pytest.mark.parametrize("end", ["closed", "killed"])
def test_a_disk_without_a_byte_left_keeps_no_agent_from_starting(
    tmp_path: Path, own_mounts: tuple[str, ...], child: Callable[..., subprocess.Popen[bytes]], end: str
) -> None:
    """Neither shared memory nor the ballast is to be had; nor has it been for the last two starts."""
    output, _ = child(NOT_A_BYTE, tmp_path, end, prefix=own_mounts).communicate(timeout=60)
    found, same_log, aside, first = json.loads(output)
    assert set(found[::2]) <= {"disk full", "committed"}, "a write may fit into a block that is there"
    assert all(values[0] == 0.5 for values in found[1::2])
    assert (same_log, aside) == (True, 0)
    assert first >= 2

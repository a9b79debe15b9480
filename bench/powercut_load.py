"""The program whose disk is cut off: the journal and the device records, used as the agent uses them.

usage: python -m bench.powercut_load FOLDER COMMITS SEED [NORMAL]
After each commit a line of JSON is appended to FOLDER/acks: what has been acknowledged by then.
"""

import json
import os
import random
import sys
from pathlib import Path

import store.numbers
from store.journal import Journal
from store.records import Records
from store.rows import Event, Reading

REOPEN_EVERY = 50
RESERVE = 200  # numbers at once, so that more are reserved again and again
TRIM_EVERY, KEPT_BYTES = 23, 60_000


def reading(seq: int) -> Reading:
    """Every row can be told from its number alone."""
    return Reading("c", seq, seq, True, seq / 8, None, "N")


def event(seq: int) -> Event:
    return Event("alarm", f"e{seq}", seq, seq, True, {"n": seq})


def main(folder: Path, commits: int, seed: int, normal: bool) -> None:
    store.numbers.RESERVE = RESERVE
    rng = random.Random(seed)
    acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT, 0o600)
    journal: Journal | None = None
    trimmed = records = 0
    for number in range(commits):
        if number % REOPEN_EVERY == 0:
            if journal is not None:
                journal.close()
            journal = Journal.open(folder / "journal.db", utc_ms=lambda: 0, host_boot="before")
            if normal:
                journal._file.db.execute("PRAGMA synchronous=NORMAL")
        assert journal is not None
        at = journal.last_seq + 1
        events = [event(at + n) for n in range(rng.choice((0, 0, 1, 3)))]
        readings = [reading(at + len(events) + n) for n in range(rng.randint(1, 30))]
        journal.commit(readings, events, {"number": number, "padding": "x" * rng.randrange(600)})
        if number % TRIM_EVERY == TRIM_EVERY - 1:
            journal.trim(KEPT_BYTES)
            trimmed = max(trimmed, journal.kept_from - 1)
        if number % 40 == 7:
            Records(folder / "records.json", utc_ms=lambda: 0).put("instruments", "pid", {"number": number})
            records = number
        said = {"log": journal.log, "seq": journal.last_seq, "number": number, "trimmed": trimmed}
        os.write(acks, (json.dumps({**said, "records": records}) + "\n").encode())
    assert journal is not None
    journal.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), len(sys.argv) > 4)

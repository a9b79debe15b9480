"""SIGKILL at any instant: what was acknowledged is there, and no number is given twice."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITER = """
import os, sys
from pathlib import Path
from store.journal import Journal
from store.rows import Event, Reading
journal = Journal.open(Path(sys.argv[1]), utc_ms=lambda: 0)
number = journal.last_seq
while True:
    size, at = 1 + number % 700, journal.last_seq + 2
    # The value tells the reading's seq, mono its boot: so that a mix-up shows.
    rows = [Reading("c", n, journal.boot, True, (at + n) / 8, None, "N") for n in range(size)]
    event = Event("alarm", f"{journal.boot}-{number}", 0, 0, True, {})
    done = journal.commit(rows, [event], {"last": at + size - 1})
    number = done.last_seq
    os.write(1, b"%d\\n" % done.last_seq)
"""


def test_acknowledged_rows_survive_sigkill(
    path: Path, open_journal: Any, child: Callable[..., subprocess.Popen[bytes]]
) -> None:
    rng = random.Random(4711)
    acknowledged = 0
    for kill in range(1, 7):
        process = child(WRITER, path)
        assert process.stdout
        for _ in range(rng.randrange(1, 60)):
            acknowledged = int(process.stdout.readline())
        process.kill()  # somewhere in the next commit
        process.wait()
        for line in process.stdout.read().splitlines():
            acknowledged = int(line)
        process.stdout.close()
        journal = open_journal()
        assert journal.boot == 2 * kill
        assert journal.set_aside == []
        assert journal.last_seq >= acknowledged
        assert journal.load("last") == journal.last_seq, "state and rows are of one commit"
        readings = journal.readings(1, journal.last_seq, 10**9)
        events = journal.events(1, journal.last_seq, 10**9)
        assert sorted(seq for seq, *_ in (*readings, *events)) == list(range(1, journal.last_seq + 1))
        assert all(reading.value == seq / 8 and reading.mono == boot for seq, boot, reading in readings)
        journal.close()

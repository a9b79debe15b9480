"""The program whose disk fills: commits, and tries again where that fails; now and then it makes room.

usage: python -m bench.diskfull_load JOURNAL
One line of JSON each: {"open": [log, last_seq]}, {"committed": seq, "trimmed": seq}, {"failed": reason}.
"""

import json
import os
import sys
import time
from pathlib import Path

from store.journal import Journal, JournalError
from store.rows import Event, Reading

READINGS = 40
PAUSE_S = 0.002
KEPT_BYTES = 3_000_000


def say(**words: object) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


def main(path: Path) -> None:
    journal = Journal.open(path, utc_ms=lambda: 0)
    say(open=[journal.log, journal.last_seq])
    attempt = trimmed = 0
    while True:
        attempt += 1
        at = journal.last_seq + 1
        events = [Event("alarm", f"e{at}", 0, 0, True, {})] if attempt % 5 == 0 else []
        rows = [Reading("c", n, n, True, n / 8, None, "N") for n in range(at + len(events), at + READINGS)]
        try:
            journal.commit(rows, events, {"at": at})
            if attempt % 50 == 0:
                journal.trim(KEPT_BYTES)
                trimmed = max(trimmed, journal.kept_from - 1)
            say(committed=journal.last_seq, trimmed=trimmed)
        except JournalError as error:
            say(failed=error.reason)
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

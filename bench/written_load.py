"""The program whose writing is measured: commits as the recorder makes them, in virtual time.

usage: python -m bench.written_load FOLDER PERIOD_S COMMITS RETENTION_MB DEVICE
Prints bytes per reading as JSON: of the process's counter, the device's, and the journal's file.
"""

import json
import os
import random
import sys
from pathlib import Path

from store.journal import Journal
from store.rows import Reading

CHANNELS = 100
WARM_UP = 600  # commits before the measured ones, at 1 s
SECTOR_BYTES = 512


class Plant:
    """A hundred channels that wander, each read once a second at its own moment."""

    def __init__(self) -> None:
        self._rng = random.Random(1)
        self._values = [self._rng.uniform(0, 50) for _ in range(CHANNELS)]
        self._offsets = sorted(self._rng.randrange(1000) for _ in range(CHANNELS))

    def second(self, number: int) -> list[Reading]:
        rows = []
        for channel, offset in enumerate(self._offsets):
            self._values[channel] = max(0.0, self._values[channel] + self._rng.gauss(0, 0.1))
            t = 1_795_485_300_000 + number * 1000 + offset + self._rng.randrange(20)
            mono = t - 1_795_485_000_000
            rows.append(
                Reading(f"pid-{channel}.voc", t, mono, True, round(self._values[channel], 2), None, "N")
            )
        return rows


def main(folder: Path, period_s: int, commits: int, retention_mb: int, device: str) -> None:
    plant, journal, second = Plant(), Journal.open(folder / "journal.db", utc_ms=lambda: 0), 0

    def commit() -> None:
        nonlocal second
        readings = [row for at in range(second, second + period_s) for row in plant.second(at)]
        books = {"head": journal.last_seq, "events": [], "readings": []}
        journal.commit(readings, [], {"delivery": books})
        second += period_s
        if retention_mb and second % 60 < period_s:
            journal.trim(retention_mb * 1_000_000)

    while second < WARM_UP or (retention_mb and journal.size_bytes() < retention_mb * 950_000):
        commit()
    before = written(device), journal.size_bytes()
    for _ in range(commits):
        commit()
    after = written(device), journal.size_bytes()
    readings = commits * period_s * CHANNELS
    process, told = ((a - b) / readings for a, b in zip(after[0], before[0], strict=True))
    file = (after[1] - before[1]) / readings
    print(json.dumps({"process": process, "device": told if device else None, "file": file}))
    journal.close()


def written(device: str) -> tuple[int, int]:
    """Bytes written so far by this process, and by the device, all of it flushed."""
    os.sync() if device else None
    process = int(Path("/proc/self/io").read_text().split("\nwrite_bytes: ")[1].split()[0])
    sectors = int(Path(f"/sys/block/{device}/stat").read_text().split()[6]) if device else 0
    return process, sectors * SECTOR_BYTES


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])

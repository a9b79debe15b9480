"""A small disk of its own fills and is freed again, 20 times at random instants, while the journal works, is
killed, and starts again on the full disk.

usage of itself, within mounts of its own: python -m bench.diskfull FOLDER ROUNDS
"""

import asyncio
import atexit
import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from store.journal import Journal

ROUNDS = 20
SEED = 20261125
SIZE_MB = 6
WITHIN_S, FELT_WITHIN_S = 20.0, 3.0
ROOT = Path(__file__).parent.parent


async def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Raises CalledProcessError where this user gets no mounts of its own."""
    own_mounts = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-rm")
    with TemporaryDirectory(prefix="fenceline-diskfull-") as folder:
        command = (*own_mounts, sys.executable, "-m", "bench.diskfull", folder, str(rounds))
        done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return {"rounds": rounds, **found}


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    bad = ("failed_starts", "committed_lost", "backwards", "new_logs", "never_recovered")
    counts = ", ".join(f"{result.get(name, 0)} {name.replace('_', ' ')}" for name in bad)
    text = (
        f"{result['committed']:,} commits, {result['refused']:,} refused, {result['starts']} starts; {counts}"
    )
    return [(f"disk full and back, {result['rounds']} times", text, "0 each")]


class Writer:
    """One life of the program, and what it said."""

    def __init__(self, path: Path, said: "Said") -> None:
        command = (sys.executable, "-m", "bench.diskfull_load", str(path))
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        atexit.register(self.process.kill)
        self._said = said
        self._thread = threading.Thread(target=self._listen, daemon=True)  # an error of ours ends the bench
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith(b"\n"):
                self._said.hear(json.loads(line))

    def until(self, name: str, more: int, within_s: float = WITHIN_S) -> bool:
        """Whether it says that so many times more, within reason."""
        due, wanted = time.monotonic() + within_s, self._said.found[name] + more
        while self._said.found[name] < wanted and self.process.poll() is None and time.monotonic() < due:
            time.sleep(0.002)
        return self._said.found[name] >= wanted

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()


class Said:
    """What was said over all lives."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.last = self.trimmed = 0
        self.log = ""

    def hear(self, word: dict[str, Any]) -> None:
        if "open" in word:
            self.found["starts"] += 1
            log, last = word["open"]
            self.found["backwards"] += last < self.last
            self.found["new_logs"] += self.log not in ("", log)
            self.log = log
        elif "committed" in word:
            self.found["committed"] += 1
            self.last, self.trimmed = word["committed"], max(self.trimmed, word["trimmed"])
        else:
            self.found["refused"] += 1


def main(folder: Path, rounds: int) -> None:
    rng, said = random.Random(SEED), Said()
    path, filler = folder / "journal.db", folder / "somebody_else"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "none", folder], check=True)
    writer = Writer(path, said)
    writer.until("starts", 1)  # a journal that there is none of yet cannot be made on a full disk
    for _ in range(rounds):
        time.sleep(rng.uniform(0, 0.5))
        fill(filler, leave=rng.choice((0, 0, 4096, 65536)))
        # Where a trim has freed pages inside the file, a full disk is not felt at once.
        said.found["felt"] += writer.until("refused", 1, within_s=FELT_WITHIN_S)
        time.sleep(rng.uniform(0, 0.2))
        if rng.random() < 0.6:  # the agent is killed, and starts on the full disk
            writer.kill()
            writer = Writer(path, said)
            said.found["failed_starts"] += not writer.until("starts", 1)
        if rng.random() < 0.3:
            writer.kill()
        filler.unlink(missing_ok=True)  # where there was no room even for it
        if writer.process.poll() is not None:
            writer = Writer(path, said)
            said.found["failed_starts"] += not writer.until("starts", 1)
        said.found["never_recovered"] += not writer.until("committed", 5)
    writer.kill()
    said.found["committed_lost"] = lost(path, said)
    print(json.dumps(said.found))


def fill(filler: Path, leave: int) -> None:
    """Take all but `leave` bytes of the disk."""
    # Unbuffered: what somebody else was quicker to take is not tried again when the file is closed.
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 16, 4096):
            while os.statvfs(filler).f_bavail * 4096 >= size + leave:
                file.write(bytes(size))


def lost(path: Path, said: Said) -> int:
    """How many numbers up to the last that was acknowledged, and not trimmed, have no row."""
    journal = Journal.open(path, utc_ms=lambda: 0)
    first = max(said.trimmed, journal._file.trimmed) + 1
    there = {row[0] for read in (journal.readings, journal.events) for row in rows(read, first, said.last)}
    named = {n for row in rows(journal.events, 1, journal.last_seq) for n in left_out(row[2].body)}
    journal.close()
    return len(set(range(first, said.last + 1)) - there - named)


def rows(read: Any, first: int, last: int) -> Iterator[Any]:
    """All of them: an answer may end before the last, as where numbers were left out."""
    while found := read(first, last, 10**9):
        yield from found
        first = found[-1][0] + 1


def left_out(body: dict[str, Any]) -> Iterator[int]:
    for first, last in body.get("ranges", ()):
        yield from range(first, last + 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""The program whose disk is cut off, with an archive: journalled and archived as the agent does it.

usage: python -m bench.powercut_archive_load FOLDER HOURS SEED
After each round of the archiver a line of JSON is appended to FOLDER/acks: how far the archive says it is.
"""

import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.pipeline.windows import HOUR_MS, Rule, Windows
from store.archive import Archive
from store.archiver import Archiver
from store.journal import Journal
from store.rows import Reading

__all__ = ["BEGIN", "CHANNEL", "archiver_of", "reading", "round_of"]

CHANNEL = "pid.voc"
EVERY_MS = 60_000
BEGIN = 1_795_449_600_000  # UTC ms, a local midnight
KEEP_DAYS = 2  # few, so that days are pruned, too
SET_BACK_EVERY, SET_BACK_MS = 400, 2 * HOUR_MS
ROUND_EVERY = 45  # readings
REOPEN_EVERY = 7  # rounds


def reading(seq: int) -> Reading:
    """Every row can be told from its number alone. Now and then the clock was set back for a while."""
    back_ms = SET_BACK_MS if seq % SET_BACK_EVERY > SET_BACK_EVERY - 20 else 0
    flag = "D" if seq % 37 == 0 else "N"
    value = None if flag == "D" else round(10 + seq % 97 / 10, 1)
    t = BEGIN + seq * EVERY_MS - back_ms
    return Reading(CHANNEL, t, seq * EVERY_MS, True, value, None, flag)


def windows() -> Windows:
    return Windows({CHANNEL: Rule(float(EVERY_MS))}, 480)


def archiver_of(folder: Path, keep_days: int) -> Archiver:
    archive = Archive(folder / "archive.db", {CHANNEL: "ppm"})
    return Archiver(archive, windows, raw=(CHANNEL,), keep_days=keep_days, grace_ms=0)


def round_of(archiver: Archiver, journal: Journal, now_ms: int) -> None:
    """One whole round, on this thread."""
    conversation = archiver.round(journal.log, now_ms, settled=True)
    question = next(conversation, None)
    while question is not None:
        try:
            question = conversation.send(question(journal))
        except StopIteration:
            return


def batches(count: int, seed: int) -> Iterator[int]:
    """How many readings each commit has, `count` in all."""
    rng = random.Random(seed)
    while count > 0:
        size = min(count, rng.randint(1, 2 * ROUND_EVERY))
        count -= size
        yield size


def main(folder: Path, hours: int, seed: int, open_journal: Callable[[], Journal]) -> None:
    acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT, 0o600)
    journal, archiver = open_journal(), archiver_of(folder, KEEP_DAYS)
    for number, size in enumerate(batches(hours * HOUR_MS // EVERY_MS, seed)):
        if number % REOPEN_EVERY == REOPEN_EVERY - 1:
            archiver.archive.close()
            journal.close()
            journal, archiver = open_journal(), archiver_of(folder, KEEP_DAYS)
        first = journal.last_seq + 1
        journal.commit([reading(seq) for seq in range(first, first + size)], [], {})
        round_of(archiver, journal, BEGIN + journal.last_seq * EVERY_MS)
        mark = archiver.archive.mark
        said = {"log": journal.log, "seq": journal.last_seq, "mark": mark.seq, "closed": mark.closed}
        os.write(acks, (json.dumps(said) + "\n").encode())
    archiver.archive.close()
    journal.close()


if __name__ == "__main__":
    data = Path(sys.argv[1])
    main(
        data,
        int(sys.argv[2]),
        int(sys.argv[3]),
        lambda: Journal.open(data / "journal.db", utc_ms=lambda: 0, host_boot="before"),
    )

"""Making room in the journal, a bounded step at a time. What goes, in this order:

1. batches that nobody is owed any more, oldest first;
2. what is owed is thinned to minute averages, oldest first (store/thinning.py);
3. when all is thinned: what is owed, oldest first;
4. when no readings are left: events, those that somebody acts on last (store/dropping.py).
"""

import sqlite3

from store.dropping import drop_events, drop_readings
from store.owed import Gone, Owed, Progress, Trimmed
from store.packing import BatchRow, sound_batch, thinned_rows
from store.reader import BATCHES
from store.removal import Removal, batches_behind, decoded, end_of, number, relink, used_bytes
from store.thinning import Minutes

__all__ = ["SENT", "THINNED", "make_room"]

SENT = "sent readings removed"
THINNED = "thinned to minute averages"

# Batches of one step. The next commit waits behind it, and what it writes to the write-ahead log has
# to fit into the room of the ballast.
TRIM_MAX = 256
UNPACKED_MAX = 64  # where each has to be unpacked: 32,000 readings, some 0.1 s
MINUTES_MAX = 2000  # rows of one thinning; they bound the ranges that its event names (30 kB)


def make_room(db: sqlite3.Connection, max_bytes: int, owed: Owed, at: Progress) -> Trimmed:
    """One step, within the caller's transaction. at: as the step before left it."""
    if used_bytes(db) <= max_bytes:
        return Trimmed(thinned=at.thinned)
    done = (
        _remove_sent(db, max_bytes, owed, at)
        or _thin(db, owed, at)
        or drop_readings(db, max_bytes, owed, at)
        or drop_events(db, max_bytes, owed, at)
    )
    return done._replace(thinned=max(at.thinned, done.thinned), more=done.more and used_bytes(db) > max_bytes)


def _remove_sent(db: sqlite3.Connection, max_bytes: int, owed: Owed, at: Progress) -> Trimmed | None:
    removed, count = Removal(db, BATCHES), 0
    end = number(db, "SELECT max(first) FROM batches")
    for first, last in owed.free():
        for row in batches_behind(db, first - 1):
            key, to = row[0], row[1] if sound_batch(row) else end_of(db, row[0], at.last)
            if to > last or len(removed) >= TRIM_MAX or used_bytes(db) <= max_bytes:
                break
            if key == end and number(db, "SELECT count(*) FROM batches") > 1:
                break  # the last one tells where the table ends
            count += len(decoded(row)) if key <= at.thinned else to - key + 1
            removed.take(row)
    removed.relink()
    return Trimmed(SENT, count, more=True) if removed else None


def _thin(db: sqlite3.Connection, owed: Owed, at: Progress) -> Trimmed | None:
    """The oldest batches that are not thinned yet; also where they stay as they are: `thinned` goes on.

    What is still being saved from a damaged journal has to wait: others may come between.
    """
    minutes, gone = Minutes(owed.part_of), Gone()
    batches: list[BatchRow] = []
    taken: list[tuple[int, int]] = []  # seq, t
    row = None
    for row in batches_behind(db, max(at.thinned, at.held)):
        rows = decoded(row)
        if not rows or (batches and row[3] != batches[0][3]):
            break
        batches.append(row)
        for seq, _, reading in rows:
            taken.append((seq, reading.t))
            if seq in owed.needed:
                minutes.add(seq, reading)
        if len(minutes) > MINUTES_MAX or len(batches) >= UNPACKED_MAX:
            break
    if not batches:
        return Trimmed(thinned=row[0], more=True) if row else None  # damaged: its reader will say so
    kept, upto = minutes.rows(), batches[-1][0]
    spared = sum(seq in owed.marked for seq, _ in kept)
    if not kept or spared == len(taken) or 2 * (len(kept) - spared) > len(taken) - spared:
        return Trimmed(thinned=upto, more=True)
    stays = {seq for seq, _ in kept}
    for seq, t in taken:
        if seq not in stays:
            unsent = seq in owed.told
            gone.add(t, unsent=unsent, unarchived=seq > owed.archived)
            if unsent:
                gone.unsent.add(seq, seq)
    db.executemany("DELETE FROM batches WHERE first=?", [(batch[0],) for batch in batches])
    rows_now = thinned_rows(batches[0][2], batches[0][3], kept)
    db.executemany("INSERT INTO batches VALUES (?,?,?,?,?,?,?,?)", rows_now)
    relink(db, BATCHES, [rows_now[-1][0]], {batches[-1][1]: rows_now[-1][1]})
    return gone.told(THINNED, len(kept), max(upto, rows_now[-1][0]))

"""Which numbers bear no row any more: for whoever asks for a range once more."""

import json
import sqlite3

from store.packing import sound_batch
from store.ranges import Ranges
from store.removal import batches_behind, decoded, end_of, number

__all__ = ["missing"]

# Looked at in one go, some 0.1 s of the journal's thread; batches that are thinned have to be unpacked.
BATCHES_MAX = 64
END = 1 << 62
EVENTS_MAX = 5000


def missing(db: sqlite3.Connection, first: int, last: int, thinned: int) -> tuple[Ranges, int]:
    """Of the first numbers among first..last; up to which was looked.

    What is damaged is there: its reader will say so. What an event says was perhaps never given is none
    that was removed. thinned: batches up to this key are.
    """
    found, upto = Ranges([(first, last)]), last
    covering = number(db, "SELECT max(first) FROM batches WHERE first <= ?", first)
    for count, row in enumerate(batches_behind(db, covering - 1), 1):
        if row[0] > upto:
            break
        sound = sound_batch(row)
        end = row[1] if sound else end_of(db, row[0], last)
        if sound and row[0] <= thinned:
            for seq, _, _ in decoded(row):
                found.remove(seq, seq)
        else:
            found.remove(row[0], max(row[0], end))
        if count >= BATCHES_MAX:
            upto = min(upto, max(first, end))
    query = "SELECT seq, kind, body FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
    events = db.execute(query, (first, upto, EVENTS_MAX)).fetchall()
    if len(events) == EVENTS_MAX:
        upto = events[-1][0]
    events += db.execute(query, (upto + 1, END, 1)).fetchall()  # it may speak of what is before it
    for seq, kind, body in events:
        found.remove(seq, seq)
        for low, high in _never_given(kind, body):
            found.remove(low, high)
    return found.within(first, upto), upto


def _never_given(kind: str, body: str) -> list[tuple[int, int]]:
    """The numbers in front of a `gap` event that were left out, perhaps."""
    try:
        said = json.loads(body) if kind == "gap" else {}
        return [(low, high) for low, high in said["ranges"]] if "at_most" in said else []
    except (ValueError, TypeError, KeyError):  # damaged: its reader will say so
        return []

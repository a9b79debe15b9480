"""How many rows stand among numbers that somebody is owed. Bounded work, so partly an estimate."""

import sqlite3
from collections.abc import Iterable

from store.ranges import Pair, Ranges
from store.removal import batch_of, decoded

__all__ = ["EVENTS_COUNTED_MAX", "count_events", "count_readings"]

EVENTS_COUNTED_MAX = 10_000
SAMPLES = 10  # batches that are looked into, some ms in all


def count_events(db: sqlite3.Connection, ranges: Iterable[Pair]) -> int:
    """Exact up to EVENTS_COUNTED_MAX, which also means more."""
    count = 0
    query = "SELECT count(*) FROM (SELECT 1 FROM events WHERE seq BETWEEN ? AND ? LIMIT ?)"
    for first, last in ranges:
        if count < EVENTS_COUNTED_MAX:
            count += db.execute(query, (first, last, EVENTS_COUNTED_MAX - count)).fetchone()[0]
    return count


def count_readings(db: sqlite3.Connection, ranges: Iterable[Pair], thinned: int) -> int:
    """Behind `thinned` each number is taken for a reading's, which counts the few events among them, too.

    Up to it most numbers bear none any more: how many do is estimated from some batches.
    """
    whole, sparse = Ranges(), Ranges()
    for first, last in ranges:
        if first <= thinned:
            sparse.add(first, min(last, thinned))
        if last > thinned:
            whole.add(max(first, thinned + 1), last)
    shares = [_share(db, sparse.nth(sparse.total * (2 * at + 1) // (2 * SAMPLES))) for at in range(SAMPLES)]
    return whole.total + round(sparse.total * sum(shares) / SAMPLES)


def _share(db: sqlite3.Connection, seq: int | None) -> float:
    """Of the numbers around this one: from the end of the batch before to that of the one that comes next."""
    row = None if seq is None else batch_of(db, seq)
    if row is None:
        return 0.0
    return len(decoded(row)) / max(1, row[1] - row[2])

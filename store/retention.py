"""Making room in the journal: the oldest readings go first."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from store.packing import BATCH_MAX

__all__ = ["Trimmed", "remove_oldest", "used_bytes"]

# Batches of one trim. The next commit waits behind it, and what it writes to the write-ahead log has
# to fit into the room of the ballast.
TRIM_MAX = 256


class Trimmed(NamedTuple):
    """What one trim removed: ranges of seq, readings counted, UTC ms of the unsent ones.

    t_first and t_last are of whole batches, 0 where nothing unsent was removed. up_to: the last seq
    that was removed, 0 for none. more: the limit is not reached yet.
    """

    sent: list[tuple[int, int]]
    sent_count: int
    unsent: list[tuple[int, int]]
    unsent_count: int
    t_first: int
    t_last: int
    up_to: int
    more: bool


def used_bytes(db: sqlite3.Connection) -> int:
    """Bytes in use inside the file; pages that a trim freed will be written again and do not count."""
    pages, free, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def remove_oldest(db: sqlite3.Connection, max_bytes: int, sent_up_to: int) -> Trimmed:
    """Delete batches, within the caller's transaction, until max_bytes are in use or TRIM_MAX are gone."""
    heads: list[tuple[int, int, int, int]] = []
    while used_bytes(db) > max_bytes and len(heads) < TRIM_MAX:
        head = db.execute("SELECT first, last, t_min, t_max FROM batches ORDER BY first LIMIT 1").fetchone()
        if head is None:
            break
        db.execute("DELETE FROM batches WHERE first=?", head[:1])
        first, last, t_min, t_max = head
        heads.append((first, min(last, first + BATCH_MAX - 1), t_min, t_max))  # `last` may be damaged
    sent = _joined((first, min(last, sent_up_to)) for first, last, _, _ in heads)
    unsent = _joined((max(first, sent_up_to + 1), last) for first, last, _, _ in heads)
    times = [(t_min, t_max) for _, last, t_min, t_max in heads if last > sent_up_to]
    return Trimmed(
        sent,
        _count(sent),
        unsent,
        _count(unsent),
        min((t_min for t_min, _ in times), default=0),
        max((t_max for _, t_max in times), default=0),
        heads[-1][1] if heads else 0,
        len(heads) == TRIM_MAX and used_bytes(db) > max_bytes,
    )


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges without the empty ones, those that touch made into one."""
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if first > last:
            continue
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _count(ranges: Iterable[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in ranges)

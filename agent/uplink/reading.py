"""From the journal to one message: what runs on the journal's thread for a chunk.

One chunk becomes at most one message: rows of one boot, no larger than the broker takes. What did
not fit is left to the next chunk.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from agent.uplink import messages
from agent.uplink.messages import Origin
from store.delivery import BACKLOG, EVENTS, Chunk
from store.errors import DamagedBatch
from store.journal import Journal
from store.ranges import Pair
from store.rows import Event, Reading

__all__ = ["EVENTS_MAX", "Message", "oldest_t", "read_message"]

EVENTS_MAX = 50  # per message
RANGES_MAX = 20

Row = TypeVar("Row", Reading, Event)


class Message(NamedTuple):
    """What to publish for a chunk.

    payload: None where the chunk holds no rows. first: its first row; last: the chunk is done up
    to this number. seqs: of its rows. too_large: even its one row exceeds what the broker takes.
    """

    payload: bytes | None
    first: int
    last: int
    seqs: Sequence[int] = ()
    too_large: bool = False


def read_message(journal: Journal, station: str, chunk: Chunk, most_bytes: int) -> Message:
    """The chunk's first message, of at most `most_bytes`.

    Raises DamagedBatch where its first rows cannot be read any more, JournalError for the rest.
    """

    def origin_of(boot: int) -> Origin:
        return Origin(station, journal.log, boot)

    if chunk.lane == EVENTS:
        found = journal.events(chunk.first, chunk.last, min(chunk.limit, EVENTS_MAX))
        return _fit(found, messages.events, origin_of, chunk, most_bytes)

    def late_or_live(origin: Origin, rows: list[tuple[int, Reading]]) -> bytes:
        return messages.readings(origin, rows, historical=chunk.lane == BACKLOG)

    got = journal.readings(chunk.first, chunk.last, chunk.limit)
    return _fit(got, late_or_live, origin_of, chunk, most_bytes)


def oldest_t(journal: Journal, events: Iterable[Pair], readings: Iterable[Pair]) -> int | None:
    """UTC ms of the first row in those ranges; None where there is none, or it is damaged."""
    try:
        found = [_first_row(journal.events, events), _first_row(journal.readings, readings)]
    except DamagedBatch:  # it will be met, and reported, when it is sent
        return None
    return min((row for row in found if row), default=(0, None))[1]


def _first_row(read: Callable[[int, int, int], list[Any]], ranges: Iterable[Pair]) -> tuple[int, int] | None:
    """The seq and time of the first row; in the first few of the ranges, of which most have one."""
    for first, last in islice(ranges, RANGES_MAX):
        for seq, _, row in read(first, last, 1):
            return seq, row.t
    return None


def _fit(
    found: list[tuple[int, int, Row]],
    build: Callable[[Origin, list[tuple[int, Row]]], bytes],
    origin_of: Callable[[int], Origin],
    chunk: Chunk,
    most_bytes: int,
) -> Message:
    """The message of the longest run of one boot that fits; halved until it does."""
    if not found:  # numbers of the other kind, or never used
        return Message(None, chunk.first, chunk.last)
    origin = origin_of(found[0][1])
    rows = []
    for seq, boot, row in found:
        if boot != origin.boot:
            break
        rows.append((seq, row))
    payload = build(origin, rows)
    while len(payload) > most_bytes and len(rows) > 1:
        rows = rows[: len(rows) // 2]
        payload = build(origin, rows)
    # The journal may give less than it has (damage further on ends its answer), so the chunk is
    # done up to the last row only.
    seqs = [seq for seq, _ in rows]
    return Message(payload, seqs[0], seqs[-1], seqs, len(payload) > most_bytes)

"""Readings and events as they stand on the disk.

Readings are packed: columns rather than objects, JSON, zlib. A column repeats itself where an
object does not: 100 readings of a second take about 10 bytes each. Floats are written with all the
digits they need (repr), so that they come back exactly. The numbers of a row rise by one from the first
to the last, but for a row of thinned readings (store/thinning.py), which has a column of them.
"""

import json
import zlib
from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate
from math import isfinite
from operator import sub
from typing import Any

from store.rows import Event, Reading

__all__ = [
    "BATCH_MAX",
    "BatchRow",
    "EventRow",
    "batch_rows",
    "check_reading",
    "event_row",
    "from_batch_row",
    "from_event_row",
    "pair_crc",
    "relinked",
    "sound_batch",
    "sound_event",
    "thinned_rows",
    "to_json",
]

# Readings of one row. More would pack no better, and who wants 50 of them has to unpack all.
BATCH_MAX = 500

# `prev` is the last seq of the row before in the same table: so the reader notices a row that a
# damaged page no longer shows.
# first, last, prev, boot, t_min, t_max, crc, body
BatchRow = tuple[int, int, int, int, int, int, int, bytes]
# seq, prev, boot, kind, id, t, mono, trusted, crc, body
EventRow = tuple[int, int, int, str, str, int, int, int, int, str]

PREV_OF = {8: 2, 10: 1}  # where `prev` stands, by the length of a row


def to_json(value: object) -> str:
    """Compact JSON. Raises ValueError or TypeError for what JSON has no word for (NaN, a set)."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def check_reading(reading: Reading) -> None:
    """Raises ValueError where a reading could not be kept: neither NaN nor infinity is a value."""
    value, raw = reading.value, reading.raw
    if (value is None or isfinite(value)) and (raw is None or isfinite(raw)):
        return
    number = raw if value is None or isfinite(value) else value
    raise ValueError(f"{reading.channel}: {number} is no value; give None and a flag that says why")


def batch_rows(first: int, prev: int, boot: int, readings: Sequence[Reading]) -> list[BatchRow]:
    """The rows of any number of readings, numbered from `first`. Raises ValueError for NaN."""
    rows = []
    for at in range(0, len(readings), BATCH_MAX):
        rows.append(_batch_row(prev, boot, list(enumerate(readings[at : at + BATCH_MAX], first + at))))
        prev = rows[-1][1]
    return rows


def from_batch_row(row: BatchRow) -> list[tuple[int, int, Reading]]:
    """(seq, boot, reading) of a row. Raises ValueError when it is damaged."""
    first, last, _, boot, *_, body = row
    if not sound_batch(row):
        raise ValueError("checksum differs")
    return [(seq, boot, reading) for seq, reading in unpack(body, first, last)]


def thinned_rows(prev: int, boot: int, numbered: Sequence[tuple[int, Reading]]) -> list[BatchRow]:
    """The rows of readings that have their seqs already, with holes between them."""
    rows = []
    for at in range(0, len(numbered), BATCH_MAX):
        rows.append(_batch_row(prev, boot, numbered[at : at + BATCH_MAX]))
        prev = rows[-1][1]
    return rows


def relinked(row: BatchRow | EventRow, prev: int) -> tuple[int, int]:
    """The checksum and `prev` of a row (of either table) behind one that was removed on purpose."""
    *head, _, body = row
    head[PREV_OF[len(row)]] = prev
    return _crc(head, body if isinstance(body, bytes) else body.encode()), prev


def event_row(seq: int, prev: int, boot: int, event: Event) -> EventRow:
    """The row of an event. Raises ValueError or TypeError when its body is no JSON."""
    head = (seq, prev, boot, event.kind, event.id, event.t, event.mono, int(event.trusted))
    body = to_json(event.body)
    return (*head, _crc(head, body.encode()), body)


def from_event_row(row: EventRow) -> list[tuple[int, int, Event]]:
    """(seq, boot, event) of a row, alone in a list. Raises ValueError when it is damaged."""
    if not sound_event(row):
        raise ValueError("checksum differs")
    seq, _, boot, kind, name, t, mono, trusted, _, body = row
    return [(seq, boot, Event(kind, name, t, mono, bool(trusted), json.loads(body)))]


def sound_batch(row: BatchRow) -> bool:
    """Whether a row's checksum is right. Raises TypeError where even the types of columns are wrong."""
    *head, crc, body = row
    return crc == _crc(head, body)


def sound_event(row: EventRow) -> bool:
    """The same for an event's row."""
    *head, crc, body = row
    return crc == _crc(head, str(body).encode())


def pair_crc(key: object, value: object) -> int:
    """The checksum of a row of the tables `meta` and `state`."""
    return _crc((key, value), b"")


def pack(readings: Sequence[Reading], seqs: Sequence[int] = ()) -> bytes:
    """The body of a batch; seqs: only where there are holes. Raises ValueError for what is not finite."""
    channel, t, mono, trusted, value, raw, flag, conditions = zip(*readings, strict=True)
    columns = [
        _table(channel),
        _steps(t),
        _steps(list(map(sub, mono, t))),  # nearly constant within one boot
        _table(trusted),
        value,
        raw if raw.count(None) < len(raw) else None,
        _table(flag),
        _table(conditions),
    ]
    if seqs:
        columns.append(_steps(seqs))
    return zlib.compress(to_json(columns).encode(), 1)


def unpack(body: bytes, first: int, last: int) -> list[tuple[int, Reading]]:
    """The readings of a body. Raises ValueError when it is damaged or holds other numbers."""
    try:
        channel, t, offset, trusted, value, raw, flag, conditions, *holes = json.loads(zlib.decompress(body))
        seqs = list(accumulate(holes[0])) if holes else range(first, last + 1)
        if (seqs[0], seqs[-1]) != (first, last):
            raise ValueError(f"its numbers are {seqs[0]}..{seqs[-1]}")
        times, count = list(accumulate(t)), len(seqs)
        rows = zip(
            seqs,
            _untable(channel, count),
            times,
            [time + apart for time, apart in zip(times, accumulate(offset), strict=True)],
            _untable(trusted, count),
            value,
            raw or [None] * count,
            _untable(flag, count),
            map(tuple, _untable(conditions, count)),
            strict=True,
        )
        return [(seq, Reading(*row)) for seq, *row in rows]
    except (zlib.error, ValueError, TypeError, IndexError) as error:
        raise ValueError(f"not a batch of {first}..{last}: {error}") from error


def _batch_row(prev: int, boot: int, numbered: Sequence[tuple[int, Reading]]) -> BatchRow:
    seqs, readings = zip(*numbered, strict=True)
    times = [reading.t for reading in readings]
    head = (seqs[0], seqs[-1], prev, boot, min(times), max(times))
    whole = seqs[-1] - seqs[0] + 1 == len(seqs)
    body = pack(readings, () if whole else seqs)
    return (*head, _crc(head, body), body)


def _crc(head: Iterable[object], body: bytes) -> int:
    """The checksum that stands beside a row, over its head and its body."""
    return zlib.crc32(body, zlib.crc32(repr(tuple(head)).encode()))


def _table(values: Sequence[Hashable]) -> list[list[Any]]:
    """Few different values: [them, where each stands]; one value alone needs no places."""
    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return [list(places), list(map(places.__getitem__, values)) if len(places) > 1 else []]


def _untable(packed: list[list[Any]], count: int) -> list[Any]:
    table, places = packed
    return [table[place] for place in places] if places else table * count


def _steps(values: Sequence[int]) -> list[int]:
    return [values[0], *map(sub, values[1:], values)]

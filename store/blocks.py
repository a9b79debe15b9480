"""Blocks of the archive: many values of one channel in a few bytes each, with a checksum.

A block is the CRC-32 of its key and its body, then the body: deflate over a head and columns. The
key is where the block stands in the file, so that one copied to a wrong place is no block there.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from store.averages import Average
from store.columns import Reader, decimals_of, pack_floats, pack_ints, pack_steps
from store.packing import to_json

__all__ = ["BadBlock", "opened", "pack_averages", "sealed", "unpack_averages"]

VERSION = 1
HEAD = struct.Struct("<BBIIqI")  # version, what is there, length of the states, count, first start, period
CRC = struct.Struct("<I")
RAW_DEFLATE = -15  # no header and no checksum of its own
REGULAR, EXTREMES, REVISED = 1, 2, 4

# What seldom changes: valid, flag, left_out, trusted, whether there is a value.
State = tuple[bool, str, str, bool, bool]


class BadBlock(ValueError):
    """The bytes are not the block that was written there."""


def pack_averages(key: int, averages: Sequence[Average]) -> bytes:
    """A block of windows of one length, in the order of their starts; at least one.

    Where none has min and max, none is written. Raises ValueError for anything else.
    """
    first, period = averages[0].start, averages[0].end - averages[0].start
    values, lows, highs = _filled(averages)
    decimals = decimals_of([*values, *lows, *highs])
    table: dict[State, int] = {}
    states = [table.setdefault(_state(each), len(table)) for each in averages]
    regular = all(after.start - before.start == period for before, after in pairwise(averages))
    revised = any(each.revision for each in averages)
    there = REGULAR * regular | EXTREMES * bool(lows) | REVISED * revised
    text = to_json(list(table)).encode()
    body = [
        HEAD.pack(VERSION, there, len(text), len(averages), first, period),
        text,
        pack_ints(states),
        b"" if regular else pack_steps([each.start - first for each in averages]),
        pack_floats(values, decimals),
        pack_floats(lows, decimals, values) + pack_floats(highs, decimals, values) if lows else b"",
        pack_ints([each.counted for each in averages]),
        pack_ints([each.expected for each in averages]),
        pack_ints([each.revision for each in averages]) if revised else b"",
    ]
    return sealed(key, b"".join(body))


def unpack_averages(key: int, block: bytes) -> list[Average]:
    """What pack_averages was given. Raises BadBlock."""
    try:
        return _averages(opened(key, block))
    except (ValueError, TypeError, IndexError, struct.error, zlib.error) as error:
        raise BadBlock(str(error)) from error


def _averages(data: bytes) -> list[Average]:
    version, there, length, count, first, period = HEAD.unpack_from(data)
    if version != VERSION:
        raise BadBlock(f"version {version}, known is {VERSION}")
    table: list[State] = json.loads(data[HEAD.size : HEAD.size + length])
    columns = Reader(data[HEAD.size + length :], count)
    states = _states(table, columns.ints())
    if there & REGULAR:
        starts = list(range(first, first + count * period, period))
    else:
        starts = [first + step for step in columns.steps()]
    values = columns.floats()
    extremes = there & EXTREMES
    lows, highs = (columns.floats(beside=True), columns.floats(beside=True)) if extremes else (values, values)
    counted, expected = columns.ints(), columns.ints()
    revisions = columns.ints() if there & REVISED else [0] * count
    valid, flag, left_out, trusted, filled = states
    rest = (counted, expected, valid, flag, left_out, trusted, revisions)
    ends = [start + period for start in starts]
    if extremes and all(filled):  # nearly always
        return _averages_of(starts, ends, values, lows, highs, *rest)
    holed = [
        [v if f else None for v, f in zip(column, filled, strict=True)] for column in (values, lows, highs)
    ]
    if not extremes:
        holed[1:] = [[None] * count, [None] * count]
    return _averages_of(starts, ends, *holed, *rest)


def _states(table: Sequence[State], places: Sequence[int]) -> list[list[Any]]:
    """A column of each part of the states. Raises ValueError, IndexError where these are none."""
    if len(table) == 1 and not any(places):  # nearly always
        return [[part] * len(places) for part in table[0]]
    parts = zip(*table, strict=True)
    return [[part[place] for place in places] for part in parts]


def _averages_of(*columns: Iterable[Any]) -> list[Average]:
    """Average's own constructor takes three times as long, and a month has 43,200."""
    return list(map(partial(tuple.__new__, Average), zip(*columns, strict=True)))


def _state(each: Average) -> State:
    return each.valid, each.flag, each.left_out, each.trusted, each.value is not None


def _filled(averages: Sequence[Average]) -> tuple[list[float], list[float], list[float]]:
    """Values, minima and maxima without holes: what is not there costs nothing when it repeats."""
    values: list[float] = []
    lows: list[float] = []
    highs: list[float] = []
    last = next((each.value for each in averages if each.value is not None), 0.0)
    extremes = any(each.min is not None for each in averages)
    for each in averages:
        last = last if each.value is None else each.value
        values.append(last)
        if extremes:
            lows.append(last if each.min is None else each.min)
            highs.append(last if each.max is None else each.max)
    return values, lows, highs


def sealed(key: int, body: bytes) -> bytes:
    """The block of a body, as `opened` takes it."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE)
    packed = deflate.compress(body) + deflate.flush()
    return CRC.pack(_crc(key, packed)) + packed


def opened(key: int, block: bytes) -> bytes:
    """The body. Raises BadBlock, struct.error, zlib.error."""
    (crc,) = CRC.unpack_from(block)
    packed = block[CRC.size :]
    if crc != _crc(key, packed):
        raise BadBlock("checksum differs")
    return zlib.decompress(packed, RAW_DEFLATE)


def _crc(key: int, packed: bytes) -> int:
    return zlib.crc32(packed, zlib.crc32(b"%d" % key))

"""Blocks of raw readings: as blocks of averages, for those channels of which every reading is kept."""

import json
import struct
import zlib
from collections.abc import Sequence

from store.blocks import BadBlock, opened, sealed
from store.columns import Reader, decimals_of, pack_floats, pack_ints, pack_steps
from store.packing import to_json
from store.rows import Reading

__all__ = ["pack_readings", "unpack_readings"]

VERSION = 1
HEAD = struct.Struct("<BBII")  # version, whether there are raw numbers, length of the states, count

# What seldom changes: flag, conditions, trusted, whether there is a value, and a raw number.
State = tuple[str, tuple[str, ...], bool, bool, bool]


def pack_readings(key: int, readings: Sequence[Reading]) -> bytes:
    """A block of readings of one channel, in their order; at least one. `mono` is not kept."""
    table: dict[State, int] = {}
    states = [table.setdefault(_state(each), len(table)) for each in readings]
    with_raw = any(each.raw is not None for each in readings)
    text = to_json(list(table)).encode()
    body = [
        HEAD.pack(VERSION, with_raw, len(text), len(readings)),
        text,
        pack_ints(states),
        pack_steps([each.t for each in readings]),
        _packed([each.value for each in readings]),
        _packed([each.raw for each in readings]) if with_raw else b"",
    ]
    return sealed(key, b"".join(body))


def unpack_readings(key: int, block: bytes) -> list[Reading]:
    """What pack_readings was given, without the channel; mono is 0. Raises BadBlock."""
    try:
        return _readings(opened(key, block))
    except (ValueError, TypeError, IndexError, struct.error, zlib.error) as error:
        raise BadBlock(str(error)) from error


def _readings(data: bytes) -> list[Reading]:
    version, with_raw, length, count = HEAD.unpack_from(data)
    if version != VERSION:
        raise BadBlock(f"version {version}, known is {VERSION}")
    table = json.loads(data[HEAD.size : HEAD.size + length])
    columns = Reader(data[HEAD.size + length :], count)
    states = [table[place] for place in columns.ints()]
    times, values = columns.steps(), columns.floats()
    raws = columns.floats() if with_raw else values
    return [
        Reading("", t, 0, trusted, value if valued else None, raw if rawed else None, flag, tuple(conditions))
        for t, value, raw, (flag, conditions, trusted, valued, rawed) in zip(
            times, values, raws, states, strict=True
        )
    ]


def _state(each: Reading) -> State:
    return each.flag, each.conditions, each.trusted, each.value is not None, each.raw is not None


def _packed(values: Sequence[float | None]) -> bytes:
    filled: list[float] = []
    for value in values:
        filled.append(value if value is not None else filled[-1] if filled else 0.0)
    return pack_floats(filled, decimals_of(filled))

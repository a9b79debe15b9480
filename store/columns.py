"""Columns of numbers as bytes that compress well, and without loss.

Integers are written in the narrowest of 1, 2, 4 or 8 bytes, all low bytes first, then all next ones:
what is noise and what repeats stand apart. Floats that are short decimals, as rounded means are,
become integers of one common divisor; any others keep all their bits.
"""

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import gcd
from typing import TypeVar

__all__ = ["Reader", "decimals_of", "pack_floats", "pack_ints", "pack_steps"]

A = TypeVar("A", "array[int]", "array[float]")

CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
ALL_BITS = 0xFF  # where decimals would stand
DECIMALS_MAX = 15
# Up to here a float times a power of ten is less than a half away from the integer it stands for.
EXACT_MAX = 2**50


def pack_ints(values: Sequence[int]) -> bytes:
    """Each within 0..2**64-1. Raises OverflowError beyond."""
    most = max(values, default=0)
    width = next((width for width in CODES if most < 1 << 8 * width), 8)
    data = _little(array(CODES[width], values)).tobytes()
    return bytes([width]) + b"".join(data[plane::width] for plane in range(width))


def pack_steps(values: Sequence[int]) -> bytes:
    """Of values that change little: the first, then the differences."""
    return pack_ints(_unsigned([*values[:1], *(after - before for before, after in pairwise(values))]))


def pack_floats(values: Sequence[float], decimals: int | None, like: Sequence[float] | None = None) -> bytes:
    """decimals: of all columns together, as decimals_of says; like: a column whose values are close."""
    if decimals is None:
        data = _little(array("d", values)).tobytes()
        return bytes([ALL_BITS]) + b"".join(data[plane::8] for plane in range(8))
    scale = 10**decimals
    whole = [round(value * scale) for value in values]
    divisor = gcd(*whole) or 1  # readings are coarser than means: extremes often come out as multiples of 10
    head = bytes([decimals]) + pack_ints([divisor])
    if like is None:
        return head + pack_steps([value // divisor for value in whole])
    near = [round(value * scale) // divisor for value in like]
    return head + pack_ints(
        _unsigned([value // divisor - other for value, other in zip(whole, near, strict=True)])
    )


def decimals_of(values: Iterable[float]) -> int | None:
    """The decimals that suffice for all of them, None where they are not short decimals."""
    decimals, most = 0, 0.0
    for value in values:
        while round(value, decimals) != value:
            decimals += 1
            if decimals > DECIMALS_MAX:
                return None
        most = max(most, abs(value))
    return decimals if most * 10**decimals < EXACT_MAX else None


class Reader:
    """Takes columns of `count` values each from the bytes, in the order in which they were written.

    All raise ValueError where the bytes are not such columns.
    """

    def __init__(self, data: bytes, count: int) -> None:
        self._data, self._at, self._count = memoryview(data), 0, count
        self._whole: list[int] = []

    def ints(self, count: int | None = None) -> list[int]:
        width = self._take(1)[0]
        if width not in CODES:
            raise ValueError(f"{width} bytes are no width of a number")
        values = array(CODES[width], self._planes(width, self._count if count is None else count))
        return _little(values).tolist()

    def steps(self) -> list[int]:
        return list(accumulate(_signed(self.ints())))

    def floats(self, beside: bool = False) -> list[float]:
        """beside: written `like` the last column that was not."""
        decimals = self._take(1)[0]
        if decimals == ALL_BITS:
            return _little(array("d", self._planes(8, self._count))).tolist()
        scale = 10**decimals
        (divisor,) = self.ints(1)
        if beside:
            pairs = zip(self._whole, _signed(self.ints()), strict=True)
            return [(whole // divisor + apart) * divisor / scale for whole, apart in pairs]
        self._whole = [step * divisor for step in self.steps()]
        return [whole / scale for whole in self._whole]

    def _planes(self, width: int, count: int) -> bytes:
        data = bytearray(width * count)
        for plane in range(width):
            data[plane::width] = self._take(count)
        return bytes(data)

    def _take(self, count: int) -> memoryview:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError("the columns end too early")
        self._at += count
        return taken


def _unsigned(values: Iterable[int]) -> list[int]:
    """0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ...: small numbers stay small."""
    return [value << 1 if value >= 0 else (-value << 1) - 1 for value in values]


def _signed(values: Iterable[int]) -> list[int]:
    return [-(value + 1 >> 1) if value & 1 else value >> 1 for value in values]


def _little(values: A) -> A:
    if sys.byteorder == "big":
        values.byteswap()
    return values

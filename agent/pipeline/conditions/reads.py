"""What a reading is to a condition: a number, over range, or nothing. And numbers, exactly."""

from decimal import Decimal
from math import isfinite
from typing import Any

from drivers.sample import OVER_RANGE
from store.rows import Reading

__all__ = ["PART_OVER_RANGE", "difference", "is_over_range", "number_of", "saved_int", "saved_number"]

LARGEST = 1e100  # beyond it is no measurement but a damaged number, and arithmetic overflows
PART_OVER_RANGE = "partly over range"  # of an average: what was over range is not in it, so it is too low


def is_over_range(reading: Reading) -> bool:
    """T, also where it is only one cause among several: the value is at least what stands there."""
    return reading.flag == "T" or OVER_RANGE in reading.conditions


def number_of(reading: Reading | None) -> float | None:
    """The value, where it can be reckoned with: N, and not over range, not even in part."""
    if reading is None or reading.flag != "N" or reading.value is None:
        return None
    if not abs(reading.value) <= LARGEST:
        return None
    return None if {OVER_RANGE, PART_OVER_RANGE}.intersection(reading.conditions) else reading.value


def difference(one: float, other: float) -> float:
    """one - other as they are written: 80.1 - 0.1 is 80, and so not above 80."""
    return float(Decimal(repr(one)) - Decimal(repr(other)))


def saved_number(value: Any) -> float:
    """Of a snapshot. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return value


def saved_int(value: Any) -> int:
    """Of a snapshot. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is no whole number")
    return value

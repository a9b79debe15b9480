"""What an instrument measures, written down in the bench file: a number, or points in time."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from hardware_sim.source import Source
from hardware_sim.tables import BenchError

__all__ = ["Script"]


class Script(Source):
    """One scripted value.

    definition: a number, or points [[seconds, value], ...] since the bench's start: linear
    between them, held before the first and behind the last, a step where two share their time.
    Not-a-number stands for "the instrument has no value". Raises BenchError at `where`.
    """

    def __init__(self, definition: object, where: str, noise: float = 0.0, seed: int = 0):
        super().__init__(where, noise, seed)
        points = definition if isinstance(definition, Sequence) else [(0.0, definition)]
        if not points or isinstance(definition, str):
            raise BenchError(where, f"{definition!r} is neither a number nor points [[seconds, value], ...]")
        self._times: list[float] = []
        self._values: list[float] = []
        for point in points:
            time_s, value = _pair(point, where)
            if self._times and time_s < self._times[-1]:
                raise BenchError(
                    where, f"{time_s:g} s stands behind {self._times[-1]:g} s", "sort the points"
                )
            self._times.append(time_s)
            self._values.append(value)
        self.points = tuple(self._values)

    def at(self, elapsed_s: float) -> float:
        """The scripted value."""
        behind = bisect_right(self._times, elapsed_s)
        if behind == 0:
            return self._values[0]
        if behind == len(self._times):
            return self._values[-1]
        start_s, end_s = self._times[behind - 1 : behind + 1]
        before, after = self._values[behind - 1 : behind + 1]
        share = (elapsed_s - start_s) / (end_s - start_s)
        return before * (1 - share) + after * share


def _pair(point: object, where: str) -> tuple[float, float]:
    if isinstance(point, Sequence) and not isinstance(point, str) and len(point) == 2:
        time_s, value = point
        if _is_number(time_s) and _is_number(value) and math.isfinite(time_s) and not math.isinf(value):
            return float(time_s), float(value)
    raise BenchError(where, f"{point!r} is no pair [seconds, value] of numbers")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

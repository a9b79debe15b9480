"""The sensor alone: how it follows what it is given, and its noise. Pure functions of time."""

import math
from collections.abc import Callable
from random import Random

__all__ = ["NOISE_STEP_S", "Lag", "noise"]

STEPS = 16  # in a time constant: the response is exact but for half a step
BLOCK = 8 * STEPS  # e to the -16 of what was before two blocks is forgotten: that is nothing
NOISE_STEP_S = 1.0


def noise(seed: object, channel: str, elapsed_s: float, deviation: float) -> float:
    """Gaussian noise, which is another one every NOISE_STEP_S: a function of the seed and the step."""
    if not deviation:
        return 0.0
    return Random(f"{seed}/{channel}/{elapsed_s // NOISE_STEP_S:.0f}").gauss(0.0, deviation)


class Lag:
    """A response of first order to `inlet`, a function of the time in s; t90_s: 90 % of a step are shown.

    What it says of a moment does not depend on when it was asked: it keeps what it has worked out
    only to go on from there.
    """

    def __init__(self, inlet: Callable[[float], float], t90_s: float) -> None:
        self._inlet = inlet
        self._tau_s = t90_s / math.log(10)
        self._step_s = self._tau_s / STEPS
        self._start = self._next = 0
        self._level = math.nan

    def at(self, elapsed_s: float) -> float:
        """Not-a-number where the inlet gives none now."""
        now = self._inlet(elapsed_s)
        if not self._tau_s or math.isnan(now):
            return now
        step = int(elapsed_s // self._step_s)
        start = max(0, step // BLOCK - 2) * BLOCK
        if start != self._start or self._next > step or math.isnan(self._level):
            self._start = self._next = start
            self._level = self._inlet(start * self._step_s)
        while self._next < step:
            self._level = self._followed((self._next + 0.5) * self._step_s, self._step_s)
            self._next += 1
        rest_s = elapsed_s - step * self._step_s
        return self._followed(elapsed_s - rest_s / 2, rest_s)

    def _followed(self, middle_s: float, lasts_s: float) -> float:
        given = self._inlet(middle_s)
        if math.isnan(given) or math.isnan(self._level):
            return self._level if math.isnan(given) else given
        return self._level + (given - self._level) * (1 - math.exp(-lasts_s / self._tau_s))

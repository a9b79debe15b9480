"""Chance as a function of (seed, purpose, step): whoever asks, and in whatever order, draws the same.

Only hashing and arithmetic that every machine does alike: no order of calls, no dictionary's order,
no generator's state.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from struct import unpack

__all__ = ["Wander", "normal", "uniform"]

REMEMBERED = 4096  # steps: a plant is asked for the same few minutes again and again
NEGLIGIBLE = 1e-3  # weight of the oldest draw that a wander still feels


def _digest(seed: int, purpose: str, step: int) -> bytes:
    return blake2b(f"{seed}/{purpose}/{step}".encode(), digest_size=24).digest()


def uniform(seed: int, purpose: str, step: int) -> float:
    """0 <= x < 1."""
    (whole,) = unpack("<Q", _digest(seed, purpose, step)[:8])
    return float(whole >> 11) / 2.0**53  # as many bits as a float holds exactly


def normal(seed: int, purpose: str, step: int) -> float:
    """Mean 0, standard deviation 1: the sum of twelve uniform draws, less six; never beyond -6..6."""
    words: tuple[int, ...] = unpack("<12H", _digest(seed, purpose, step))
    return (sum(words) - 12 * 32767.5) / 65536


class Wander:
    """An Ornstein-Uhlenbeck process of mean 0 and deviation 1, which forgets over `relaxation_s`.

    Each step is the sum of the draws behind it, weighted by what is remembered of them, so that any
    moment can be asked for at once. Linear between two steps.
    """

    def __init__(self, seed: int, purpose: str, step_s: float, relaxation_s: float) -> None:
        self._step_s = step_s
        keeps = math.exp(-step_s / relaxation_s)
        count = math.ceil(math.log(NEGLIGIBLE) / math.log(keeps))
        scale = math.sqrt(1 - keeps * keeps)
        self._weights = [scale * keeps**age for age in range(count)]
        self._draw: Callable[[int], float] = lru_cache(REMEMBERED)(lambda step: normal(seed, purpose, step))
        self._value: Callable[[int], float] = lru_cache(REMEMBERED)(self._summed)

    def _summed(self, step: int) -> float:
        return sum(weight * self._draw(step - age) for age, weight in enumerate(self._weights))

    def at(self, t_s: float) -> float:
        step, share = divmod(t_s / self._step_s, 1.0)
        before = self._value(int(step))
        return before + share * (self._value(int(step) + 1) - before)

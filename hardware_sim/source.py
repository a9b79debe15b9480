"""What an instrument would say if it were perfect: one value over time, wherever it comes from."""

from abc import ABC, abstractmethod
from random import Random

__all__ = ["Source"]


class Source(ABC):
    """The true value, and the instrument's noise upon it.

    where: its place in the bench, for messages. points: the values that it can take, as far as they
    are known beforehand, for checks at load time. noise: standard deviation of Gaussian noise, in
    the value's unit.
    """

    def __init__(self, where: str, noise: float = 0.0, random: Random | None = None) -> None:
        self.where = where
        self.points: tuple[float, ...] = ()
        self._noise = noise
        self._random = random or Random(0)

    @abstractmethod
    def at(self, elapsed_s: float) -> float:
        """The true value `elapsed_s` seconds after the bench's start, in the unit of the channel.

        A pure function of the time: who asks, how often and in which order changes nothing.
        Not-a-number stands for "there is no value".
        """

    def value(self, elapsed_s: float) -> float:
        """The value with its noise; each call draws anew, as each measurement does."""
        noise = self._random.gauss(0.0, self._noise) if self._noise else 0.0
        return self.at(elapsed_s) + noise

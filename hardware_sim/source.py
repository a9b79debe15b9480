"""What an instrument would say if it were perfect: one value over time, wherever it comes from."""

from abc import ABC, abstractmethod

from hardware_sim.chance import normal

__all__ = ["Source"]

NOISE_STEP_S = 1e-3  # who is asked twice within it has measured nothing new


class Source(ABC):
    """The true value, and the instrument's noise upon it.

    where: its place in the bench, for messages. points: the values that it can take, as far as they
    are known beforehand, for checks at load time. noise: standard deviation of Gaussian noise, in
    the value's unit; seed: of the bench.
    """

    def __init__(self, where: str, noise: float = 0.0, seed: int = 0) -> None:
        self.where = where
        self.points: tuple[float, ...] = ()
        self._noise = noise
        self._noise_seed = seed

    @abstractmethod
    def at(self, elapsed_s: float) -> float:
        """The true value `elapsed_s` seconds after the bench's start, in the unit of the channel.

        A pure function of the time: who asks, how often and in which order changes nothing.
        Not-a-number stands for "there is no value".
        """

    def value(self, elapsed_s: float) -> float:
        """The value with its noise, a function of the seed and the moment; `where` tells sources apart."""
        true = self.at(elapsed_s)
        if not self._noise:
            return true
        return true + self._noise * normal(self._noise_seed, self.where, int(elapsed_s // NOISE_STEP_S))

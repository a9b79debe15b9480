"""To what averages are rounded: once, to a tenth of the channel's resolution (decision 0032).

Where no resolution is stated it is what the numbers themselves show: those of a minute its readings, those
of any other window the windows that it is formed from. So the value of a window follows from what went into
it alone, and a minute need not wait for the rest of its hour.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from store.averages import Average

__all__ = ["Step", "places_of", "places_shown", "step_of"]

READING_DIGITS = 6  # significant digits by which readings show the resolution of their channel
ROUNDED_DIGITS = 15  # and those of a number that is rounded already


class Step(NamedTuple):
    """size: what values are whole multiples of; places: its decimals."""

    size: float
    places: int

    def on(self, value: float) -> float:
        """The value, rounded."""
        if self.size != 10.0**-self.places:  # such as a tenth of 0.5
            value = round(value / self.size) * self.size
        return round(value, self.places) + 0.0  # never -0.0


@lru_cache(maxsize=1000)
def step_of(resolution: float | None, places: int) -> Step:
    """A tenth of the resolution; where it is not stated, so many decimals."""
    if resolution is None:
        return Step(10.0**-places, places)
    size = Decimal(repr(resolution)) / 10
    return Step(float(size), -min(0, int(size.normalize().as_tuple().exponent)))


def places_shown(value: float, significant: int = READING_DIGITS) -> int:
    """Decimals of the value to so many digits: to 6, 0.1 + 0.2 has one. Never below 0."""
    digits, _, exponent = f"{value:.{significant}g}".partition("e")
    return max(0, len(digits.partition(".")[2]) - int(exponent or 0))


def places_of(averages: Iterable[Average]) -> int:
    """Decimals of a mean of these: one more than the readings show among their extremes, or their own."""
    extremes: set[float | None] = set()
    means: set[float | None] = set()
    for each in averages:
        extremes.update((each.min, each.max))
        means.add(each.value)
    shown = [places_shown(bound) + 1 for bound in extremes if bound is not None]
    return max(shown + [places_shown(mean, ROUNDED_DIGITS) for mean in means if mean is not None], default=0)

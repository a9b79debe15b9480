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
    """size: what values are whole multiples of; places: its decimals; odd: it is not a one in the last."""

    size: float
    places: int
    odd: bool = False

    def on(self, value: float) -> float:
        """The value, rounded."""
        if self.odd:  # such as a tenth of 0.5
            value = round(value / self.size) * self.size
        return round(value, self.places) + 0.0  # never -0.0


@lru_cache(maxsize=1000)
def step_of(resolution: float | None, places: int) -> Step:
    """A tenth of the resolution; where it is not stated, so many decimals."""
    if resolution is None:
        return Step(10.0**-places, places)
    size = Decimal(repr(resolution)) / 10
    decimals = -min(0, int(size.normalize().as_tuple().exponent))
    return Step(float(size), decimals, float(size) != 10.0**-decimals)


@lru_cache(maxsize=4096)  # an instrument says the same numbers again and again
def places_shown(value: float, significant: int = READING_DIGITS) -> int:
    """Decimals of the value to so many digits: to 6, 0.1 + 0.2 has one. Never below 0."""
    digits, _, exponent = f"{value:.{significant}g}".partition("e")
    return max(0, len(digits.partition(".")[2]) - int(exponent or 0))


def places_of(averages: Iterable[Average]) -> int:
    """Decimals of a mean of these: one more than the readings show among their extremes, or their own."""
    places = 0
    for each in averages:
        if each.value is not None:
            places = max(places, places_shown(each.value, ROUNDED_DIGITS))
        if each.min is not None and each.max is not None:
            places = max(places, places_shown(each.min) + 1, places_shown(each.max) + 1)
    return places

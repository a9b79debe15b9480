"""The mean of wind directions: that of unit vectors, not of numbers, of which 350 and 10 would make 180.

Not weighted by the speed: that mean is the direction in which the air was carried, this one the direction
from which the wind blew, which is what is held against sectors and what loggers give by default. The speed
has a scalar mean, like any other channel. Source: EPA-454/R-99-005, 6.2.1, 6.2.2 and 6.9.
"""

from collections.abc import Iterable
from math import atan2, cos, degrees, fsum, hypot, radians, sin

__all__ = ["direction_of", "unit_vector"]

# A vector shorter than this is what rounding leaves of directions that cancel out: it points nowhere.
SHORTEST = 1e-6


def unit_vector(direction: float) -> tuple[float, float]:
    """Its north and east components. direction: degrees clockwise from north."""
    angle = radians(direction % 360.0)
    return cos(angle), sin(angle)


def direction_of(north: Iterable[float], east: Iterable[float], count: float) -> float | None:
    """Of the sum of so many unit vectors, 0 <= degrees < 360; None where they cancel out."""
    north_sum, east_sum = fsum(north), fsum(east)
    if hypot(north_sum, east_sum) < SHORTEST * count:
        return None
    return degrees(atan2(east_sum, north_sum)) % 360.0

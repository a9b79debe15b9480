"""Who is at work, and when they come: shifts, and arrivals by chance within them."""

from collections.abc import Sequence
from functools import lru_cache

from hardware_sim.chance import uniform

__all__ = ["Arrivals", "Hours"]

DAY_S = 86400
MINUTE_S = 60


class Hours:
    """spans: (from, until) in seconds of the day, over midnight where until is not behind from; none: always
    at work.
    """

    def __init__(self, spans: Sequence[Sequence[float]]) -> None:
        self._spans = [(float(start), float(end)) for start, end in spans]

    def holds(self, t_s: float) -> bool:
        now = t_s % DAY_S
        return not self._spans or any(
            start <= now < end if start < end else now >= start or now < end for start, end in self._spans
        )


class Arrivals:
    """Who comes by chance: a minute has one arrival at most, so `per_hour` is 0..60."""

    def __init__(self, seed: int, purpose: str, per_hour: float, hours: Hours) -> None:
        self._seed, self._purpose = seed, purpose
        self._chance = per_hour / 60
        self._hours = hours
        self._minute = lru_cache(4096)(self._drawn)

    def _drawn(self, minute: int) -> float | None:
        if uniform(self._seed, self._purpose, minute) >= self._chance:
            return None
        at_s = MINUTE_S * (minute + uniform(self._seed, self._purpose + "/second", minute))
        return at_s if self._hours.holds(at_s) else None

    def between(self, from_s: float, until_s: float) -> list[float]:
        """The moments of arrival within from..until, in order."""
        found = (
            self._minute(minute) for minute in range(int(from_s // MINUTE_S), int(until_s // MINUTE_S) + 1)
        )
        return [at_s for at_s in found if at_s is not None and from_s < at_s <= until_s]

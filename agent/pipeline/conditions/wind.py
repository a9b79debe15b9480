"""What the air takes up on its way over the plant: the station downwind less the station upwind.

The wind chooses which is which. Each station has a bearing, as seen from what lies between them; the wind's
direction is where it comes from. The station whose bearing is nearest to it is upwind, the one nearest to the
opposite is downwind, both within a sector. Outside of it and in calm air nobody can tell: it says nothing.
T downwind is past the limit; T upwind says nothing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.condition import Seen
from agent.pipeline.conditions.group import Group, Grouped
from agent.pipeline.conditions.reads import difference, is_over_range, number_of
from drivers.sample import OVER_RANGE
from store.rows import Reading

__all__ = ["DownwindLessUpwind", "Wind"]


class Wind(NamedTuple):
    """direction, speed: channels, in degrees clockwise from north and in m/s. calm: slower is calm; sector:
    degrees to either side of a bearing in which it counts, below 90."""

    direction: str
    speed: str
    calm: float
    sector: float


class DownwindLessUpwind(Grouped):
    """bearings: by channel of the stations, in degrees; the rule's own first."""

    def __init__(
        self, bearings: Mapping[str, float], wind: Wind, comparison: Comparison, group: Group
    ) -> None:
        super().__init__((*bearings, wind.direction, wind.speed), comparison, group)
        self._bearings, self._wind = dict(bearings), wind

    def see(self, reading: Reading) -> Seen | None:
        self._group.take(reading)
        if not self._group.of_averages and reading.channel not in self._bearings:
            return None  # a delay elapses with a value that still holds, not with the wind's
        found = self._chosen(reading)
        if found is None:
            return None
        upwind, downwind = found
        if is_over_range(downwind):
            return self.past(downwind, f"{downwind.channel} downwind is {OVER_RANGE}")
        before, behind = number_of(upwind), number_of(downwind)
        if before is None or behind is None:
            return None
        more = difference(behind, before)
        side, cause = self.comparison.side_of(more, reading.t)
        told = f"{downwind.channel} downwind {behind:g}, {upwind.channel} upwind {before:g}"
        return Seen(side, more, "N", f"{cause}: {told}")

    def _chosen(self, now: Reading) -> tuple[Reading, Reading] | None:
        """The last readings (upwind, downwind)."""
        direction = number_of(self._group.beside(self._wind.direction, now))
        speed = number_of(self._group.beside(self._wind.speed, now))
        if direction is None or speed is None or speed < self._wind.calm:
            return None
        upwind, downwind = self._facing(direction), self._facing(direction + 180)
        if upwind is None or downwind is None or upwind == downwind:
            return None
        before, behind = self._group.beside(upwind, now), self._group.beside(downwind, now)
        return None if before is None or behind is None else (before, behind)

    def _facing(self, direction: float) -> str | None:
        """The station whose bearing is nearest to the direction, where it is within the sector."""
        channel = min(self._bearings, key=lambda each: _angle(self._bearings[each], direction))
        return channel if _angle(self._bearings[channel], direction) <= self._wind.sector else None


def _angle(one: float, other: float) -> float:
    """Between two directions: 0..180 degrees."""
    apart = abs(one - other) % 360
    return min(apart, 360 - apart)

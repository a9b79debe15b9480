"""How far instruments that measure the same are apart: the largest value less the smallest.

It is known when every one of them says N; else it says nothing, also of one that is over range.
"""

from collections.abc import Sequence
from math import fsum

from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.condition import Seen
from agent.pipeline.conditions.group import Group, Grouped
from agent.pipeline.conditions.reads import difference, number_of
from store.rows import Reading

__all__ = ["Deviation"]

SIGNIFICANT = 9


class Deviation(Grouped):
    """relative: in percent of the mean of all, else in their unit."""

    def __init__(
        self, channels: Sequence[str], comparison: Comparison, group: Group, *, relative: bool
    ) -> None:
        super().__init__(channels, comparison, group)
        self._relative = relative

    def see(self, reading: Reading) -> Seen | None:
        self._group.take(reading)
        values = []
        for channel in self.channels:
            value = number_of(self._group.beside(channel, reading))
            if value is None:
                return None
            values.append(value)
        low, high = min(values), max(values)
        apart: float | None = difference(high, low)
        if self._relative:
            apart = _percent(difference(high, low), fsum(values) / len(values))
        if apart is None:
            return None
        side, cause = self.comparison.side_of(apart, reading.t)
        lowest, highest = self.channels[values.index(low)], self.channels[values.index(high)]
        return Seen(side, apart, reading.flag, f"{cause}: {highest} {high:g}, {lowest} {low:g}")


def _percent(apart: float, mean: float) -> float | None:
    """None where the mean is 0 and they are apart."""
    if mean == 0:
        return None if apart else 0.0
    return float(f"{100 * apart / abs(mean):.{SIGNIFICANT}g}")

"""An upper or a lower limit on the value of one channel.

N raises and clears. T (over range), also where it is only one cause among several, is past any upper limit
and never clears one: a plume that saturates the detector is not silence. Of a lower limit it says nothing.
Out of control raises, and never clears: an instrument whose calibration is overdue must not be blind.
Anything else says nothing, since doubtful data neither raises nor clears.
"""

from collections.abc import Hashable, Sequence
from math import isfinite
from typing import Any

from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.condition import HIGH, LOW, Condition, Seen
from agent.pipeline.conditions.phases import Phase
from agent.pipeline.conditions.reads import PART_OVER_RANGE, is_over_range
from agent.pipeline.out_of_control import is_out_of_control
from drivers.sample import OVER_RANGE
from store.rows import Reading

__all__ = ["Above", "Below", "Compared"]


class Compared(Condition):
    """What all kinds with a limit have in common: the limit, and the phases behind it."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    @property
    def limit(self) -> float:  # type: ignore[override]
        return self.comparison.limit

    def mark(self) -> Hashable:
        return self.comparison.mark()

    def snapshot(self) -> dict[str, Any]:
        return self.comparison.snapshot()

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        self.comparison.restore(saved)

    def past(self, reading: Reading, cause: str = OVER_RANGE) -> Seen:
        """What is over range is past an upper limit, whatever that is."""
        self.comparison.look(reading.t)
        return Seen(HIGH, reading.value, reading.flag, cause)


class _Value(Compared):
    def _seen(self, reading: Reading, certain: str) -> Seen | None:
        """certain: the side that is so whatever part of an average was over range."""
        doubted = is_out_of_control(reading)
        if (reading.flag != "N" and not doubted) or reading.value is None or not isfinite(reading.value):
            return None
        side, cause = self.comparison.side_of(reading.value, reading.t)
        if doubted and side != HIGH:
            return None
        if side != certain and PART_OVER_RANGE in reading.conditions:
            return None
        return Seen(side, reading.value, reading.flag, cause)


class Above(_Value):
    """limit: in the channel's unit; deadband, during: as Comparison has it."""

    def __init__(
        self, limit: float, deadband: float = 0.0, during: Sequence[tuple[Phase, float]] = ()
    ) -> None:
        super().__init__(Comparison(limit, deadband, during=during))

    def see(self, reading: Reading) -> Seen | None:
        if is_over_range(reading):
            return self.past(reading)
        return self._seen(reading, HIGH)


class Below(_Value):
    """As Above, for a lower limit."""

    def __init__(
        self, limit: float, deadband: float = 0.0, during: Sequence[tuple[Phase, float]] = ()
    ) -> None:
        super().__init__(Comparison(limit, deadband, below=True, during=during))

    def see(self, reading: Reading) -> Seen | None:
        return None if is_over_range(reading) else self._seen(reading, LOW)

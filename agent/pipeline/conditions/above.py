"""An upper limit on one channel.

Flags act as follows. N raises and clears. T (over range), also where it is only one cause among
several, counts as high and never clears: a plume that saturates the detector is not silence.
Anything else says nothing, since doubtful data neither raises nor clears.
"""

from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW, Seen
from drivers.sample import OVER_RANGE
from store.rows import Reading

__all__ = ["Above"]


class Above:
    """limit: in the channel's unit; deadband >= 0: how far below it a value must fall to be over."""

    def __init__(self, limit: float, deadband: float = 0.0) -> None:
        self.limit, self.deadband = limit, deadband

    def see(self, reading: Reading) -> Seen | None:
        value, flag = reading.value, reading.flag
        above = f"above {self.limit:g}"
        if flag == "T" or OVER_RANGE in reading.conditions:
            return Seen(HIGH, value, flag, above if flag == "N" else OVER_RANGE)
        if flag != "N" or value is None:
            return None
        if value > self.limit:
            return Seen(HIGH, value, flag, above)
        under = self.limit - self.deadband
        return Seen(LOW if value <= under else BETWEEN, value, flag, f"at or below {under:g}")

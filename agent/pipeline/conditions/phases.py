"""Phases of the plant's work, on which limits may depend: a shift by the clock, or while something runs."""

from agent.pipeline.conditions.reads import is_over_range, number_of
from store.rows import Reading

__all__ = ["Phase", "Running", "Shift"]

MINUTE_MS = 60_000
DAY_MIN = 24 * 60


class Phase:
    """held: what the last reading said of it; None where it has said nothing, or it goes by the clock."""

    held: bool | None = None

    def __init__(self, phase_id: str) -> None:
        self.id = phase_id

    def holds(self, t: int) -> bool:
        """t: UTC ms."""
        return bool(self.held)

    def recall(self, held: bool) -> None:
        """What an earlier run knew; a reading knows better."""


class Shift(Phase):
    """start_min <= local time < end_min, in minutes of the day; over midnight where the end is not later.

    offset_min: local standard time, minutes before UTC.
    """

    def __init__(self, phase_id: str, start_min: int, end_min: int, offset_min: int) -> None:
        super().__init__(phase_id)
        self._start, self._end, self._offset = start_min, end_min, offset_min

    def holds(self, t: int) -> bool:
        minute = (t // MINUTE_MS + self._offset) % DAY_MIN
        if self._start < self._end:
            return self._start <= minute < self._end
        return minute >= self._start or minute < self._end


class Running(Phase):
    """While a channel is above its limit, or below it: a fan's current, a damper's position.

    Begins at once, ends when the value is back by the deadband. Doubtful data leave it as it was; over range
    counts as above.
    """

    def __init__(
        self, phase_id: str, channel: str, limit: float, deadband: float = 0.0, *, below: bool = False
    ) -> None:
        super().__init__(phase_id)
        self.channel = channel
        self._limit, self._deadband, self._below = limit, deadband, below

    def take(self, reading: Reading) -> None:
        """One reading of the channel."""
        if is_over_range(reading):
            self.held = not self._below
            return
        value = number_of(reading)
        if value is None:
            return
        past, limit = (-value, -self._limit) if self._below else (value, self._limit)
        if past > limit:
            self.held = True
        elif past <= limit - self._deadband:
            self.held = False

    def recall(self, held: bool) -> None:
        if self.held is None:
            self.held = held

"""How often in a local day another condition comes to stand: more often than is allowed.

Of readings each excursion counts once, on the day on which it begins; of averages each one past the limit.
The new day begins with nought, by the clock.
"""

from collections.abc import Hashable
from typing import Any

from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW, Condition, Seen
from agent.pipeline.conditions.reads import saved_int
from store.rows import Reading

__all__ = ["A_DAY", "PerDay"]

A_DAY = "a day"  # the unit of the count

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
DAYS_KEPT = 4  # today, yesterday whose last window closes today, and those of a clock that was wrong


class PerDay(Condition):
    """allowed: more than so many raise. offset_min: local standard time, minutes before UTC.

    of_averages: each reading is one, and its time the end of its window, which at midnight belongs to the day
    that is over.
    """

    timed = True

    def __init__(self, inner: Condition, allowed: int, offset_min: int, *, of_averages: bool) -> None:
        self._inner = inner
        self.channels, self.limit = inner.channels, float(allowed)
        self._offset_ms, self._of_averages = offset_min * MINUTE_MS, of_averages
        self._counts: dict[int, int] = {}  # by local day, the one counted last behind
        self._stands = False  # an excursion that has been counted
        self._counted_t: int | None = None  # UTC ms of the last one that counted
        self._today: int | None = None

    def see(self, reading: Reading) -> Seen | None:
        seen = self._inner.see(reading)
        if seen is None:
            return None
        day = self._day_of(reading.t - 1 if self._of_averages else reading.t)
        if self._today is None:
            self._today = day
        counted = seen.side == HIGH and (self._is_new(reading) if self._of_averages else not self._stands)
        if counted:
            self._count(day)
            self._counted_t = reading.t
        if seen.side != BETWEEN:
            self._stands = seen.side == HIGH
        if day != self._today and not counted:
            return None
        told = self._seen(day, seen.flag, seen.cause)
        return told if told.side == HIGH or seen.flag == "N" else None

    def pass_time(self, t: int, mono: int) -> Seen | None:
        """The new day's count is known to be nought."""
        self._today = self._day_of(t)
        seen = self._seen(self._today, "N", "a new day")
        return seen if seen.side == LOW else None

    def due_ms(self) -> int | None:
        if self._today is None:
            return None
        return (self._today + 1) * DAY_MS - self._offset_ms

    def _is_new(self, reading: Reading) -> bool:
        """A window that a restart, or a reading that came late, has had judged again counts once."""
        return reading.t != self._counted_t

    def _day_of(self, t: int) -> int:
        return (t + self._offset_ms) // DAY_MS

    def _count(self, day: int) -> None:
        self._counts[day] = self._counts.pop(day, 0) + 1
        for old in list(self._counts)[:-DAYS_KEPT]:
            del self._counts[old]

    def _seen(self, day: int, flag: str, why: str) -> Seen:
        count = self._counts.get(day, 0)
        side = HIGH if count > (self.limit or 0) else LOW
        return Seen(side, float(count), flag, f"{count} in a day, {self.limit:g} allowed; {why}")

    def mark(self) -> Hashable:
        return self._inner.mark(), tuple(self._counts.items()), self._stands

    def snapshot(self) -> dict[str, Any]:
        return {
            **self._inner.snapshot(),
            "counts": [list(each) for each in self._counts.items()],
            "counted": self._counted_t,
            "stands": self._stands,
            "today": self._today,
        }

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        counts = {saved_int(day): saved_int(count) for day, count in saved.get("counts", ())}
        today, counted_t = (
            None if saved.get(key) is None else saved_int(saved[key]) for key in ("today", "counted")
        )
        self._inner.restore(saved, now_ms, shift_ms)
        self._counts, self._counted_t = counts, counted_t
        self._stands, self._today = saved.get("stands") is True, today

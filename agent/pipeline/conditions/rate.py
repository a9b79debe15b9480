"""How fast a value changes, per minute: the slope of the straight line that fits the last readings best.

Each reading counts at the time at which it came, so jitter of the polls makes no difference; and one reading
that jumps moves the line little. Only N is fitted: over range says that a value is high, not how fast.
"""

from collections.abc import Hashable
from typing import Any, NamedTuple

from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.condition import PARTS, Seen, part_of
from agent.pipeline.conditions.reads import number_of, saved_int, saved_number
from agent.pipeline.conditions.value import Compared
from store.rows import Reading

__all__ = ["Rate"]

MINUTE_MS = 60_000
SHORTEST = 0.75  # of the span: less of it seen tells no rate
LONGEST = 1.1  # a reading that comes late does not push out the one that is just due to go
SIGNIFICANT = 9  # digits of what is computed


class _Part(NamedTuple):
    """Readings that came within a sixtieth of the span, as one: their number, mean time and mean value."""

    start: int
    readings: int
    time: float  # monotonic ms
    value: float


class Rate(Compared):
    """span_ms: over which the rate is formed; known as soon as readings reach back over most of it."""

    def __init__(self, comparison: Comparison, span_ms: int) -> None:
        super().__init__(comparison)
        self._span_ms, self._parts = span_ms, list[_Part]()
        self._newest = 0

    def see(self, reading: Reading) -> Seen | None:
        value = number_of(reading)
        if value is None:
            return None
        self._add(reading.mono, value)
        rate = self._rate(reading.mono)
        if rate is None:
            return None
        side, cause = self.comparison.side_of(rate, reading.t)
        return Seen(side, rate, reading.flag, f"change per minute {cause}")

    def _add(self, mono: int, value: float) -> None:
        self._newest = mono
        oldest = mono - self._span_ms * LONGEST
        while self._parts and self._parts[0].time < oldest:
            del self._parts[0]
        last = self._parts[-1] if self._parts else None
        if last is None or mono - last.start >= max(1, self._span_ms // PARTS):
            self._parts.append(_Part(mono, 1, float(mono), value))
        else:
            count = last.readings + 1
            time = last.time + (mono - last.time) / count
            self._parts[-1] = _Part(last.start, count, time, last.value + (value - last.value) / count)

    def _rate(self, mono: int) -> float | None:
        """The slope by least squares, from the newest reading on: that keeps the sums small."""
        parts = self._parts
        if len(parts) < 2 or mono - parts[0].time < SHORTEST * self._span_ms:
            return None
        origin = parts[-1].value
        weight = times = values = squares = products = 0.0
        for _, readings, time, value in parts:
            behind, apart = time - mono, value - origin
            weight += readings
            times += readings * behind
            values += readings * apart
            squares += readings * behind * behind
            products += readings * behind * apart
        spread = weight * squares - times * times
        if spread <= 0:
            return None
        slope = (weight * products - times * values) / spread
        return float(f"{slope * MINUTE_MS:.{SIGNIFICANT}g}")

    def mark(self) -> Hashable:
        return super().mark(), self._newest // part_of(self._span_ms)

    def snapshot(self) -> dict[str, Any]:
        return {**super().snapshot(), "newest": self._newest, "parts": [list(part) for part in self._parts]}

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        parts = [
            _Part(
                saved_int(start) + shift_ms,
                saved_int(count),
                saved_number(time) + shift_ms,
                saved_number(value),
            )
            for start, count, time, value in saved.get("parts", ())
        ]
        newest = saved_int(saved.get("newest", 0)) + shift_ms
        if any(part.readings < 1 for part in parts):
            raise ValueError("parts without readings")
        super().restore(saved, now_ms, shift_ms)
        self._parts, self._newest = parts, newest

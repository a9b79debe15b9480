"""What is left of a value when the background is taken off, so that a plant answers for its own dust alone.

The background is the lowest or the median of other channels, or the lowest that the channel itself has shown
over a span. T of the channel itself is past the limit; the background is made of N alone, and of more than
half of the others, else it says nothing.
"""

from collections.abc import Hashable, Sequence
from statistics import median
from typing import Any, NamedTuple

from agent.pipeline.conditions.comparison import Comparison
from agent.pipeline.conditions.condition import PARTS, Seen, part_of
from agent.pipeline.conditions.group import Group, Grouped
from agent.pipeline.conditions.reads import difference, is_over_range, number_of, saved_int, saved_number
from agent.pipeline.conditions.value import Compared
from store.rows import Reading

__all__ = ["AboveOthers", "AboveOwnLowest"]


class AboveOthers(Grouped):
    """channels: the rule's own, then those of the background. middle: their median, else the lowest."""

    def __init__(
        self, channels: Sequence[str], comparison: Comparison, group: Group, *, middle: bool
    ) -> None:
        super().__init__(channels, comparison, group)
        self._middle = middle

    def see(self, reading: Reading) -> Seen | None:
        self._group.take(reading)
        if self._group.of_averages:
            if not self._group.is_complete(reading):  # each window is judged once, when all are there
                return None
        elif reading.channel != self.channels[0]:
            return None
        own = self._group.beside(self.channels[0], reading)
        if own is not None and is_over_range(own):
            return self.past(own)
        found = [number_of(self._group.beside(channel, reading)) for channel in self.channels[1:]]
        others = [value for value in found if value is not None]
        value = number_of(own)
        if value is None or 2 * len(others) <= len(found):
            return None
        background = median(others) if self._middle else min(others)
        left = difference(value, background)
        side, cause = self.comparison.side_of(left, reading.t)
        return Seen(side, left, "N", f"{cause}: {value:g} less {background:g}")


class _Part(NamedTuple):
    """Readings that came within a sixtieth of the span: the lowest of them."""

    start: int  # monotonic ms of the first and of the last
    end: int
    lowest: float


class AboveOwnLowest(Compared):
    """span_ms: how far back the lowest value is looked for, to a sixtieth; less where less was seen."""

    def __init__(self, comparison: Comparison, span_ms: int) -> None:
        super().__init__(comparison)
        self._span_ms, self._parts = span_ms, list[_Part]()

    def see(self, reading: Reading) -> Seen | None:
        if is_over_range(reading):
            return self.past(reading)
        value = number_of(reading)
        if value is None:
            return None
        self._add(reading.mono, value)
        background = min(part.lowest for part in self._parts)
        left = difference(value, background)
        side, cause = self.comparison.side_of(left, reading.t)
        return Seen(side, left, reading.flag, f"{cause}: {value:g} less {background:g}")

    def _add(self, mono: int, value: float) -> None:
        while self._parts and self._parts[0].end < mono - self._span_ms:
            del self._parts[0]
        last = self._parts[-1] if self._parts else None
        if last is None or mono - last.start >= max(1, self._span_ms // PARTS):
            self._parts.append(_Part(mono, mono, value))
        else:
            self._parts[-1] = _Part(last.start, mono, min(last.lowest, value))

    def mark(self) -> Hashable:
        return super().mark(), self._parts[-1].end // part_of(self._span_ms) if self._parts else None

    def snapshot(self) -> dict[str, Any]:
        return {**super().snapshot(), "parts": [list(part) for part in self._parts]}

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        parts = [
            _Part(saved_int(start) + shift_ms, saved_int(end) + shift_ms, saved_number(lowest))
            for start, end, lowest in saved.get("parts", ())
        ]
        super().restore(saved, now_ms, shift_ms)
        self._parts = parts

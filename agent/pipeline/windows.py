"""Window arithmetic: readings become minute values, minute values hours, hours days.

Only N enters a mean, but not what a check keeps out, which counts as D; of everything else the letter is
kept. What is due and what suffices:

| window               | formed from      | due                       | valid with             |
| minute               | readings         | floor(60 s / interval)    | 75 %; `samples` as well |
| 5, 15 minutes, hour  | minute values    | 5, 15, 60                 | 75 %: 4, 12, 45        |
| 8 hours, day         | hour values      | 8, 24                     | 6, 20                  |
| where the interval is longer than the windows below: readings, floor(window / interval), 75 %  |

A mean is that of the valid lower values, each with the same weight (HJ 212-2017, annex D, equations
23 to 25), not of all readings; where it is formed from readings, it is the mean of these. Either way
it is rounded once, to a tenth of the channel's resolution, and the next mean is formed from the
rounded values: so whoever has the exported minutes can compute the hour, and gets the same number.

Pure: no clock, no store. The order in which readings come makes no difference, to the last bit.
"""

from collections.abc import Mapping, Sequence
from math import fsum
from operator import mul
from typing import NamedTuple

from agent.pipeline.direction import direction_of, unit_vector
from agent.pipeline.minute import Minute, Numbers, Rule, in_order, made, needed_readings, passed
from agent.pipeline.periods import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    PERIODS,
    Period,
    expected_in,
    window_start,
)
from agent.pipeline.rounding import places_of, step_of
from store.averages import Average
from store.rows import Reading

__all__ = [
    "DAY_MS",
    "HOUR_MS",
    "MINUTE_MS",
    "Hour",
    "Rule",
    "Windows",
    "combined",
    "expected_in",
    "window_start",
]

HOUR, DAY = PERIODS["1h"], PERIODS["1d"]


class Hour(NamedTuple):
    """One channel over one hour."""

    minutes: list[Average]
    hour: Average


class Windows:
    """The open hours of all channels. rules: by channel; one that has none has Rule().

    Memory: some 300 bytes for each minute and channel of an open hour.
    """

    def __init__(self, rules: Mapping[str, Rule], offset_min: int) -> None:
        self._rules, self._offset_min = rules, offset_min
        self._open: dict[int, dict[str, dict[int, Minute]]] = {}  # hour, channel, minute
        self._last: dict[str, Minute] = {}  # by channel: into which its last reading went

    def add(self, reading: Reading) -> int:
        """Take a reading; the start of its hour."""
        minute_start = reading.t // MINUTE_MS * MINUTE_MS  # offsets are whole minutes
        hour_start = self.start_of(reading.t, HOUR_MS)
        minutes = self._open.setdefault(hour_start, {}).setdefault(reading.channel, {})
        minute = minutes.get(minute_start)
        if minute is None:
            minute = minutes[minute_start] = Minute(minute_start, self._rule(reading.channel))
        last = self._last.get(reading.channel)
        if minute is not last:
            passed(last, minute)
            self._last[reading.channel] = minute
        minute.add(reading)
        return hour_start

    def start_of(self, t: int, period_ms: int) -> int:
        """Start (UTC ms) of the window that holds t."""
        return window_start(t, period_ms, self._offset_min)

    def open_hours(self) -> list[int]:
        """The starts of the hours for which there are readings, in order."""
        return sorted(self._open)

    def close_hour(self, start: int) -> dict[str, Hour]:
        """The minutes and the hour of each channel; a later reading of that hour opens it anew."""
        return {
            channel: self._closed(channel, start, minutes)
            for channel, minutes in self._open.pop(start, {}).items()
        }

    def day_of(self, channel: str, start: int, hours: Sequence[Average]) -> Average:
        """The day that begins at `start`, from its hour values."""
        return combined(hours, start, DAY, self._rule(channel))

    def _rule(self, channel: str) -> Rule:
        return self._rules.get(channel, Rule())

    def _closed(self, channel: str, start: int, minutes: dict[int, Minute]) -> Hour:
        rule = self._rule(channel)
        values = [minute.average(rule) for _, minute in sorted(minutes.items())]
        return Hour(values, combined(values, start, HOUR, rule))


def combined(lower: Sequence[Average], start: int, period: Period, rule: Rule) -> Average:
    """The window that begins at `start`, from those below it, of which there is at least one.

    Its revision rises with each of theirs.
    """
    if 0 < rule.interval_ms <= period.lower_ms:
        used = [each for each in lower if each.valid]
        weights = [1] * len(used)
        expected, needed = period.parts, rule.needed(period)
    else:
        used = [each for each in lower if each.value is not None]
        weights = [each.counted for each in used]
        expected = expected_in(period.length_ms, rule.interval_ms)
        needed = needed_readings(expected, rule)
    counted = sum(weights)
    left_out, trusted, revision = _marks(lower)
    return made(
        (start, start + period.length_ms),
        _numbers(used, weights, counted, rule),
        step_of(rule.resolution, places_of(lower)),
        counted=counted,
        expected=expected,
        valid=counted >= needed,
        left_out=left_out,
        trusted=trusted,
        revision=revision,
    )


def _marks(lower: Sequence[Average]) -> tuple[str, bool, int]:
    """What was left out of all these, whether UTC was trusted in each, their revisions."""
    if len(lower) == 1:  # of a channel that is polled as seldom as that
        return lower[0].left_out, lower[0].trusted, lower[0].revision
    left_out = in_order("".join([each.left_out for each in lower]))
    return left_out, all(each.trusted for each in lower), sum([each.revision for each in lower])


def _numbers(used: Sequence[Average], weights: Sequence[int], counted: int, rule: Rule) -> Numbers:
    """Mean, min and max of these, which all have a value."""
    if counted == 1 and not rule.direction:
        return Numbers(used[0].value, used[0].min, used[0].max)
    values = [each.value for each in used if each.value is not None]
    if not values:
        return Numbers()
    if rule.direction:
        vectors = [(unit_vector(value), weight) for value, weight in zip(values, weights, strict=True)]
        north = [part * weight for (part, _), weight in vectors]
        return Numbers(direction_of(north, [part * weight for (_, part), weight in vectors], counted))
    mean = fsum(map(mul, values, weights)) / counted
    low = min([each.min for each in used if each.min is not None])
    return Numbers(mean, low, max([each.max for each in used if each.max is not None]))

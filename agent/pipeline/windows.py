"""Window arithmetic: readings become minute values, minute values hours, hours days.

A window is start <= t < end, aligned to local standard time (`utc_offset`, without daylight saving).
Only N enters a mean, but not what a check keeps out, which counts as D; of everything else the letter is
kept. What is due and what suffices:

| window | formed from      | due                       | valid with          |
| minute | readings         | floor(60 s / interval)    | 75 %                |
| hour   | minute values    | 60                        | 45 valid minutes    |
|        | interval > 60 s: | readings, floor(1 h / interval) | 75 %          |
| day    | hour values      | 24                        | 20 valid hours      |
|        | interval > 1 h:  | readings, floor(24 h / interval) | 75 %         |

A mean is that of the valid lower values, each with the same weight (HJ 212-2017, annex D, equations
23 to 25), not of all readings; where it is formed from readings, it is the mean of these. Either way
it is rounded once, to a tenth of the channel's resolution, and the next mean is formed from the
rounded values: so whoever has the exported minutes can compute the hour, and gets the same number.

Pure: no clock, no store. The order in which readings come makes no difference, to the last bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import ceil, fsum
from typing import NamedTuple

from agent.pipeline.checks import KEPT_OUT
from drivers.sample import FLAGS
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

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
LARGEST = 1e100  # beyond it is no measurement but a damaged number, and arithmetic overflows
READING_DIGITS = 6  # significant digits by which readings show the resolution of their channel
ROUNDED_DIGITS = 15  # and those of a number that is rounded already


class Rule(NamedTuple):
    """How the windows of one channel are formed.

    interval_ms: between its readings, as planned; 0: not known, then nothing is due and one reading
    suffices. resolution: the smallest step of its values, None: what they show, to 6 digits.
    share: of the readings due (HJ 212-2017, annex C). minutes, hours: GB 3095, HJ 76-2017.
    """

    interval_ms: float = 0.0
    resolution: float | None = None
    share: float = 0.75
    minutes_of_hour: int = 45
    hours_of_day: int = 20


class Hour(NamedTuple):
    """One channel over one hour."""

    minutes: list[Average]
    hour: Average


def window_start(t: int, period_ms: int, offset_min: int) -> int:
    """Start (UTC ms) of the window that holds t. offset_min: local standard time, minutes before UTC."""
    offset_ms = offset_min * MINUTE_MS
    return (t + offset_ms) // period_ms * period_ms - offset_ms


def expected_in(window_ms: int, interval_ms: float) -> int:
    """Readings due in a window, 0 where the interval is not known or longer."""
    return int(window_ms // interval_ms) if interval_ms else 0


class Windows:
    """The open hours of all channels. rules: by channel; one that has none has Rule().

    Memory: some 250 bytes for each minute and channel of an open hour.
    """

    def __init__(self, rules: Mapping[str, Rule], offset_min: int) -> None:
        self._rules, self._offset_min = rules, offset_min
        self._open: dict[int, dict[str, dict[int, _Minute]]] = {}  # hour, channel, minute

    def add(self, reading: Reading) -> int:
        """Take a reading; the start of its hour."""
        minute_start = reading.t // MINUTE_MS * MINUTE_MS  # offsets are whole minutes
        hour_start = self.start_of(reading.t, HOUR_MS)
        minutes = self._open.setdefault(hour_start, {}).setdefault(reading.channel, {})
        minute = minutes.get(minute_start)
        if minute is None:
            minute = minutes[minute_start] = _Minute()
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
        rule = self._rule(channel)
        return combined(hours, start, DAY_MS, rule, _step_of(rule, _places_of(hours)))

    def _rule(self, channel: str) -> Rule:
        return self._rules.get(channel, Rule())

    def _closed(self, channel: str, start: int, minutes: "dict[int, _Minute]") -> Hour:
        rule = self._rule(channel)
        # Of the whole hour: in one minute all readings may happen to be whole numbers.
        step = _step_of(rule, max(minute.places for minute in minutes.values()) + 1)
        values = [minute.average(at, rule, step) for at, minute in sorted(minutes.items())]
        return Hour(values, combined(values, start, HOUR_MS, rule, step))


def combined(
    lower: Sequence[Average], start: int, period_ms: int, rule: Rule, step: tuple[float, int]
) -> Average:
    """The hour or the day that begins at `start`, from the windows below it. step: as _step_of says."""
    lower_ms, parts, needed = {
        HOUR_MS: (MINUTE_MS, 60, rule.minutes_of_hour),
        DAY_MS: (HOUR_MS, 24, rule.hours_of_day),
    }[period_ms]
    if 0 < rule.interval_ms <= lower_ms:
        used = [each for each in lower if each.valid and each.value is not None]
        terms, counted, expected = [each.value for each in used], len(used), parts
    else:
        used = [each for each in lower if each.value is not None]
        terms = [each.value * each.counted for each in used if each.value is not None]
        counted, expected = sum(each.counted for each in used), expected_in(period_ms, rule.interval_ms)
        needed = _needed(expected, rule)
    left_out = _in_order("".join(each.left_out for each in lower))
    lows = [each.min for each in used if each.min is not None]
    highs = [each.max for each in used if each.max is not None]
    valid = counted >= needed
    return Average(
        start,
        start + period_ms,
        *_rounded(fsum(each for each in terms if each is not None), counted, lows, highs, step),
        counted,
        expected,
        valid,
        "N" if valid else (left_out or "D")[0],
        left_out,
        all(each.trusted for each in lower),
    )


class _Minute:
    """The readings of one minute, without keeping them: an exact sum, and what else is told of them."""

    __slots__ = ("counted", "left_out", "max", "min", "places", "sums", "trusted")

    def __init__(self) -> None:
        self.sums: list[float] = []  # their sum is exactly that of the values
        self.counted = 0
        self.min, self.max = float("inf"), float("-inf")
        self.places = 0  # decimals that the values have
        self.left_out = ""
        self.trusted = True

    def add(self, reading: Reading) -> None:
        value, flag = reading.value, reading.flag
        if not reading.trusted:
            self.trusted = False
        if flag != "N" or value is None or abs(value) > LARGEST or KEPT_OUT in reading.conditions:
            flag = "D" if flag == "N" else flag
            if flag not in self.left_out:
                self.left_out += flag
            return
        self.counted += 1
        self.min, self.max = min(self.min, value), max(self.max, value)
        if round(value, self.places) != value:
            self.places = max(self.places, _places_shown(value))
        self._add_exactly(value)

    def _add_exactly(self, value: float) -> None:
        """Shewchuk's growing expansion, as in math.fsum: so the order of readings makes no difference."""
        at = 0
        for part in self.sums:
            large, small = (value, part) if abs(value) >= abs(part) else (part, value)
            value = large + small
            rest = small - (value - large)
            if rest:
                self.sums[at] = rest
                at += 1
        self.sums[at:] = [value]

    def average(self, start: int, rule: Rule, step: tuple[float, int]) -> Average:
        expected = expected_in(MINUTE_MS, rule.interval_ms)
        valid = self.counted >= _needed(expected, rule)
        left_out = _in_order(self.left_out)
        return Average(
            start,
            start + MINUTE_MS,
            *_rounded(fsum(self.sums), self.counted, [self.min], [self.max], step),
            self.counted,
            expected,
            valid,
            "N" if valid else (left_out or "D")[0],
            left_out,
            self.trusted,
        )


def _needed(expected: int, rule: Rule) -> int:
    """Readings that make a window valid: never none."""
    return max(1, ceil(expected * rule.share))


def _in_order(flags: str) -> str:
    """Each once, what is declared before what is observed."""
    return "".join(flag for flag in FLAGS if flag in flags)


def _rounded(
    total: float, count: int, lows: Iterable[float], highs: Iterable[float], step: tuple[float, int]
) -> tuple[float | None, float | None, float | None]:
    """Mean, min, max. The mean of equal values may come out beside them by its last bit."""
    if not count:
        return None, None, None
    low, high = min(lows), max(highs)
    return _on(step, min(max(total / count, low), high)), _on(step, low), _on(step, high)


def _step_of(rule: Rule, places: int) -> tuple[float, int]:
    """What values are rounded to, and its decimals: a tenth of the resolution, else so many decimals."""
    if rule.resolution is None:
        return 10.0**-places, places
    step = Decimal(repr(rule.resolution)) / 10
    return float(step), -min(0, int(step.normalize().as_tuple().exponent))


def _on(step: tuple[float, int], value: float) -> float:
    size, places = step
    if size != 10.0**-places:  # such as a tenth of 0.5
        value = round(value / size) * size
    return round(value, places) + 0.0  # never -0.0


def _places_shown(value: float, significant: int = READING_DIGITS) -> int:
    """Decimals of the value to so many digits: to 6, 0.1 + 0.2 has one. Never below 0."""
    digits, _, exponent = f"{value:.{significant}g}".partition("e")
    return max(0, len(digits.partition(".")[2]) - int(exponent or 0))


def _places_of(averages: Sequence[Average]) -> int:
    """Decimals of a mean of these: one more than the readings show among their extremes, or their own."""
    extremes = [bound for each in averages for bound in (each.min, each.max) if bound is not None]
    means = [each.value for each in averages if each.value is not None]
    shown = [_places_shown(bound) + 1 for bound in extremes]
    return max(shown + [_places_shown(mean, ROUNDED_DIGITS) for mean in means], default=0)

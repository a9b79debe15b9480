"""One minute of one channel while it is open: its readings, without keeping them."""

from math import ceil, fsum
from typing import NamedTuple

from agent.pipeline.checks import KEPT_OUT
from agent.pipeline.direction import direction_of, unit_vector
from agent.pipeline.exact import grow
from agent.pipeline.periods import HOUR_MS, MINUTE_MS, Period, expected_in
from agent.pipeline.rounding import Step, places_shown, step_of
from drivers.sample import FLAGS
from store.averages import Average
from store.rows import Reading

__all__ = [
    "Minute",
    "Numbers",
    "Rule",
    "archived_minute",
    "in_order",
    "left_out",
    "made",
    "needed_readings",
    "passed",
]

LARGEST = 1e100  # beyond it is no measurement but a damaged number, and arithmetic overflows


class Rule(NamedTuple):
    """How the windows of one channel are formed.

    interval_ms: between its readings, as planned; 0: not known, then nothing is due and one reading
    suffices. resolution: the smallest step of its values, None: what they show, to 6 digits.
    share: of the readings due (HJ 212-2017, annex C); minutes: of the minutes of a window, 45 of an hour's
    60 (GB 3095, HJ 76-2017). samples: a minute is not valid with fewer (HJ 212-2017, annex D: 12 of a CEMS).
    hours_of_8, hours_of_day: GB 3095. direction: degrees from north, averaged as vectors.
    """

    interval_ms: float = 0.0
    resolution: float | None = None
    share: float = 0.75
    minutes: float = 0.75
    samples: int = 0
    hours_of_8: int = 6
    hours_of_day: int = 20
    direction: bool = False

    def needed(self, period: Period) -> int:
        """Windows below it that make one of this period valid."""
        if period.lower_ms == HOUR_MS and period.parts in (8, 24):
            return self.hours_of_8 if period.parts == 8 else self.hours_of_day
        return max(1, ceil(period.parts * self.minutes))


class Numbers(NamedTuple):
    """Of a window. min, max: None of directions, all None where there is nothing."""

    value: float | None = None
    min: float | None = None
    max: float | None = None


def left_out(reading: Reading) -> str:
    """Why the reading enters no average, in words; empty where it does."""
    if reading.flag != "N":
        return f"flag {reading.flag}"
    if reading.value is None:
        return "no value"
    if abs(reading.value) > LARGEST:
        return "a damaged number"
    return KEPT_OUT if KEPT_OUT in reading.conditions else ""


class Minute:
    """start: UTC ms. revision: how often readings came into it after the channel's had gone on to a later
    minute. value: what was last made of it, None: nothing yet."""

    __slots__ = (
        "counted",
        "east",
        "is_archived",
        "is_open",
        "left",
        "left_out",
        "max",
        "min",
        "places",
        "revision",
        "start",
        "sums",
        "trusted",
        "value",
    )

    def __init__(self, start: int, rule: Rule) -> None:
        self.start = start
        self.sums: list[float] = []  # of the values; of directions: of their north components
        self.east: list[float] | None = [] if rule.direction else None
        self.counted = 0
        self.min, self.max = float("inf"), float("-inf")
        self.places = 0  # decimals that the values have
        self.left_out = ""
        self.trusted = True
        self.left = self.is_open = self.is_archived = False
        self.revision = 0
        self.value: Average | None = None

    def open(self) -> None:
        """Readings come; a value that was made already is revised."""
        self.is_open = True
        if self.value is not None:
            self.revision = max(self.revision, self.value.revision + 1)

    def close(self, rule: Rule) -> Average:
        """Make its value."""
        self.is_open = False
        self.value = self.average(rule)
        return self.value

    def add(self, reading: Reading) -> None:
        value, flag = reading.value, reading.flag
        if not reading.trusted:
            self.trusted = False
        if value is None or left_out(reading):
            flag = "D" if flag == "N" else flag
            if flag not in self.left_out:
                self.left_out += flag
            return
        self.counted += 1
        if round(value, self.places) != value:
            self.places = max(self.places, places_shown(value))
        if self.east is None:
            self.min, self.max = min(self.min, value), max(self.max, value)
            grow(self.sums, value)
        else:
            north, east = unit_vector(value)
            grow(self.sums, north)
            grow(self.east, east)

    def average(self, rule: Rule) -> Average:
        """Its value by now."""
        expected = expected_in(MINUTE_MS, rule.interval_ms)
        if self.east is not None:
            numbers = Numbers(direction_of(self.sums, self.east, self.counted))
        elif self.counted:
            numbers = Numbers(fsum(self.sums) / self.counted, self.min, self.max)
        else:
            numbers = Numbers()
        return made(
            (self.start, self.start + MINUTE_MS),
            numbers,
            step_of(rule.resolution, self.places + 1),
            counted=self.counted,
            expected=expected,
            valid=self.counted >= max(needed_readings(expected, rule), rule.samples),
            left_out=in_order(self.left_out),
            trusted=self.trusted,
            revision=self.revision,
        )


def archived_minute(value: Average, rule: Rule) -> Minute:
    """One that is over for good: what it was formed from is not known any more."""
    minute = Minute(value.start, rule)
    minute.value, minute.is_archived = value, True
    return minute


def passed(before: Minute | None, minute: Minute) -> None:
    """The channel's readings went on from the one to the other, which may be one they had gone on from."""
    if before is not None and before.start < minute.start:
        before.left = True
    if minute.left:
        minute.left = False
        minute.revision += 1


def made(
    span: tuple[int, int],
    numbers: Numbers,
    step: Step,
    *,
    counted: int,
    expected: int,
    valid: bool,
    left_out: str,
    trusted: bool,
    revision: int,
) -> Average:
    """The window of these numbers, rounded. Of equal values the mean may come out beside them by its last
    bit: it is clamped. One without a value is never valid."""
    value, low, high = numbers
    if value is None:
        valid = False
    elif low is None or high is None:
        value = step.on(value) % 360.0  # a direction: 359.97 may be rounded to 360
    elif low == high:
        value = low = high = step.on(low)
    else:
        value, low, high = step.on(min(max(value, low), high)), step.on(low), step.on(high)
    flag = "N" if valid else (left_out or "D")[0]
    return Average(*span, value, low, high, counted, expected, valid, flag, left_out, trusted, revision)


def needed_readings(expected: int, rule: Rule) -> int:
    """Readings that make a window valid: never none."""
    return max(1, ceil(expected * rule.share))


def in_order(flags: str) -> str:
    """Each once, what is declared before what is observed."""
    return "".join([flag for flag in FLAGS if flag in flags]) if flags else ""

"""Periods of averages, and which windows of them there are.

A window is start <= t < end, aligned to local standard time (`utc_offset`, without daylight saving). A
rolling one is formed anew with the end of every window below it: one of minutes each minute, one of hours
each hour.
"""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = [
    "DAY_MS",
    "HOUR_MS",
    "KNOWN",
    "MINUTE_MS",
    "PERIODS",
    "RAW",
    "ROLLING",
    "Period",
    "expected_in",
    "period_named",
    "window_start",
]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
ROLLING = "rolling:"
RAW = "raw"  # readings themselves, in place of a period


class Period(NamedTuple):
    """length_ms: of a window; lower_ms: of the windows it is formed from, 0: readings; step_ms: from one
    start to the next."""

    name: str
    length_ms: int
    lower_ms: int
    step_ms: int

    @property
    def parts(self) -> int:
        """Windows below it in one of this."""
        return self.length_ms // self.lower_ms

    def starts(self, t: int, offset_min: int) -> Iterable[int]:
        """Of the windows that hold t, or the whole lower window that begins there (UTC ms)."""
        last = window_start(t, self.step_ms, offset_min)
        return range(last + self.step_ms - self.length_ms, last + 1, self.step_ms)


PERIODS = {
    period.name: period
    for period in (
        Period("1m", MINUTE_MS, 0, MINUTE_MS),
        Period("5m", 5 * MINUTE_MS, MINUTE_MS, 5 * MINUTE_MS),
        Period("15m", 15 * MINUTE_MS, MINUTE_MS, 15 * MINUTE_MS),
        Period("1h", HOUR_MS, MINUTE_MS, HOUR_MS),
        Period("8h", 8 * HOUR_MS, HOUR_MS, 8 * HOUR_MS),
        Period("1d", DAY_MS, HOUR_MS, DAY_MS),
    )
}
KNOWN = f"{', '.join(PERIODS)}, rolling:2m..60m, rolling:2h..24h"


def period_named(name: str) -> Period:
    """The period of that name: one of PERIODS, or rolling:2m..60m, rolling:2h..24h.

    Raises ValueError with what is wrong.
    """
    if name in PERIODS:
        return PERIODS[name]
    text = name.removeprefix(ROLLING)
    number, unit = text[:-1], text[-1:]
    most = {"m": 60, "h": 24}.get(unit, 0)
    if text == name or not (number.isascii() and number.isdigit()) or not 2 <= int(number) <= most:
        raise ValueError(f"none of {KNOWN}")
    lower_ms = MINUTE_MS if unit == "m" else HOUR_MS
    return Period(f"{ROLLING}{int(number)}{unit}", int(number) * lower_ms, lower_ms, lower_ms)


def window_start(t: int, period_ms: int, offset_min: int) -> int:
    """Start (UTC ms) of the window that holds t. offset_min: local standard time, minutes before UTC."""
    offset_ms = offset_min * MINUTE_MS
    return (t + offset_ms) // period_ms * period_ms - offset_ms


def expected_in(window_ms: int, interval_ms: float) -> int:
    """Readings due in a window, 0 where the interval is not known or longer."""
    return int(window_ms // interval_ms) if interval_ms else 0

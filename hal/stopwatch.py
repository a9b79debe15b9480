"""Milliseconds out of a board's ticks, which wrap around. Runs on MicroPython too."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Stopwatch"]

PERIOD = 1 << 30  # MicroPython's ticks_us and ticks_ms wrap here on every 32-bit port


class Stopwatch:
    """Counts from `restart` on. ticks: as time.ticks_us, or another with `per_ms` ticks a millisecond.

    It must be looked at once in each period: ticks_us wraps after 17.9 minutes.
    """

    def __init__(self, ticks: "Callable[[], int]", per_ms: int = 1000, period: int = PERIOD) -> None:
        self._ticks = ticks
        self._per_ms = per_ms
        self._period = period
        self._last = ticks()
        self._count = 0

    def now_ms(self) -> float:
        ticks = self._ticks()
        self._count += (ticks - self._last) % self._period
        self._last = ticks
        return self._count / self._per_ms

    def restart(self) -> None:
        self._last = self._ticks()
        self._count = 0

    def lap_ms(self) -> float:
        """What it shows, and from now on it counts anew."""
        shown_ms = self.now_ms()
        self._count = 0
        return shown_ms

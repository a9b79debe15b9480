"""The one place that reads the time.

Monotonic time is the event loop's own, so that timeouts, timers and stamps agree; a simulation
swaps the loop and passes its own Clock.
"""

import ctypes
import ctypes.util
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["Clock", "kernel_synchronised"]

# Nothing can have been measured before this version was released.
RELEASED_UTC_MS = 1_795_000_000_000  # 2026-11-18
TIME_ERROR = 5  # adjtimex(2): clock not synchronised


class Clock:
    """UTC now, monotonic now, and whether UTC can be trusted.

    utc: "trusted" where the host keeps the time by its own means, "auto" to find out: the
    kernel says that its clock is synchronised, or there is a battery clock and now is not
    before the last journalled time and the release date.
    """

    def __init__(self, utc: str = "auto", rtc: Path = Path("/dev/rtc0")) -> None:
        self._stated = utc == "trusted"
        self._rtc = rtc
        self.last_known_utc_ms = 0  # the last journalled time, once the journal is open
        self._checked = float("-inf")
        self._trusted = False

    def utc_ms(self) -> int:
        """UTC in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds; the same scale as `loop.time()`."""
        return time.monotonic()

    def utc_at(self, monotonic: float) -> int:
        """UTC ms of a moment given on the monotonic clock (near now)."""
        return self.utc_ms() - round((self.monotonic() - monotonic) * 1000)

    def utc_trusted(self) -> bool:
        """Asked of the kernel at most once a second: readings come by the thousand."""
        if self._stated:
            return True
        now = self.monotonic()
        if now - self._checked >= 1.0:
            self._checked = now
            floor = max(self.last_known_utc_ms, RELEASED_UTC_MS)
            self._trusted = kernel_synchronised() or (self._rtc.exists() and self.utc_ms() >= floor)
        return self._trusted


def kernel_synchronised(adjtimex: Callable[[ctypes.Array[ctypes.c_char]], int] | None = None) -> bool:
    """Whether the kernel says that its clock is synchronised. Source: adjtimex(2).

    adjtimex: the system call, given a zeroed struct timex (modes 0: read only); injected by tests.
    """
    if adjtimex is None:
        library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        adjtimex = library.adjtimex
    state = adjtimex(ctypes.create_string_buffer(512))  # larger than struct timex on any platform
    return 0 <= state < TIME_ERROR

"""MicroPython's RTC: the gateway's UTC, which the host keeps."""

import errno
from datetime import UTC, datetime

from hal.machine.board import board

__all__ = ["RTC"]


class RTC:
    """Read only: the time of a gateway is set by its host (NTP, or the battery clock)."""

    def __init__(self, id: int = 0) -> None:
        if id != 0:
            raise ValueError(f"RTC({id}) doesn't exist")
        self._clock = board().clock

    def datetime(self, datetimetuple: object = None) -> tuple[int, int, int, int, int, int, int, int]:
        """(year, month, day, weekday, hours, minutes, seconds, microseconds), UTC; Monday is 0.

        Raises OSError where a time is given.
        """
        if datetimetuple is not None:
            raise OSError(errno.EPERM, "the gateway's time is set by its host, not by a program")
        now = datetime.fromtimestamp(self._clock.utc_ms() / 1000, UTC)
        day = (now.year, now.month, now.day, now.weekday())
        return (*day, now.hour, now.minute, now.second, now.microsecond // 1000 * 1000)

"""One month at the station, as the hours it has."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

__all__ = ["HOUR_MS", "Month", "month_of"]

HOUR_MS = 3_600_000
WRITTEN = re.compile(r"(\d{4})-(\d\d)")


class Month(NamedTuple):
    """first_ms, end_ms: UTC, the end left out. until_ms: end of the last whole hour so far."""

    name: str
    first_ms: int
    end_ms: int
    until_ms: int

    @property
    def hours(self) -> int:
        return (self.end_ms - self.first_ms) // HOUR_MS

    @property
    def hours_so_far(self) -> int:
        return len(self.starts)

    @property
    def first_day(self) -> date:
        return date.fromisoformat(f"{self.name}-01")

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(hours=self.hours - 1)

    @property
    def is_complete(self) -> bool:
        return self.until_ms >= self.end_ms

    @property
    def starts(self) -> range:
        """Of the hours so far, UTC ms."""
        return range(self.first_ms, self.until_ms, HOUR_MS)


def month_of(name: str, offset_min: int, until_ms: int) -> Month:
    """name: 2026-11. offset_min: local time, minutes before UTC. until_ms: UTC, up to when there are values.

    Raises ValueError for what is no month.
    """
    found = WRITTEN.fullmatch(name)
    if not found or not 1 <= int(found[2]) <= 12 or not 1970 <= int(found[1]) < 9999:
        raise ValueError(f"{name!r} is no month; as in 2026-11")
    year, number = int(found[1]), int(found[2])
    first_ms, end_ms = (
        int(datetime(*each, 1, tzinfo=UTC).timestamp()) * 1000 - offset_min * 60_000
        for each in ((year, number), (year + number // 12, number % 12 + 1))
    )
    whole_ms = first_ms + max(0, until_ms - first_ms) // HOUR_MS * HOUR_MS
    return Month(name, first_ms, end_ms, min(whole_ms, end_ms))

"""Times as people write and read them: local standard time with its offset."""

from datetime import UTC, date, datetime, timedelta, timezone

__all__ = ["BadTime", "Zone"]


class BadTime(ValueError):
    """A text that is no time; it says what would be one."""


class Zone:
    """Local standard time. offset_min: minutes before UTC."""

    def __init__(self, offset_min: int) -> None:
        self._zone = timezone(timedelta(minutes=offset_min))
        self.offset_ms = offset_min * 60_000

    def text(self, t: int) -> str:
        """2026-11-24T10:00:00+08:00; with milliseconds where there are some."""
        when = datetime.fromtimestamp(t // 1000, UTC).astimezone(self._zone)
        if t % 1000:
            return when.replace(microsecond=t % 1000 * 1000).isoformat(timespec="milliseconds")
        return when.isoformat()

    def first(self, text: str) -> int:
        """UTC ms of a time, or of the beginning of a date. Raises BadTime."""
        return self._parsed(text, days=0)

    def last(self, text: str) -> int:
        """UTC ms of a time, or of the end of a date, so that the whole day is in. Raises BadTime."""
        return self._parsed(text, days=1)

    def _parsed(self, text: str, days: int) -> int:
        try:
            if len(text) == 10:
                when = datetime.combine(date.fromisoformat(text) + timedelta(days), datetime.min.time())
            else:
                when = datetime.fromisoformat(text)
            when = when if when.tzinfo else when.replace(tzinfo=self._zone)
            return round(when.timestamp() * 1000)
        except (ValueError, OverflowError):
            raise BadTime(
                f"{text!r} is no time; as in 2026-11-24, 2026-11-24T10:00 (local), 2026-11-24T02:00Z"
            ) from None

"""The raw window of an alarm: which readings were taken around it. Pure.

From 5 minutes before an alarm is raised to 10 minutes after. Raised again meanwhile, it goes on until 10
minutes after the last time, for at most an hour; what comes then is a window of its own.
"""

from typing import Any, NamedTuple

from agent.pipeline.instant import Instant, resumed

__all__ = ["AFTER_MS", "BEFORE_MS", "RawWindow", "RawWindows"]

BEFORE_MS, AFTER_MS, LONGEST_MS = 300_000, 600_000, 3_600_000


class RawWindow(NamedTuple):
    """alarm: id of the event that told of the first raise, at `at`; raised: how often it was.

    for_ms: how long after `at` it ends. known: False where nobody can tell how long ago `at` was.
    """

    rule: str
    alarm: str
    at: Instant
    for_ms: int = AFTER_MS
    raised: int = 1
    known: bool = True

    def is_due(self, mono: int) -> bool:
        return not self.known or mono >= self.ends_mono

    @property
    def ends_mono(self) -> int:
        return self.at.mono + self.for_ms

    @property
    def t_first(self) -> int:
        return self.at.t - BEFORE_MS

    @property
    def t_last(self) -> int:
        return self.at.t + self.for_ms


class RawWindows:
    """Those that are open: of each rule one, two where it is raised again and again, and never more.

    Where the disk fails none can be told of: then the second goes on.
    """

    def __init__(self) -> None:
        self.open: dict[str, RawWindow] = {}  # by the id of its alarm event

    def raised(self, rule: str, alarm: str, at: Instant) -> None:
        """An alarm was raised. alarm: id of its event."""
        windows = [window for window in self.open.values() if window.rule == rule and window.known]
        if windows:
            last = windows[-1]
            for_ms = at.mono - last.at.mono + AFTER_MS
            if len(windows) > 1 or (at.mono <= last.ends_mono and for_ms <= LONGEST_MS):
                again = last._replace(for_ms=max(for_ms, last.for_ms), raised=last.raised + 1)
                self.open[last.alarm] = again
                return
        self.open[alarm] = RawWindow(rule, alarm, at)

    def due(self, mono: int) -> list[RawWindow]:
        """Those whose time is over."""
        return [window for window in self.open.values() if window.is_due(mono)]

    def close(self, window: RawWindow) -> None:
        del self.open[window.alarm]

    # ---- what survives a kill ----

    def snapshot(self) -> list[dict[str, Any]]:
        """JSON-able."""
        return [{**window._asdict(), "at": window.at.plain()} for window in self.open.values()]

    def restore(self, saved: object, now: Instant) -> None:
        """Take up where a snapshot left off. Raises ValueError for none."""
        try:
            windows = [_read(each, now) for each in saved]  # type: ignore[attr-defined]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{saved!r} are no saved raw windows") from error
        self.open = {window.alarm: window for window in windows}


def _read(saved: dict[str, Any], now: Instant) -> RawWindow:
    at = resumed(saved["at"], now)
    return RawWindow(
        str(saved["rule"]),
        str(saved["alarm"]),
        at or Instant(**saved["at"]),
        int(saved["for_ms"]),
        int(saved["raised"]),
        at is not None and bool(saved["known"]),
    )

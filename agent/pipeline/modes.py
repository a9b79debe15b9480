"""Modes that a technician declares: an instrument in maintenance, or being calibrated. Pure.

While a mode lasts, the instrument's readings carry its flag by precedence (M or C) beside all that they say
themselves, with their value. It ends when somebody ends it, and by itself after its time: an instrument that
was forgotten in maintenance holds its alarms as they are, and would be blind for ever. After calibration,
the technician's or the instrument's own, a channel stays C for its recovery period: gas still clears.

Time is that of the readings, monotonic; `until` in UTC is for people, and for what a restart leaves.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from agent.pipeline.causes import with_causes
from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.words import duration
from store.rows import Reading

__all__ = ["CALIBRATION", "KINDS", "MAINTENANCE", "RECOVERY", "Kind", "Mode", "Modes"]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
MAINTENANCE, CALIBRATION = "maintenance", "calibration"
RECOVERY = "recovery after calibration"


class Kind(NamedTuple):
    """flag: of HJ 212. default_ms, max_ms: how long it lasts, where nothing is said, and at most."""

    flag: str
    default_ms: int
    max_ms: int


KINDS = {
    MAINTENANCE: Kind("M", 2 * HOUR_MS, 24 * HOUR_MS),
    CALIBRATION: Kind("C", HOUR_MS, 8 * HOUR_MS),
}


class Mode(NamedTuple):
    """One instrument in a mode. kind: of KINDS; since, until: UTC ms; by, why: for people."""

    instrument: str
    kind: str
    since: int
    until: int
    by: str
    why: str


class Modes:
    """Of all instruments. recovery_ms: by channel, how long it stays C after calibration."""

    def __init__(self, recovery_ms: Mapping[str, int] | None = None) -> None:
        self._recovery_ms = dict(recovery_ms or {})
        self._running: dict[tuple[str, str], tuple[Mode, int]] = {}  # by instrument and kind; monotonic end
        self._instruments: dict[str, tuple[tuple[str, str], ...]] = {}  # channel: keys of _running
        self._calibrated_ms: dict[str, int] = {}  # channel: its last reading in calibration, monotonic
        self._ended: dict[str, int] = {}  # instrument: when its calibration ended, UTC ms

    def mark(self, reading: Reading) -> Reading:
        """The reading with the flags of the modes that it falls into."""
        channel, now_ms = reading.channel, reading.mono
        causes = self._declared(channel, now_ms) if self._running else []
        recovery_ms = self._recovery_ms.get(channel)
        if recovery_ms:
            if reading.flag == "C" or any(flag == "C" for flag, _ in causes):
                self._calibrated_ms[channel] = now_ms
            elif now_ms - self._calibrated_ms.get(channel, now_ms - recovery_ms) < recovery_ms:
                causes.append(("C", RECOVERY))
        return with_causes(reading, causes) if causes else reading

    def _declared(self, channel: str, now_ms: int) -> list[tuple[str, str]]:
        keys = self._instruments.get(channel)
        if keys is None:
            instrument = channel.partition(".")[0]
            keys = self._instruments[channel] = tuple((instrument, kind) for kind in KINDS)
        return [
            (KINDS[key[1]].flag, key[1])
            for key in keys
            if key in self._running and now_ms < self._running[key][1]
        ]

    def explain(self, reading: Reading, now: Instant) -> Explained | None:
        """What people have declared of the reading's instrument; None where that is nothing."""
        instrument = reading.channel.partition(".")[0]
        text = []
        for mode, left_ms in self.running(now.mono):
            if mode.instrument == instrument:
                why = f": {mode.why}" if mode.why else ""
                left = duration(left_ms / 1000)
                text.append(f"{mode.kind} (flag {KINDS[mode.kind].flag}) by {mode.by}{why}, {left} left")
        if RECOVERY in reading.conditions:
            text.append(f"{RECOVERY} (flag C)")
        return Explained("mode", reading.channel, tuple(text)) if text else None

    def begin(self, mode: Mode, mono_ms: int) -> None:
        """From now (mode.since, mono_ms) on; one of its kind that runs is replaced."""
        self._running[mode.instrument, mode.kind] = mode, mono_ms + mode.until - mode.since

    def end(self, instrument: str, kind: str, utc_ms: int) -> Mode | None:
        """The mode that somebody has ended; None where there was none."""
        mode, _ = self._running.pop((instrument, kind), (None, 0))
        if mode is not None and kind == CALIBRATION:
            self._ended[instrument] = utc_ms
        return mode

    def recovery_ms(self, instrument: str) -> int:
        """How long the slowest of its channels recovers; 0 where none does."""
        of_it = (ms for channel, ms in self._recovery_ms.items() if channel.partition(".")[0] == instrument)
        return max(of_it, default=0)

    def expired(self, utc_ms: int, mono_ms: int) -> list[Mode]:
        """Those whose time is over; each is told once."""
        over = [mode for mode, until_ms in self._running.values() if mono_ms >= until_ms]
        for mode in over:
            self.end(mode.instrument, mode.kind, utc_ms)
        return over

    def running(self, mono_ms: int) -> list[tuple[Mode, int]]:
        """Each mode and how long it still lasts, in ms."""
        return [(mode, max(0, until_ms - mono_ms)) for mode, until_ms in self._running.values()]

    def snapshot(self, utc_ms: int) -> dict[str, Any]:
        """What must survive a kill, JSON-able."""
        longest_ms = max(self._recovery_ms.values(), default=0)
        self._ended = {name: t for name, t in self._ended.items() if utc_ms - t < longest_ms}
        return {"modes": [list(mode) for mode, _ in self._running.values()], "ended": dict(self._ended)}

    def restore(self, saved: object, utc_ms: int, mono_ms: int) -> None:
        """Take up where a snapshot left off. Raises ValueError for one that is none.

        A mode lasts as long as it still would, and never longer than it was given, whatever the clock says.
        """
        try:
            modes = [_mode(row) for row in saved["modes"]]  # type: ignore[index]
            ended = {str(name): int(t) for name, t in saved["ended"].items()}  # type: ignore[index]
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"modes: {saved!r} is no saved state ({error})") from error
        for mode in modes:
            left_ms = min(mode.until - utc_ms, mode.until - mode.since)
            self._running[mode.instrument, mode.kind] = mode, mono_ms + left_ms
        self._ended = ended
        for channel in self._recovery_ms:
            t = ended.get(channel.partition(".")[0])
            if t is not None:
                self._calibrated_ms[channel] = mono_ms - max(0, utc_ms - t)


def _mode(row: Iterable[Any]) -> Mode:
    instrument, kind, since, until, by, why = row
    if kind not in KINDS or not isinstance(since, int) or not isinstance(until, int) or until < since:
        raise ValueError(f"{row!r} is no mode")
    return Mode(str(instrument), kind, since, until, str(by), str(why))

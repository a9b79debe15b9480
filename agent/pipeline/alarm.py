"""One alarm over time: which side its condition has been on, for how long, and so its ISA state. Pure.

A delay elapses only with a reading that still holds.
"""

from typing import Any, NamedTuple

from agent.alarms import NORMAL, STATES, step
from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW, Seen

__all__ = ["Alarm", "Change"]


class Change(NamedTuple):
    """One transition of an alarm, as the event's body carries it."""

    transition: str
    value: float | None
    flag: str
    cause: str


class Alarm:
    """The alarm of one [[rule]]. on_delay_ms, off_delay_ms: how long a side must hold before it counts."""

    def __init__(self, rule_id: str, on_delay_ms: int = 0, off_delay_ms: int = 0) -> None:
        self.id = rule_id
        self.on_delay_ms, self.off_delay_ms = on_delay_ms, off_delay_ms
        self.state = NORMAL
        self.changed_t: int | None = None  # UTC ms of the last transition
        self._side: str | None = None  # HIGH or LOW while a delay runs or has run out
        self._since_ms = 0  # since when the condition is on that side, monotonic
        self._since_t = 0  # the same as UTC: what survives a kill

    def judge(self, seen: Seen | None, t: int, mono: int) -> Change | None:
        """Take what a reading came to; a Change where the alarm changes its state. None holds it as it is.

        t, mono: UTC and monotonic ms of the reading.
        """
        if seen is None:
            return None
        if seen.side == BETWEEN:
            self._side = None
            return None
        if seen.side != self._side:
            self._side, self._since_ms, self._since_t = seen.side, mono, t
        delay_ms = self.on_delay_ms if seen.side == HIGH else self.off_delay_ms
        if mono - self._since_ms < delay_ms:
            return None
        self.state, transition = step(self.state, seen.side)
        if transition is None:
            return None
        self.changed_t = t
        return Change(transition, seen.value, seen.flag, seen.cause)

    def delay_ends_ms(self) -> int | None:
        """When the delay that runs, or has run out, is over: monotonic ms; None where there is none."""
        if self._side is None:
            return None
        return self._since_ms + (self.on_delay_ms if self._side == HIGH else self.off_delay_ms)

    def acknowledge(self, value: float | None, flag: str, t: int, by: str) -> Change | None:
        """Somebody has taken note; None where there is nothing to take note of. t: UTC ms."""
        self.state, transition = step(self.state, "ack")
        if transition is None:
            return None
        self.changed_t = t
        return Change(transition, value, flag, f"acknowledged by {by}")

    def snapshot(self) -> dict[str, Any]:
        """What must survive a kill, JSON-able; it changes only when the alarm's state does."""
        since = None if self._side is None else self._since_t
        return {"state": self.state, "changed_t": self.changed_t, "side": self._side, "since": since}

    def restore(self, saved: object, now_mono_ms: int, now_utc_ms: int) -> None:
        """Take up where a snapshot left off. Raises ValueError for one that is none."""
        if not isinstance(saved, dict) or saved.get("state") not in STATES:
            raise ValueError(f"rule {self.id}: {saved!r} is no saved state")
        self.state, self.changed_t = saved["state"], saved.get("changed_t")
        since = saved.get("since")
        if saved.get("side") in (HIGH, LOW) and isinstance(since, int):
            self._side, self._since_t = saved["side"], since
            self._since_ms = now_mono_ms - max(0, now_utc_ms - since)

"""Threshold rules: what a channel's readings mean for its alarm. Pure, time injected.

Flags act as follows. N raises and clears. T (over range), also where it is only one cause among
several, counts as high and never clears: a plume that saturates the detector is not silence.
Anything else holds the state as it is, since doubtful data neither raises nor clears. A delay
elapses only with a sample that still holds.
"""

from typing import Any, NamedTuple

from agent.alarms import NORMAL, STATES, step
from drivers.sample import OVER_RANGE
from store.rows import Reading

__all__ = ["Change", "Threshold"]


class Change(NamedTuple):
    """One transition of an alarm, as the event's body carries it."""

    transition: str
    value: float | None
    flag: str
    cause: str


class Threshold:
    """One [[rule]]: an upper limit on one channel, in the channel's unit.

    above: limit; deadband >= 0: how far below it a value must fall to return; on_delay_ms,
    off_delay_ms: how long it must hold before it counts.
    """

    def __init__(
        self, rule_id: str, above: float, deadband: float = 0.0, on_delay_ms: int = 0, off_delay_ms: int = 0
    ) -> None:
        self.id = rule_id
        self.above, self.deadband = above, deadband
        self.on_delay_ms, self.off_delay_ms = on_delay_ms, off_delay_ms
        self.state = NORMAL
        self.changed_t: int | None = None  # UTC ms of the last transition
        self._side: str | None = None  # "high" or "low" while a delay runs or has run out
        self._since_ms = 0  # since when the value is on that side, monotonic
        self._since_t = 0  # the same as UTC: what survives a kill

    def judge(self, reading: Reading) -> Change | None:
        """Take one reading; a Change where the alarm changes its state."""
        side = self._side_of(reading)
        if side is None:
            return None
        if side == "between":
            self._side = None
            return None
        if side != self._side:
            self._side, self._since_ms, self._since_t = side, reading.mono, reading.t
        delay_ms = self.on_delay_ms if side == "high" else self.off_delay_ms
        if reading.mono - self._since_ms < delay_ms:
            return None
        self.state, transition = step(self.state, side)
        if transition is None:
            return None
        self.changed_t = reading.t
        return Change(transition, reading.value, reading.flag, self._cause(reading, side))

    def acknowledge(self, value: float | None, flag: str, t: int, by: str) -> Change | None:
        """Somebody has taken note; None where there is nothing to take note of. t: UTC ms."""
        self.state, transition = step(self.state, "ack")
        if transition is None:
            return None
        self.changed_t = t
        return Change(transition, value, flag, f"acknowledged by {by}")

    def _side_of(self, reading: Reading) -> str | None:
        """high, low, between (inside the deadband), or None where the reading says nothing."""
        if reading.flag == "T" or OVER_RANGE in reading.conditions:
            return "high"
        if reading.flag != "N" or reading.value is None:
            return None
        if reading.value > self.above:
            return "high"
        return "low" if reading.value <= self.above - self.deadband else "between"

    def _cause(self, reading: Reading, side: str) -> str:
        if side == "low":
            return f"at or below {self.above - self.deadband:g}"
        if reading.flag == "N":
            return f"above {self.above:g}"
        return OVER_RANGE

    def snapshot(self) -> dict[str, Any]:
        """What must survive a kill, JSON-able; it changes only when the rule's state does."""
        since = None if self._side is None else self._since_t
        return {"state": self.state, "changed_t": self.changed_t, "side": self._side, "since": since}

    def restore(self, saved: object, now_mono_ms: int, now_utc_ms: int) -> None:
        """Take up where a snapshot left off. Raises ValueError for one that is none."""
        if not isinstance(saved, dict) or saved.get("state") not in STATES:
            raise ValueError(f"rule {self.id}: {saved!r} is no saved state")
        self.state, self.changed_t = saved["state"], saved.get("changed_t")
        since = saved.get("since")
        if saved.get("side") in ("high", "low") and isinstance(since, int):
            self._side, self._since_t = saved["side"], since
            self._since_ms = now_mono_ms - max(0, now_utc_ms - since)

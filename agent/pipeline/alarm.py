"""One alarm over time: which side its condition has been on, for how long, and so its ISA state. Pure.

A delay elapses only with a reading that still holds.
"""

from collections.abc import Hashable
from typing import Any, NamedTuple

from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW, Seen
from agent.pipeline.instant import Instant
from agent.pipeline.life import Life
from agent.words import duration

__all__ = ["Alarm", "Change"]


class Change(NamedTuple):
    """One transition of an alarm, as the event's body carries it."""

    transition: str
    value: float | None
    flag: str
    cause: str


class Alarm:
    """The alarm of one [[rule]]. on_delay_ms, off_delay_ms: how long a side must hold before it counts.

    latching: as Life has it.
    """

    def __init__(
        self, rule_id: str, on_delay_ms: int = 0, off_delay_ms: int = 0, *, latching: bool = False
    ) -> None:
        self.id = rule_id
        self.on_delay_ms, self.off_delay_ms = on_delay_ms, off_delay_ms
        self.life = Life(latching)
        self._side: str | None = None  # HIGH or LOW while a delay runs or has run out
        self._since_ms = 0  # since when the condition is on that side, monotonic
        self._since_t = 0  # the same as UTC: what survives a kill

    @property
    def state(self) -> str:
        """One of agent.alarms.STATES."""
        return self.life.state

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
        transition = self.life.condition(seen.side == HIGH, t, mono)
        if transition is None:
            return None
        return Change(transition, seen.value, seen.flag, seen.cause)

    def delay_ends_ms(self) -> int | None:
        """When the delay that runs, or has run out, is over: monotonic ms; None where there is none."""
        if self._side is None:
            return None
        return self._since_ms + (self.on_delay_ms if self._side == HIGH else self.off_delay_ms)

    def explain(self, now: Instant) -> tuple[str, ...]:
        """Its state, since when, the delay that runs, and what people or logic did with it."""
        life = self.life
        text = [f"{self.state}{_for(now.t, life.changed_t)}"]
        if self._side is not None:
            delay_ms = self.on_delay_ms if self._side == HIGH else self.off_delay_ms
            stands = "stands" if self._side == HIGH else "over"
            runs = now.mono - self._since_ms < delay_ms
            counts = f"; counts after {duration(delay_ms / 1000)}" if runs else ""
            text.append(f"condition {stands}{_for(now.mono, self._since_ms)}{counts}")
        if life.noted is not None:
            ago = duration(max(0, now.t - life.noted[0]) / 1000)
            text.append(f"acknowledged by {life.noted[1].by or 'the station'}, {ago} ago")
        if life.quiet is not None:
            by, why = life.quiet.deed.by or "the station", life.quiet.deed.why
            ends = life.quiet.ends_mono()
            left = "" if ends is None else f", {duration(max(0, ends - now.mono) / 1000)} left"
            text.append(f"kept quiet by {by}{': ' + why if why else ''}{left}")
        return tuple(text)

    def mark(self) -> Hashable:
        """Another one where the snapshot is another one; it costs less."""
        life = self.life
        return life.state, life.changed_t, life.stands, self._side, self._since_t

    def snapshot(self) -> dict[str, Any]:
        """What must survive a kill, JSON-able; it changes only when the alarm's state does."""
        since = None if self._side is None else self._since_t
        return {**self.life.snapshot(), "side": self._side, "since": since}

    def restore(self, saved: object, now: Instant) -> None:
        """Take up where a snapshot left off. Raises ValueError for one that is none."""
        try:
            self.life.restore(saved, now)
        except ValueError as error:
            raise ValueError(f"rule {self.id}: {error}") from error
        assert isinstance(saved, dict), "it was restored"
        since = saved.get("since")
        if saved.get("side") in (HIGH, LOW) and isinstance(since, int):
            self._side, self._since_t = saved["side"], since
            self._since_ms = now.mono - max(0, now.t - since)


def _for(now_ms: int, since_ms: int | None) -> str:
    return "" if since_ms is None else f" for {duration(max(0, now_ms - since_ms) / 1000)}"

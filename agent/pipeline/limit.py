"""A rule with what its events say about it."""

from typing import NamedTuple

from agent.pipeline.alarm import Alarm, Change
from agent.pipeline.conditions.condition import Condition
from store.rows import Reading

__all__ = ["Limit", "Verdict"]


class Limit:
    """One [[rule]] of the station: its condition, its alarm, its channel, how serious it is."""

    def __init__(self, alarm: Alarm, condition: Condition, channel: str, level: str, unit: str) -> None:
        self.alarm, self.condition = alarm, condition
        self.channel, self.level, self.unit = channel, level, unit
        self.saved: dict[str, object] = {}  # its state as it was last handed to the disk

    def judge(self, reading: Reading) -> "Verdict | None":
        """Hold the reading against the rule; None where nothing came of it."""
        change = self.alarm.judge(self.condition.see(reading), reading.t, reading.mono)
        return self.verdict(change, reading.t, reading.mono)

    def verdict(self, change: Change | None, t: int, mono: int) -> "Verdict | None":
        """What is to be kept and told; None where its state is as it was. t, mono: UTC and monotonic ms."""
        state = self.alarm.snapshot()
        if change is None and state == self.saved:
            return None
        self.saved = state
        return Verdict(self, change, state, t, mono)

    def restore(self, saved: object, now_mono_ms: int, now_utc_ms: int) -> None:
        """Take up where a verdict's state left off. Raises ValueError for one that is none."""
        self.alarm.restore(saved, now_mono_ms, now_utc_ms)

    def body(self, change: Change) -> dict[str, object]:
        """Of the event that tells of the change."""
        return {
            "rule": self.alarm.id,
            "channel": self.channel,
            "level": self.level,
            "limit": self.condition.limit,
            "unit": self.unit,
            **change._asdict(),
        }


class Verdict(NamedTuple):
    """What became of a rule. change: None where only its inner state has to be kept, as of a delay that runs.

    state: of the rule behind it. t, mono: UTC and monotonic ms of what did it.
    """

    limit: Limit
    change: Change | None
    state: dict[str, object]
    t: int
    mono: int

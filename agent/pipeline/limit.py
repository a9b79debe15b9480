"""A rule with what its events say about it."""

from typing import NamedTuple

from agent.rules import Change, Threshold
from store.rows import Reading

__all__ = ["Limit", "Verdict"]


class Limit:
    """One [[rule]] of the station: its state machine, the channel it is held against, how serious it is."""

    def __init__(self, rule: Threshold, channel: str, level: str, unit: str) -> None:
        self.rule, self.channel, self.level, self.unit = rule, channel, level, unit
        self.saved: dict[str, object] = {}  # its state as it was last handed to the disk

    def judge(self, reading: Reading) -> "Verdict | None":
        """Hold the reading against the rule; None where nothing came of it."""
        return self.verdict(self.rule.judge(reading), reading.t, reading.mono)

    def verdict(self, change: Change | None, t: int, mono: int) -> "Verdict | None":
        """What is to be kept and told; None where its state is as it was. t, mono: UTC and monotonic ms."""
        state = self.rule.snapshot()
        if change is None and state == self.saved:
            return None
        self.saved = state
        return Verdict(self, change, state, t, mono)

    def body(self, change: Change) -> dict[str, object]:
        """Of the event that tells of the change."""
        return {
            "rule": self.rule.id,
            "channel": self.channel,
            "level": self.level,
            "limit": self.rule.above,
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

"""A rule with what its events say about it."""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from agent.pipeline.alarm import Alarm, Change
from agent.pipeline.conditions.condition import Condition, Seen
from agent.pipeline.conditions.reads import saved_int
from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.pipeline.life import ENDS, Deed
from agent.pipeline.periods import RAW
from store.rows import Reading

__all__ = ["Limit", "Verdict"]

CONDITION = "condition"  # under which a rule's state has that of its condition

SAID = {  # of what a person does, before "by NAME"
    "ack": "acknowledged",
    "reset": "reset",
    "shelve": "shelved",
    "unshelve": "unshelved",
    "remove": "taken out of service",
    "put-back": "put back into service",
}


class Limit:
    """One [[rule]] of the station: its condition, its alarm, and what is told of it.

    kind, on: as the station file has them; words: the condition for people. marks: what the channel's values
    are not to be taken for.
    """

    def __init__(
        self,
        alarm: Alarm,
        condition: Condition,
        channel: str,
        level: str,
        unit: str,
        *,
        kind: str = "value",
        on: str = RAW,
        words: str = "",
        marks: tuple[str, ...] = (),
    ) -> None:
        self.alarm, self.condition, self.marks = alarm, condition, marks
        self.channel, self.level, self.unit = channel, level, unit
        self.kind, self.on, self.words = kind, on, words
        self.saved: dict[str, object] = {}  # its state as it was last handed to the disk
        self._kept: tuple[Hashable, Hashable] = (None, None)  # the same, to be compared
        self._looked_ms = 0
        self.seen: Seen | None = None  # what was last held against the limit

    @property
    def channels(self) -> tuple[str, ...]:
        """Those whose readings, or averages, it takes; its own first."""
        return self.condition.channels or (self.channel,)

    def judge(self, reading: Reading) -> "Verdict | None":
        """Hold the reading against the rule; None where nothing came of it."""
        return self._judge(self.condition.see(reading), reading.t, reading.mono)

    def pass_time(self, t: int, mono: int) -> "Verdict | None":
        """As judge, where no reading comes. t, mono: UTC and monotonic ms."""
        return self._judge(self.condition.pass_time(t, mono), t, mono)

    def due_ms(self) -> int | None:
        """Before this moment `pass_time` does nothing, unless a reading comes; None: it waits for one."""
        moments = (self.condition.due_ms(), self.alarm.delay_ends_ms()) if self.condition.timed else ()
        return min((each for each in moments if each is not None and each > self._looked_ms), default=None)

    def _judge(self, seen: Seen | None, t: int, mono: int) -> "Verdict | None":
        self._looked_ms = mono
        self.seen = seen or self.seen
        return self.verdict(self.alarm.judge(seen, t, mono), t, mono)

    def verdict(self, change: Change | None, t: int, mono: int) -> "Verdict | None":
        """What is to be kept and told; None where its state is as it was. t, mono: UTC and monotonic ms."""
        kept = (self.alarm.mark(), self.condition.mark())
        if change is None and kept == self._kept:
            return None
        self._kept = kept
        state = self.alarm.snapshot()
        inner = self.condition.snapshot()
        self.saved = (
            {**state, CONDITION: {**inner, "kind": self.kind, "t": t, "mono": mono}} if inner else state
        )
        return Verdict(self, change, self.saved, t, mono)

    def act(
        self,
        event: str,
        at: Instant,
        deed: Deed,
        latest: Reading | None,
        *,
        for_ms: int = 0,
        anew: bool = True,
    ) -> "list[Verdict]":
        """What a person or logic does with the alarm; [] where the table of states has no such step.

        At the end of what kept it quiet what stands is raised anew, a verdict of its own; not where `anew` is
        False, since something else is about to keep it quiet. latest: the last reading of its channel.
        """
        transition = self.alarm.life.act(event, at, deed, for_ms)
        if transition is None:
            return []
        cause = f"{SAID[event]} by {deed.by}" if deed.by else deed.why
        told: dict[str, object] = {**deed.body()} if deed.by else {}
        if for_ms:
            told["until"] = at.t + for_ms
        verdicts = [self._acted(transition, cause, at, latest, told)]
        if event in ENDS.values() and anew:
            raised = self.alarm.life.raise_anew(at)
            if raised is not None:
                verdicts.append(self._acted(raised, "still stands", at, latest, {}))
        return verdicts

    def _acted(
        self, transition: str, cause: str, at: Instant, latest: Reading | None, told: Mapping[str, object]
    ) -> "Verdict":
        plain = self.kind == "value" and self.on == RAW and not self.condition.timed
        last = latest if plain else self.seen  # its number is not the channel's, and in another unit
        value, flag = (None, "B") if last is None else (last.value, last.flag)
        verdict = self.verdict(Change(transition, value, flag, cause), at.t, at.mono)
        assert verdict is not None, "there is a change"
        return verdict._replace(told=told)

    def restore(self, saved: object, now: Instant) -> None:
        """Take up where a verdict's state left off. Raises ValueError for one that is none.

        What a condition of another kind remembered is left aside: the rule has been written anew.
        """
        inner = saved.get(CONDITION) if isinstance(saved, dict) else None
        if inner is not None:
            try:
                if inner["kind"] == self.kind:
                    self._restore_condition(inner, now)
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                raise ValueError(f"rule {self.alarm.id}: {inner!r} is no saved state") from error
        self.alarm.restore(saved, now)

    def _restore_condition(self, inner: dict[str, Any], now: Instant) -> None:
        shift_ms = now.mono - max(0, now.t - saved_int(inner["t"])) - saved_int(inner["mono"])
        self.condition.restore(inner, now.mono, shift_ms)

    def explain(self, now: Instant) -> Explained:
        """The rule, what was last held against it, and where its alarm stands."""
        text, seen = [f"{self.alarm.id} ({self.level}): {self.words}"], self.seen
        if seen is not None:
            value = "no value" if seen.value is None else f"{seen.value:.9g} {self.unit}"
            text.append(f"{value}: {seen.cause}")
        facts = {
            "rule": self.alarm.id,
            "on": self.on,
            "limit": self.condition.limit,
            "held": seen and seen.value,
            **self.alarm.snapshot(),
        }
        return Explained("rule", self.channel, (*text, *self.alarm.explain(now)), facts)

    def body(self, change: Change) -> dict[str, object]:
        """Of the event that tells of the change."""
        return {
            "rule": self.alarm.id,
            "channel": self.channel,
            "rule_kind": self.kind,
            "on": self.on,
            "level": self.level,
            "limit": self.condition.limit,
            "unit": self.unit,
            **({"marks": list(self.marks)} if self.marks else {}),
            **change._asdict(),
        }


class Verdict(NamedTuple):
    """What became of a rule. change: None where only its inner state has to be kept, as of a delay that runs.

    state: of the rule behind it. t, mono: UTC and monotonic ms of what did it. told: what else its event
    says.
    """

    limit: Limit
    change: Change | None
    state: dict[str, object]
    t: int
    mono: int
    told: Mapping[str, object] = {}

    def body(self) -> dict[str, object]:
        """Of the event that tells of the change."""
        assert self.change is not None, "nothing to tell"
        return {**self.limit.body(self.change), "state": self.state["state"], **self.told}

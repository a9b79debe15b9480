"""What becomes of every reading: kept in the journal, held against the rules, shown in the status."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from agent.pipeline.ne43 import CurrentLoop
from agent.pipeline.silence import Silence
from agent.pipeline.stamp import stamped
from agent.rules import Change, Threshold
from drivers.sample import Sample
from hal.clock import Clock
from store.recorder import Recorder
from store.rows import Event, Reading

__all__ = ["Judge", "Limit"]

log = logging.getLogger("fenceline")


class Limit:
    """A rule with what its events say about it."""

    def __init__(self, rule: Threshold, channel: str, level: str, unit: str) -> None:
        self.rule, self.channel, self.level, self.unit = rule, channel, level, unit
        self.saved: dict[str, object] = {}

    def body(self, change: Change) -> dict[str, object]:
        return {
            "rule": self.rule.id,
            "channel": self.channel,
            "level": self.level,
            "limit": self.rule.above,
            "unit": self.unit,
            **change._asdict(),
        }


class Judge:
    """Takes what polls gave. `undurable` is handed events that the disk did not take in time."""

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        limits: Iterable[Limit],
        *,
        boot: int,
        undurable: Callable[[Event], None],
    ) -> None:
        self.latest: dict[str, Reading] = {}
        self.limits = list(limits)
        self.readings = 0
        self._recorder, self._clock, self._boot, self._undurable = recorder, clock, boot, undurable
        self._by_channel: dict[str, list[Limit]] = {}
        for limit in self.limits:
            self._by_channel.setdefault(limit.channel, []).append(limit)
        self.on_change: Callable[[], None] = lambda: None  # called as soon as a rule has changed its state
        self.loops: Mapping[str, CurrentLoop] = {}  # by channel: those whose readings come in mA
        self._silence = Silence()
        self._events = 0
        self._announcing: set[asyncio.Task[None]] = set()

    def restore(self, saved: Mapping[str, object]) -> None:
        """Rule states by rule id, as a previous run left them; what is no state is reported."""
        mono, utc = round(self._clock.monotonic() * 1000), self._clock.utc_ms()
        for limit in self.limits:
            state = saved.get(limit.rule.id)
            if state is None:
                continue
            try:
                limit.rule.restore(state, mono, utc)
            except ValueError as error:
                self.announce(
                    "fault", {"what": f"rule {limit.rule.id}", "state": "reset", "detail": str(error)}
                )

    def take(self, instrument: str, samples: list[Sample], at: float) -> None:
        """One poll's samples; at: loop seconds of its answer's last byte."""
        for stamped_reading in stamped(instrument, samples, at, self._clock):
            loop = self.loops.get(stamped_reading.channel)
            reading = stamped_reading if loop is None else loop.judge(stamped_reading)
            self.readings += 1
            self.latest[reading.channel] = reading
            if self._silence.keeps(reading):
                self._recorder.put(reading)
            for limit in self._by_channel.get(reading.channel, ()):
                self._hold_against(limit, reading)

    async def acknowledge(self, rule_id: str, by: str, origin: str) -> str:
        """Take note of an alarm; its new state. It is on disk, who and when, when this returns.

        Raises ValueError for a rule that there is none of, and where nothing is unacknowledged.
        """
        limit = next((each for each in self.limits if each.rule.id == rule_id), None)
        if limit is None:
            known = ", ".join(each.rule.id for each in self.limits) or "none"
            raise ValueError(f"rule {rule_id!r}: this station's are {known}")
        latest = self.latest.get(limit.channel)
        value, flag = (None, "B") if latest is None else (latest.value, latest.flag)
        change = limit.rule.acknowledge(value, flag, self._clock.utc_ms(), by)
        if change is None:
            raise ValueError(f"rule {rule_id} is {limit.rule.state}: there is nothing to acknowledge")
        limit.saved = limit.rule.snapshot()
        self.on_change()
        log.warning("alarm %s %s: %s", rule_id, change.transition, change.cause)
        body = {**limit.body(change), "by": by, "origin": origin}
        await self.announce("alarm", body, {state_key(rule_id): limit.saved})
        return limit.rule.state

    def _hold_against(self, limit: Limit, reading: Reading) -> None:
        change = limit.rule.judge(reading)
        state = limit.rule.snapshot()
        key = state_key(limit.rule.id)
        if change is not None:
            limit.saved = state
            self.on_change()  # relays first: they wait for neither disk nor network
            log.warning("alarm %s %s: %s", limit.rule.id, change.transition, change.cause)
            self.announce("alarm", limit.body(change), {key: state}, reading.t, reading.mono)
        elif state != limit.saved:
            limit.saved = state
            self._recorder.put_state(key, state)

    def announce(
        self,
        kind: str,
        body: Mapping[str, object],
        state: Mapping[str, object] | None = None,
        t: int | None = None,
        mono: int | None = None,
    ) -> asyncio.Task[None]:
        """Put an event on disk and then tell of it; where the disk is too slow, tell at once.

        The task is done when the event is out of the agent's hands.
        """
        self._events += 1
        event = Event(
            kind,
            f"{self._boot}-{self._events}",
            self._clock.utc_ms() if t is None else t,
            round(self._clock.monotonic() * 1000) if mono is None else mono,
            self._clock.utc_trusted(),
            dict(body),
        )
        task = asyncio.create_task(self._announce(event, state))
        self._announcing.add(task)
        task.add_done_callback(self._announcing.discard)
        return task

    async def _announce(self, event: Event, state: Mapping[str, object] | None) -> None:
        if await self._recorder.put_event(event, state) is None:
            self._undurable(event)


def state_key(rule_id: str) -> str:
    """Under which key a rule's state stands in the journal."""
    return f"rule/{rule_id}"

"""What becomes of every reading: through the pipeline, into the journal, to the relays and the platform."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from agent.pipeline.alarm import Change
from agent.pipeline.limit import Limit, Verdict
from agent.pipeline.pipeline import Outcome, Pipeline
from agent.pipeline.stamp import stamped
from drivers.sample import Sample
from hal.clock import Clock
from store.recorder import Recorder
from store.rows import Event, Reading

__all__ = ["Judge", "state_key"]

log = logging.getLogger("fenceline")

TICK_S = 1.0


class Judge:
    """Takes what polls gave. `undurable` is handed events that the disk did not take in time."""

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        pipeline: Pipeline,
        *,
        boot: int,
        undurable: Callable[[Event], None],
    ) -> None:
        self.pipeline = pipeline
        self.readings = 0
        self._recorder, self._clock, self._boot, self._undurable = recorder, clock, boot, undurable
        self.on_change: Callable[[], None] = lambda: None  # called as soon as a rule has changed its state
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._events = 0
        self._announcing: set[asyncio.Task[None]] = set()

    @property
    def latest(self) -> Mapping[str, Reading]:
        """The last reading of each channel that has had one."""
        return self.pipeline.latest

    @property
    def limits(self) -> list[Limit]:
        """The station's rules."""
        return self.pipeline.limits

    def restore(self, saved: Mapping[str, object]) -> None:
        """Rule states by rule id, as a previous run left them; what is no state is reported."""
        mono, utc = round(self._clock.monotonic() * 1000), self._clock.utc_ms()
        for limit in self.limits:
            state = saved.get(limit.alarm.id)
            if state is None:
                continue
            try:
                limit.restore(state, mono, utc)
            except ValueError as error:
                self.announce(
                    "fault", {"what": f"rule {limit.alarm.id}", "state": "reset", "detail": str(error)}
                )

    def take(self, instrument: str, samples: list[Sample], at: float) -> None:
        """One poll's samples; at: loop seconds of its answer's last byte."""
        readings = stamped(instrument, samples, at, self._clock)
        self.readings += len(readings)
        self._hand_on(self.pipeline.take(readings))

    async def run(self) -> None:
        """For ever: time passes for the pipeline."""
        while True:
            self.beat()
            self._hand_on(self.pipeline.tick(self._clock.utc_ms(), round(self._clock.monotonic() * 1000)))
            await asyncio.sleep(TICK_S)

    async def acknowledge(self, rule_id: str, by: str, origin: str) -> str:
        """Take note of an alarm; its new state. It is on disk, who and when, when this returns.

        Raises ValueError for a rule that there is none of, and where nothing is unacknowledged.
        """
        limit = next((each for each in self.limits if each.alarm.id == rule_id), None)
        if limit is None:
            known = ", ".join(each.alarm.id for each in self.limits) or "none"
            raise ValueError(f"rule {rule_id!r}: this station's are {known}")
        latest = self.latest.get(limit.channel)
        value, flag = (None, "B") if latest is None else (latest.value, latest.flag)
        change = limit.alarm.acknowledge(value, flag, self._clock.utc_ms(), by)
        if change is None:
            raise ValueError(f"rule {rule_id} is {limit.alarm.state}: there is nothing to acknowledge")
        self.on_change()
        verdict = limit.verdict(change, self._clock.utc_ms(), round(self._clock.monotonic() * 1000))
        assert verdict is not None, "there is a change"
        await self._tell(verdict, change, {"by": by, "origin": origin})
        return limit.alarm.state

    def _hand_on(self, outcome: Outcome) -> None:
        if any(verdict.change is not None for verdict in outcome.verdicts):
            self.on_change()  # relays first: they wait for neither disk nor network
        for reading in outcome.kept:
            self._recorder.put(reading)
        for verdict in outcome.verdicts:
            if verdict.change is not None:
                self._tell(verdict, verdict.change, {})
            else:
                self._recorder.put_state(state_key(verdict.limit.alarm.id), verdict.state)

    def _tell(self, verdict: Verdict, change: Change, more: Mapping[str, object]) -> asyncio.Task[None]:
        """Of a rule that has changed its state; it goes to the disk with the event."""
        rule_id = verdict.limit.alarm.id
        log.warning("alarm %s %s: %s", rule_id, change.transition, change.cause)
        body = {**verdict.limit.body(change), **more}
        return self.announce("alarm", body, {state_key(rule_id): verdict.state}, verdict.t, verdict.mono)

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

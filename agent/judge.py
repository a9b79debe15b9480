"""What becomes of every reading: through the pipeline, into the journal, to the relays and the platform."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from agent.alarms import refusal
from agent.config.alarm_model import DEFAULT_SHELF, Shelf
from agent.pipeline.alarm import Change
from agent.pipeline.instant import Instant, resumed
from agent.pipeline.life import Deed
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
KEPT_AT = "kept_at"  # in a rule's state: when it was so

Watcher = Callable[[str, str, str, Instant], Mapping[str, object]]  # (rule, transition, event's id, when)


class Judge:
    """Takes what polls gave, and what people do with alarms.

    undurable: handed events that the disk did not take in time. machine: which boot of the machine this is,
    empty where that is not known. shelf: for how long people may shelve.
    """

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        pipeline: Pipeline,
        *,
        boot: int,
        undurable: Callable[[Event], None],
        machine: str = "",
        shelf: Shelf = DEFAULT_SHELF,
    ) -> None:
        self.pipeline = pipeline
        self.readings = 0
        self._recorder, self._clock, self._boot, self._undurable = recorder, clock, boot, undurable
        self.on_change: Callable[[], None] = lambda: None  # called as soon as a rule has changed its state
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        # Told of each transition of an alarm, and the id of its event: state that goes to the disk with it.
        self.watchers: list[Watcher] = []
        self._machine, self._shelf = machine, shelf
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
        for limit in self.limits:
            state = saved.get(limit.alarm.id)
            if state is None:
                continue
            try:
                limit.restore(state, as_of(state, self.now()))
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

    def now(self) -> Instant:
        """On both clocks."""
        clock = self._clock
        mono = round(clock.monotonic() * 1000)
        return Instant(clock.utc_ms(), mono, clock.utc_trusted(), self._machine)

    # ---- what people do; `by`: who, `origin`: by which way; when is now ----
    #
    # Each returns the alarm's new state, which is on disk by then, unless the disk fails. Each raises
    # ValueError for a rule that there is none of, and where the alarm's state does not allow it.

    async def acknowledge(self, rule_id: str, by: str, origin: str) -> str:
        """Take note of an alarm."""
        return await self._act(rule_id, "ack", Deed(by, origin))

    async def reset(self, rule_id: str, by: str, origin: str) -> str:
        """Let go of a latched alarm that has been acknowledged."""
        return await self._act(rule_id, "reset", Deed(by, origin))

    async def shelve(self, rule_id: str, by: str, origin: str, why: str, for_ms: int | None = None) -> str:
        """Keep an alarm quiet for a time; None: the usual one. Raises ValueError beyond the longest, too."""
        for_ms = self._shelf.usual_ms if for_ms is None else for_ms
        if not 0 < for_ms <= self._shelf.longest_ms:
            longest = f"{self._shelf.longest_ms / 3_600_000:g} h"
            raise ValueError(f"shelved for at most {longest}: longer is out of service")
        return await self._act(rule_id, "shelve", Deed(by, origin, why), for_ms)

    async def unshelve(self, rule_id: str, by: str, origin: str) -> str:
        """End a shelf before its time."""
        return await self._act(rule_id, "unshelve", Deed(by, origin))

    async def remove(self, rule_id: str, by: str, origin: str, why: str) -> str:
        """Take an alarm out of service, until it is put back."""
        return await self._act(rule_id, "remove", Deed(by, origin, why))

    async def put_back(self, rule_id: str, by: str, origin: str) -> str:
        """Back into service."""
        return await self._act(rule_id, "put-back", Deed(by, origin))

    async def _act(self, rule_id: str, event: str, deed: Deed, for_ms: int = 0) -> str:
        limit = next((each for each in self.limits if each.alarm.id == rule_id), None)
        if limit is None:
            known = ", ".join(each.alarm.id for each in self.limits) or "none"
            raise ValueError(f"rule {rule_id!r}: this station's are {known}")
        before = limit.alarm.state
        telling = self._hand_on(self.pipeline.act(limit, event, self.now(), deed, for_ms))
        if not telling:
            raise ValueError(f"rule {rule_id} is {before}: {refusal(event, before)}")
        await asyncio.wait(telling)
        return limit.alarm.state

    def _hand_on(self, outcome: Outcome) -> list[asyncio.Task[None]]:
        """The tasks that tell of it."""
        if any(verdict.change is not None for verdict in outcome.verdicts):
            self.on_change()  # relays first: they wait for neither disk nor network
        for reading in outcome.kept:
            self._recorder.put(reading)
        telling = []
        for verdict in outcome.verdicts:
            if verdict.change is not None:
                telling.append(self._tell(verdict, verdict.change))
            else:
                self._recorder.put_state(state_key(verdict.limit.alarm.id), self._kept(verdict))
        return telling

    def _tell(self, verdict: Verdict, change: Change) -> asyncio.Task[None]:
        """Of a rule that has changed its state: that, and what watchers keep, goes to the disk with it."""
        rule_id = verdict.limit.alarm.id
        log.warning("alarm %s %s: %s", rule_id, change.transition, change.cause)
        state: dict[str, object] = {state_key(rule_id): self._kept(verdict)}
        at = self._at(verdict)
        for watcher in self.watchers:
            state |= watcher(rule_id, change.transition, self._event_id(self._events + 1), at)
        return self.announce("alarm", verdict.body(), state, verdict.t, verdict.mono)

    def _at(self, verdict: Verdict) -> Instant:
        return Instant(verdict.t, verdict.mono, self._clock.utc_trusted(), self._machine)

    def _kept(self, verdict: Verdict) -> dict[str, object]:
        """A rule's state, and when that was so: as_of makes use of it."""
        return {**verdict.state, KEPT_AT: self._at(verdict).plain()}

    def _event_id(self, number: int) -> str:
        return f"{self._boot}-{number}"

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
            self._event_id(self._events),
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


def as_of(state: object, now: Instant) -> Instant:
    """Now, with a UTC that nobody has set since that state was kept, in the same boot of the machine.

    So what a rule restores by UTC, such as a delay, goes by the machine's own clock.
    """
    at = state.get(KEPT_AT) if isinstance(state, dict) else None
    if not isinstance(at, dict) or not now.machine or at.get("machine") != now.machine:
        return now
    try:
        kept = resumed(at, now)
    except ValueError:  # it is damaged: then UTC has to do
        return now
    return now if kept is None else now._replace(t=kept.t + now.mono - kept.mono)


def state_key(rule_id: str) -> str:
    """Under which key a rule's state stands in the journal."""
    return f"rule/{rule_id}"

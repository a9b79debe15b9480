"""From stamped readings to what is kept, judged and told: all stages, one behind the other.

Pure: no clock, no journal, no relay. Time is that of the readings; so the running agent and a replay of
last month's data go through the very same object, and get the same alarms.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agent.config.alarm_model import Suppression
from agent.pipeline.averaging import Averaged, Averaging
from agent.pipeline.checks import Check
from agent.pipeline.conditions import Running
from agent.pipeline.conversion import Conversions
from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.pipeline.life import Deed
from agent.pipeline.limit import Limit, Verdict
from agent.pipeline.modes import Modes
from agent.pipeline.ne43 import CurrentLoop
from agent.pipeline.out_of_control import OutOfControl
from agent.pipeline.quieting import Quieting
from agent.pipeline.rules import Rules
from agent.pipeline.silence import Silence
from store.rows import Reading

__all__ = ["Outcome", "Pipeline"]


class Outcome(NamedTuple):
    """kept: readings for the journal; verdicts: what became of rules, in order; averages: that are over now,
    or were and came out otherwise."""

    kept: list[Reading]
    verdicts: list[Verdict]
    averages: Sequence[Averaged] = ()


class Pipeline:
    """One station's stages. loops: by channel, those whose readings come in mA; checks: by channel.

    phases: those that a channel tells; suppressed_by: the logic of each rule that has one, by rule.
    modes, out_of_control: what people declare of instruments, and what their calibrations say, from outside.
    """

    def __init__(
        self,
        limits: Iterable[Limit],
        loops: Mapping[str, CurrentLoop],
        checks: Mapping[str, Check] | None = None,
        conversions: Conversions | None = None,
        *,
        modes: Modes | None = None,
        out_of_control: OutOfControl | None = None,
        phases: Iterable[Running] = (),
        suppressed_by: Mapping[str, Suppression] | None = None,
        averaging: Averaging | None = None,
    ) -> None:
        self.latest: dict[str, Reading] = {}  # by channel
        self.limits = list(limits)
        self._rules = Rules(self.limits, phases)
        self._loops, self._checks = loops, checks or {}
        self._conversions = conversions or Conversions()
        self.modes = modes or Modes()
        self.out_of_control = out_of_control or OutOfControl()
        self.averaging = averaging or Averaging({}, 0)
        self._silence = Silence()
        self._quieting = Quieting(self.limits, suppressed_by or {}, self.latest)

    def take(self, readings: Iterable[Reading]) -> Outcome:
        """The readings of one answer."""
        out = Outcome([], [])
        measured = [self._checked(self.modes.mark(self._of_loop(stamped))) for stamped in readings]
        derived = [self._checked(reading) for reading in self._conversions.of(measured)]
        marked = [self.out_of_control.mark(reading) for reading in measured + derived]
        if measured and self._quieting.asks_channels:  # first, so that none is raised in between
            self.latest.update({reading.channel: reading for reading in marked})
            out.verdicts.extend(self._quieting.settle(measured[-1].t, measured[-1].mono))
        for reading in marked:
            self.latest[reading.channel] = reading
            if self._silence.keeps(reading):
                out.kept.append(reading)
                self.averaging.add(reading)
            out.verdicts.extend(self._rules.take(reading))
        if measured:
            newest = measured[-1]
            out = self._with_averages(out, newest.t, newest.mono)
            out.verdicts.extend(self._quieting.settle(newest.t, newest.mono))
        return out

    def _with_averages(self, out: Outcome, t: int, mono: int) -> Outcome:
        """And the windows that are over at t (UTC ms), each held against the rules on it."""
        averages = self.averaging.close(t)
        if not averages:
            return out
        for channel, period, average in averages:
            out.verdicts.extend(self._rules.take_average(channel, period, average, mono))
        return out._replace(averages=averages)

    def _of_loop(self, stamped: Reading) -> Reading:
        loop = self._loops.get(stamped.channel)
        return stamped if loop is None else loop.judge(stamped)

    def _checked(self, reading: Reading) -> Reading:
        check = self._checks.get(reading.channel)
        return reading if check is None else check.judge(reading)

    def tick(self, utc_ms: int, mono_ms: int) -> Outcome:
        """Time passes, also where no reading comes: once a second at least."""
        out = Outcome([], self._rules.tick(utc_ms, mono_ms))
        out = self._with_averages(out, utc_ms, mono_ms)
        out.verdicts.extend(self._quieting.tick(utc_ms, mono_ms))
        return out

    def act(self, limit: Limit, event: str, at: Instant, deed: Deed, for_ms: int = 0) -> Outcome:
        """What a person does with an alarm; no verdicts where the table of states has no such step."""
        verdicts = self._quieting.act(limit, event, at, deed, for_ms)
        return Outcome([], verdicts + self._quieting.settle(at.t, at.mono) if verdicts else [])

    def explain(self, channel: str, now: Instant) -> list[Explained]:
        """What each stage made of the channel's last reading, in order: from the channel that was measured,
        where this one is computed. Where it has had no reading, only its rules."""
        told = self._explain_value(channel, now)
        reading = self.latest.get(channel)
        if reading is not None:
            told += [self._silence.explain(reading, now), self.averaging.explain(reading, now)]
        return told + self._rules.explain(channel, now)

    def source_of(self, channel: str) -> str:
        """The measured channel that this one begins with: often itself."""
        source = self._conversions.source_of(channel)
        return channel if source is None else self.source_of(source)

    def _explain_value(self, channel: str, now: Instant) -> list[Explained]:
        source = self._conversions.source_of(channel)
        told = [] if source is None else self._explain_value(source, now)
        reading = self.latest.get(channel)
        if reading is None:
            return told
        loop, check = self._loops.get(channel), self._checks.get(channel)
        stages = (
            None if loop is None else loop.explain(reading),
            self.modes.explain(reading, now) if source is None else None,
            self._conversions.explain(reading),
            None if check is None else check.explain(reading),
            self.out_of_control.explain(reading, now),
        )
        return told + [stage for stage in stages if stage is not None]

    def due_ms(self) -> int | None:
        """Before this moment no tick does anything, unless a reading comes; None: nothing waits for time.

        A replay passes time in leaps from one such moment to the next, at which UTC and monotonic ms are the
        same number: every stage that acts in `tick` says here when.
        """
        moments = self._rules.due_ms(), self._quieting.due_ms(), self.averaging.due_ms()
        return min((each for each in moments if each is not None), default=None)

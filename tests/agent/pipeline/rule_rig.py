"""Rules of every kind, built as a station file's are, and readings for them."""

import json
from types import SimpleNamespace

from agent.config.model import PhaseSettings, RuleSettings, WindSettings
from agent.pipeline.conditions import Running
from agent.pipeline.instant import Instant
from agent.pipeline.rule_build import limits_of, phases_of
from agent.pipeline.rules import Rules
from store.rows import Reading

T0 = 1_795_536_000_000  # 2026-11-25 00:00 at +08:00
OFFSET_MIN = 480
MINUTE = 60.0
DAY = 24 * 60 * MINUTE


def reading(at_s, value, flag="N", conditions=(), channel="a.v"):
    ms = round(at_s * 1000)
    return Reading(channel, T0 + ms, ms, True, value, None, flag, tuple(conditions))


def rule(kind="value", above=None, *, unit="ppm", **more):
    """A rule on a.v."""
    return RuleSettings("r", "a.v", above, "high", unit, kind=kind, **more)


def fresh(*channels, ms=10_000):
    return dict.fromkeys(channels, ms)


def wind(bearings=(0.0, 180.0), calm=0.5, sector=45.0):
    return WindSettings(tuple(bearings), "m.dir", "m.speed", calm, sector)


class Plant:
    """One rule as the station runs it: readings and time in, transitions out."""

    def __init__(self, settings, *phases):
        self.settings, self.phases = settings, phases
        self.rules = self._rules()
        self.changes = []

    def _rules(self):
        station = SimpleNamespace(
            rules=[self.settings], phases=self.phases, channels=(), utc_offset_min=OFFSET_MIN
        )
        phases = phases_of(station)
        told = [phase for phase in phases.values() if isinstance(phase, Running)]
        return Rules(limits_of(station, phases), told)

    @property
    def limit(self):
        return self.rules.limits[0]

    @property
    def state(self):
        return self.limit.alarm.state

    def take(self, each):
        return self._heard(self.rules.take(each))

    def average(self, channel, period, average, at_s):
        return self._heard(self.rules.take_average(channel, period, average, round(at_s * 1000)))

    def tick(self, at_s, mono_s=None):
        mono = round((at_s if mono_s is None else mono_s) * 1000)
        return self._heard(self.rules.tick(T0 + round(at_s * 1000), mono))

    def _heard(self, verdicts):
        """The transitions of these."""
        changes = [verdict.change for verdict in verdicts if verdict.change is not None]
        self.changes += changes
        return [change.transition for change in changes]

    def see(self, at_s, value, *more, **named):
        return self.take(reading(at_s, value, *more, **named))

    def killed(self, at_s, mono_s=None, state=None):
        """The agent is killed now and begins anew, where `mono_s` is the monotonic time of the new boot."""
        snapshot = json.loads(json.dumps(self.limit.saved if state is None else state))
        self.rules = self._rules()
        mono = round((at_s if mono_s is None else mono_s) * 1000)
        if snapshot:
            self.limit.restore(snapshot, Instant(T0 + round(at_s * 1000), mono, trusted=True, machine=""))

    def exact_state(self, at_s):
        """What would be saved this very moment, whether it is worth it or not."""
        ms = round(at_s * 1000)
        inner = self.limit.condition.snapshot()
        state = self.limit.alarm.snapshot()
        return (
            {**state, "condition": {**inner, "kind": self.limit.kind, "t": T0 + ms, "mono": ms}}
            if inner
            else state
        )


def shift(phase_id, start_min, end_min):
    return PhaseSettings(phase_id, start_min, end_min)


def running(phase_id, limit, deadband=0.0, *, below=False, channel="fan.a"):
    return PhaseSettings(phase_id, channel=channel, limit=limit, deadband=deadband, below=below)

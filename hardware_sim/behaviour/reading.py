"""One value of an instrument that lives: what its sensor, its corrections and its range make of the truth."""

import math

from hardware_sim.behaviour.life import SPAN, ZERO, Life
from hardware_sim.behaviour.sensor import Lag, noise
from hardware_sim.source import Source

__all__ = ["Reading"]

DAY_S = 86400.0
PLAUSIBLE = 0.5  # a span that reads less than this share of its gas has no gas


class Reading(Source):
    """What is shown of `truth`, a source in the bench's time.

    at, value: as Source has them, but at times since the power came, as the emulator asks. A zero
    takes what it reads at its end for nothing, a span for its gas: whatever the lag has not caught
    up with by then becomes an error, as it does in the field.
    """

    def __init__(self, channel: str, truth: Source, life: Life, seed: object) -> None:
        super().__init__(truth.where)
        self.points = truth.points
        self._channel, self._truth, self._life, self._seed = channel, truth, life, seed
        self._lag = Lag(self._inlet, life.behaviour.t90_s)
        self._corrected = [(-math.inf, 0.0, 1.0)]  # from when, the offset and the gain that hold
        self._done: list[tuple[float, str]] = []
        self._spans: list[tuple[float, bool]] = []  # when, and whether it failed
        life.watch(self)

    def at(self, uptime_s: float) -> float:
        """Without noise."""
        return self._held(self._shown(self._life.on_s + uptime_s))

    def value(self, uptime_s: float) -> float:
        elapsed_s = self._life.on_s + uptime_s
        deviation = self._life.behaviour.noise_on(self._channel)
        return self._held(self._shown(elapsed_s) + noise(self._seed, self._channel, elapsed_s, deviation))

    def over(self, elapsed_s: float) -> str | None:
        """Its channel where it is above its range."""
        top = self._life.behaviour.top
        return self._channel if top < math.inf and self._shown(elapsed_s) > top else None

    def span_failed(self, elapsed_s: float) -> bool:
        """Whether the last span so far did."""
        self._correct(elapsed_s)
        return [False, *(failed for at_s, failed in self._spans if at_s <= elapsed_s)][-1]

    def _inlet(self, elapsed_s: float) -> float:
        gas = self._life.gas(elapsed_s)
        if gas == ZERO:
            return 0.0
        if gas == SPAN:
            held = self._life.behaviour.span_gas_for(self._channel)
            return held if held is not None and self._life.has_span_gas(elapsed_s) else 0.0
        return self._truth.at(elapsed_s)

    def _drifted(self, elapsed_s: float) -> float:
        days = elapsed_s / DAY_S
        behaviour = self._life.behaviour
        return self._lag.at(elapsed_s) * (1 + behaviour.span_drift * days) + behaviour.zero_drift * days

    def _shown(self, elapsed_s: float) -> float:
        offset, gain = self._correction(elapsed_s)
        return (self._drifted(elapsed_s) - offset) * gain * self._life.warm(elapsed_s)

    def _correction(self, elapsed_s: float) -> tuple[float, float]:
        self._correct(elapsed_s)
        _, offset, gain = [each for each in self._corrected if each[0] <= elapsed_s][-1]
        return offset, gain

    def _correct(self, elapsed_s: float) -> None:
        """Work out what calibrations have corrected up to now, each once, in their order."""
        for moment in self._life.corrections(elapsed_s):
            if moment in self._done:
                continue
            self._done.append(moment)
            at_s, name = moment
            _, offset, gain = self._corrected[-1]
            sensed = self._drifted(math.nextafter(at_s, 0.0))  # the gas is still there
            if name == ZERO:
                offset = sensed
            else:
                gain = self._spanned(at_s, sensed - offset, gain)
            self._corrected.append((at_s, offset, gain))

    def _spanned(self, at_s: float, sensed: float, gain: float) -> float:
        """The gain behind a span that ends at `at_s`, and whether it failed."""
        behaviour = self._life.behaviour
        target = behaviour.span_gas_for(self._channel)
        if target is None and behaviour.span_gas is not None:
            return gain  # the gas holds nothing of this channel's
        failed = target is None or sensed * gain < PLAUSIBLE * target
        self._spans.append((at_s, failed))
        return gain if target is None or failed else target / sensed

    def _held(self, value: float) -> float:
        """Held at the end of its range, and nothing below what it can tell from nothing."""
        behaviour = self._life.behaviour
        return 0.0 if value < behaviour.floor else min(value, behaviour.top)

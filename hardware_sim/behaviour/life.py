"""The life of one emulated instrument: its power, its calibrations, and the conditions it is in.

Everything is a function of the time and of the operations that were recorded; times are in seconds
since the bench's start, but those that emulators know, which count from when the power came.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hardware_sim.behaviour.figures import CALIBRATIONS, NO_SPAN_GAS, POWER_OFF, Behaviour, Event
from hardware_sim.instrument import Show

__all__ = ["Cycle", "Life"]

ZERO, SPAN, CALIBRATE = CALIBRATIONS
ZERO_GAS, SPAN_GAS = "zero_gas", "span_gas"
GASES = {ZERO: ZERO, ZERO_GAS: ZERO, SPAN: SPAN, SPAN_GAS: SPAN}
# By which of its conditions an instrument shows what it does: the first of these that it can show.
NOT_READY = "device not ready: initialising or calibrating"
WARMING = ("warming up", "warm-up", "start-up", "flame igniting", "building its average", NOT_READY)
SHOWN_BY = {
    ZERO: (
        "zero calibration",
        "zeroing",
        "zero mode",
        "zero gas",
        "zero point measurement",
        "zero air on",
        "zero",
    ),
    SPAN: ("span calibration", "spanning", "span mode", "span gas", "span check", "span"),
    CALIBRATE: ("automatic calibration", "calibration mode", "calibration"),
    ZERO_GAS: ("zero gas", "zero air on", "zero mode", "zero"),
    SPAN_GAS: ("span gas", "span mode", "span"),
}
SPAN_FAILED = ("span calibration failed", "failed to calibrate", "calibration fault")


class Watched(Protocol):
    """What the conditions need of a value."""

    def over(self, elapsed_s: float) -> str | None:
        """Its channel where it is above its range, or None."""

    def span_failed(self, elapsed_s: float) -> bool:
        """Whether its last span did."""


@dataclass(frozen=True)
class Cycle:
    """An operation: a zero or span, which ends by itself and corrects, or a gas that was switched on.

    lasts_s: by itself; until_s: earlier where it was ended. condition: by which it is shown, "" where
    by none.
    """

    name: str
    from_s: float
    lasts_s: float
    until_s: float
    condition: str = ""

    def gas(self, elapsed_s: float) -> str | None:
        """Which gas is at the inlet meanwhile: ZERO, SPAN, or None for the sample."""
        if self.name == CALIBRATE:
            return ZERO if elapsed_s < self.from_s + self.lasts_s / 2 else SPAN
        return GASES.get(self.name)

    def corrects(self) -> list[tuple[float, str]]:
        """The moments at which it takes the reading for the gas's value, and of which gas."""
        end_s = self.from_s + self.lasts_s
        moments = [(end_s, self.name)] if self.name in CALIBRATIONS else []
        if self.name == CALIBRATE:
            moments = [(self.from_s + self.lasts_s / 2, ZERO), (end_s, SPAN)]
        return [moment for moment in moments if moment[0] <= self.until_s]


class Life:
    """on_s: when the power came, that the emulator at work counts from."""

    def __init__(self, behaviour: Behaviour, events: Sequence[Event], shows: Sequence[Show]) -> None:
        self.behaviour = behaviour
        self.on_s = 0.0
        self._events = events
        self._shows = shows
        self._cycles = [
            self._cycle(event.do, event.at_s, None) for event in events if event.do in CALIBRATIONS
        ]
        self._values: list[Watched] = []

    def watch(self, value: Watched) -> None:
        """Let what becomes of this value show in the instrument's conditions."""
        self._values.append(value)

    def on_since(self, elapsed_s: float) -> float | None:
        """When the power came that is on now; None where it is off."""
        since_s = 0.0
        for event in self._events:
            if event.do == POWER_OFF and event.at_s <= elapsed_s:
                if event.holds(elapsed_s):
                    return None
                since_s = max(since_s, event.until_s)
        return since_s

    def warm(self, elapsed_s: float) -> float:
        """How far it has warmed up, 0..1."""
        warm_up_s = self.behaviour.warm_up_s
        return min(1.0, (elapsed_s - self.on_s) / warm_up_s) if warm_up_s else 1.0

    # What emulators tell and ask, at a time since the power came.

    def begin(self, name: str, uptime_s: float, condition: str | None = None) -> float:
        """Begin an operation; how long it takes, in s. condition: what shows it, where that is known."""
        cycle = self._cycle(name, self.on_s + uptime_s, condition)
        if name in CALIBRATIONS:
            self._cut(cycle.from_s, CALIBRATIONS)
        self._cycles.append(cycle)
        return cycle.lasts_s

    def end(self, uptime_s: float) -> None:
        """Back to the sample; a calibration under way corrects nothing."""
        self._cut(self.on_s + uptime_s, {cycle.name for cycle in self._cycles})

    def doing(self, uptime_s: float) -> str:
        """The operation under way; "" where there is none."""
        cycle = self.cycle(self.on_s + uptime_s)
        return cycle.name if cycle else ""

    def busy(self, uptime_s: float) -> bool:
        """Whether it calibrates, and is not to be disturbed."""
        return self.doing(uptime_s) in CALIBRATIONS

    # What the sensor and the states ask, at a time since the bench's start.

    def cycle(self, elapsed_s: float) -> Cycle | None:
        """The operation under way: the one that began last."""
        running = [cycle for cycle in self._cycles if self._runs(cycle, elapsed_s)]
        return max(running, key=lambda cycle: cycle.from_s) if running else None

    def gas(self, elapsed_s: float) -> str | None:
        """Which gas is at the inlet: "zero", "span", or None for the sample."""
        cycle = self.cycle(elapsed_s)
        return cycle.gas(elapsed_s) if cycle else None

    def has_span_gas(self, elapsed_s: float) -> bool:
        return not any(event.do == NO_SPAN_GAS and event.holds(elapsed_s) for event in self._events)

    def corrections(self, elapsed_s: float) -> list[tuple[float, str]]:
        """The moments so far at which a calibration corrected, and on which gas."""
        moments = [
            moment
            for cycle in self._cycles
            for moment in cycle.corrects()
            if moment[0] <= elapsed_s and self._powered(cycle.from_s, moment[0])
        ]
        return sorted(moments)

    def shown(self, elapsed_s: float) -> list[Show]:
        """What its states show now: of conditions that exclude each other, the later one stands."""
        wanted: list[tuple[str, str | None]] = []
        if self.warm(elapsed_s) < 1.0:
            wanted.append((self.warming, None))
        over = [channel for value in self._values if (channel := value.over(elapsed_s))]
        for show in self._shows:
            wanted.extend((show.condition, channel) for channel in over if show.flag == "T")
        if any(value.span_failed(elapsed_s) for value in self._values):
            wanted.append((self._first(SPAN_FAILED), None))
        cycle = self.cycle(elapsed_s)
        if cycle:
            wanted.append((cycle.condition, None))
        wanted.extend((event.what, None) for event in self._events if event.what and event.holds(elapsed_s))
        return [
            show
            for condition, channel in wanted
            for show in self._shows
            if show.condition == condition and (channel is None or show.is_of(channel))
        ]

    @property
    def warming(self) -> str:
        """The condition that says that it warms up; "" where it has none."""
        return self._first(WARMING)

    def _cut(self, elapsed_s: float, names: Collection[str]) -> None:
        self._cycles = [
            replace(cycle, until_s=elapsed_s)
            if cycle.name in names and cycle.from_s <= elapsed_s < cycle.until_s
            else cycle
            for cycle in self._cycles
        ]

    def _cycle(self, name: str, from_s: float, condition: str | None) -> Cycle:
        lasts_s = self.behaviour.calibration_s * (2 if name == CALIBRATE else 1)
        if name in (ZERO_GAS, SPAN_GAS):
            lasts_s = math.inf
        if condition is None:
            condition = self._first(SHOWN_BY.get(name, ())) or self._calibrating(name)
        return Cycle(name, from_s, lasts_s, from_s + lasts_s, condition)

    def _calibrating(self, name: str) -> str:
        """What says no more than that it calibrates: its first condition of flag C."""
        if name not in SHOWN_BY:
            return ""
        return next((show.condition for show in self._shows if show.flag == "C"), "")

    def _first(self, names: Sequence[str]) -> str:
        known = {show.condition for show in self._shows}
        return next((name for name in names if name in known), "")

    def _runs(self, cycle: Cycle, elapsed_s: float) -> bool:
        return cycle.from_s <= elapsed_s < cycle.until_s and self._powered(cycle.from_s, elapsed_s)

    def _powered(self, from_s: float, until_s: float) -> bool:
        """Whether the power was on all the time between."""
        since_s = self.on_since(until_s)
        return since_s is not None and since_s <= from_s

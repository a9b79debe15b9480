"""Derived channels: readings become values in another unit or state, for a compound, or sums and differences.

A derived channel stands beside those that it is computed from: they are kept as they came. Each reading of
its first channel makes one of it, with that one's time; `raw` is the number that the computation began with.

Its flag is that of all its inputs, S > M > C > F > B > D > T > N, and all their conditions are kept, those of
other channels than the first with their names. What is flagged B, D or F gives no value: nothing is computed
from it. T passes from what the value grows with, the first channel and `plus`: it says "at least so much". Of
anything else, such as oxygen, it says no such thing, and the value is D: that neither raises an alarm nor
clears one. A channel that was not read yet, or not lately, is B. What is made of a value that is kept out of
averages is kept out, too.
"""

from collections.abc import Iterable, Mapping
from math import isfinite, prod

from agent.config.conversion_model import ConversionSettings
from agent.pipeline.checks import KEPT_OUT
from agent.pipeline.concentration import BOUNDS, at_baseline, dry, molar_volume
from agent.pipeline.explained import Explained, value_text
from drivers.sample import judged
from store.rows import Reading

__all__ = ["Conversion", "Conversions", "Invalid"]

UNSOUND = "FBD"  # flags of readings that nothing is computed from
GROWS_WITH = ("plus",)
DIGITS = 9  # significant: more than any instrument has, less than the noise of binary fractions

Causes = list[tuple[str, str]]


class Invalid(Exception):
    """The inputs are there, and make no value: why."""


class Conversion:
    """One [[conversion]]."""

    def __init__(self, settings: ConversionSettings) -> None:
        self.settings = settings
        self._ratio = prod(factor.value for factor in settings.factors)

    def of(self, reading: Reading, latest: Mapping[str, Reading]) -> Reading:
        """The derived reading. latest: by channel, the last reading of each of the other inputs."""
        settings = self.settings
        causes: Causes = [(reading.flag, condition) for condition in reading.conditions]
        causes = causes or [(reading.flag, "")]
        known: dict[str, float | None] = {}
        for each in settings.inputs:
            value, doubts = self._look_at(each.role, latest.get(each.channel), each.channel, reading.mono)
            known[each.role] = None if value is None else value * each.scale
            causes += doubts
        value = None
        if reading.flag not in UNSOUND and reading.value is not None:
            try:
                value = self.value(reading.value, known)
            except Invalid as why:
                causes.append(("D", str(why)))
        if settings.mark is not None:
            causes.append(("N", settings.mark))
        said = judged(settings.id, value, settings.unit, list(dict.fromkeys(causes)))
        return reading._replace(
            channel=settings.id, value=value, raw=reading.value, flag=said.flag, conditions=said.conditions
        )

    def explain(self, derived: Reading, latest: Mapping[str, Reading]) -> Explained:
        """Of the channel's last reading. latest: by channel, as it was given."""
        settings = self.settings
        raw = "no value" if derived.raw is None else f"{derived.raw:.9g}"
        text = [f"begins with {settings.channel}: {raw}"]
        text += [f"x {factor.value:.6g}: {factor.what}" for factor in settings.factors]
        for each in settings.inputs:
            reading = latest.get(each.channel)
            text.append(
                f"{each.role} {each.channel}: " + ("not read yet" if reading is None else value_text(reading))
            )
        text += [f"{role} {number:g}, as the file says" for role, number in settings.constants.items()]
        if settings.base_o2 is not None:
            text.append(f"to {settings.base_o2:g} % oxygen")
        text.append(f"is {value_text(derived, settings.unit)}")
        facts = {"from": [settings.channel, *(each.channel for each in settings.inputs)]}
        return Explained("conversion", settings.id, tuple(text), facts)

    def _look_at(
        self, role: str, reading: Reading | None, channel: str, now_ms: int
    ) -> tuple[float | None, Causes]:
        """The value of another channel, and what is to be said of it."""
        if reading is None:
            return None, [("B", f"{channel}: not read yet")]
        age_ms = now_ms - reading.mono
        if abs(age_ms) > self.settings.max_age_ms:  # ahead of us, where ours comes late
            return None, [("B", f"{channel}: {abs(age_ms) / 1000:.0f} s {'old' if age_ms > 0 else 'newer'}")]
        flag = "D" if reading.flag == "T" and role not in GROWS_WITH else reading.flag
        conditions = reading.conditions or ((f"flagged {flag}",) if flag != "N" else ())
        value = None if flag in UNSOUND else reading.value
        return value, [(flag, c if c == KEPT_OUT else f"{channel}: {c}") for c in conditions]

    def value(self, first: float, others: Mapping[str, float | None]) -> float | None:
        """What the numbers make, also where they are means: `first` of `channel`, `others` by role.

        None where one of the others is missing. Raises Invalid where there is no such value.
        """
        settings = self.settings
        known = dict(settings.constants)
        for role, number in others.items():
            if number is None:
                return None
            known[role] = number
        amount = first + known.get("plus", 0.0) - known.get("minus", 0.0)
        if "minus" in known and amount < 0:
            if amount < -settings.noise:
                raise Invalid(f"the difference is {amount:g}, below 0 by more than its noise")
            amount = 0.0
        value = amount * self._ratio * self._state(known)
        if not isfinite(value):
            raise Invalid(f"{first:g} is no number that can be converted")
        return float(f"{value:.{DIGITS}g}")

    def _state(self, known: dict[str, float]) -> float:
        """What the gas itself, as it was measured, is the factor of."""
        settings = self.settings
        if "pressure" in known:
            known["pressure"] += known.get("static_pressure", 0.0)
        if "oxygen" in known and known["oxygen"] > settings.max_o2:
            raise Invalid(f"oxygen {known['oxygen']:g} % is above {settings.max_o2:g} %")
        for role, (low, high, unit) in BOUNDS.items():
            if role in known and not low <= known[role] <= high:
                raise Invalid(f"{role} {known[role]:g} {unit} is not within {low:g}..{high:g} {unit}")
        ratio = 1.0
        if "temperature" in known:
            ratio *= molar_volume(known["temperature"], known["pressure"])
        if "moisture" in known:
            ratio *= dry(known["moisture"])
        if "oxygen" in known and settings.base_o2 is not None:
            ratio *= at_baseline(known["oxygen"], settings.base_o2)
        return ratio


class Conversions:
    """All of a station, in the order of the file: each may use what stands above it."""

    def __init__(self, settings: Iterable[ConversionSettings] = ()) -> None:
        self._all = [Conversion(each) for each in settings]
        self._inputs = {each.channel for one in self._all for each in one.settings.inputs}
        self._latest: dict[str, Reading] = {}
        self._due: dict[
            str, set[int]
        ] = {}  # by channel, the places of what its reading makes, by any number of steps
        for place, one in reversed(list(enumerate(self._all))):
            further = self._due.get(one.settings.id, set())
            self._due.setdefault(one.settings.channel, set()).update({place}, further)

    def of(self, readings: Iterable[Reading]) -> list[Reading]:
        """What follows from the readings of one answer."""
        if not self._all:
            return []
        fresh = {reading.channel: reading for reading in readings}
        due: set[int] = set()
        for reading in fresh.values():
            self._remember(reading)
            due |= self._due.get(reading.channel, set())
        made = []
        for conversion in [self._all[place] for place in sorted(due)]:
            derived = conversion.of(fresh[conversion.settings.channel], self._latest)
            fresh[derived.channel] = derived
            self._remember(derived)
            made.append(derived)
        return made

    def source_of(self, channel: str) -> str | None:
        """What a derived channel begins with; None of one that is measured."""
        return next((one.settings.channel for one in self._all if one.settings.id == channel), None)

    def explain(self, reading: Reading) -> Explained | None:
        """Of a derived channel's last reading; None of one that is measured."""
        found = next((one for one in self._all if one.settings.id == reading.channel), None)
        return None if found is None else found.explain(reading, self._latest)

    def _remember(self, reading: Reading) -> None:
        """One that comes late does not replace a newer one."""
        if reading.channel in self._inputs:
            known = self._latest.get(reading.channel)
            if known is None or reading.mono >= known.mono:
                self._latest[reading.channel] = reading

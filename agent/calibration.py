"""What a calibration came to: drift against its limits. Pure.

Drift is what the instrument read of the gas before anybody adjusted it, less what the gas is: in the
channel's unit, and in percent of full scale. A calibration is good where the drift before and what is left
after adjusting are within the limits. What it reads after adjusting does not make up for the drift before: it
shows that the screw works, not that the instrument holds; the next calibration shows that.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from agent.config.quality_model import CalibrationSettings
from agent.pipeline.conditions.reads import difference

__all__ = ["NUMBERS", "Assessment", "assess"]

GASES = ("zero", "span")
NUMBERS = tuple(f"{gas}_{when}" for gas in GASES for when in ("gas", "before", "after"))
DIGITS = 6  # significant, of percent


class Assessment(NamedTuple):
    """facts: of the record; over: what is over its limit, as conditions name it."""

    facts: dict[str, Any]
    over: tuple[str, ...]


def assess(settings: CalibrationSettings, said: Mapping[str, float]) -> Assessment:
    """said: NUMBERS by name, those that there are. Raises ValueError for one that proves nothing."""
    facts: dict[str, Any] = {"unit": settings.unit}
    over: list[str] = []
    for gas in GASES:
        applied = said.get(f"{gas}_gas", settings.zero_gas if gas == "zero" else settings.span_gas)
        limit = settings.zero_drift if gas == "zero" else settings.span_drift
        before, after = said.get(f"{gas}_before"), said.get(f"{gas}_after")
        if before is None:
            if after is not None or limit is not None:
                why = f"{gas} drift has a limit" if after is None else f"{gas}-after alone tells no drift"
                raise ValueError(f"{gas}-before is missing: {why}")
            continue
        if applied is None:
            raise ValueError(f"{gas}-gas is missing: what gas was it?")
        facts[f"{gas}_gas"], facts[f"{gas}_before"] = applied, before
        facts.update(_drift(f"{gas}_drift", difference(before, applied), settings))
        if after is not None:
            facts[f"{gas}_after"] = after
        if limit is None:
            continue
        facts[f"{gas}_limit"] = limit
        facts["limits_in"] = "percent" if settings.is_percent else "unit"
        left = () if after is None else (difference(after, applied),)
        if any(_in_limits_unit(drift, settings) > limit for drift in (difference(before, applied), *left)):
            over.append(f"{gas} drift")
    if len(facts) == 1:
        raise ValueError("no reading of a gas: zero-before or span-before is needed")
    return Assessment(facts, tuple(over))


def _drift(name: str, drift: float, settings: CalibrationSettings) -> dict[str, float]:
    if settings.full_scale is None:
        return {name: drift}
    return {name: drift, f"{name}_percent": _percent(drift, settings.full_scale)}


def _in_limits_unit(drift: float, settings: CalibrationSettings) -> float:
    if settings.is_percent and settings.full_scale is not None:
        drift = _percent(drift, settings.full_scale)
    return abs(drift)


def _percent(drift: float, full_scale: float) -> float:
    return float(f"{100 * drift / full_scale:.{DIGITS}g}")

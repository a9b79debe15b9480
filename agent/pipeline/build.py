"""The pipeline that a station file asks for."""

from agent.config.model import StationFile
from agent.pipeline.checks import Check
from agent.pipeline.conditions import Running
from agent.pipeline.conversion import Conversions
from agent.pipeline.modes import Modes
from agent.pipeline.ne43 import CurrentLoop
from agent.pipeline.out_of_control import OutOfControl
from agent.pipeline.pipeline import Pipeline
from agent.pipeline.rule_build import limits_of, phases_of

__all__ = ["pipeline_of"]


def pipeline_of(station: StationFile) -> Pipeline:
    """All stages, in their first state."""
    loops = {f"{loop.instrument}.{loop.name}": CurrentLoop(loop) for loop in station.loops}
    checks = {check.channel: Check(check) for check in station.checks}
    conversions = Conversions(station.conversions)
    phases = phases_of(station)
    return Pipeline(
        limits_of(station, phases),
        loops,
        checks,
        conversions,
        modes=Modes({each.channel: each.recovery_ms for each in station.calibrations if each.recovery_ms}),
        out_of_control=OutOfControl(calibrated_sources(station)),
        phases=[phase for phase in phases.values() if isinstance(phase, Running)],
        suppressed_by={rule.id: rule.suppress_when for rule in station.rules if rule.suppress_when},
    )


def calibrated_sources(station: StationFile) -> dict[str, list[str]]:
    """By channel, the channels of a [[calibration]] that it is made of, however many steps behind it."""
    sources = {each.channel: [each.channel] for each in station.calibrations}
    for derived in station.conversions:  # in the order of the file: each uses what stands above it
        inputs = [derived.channel, *(each.channel for each in derived.inputs)]
        found = dict.fromkeys(source for channel in inputs for source in sources.get(channel, ()))
        if found:
            sources[derived.id] = list(found)
    return sources

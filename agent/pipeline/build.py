"""The pipeline that a station file asks for."""

from agent.config.model import InstrumentSettings, StationFile
from agent.pipeline.averaging import Averaging
from agent.pipeline.checks import Check
from agent.pipeline.conditions import Running
from agent.pipeline.conversion import Conversions
from agent.pipeline.minute import Rule
from agent.pipeline.modes import Modes
from agent.pipeline.ne43 import CurrentLoop
from agent.pipeline.out_of_control import OutOfControl
from agent.pipeline.periods import ROLLING
from agent.pipeline.pipeline import Pipeline
from agent.pipeline.rule_build import limits_of, phases_of
from agent.plan import plan_lines

__all__ = ["averaging_of", "calibrated_sources", "pipeline_of", "rules_of"]


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
        averaging=averaging_of(station),
    )


def averaging_of(station: StationFile) -> Averaging:
    """The stage that forms averages: of the rolling ones, those that are asked for and those of rules."""
    asked = [*station.averages.rolling, *(rule.on for rule in station.rules)]
    rolling = [name for name in dict.fromkeys(asked) if name.startswith(ROLLING)]
    return Averaging(rules_of(station), station.utc_offset_min, rolling)


def rules_of(station: StationFile) -> dict[str, Rule]:
    """How the windows of each channel are formed, live and for the archive."""
    intervals_ms = _intervals_ms(station)
    rules = {}
    for channel in station.channels:
        settings = station.averages.of(channel.id)
        rules[channel.id] = Rule(
            intervals_ms[channel.id],
            channel.resolution,
            settings.readings / 100,
            settings.minutes / 100,
            settings.samples,
            settings.hours_of_8,
            settings.hours_of_day,
            settings.direction,
        )
    return rules


def _intervals_ms(station: StationFile) -> dict[str, float]:
    """Between two readings of each channel. Back to back, it is the line's planned cycle."""
    found = {each.id: float(each.every_ms) for each in station.instruments}
    if not all(found.values()):
        plans = plan_lines(station.lines, station.instruments)
        cycles_ms = {poll.id: plan.cycle_ms for plan in plans for poll in plan.polls}
        found = {name: every_ms or cycles_ms[name] for name, every_ms in found.items()}
    slow = {each.id: _polls_between(each) for each in station.instruments}
    return {
        channel.id: found[channel.instrument] * slow[channel.instrument].get(channel.name, 1)
        for channel in station.channels
    }


def _polls_between(instrument: InstrumentSettings) -> dict[str, int]:
    """Of channels that are read at every n-th poll only."""
    rows = (instrument.profile or {}).get("channel", ())
    return {row["name"]: row["every"] for row in rows if "every" in row}


def calibrated_sources(station: StationFile) -> dict[str, list[str]]:
    """By channel, the channels of a [[calibration]] that it is made of, however many steps behind it."""
    sources = {each.channel: [each.channel] for each in station.calibrations}
    for derived in station.conversions:  # in the order of the file: each uses what stands above it
        inputs = [derived.channel, *(each.channel for each in derived.inputs)]
        found = dict.fromkeys(source for channel in inputs for source in sources.get(channel, ()))
        if found:
            sources[derived.id] = list(found)
    return sources

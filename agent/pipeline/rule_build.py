"""The rules that a station file asks for: conditions and alarms, in their first state."""

from collections.abc import Mapping

from agent.config.model import PhaseSettings, RuleSettings, StationFile
from agent.config.rule_schema import MEDIAN, OF_MEAN
from agent.config.rule_words import words_of
from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import (
    Above,
    AboveOthers,
    AboveOwnLowest,
    Below,
    Comparison,
    Condition,
    Deviation,
    DownwindLessUpwind,
    Flat,
    Group,
    NoData,
    PerDay,
    Phase,
    Rate,
    Running,
    Shift,
    Wind,
)
from agent.pipeline.conditions.per_day import A_DAY
from agent.pipeline.limit import Limit
from agent.pipeline.periods import RAW

__all__ = ["limits_of", "phases_of"]


def phases_of(station: StationFile) -> dict[str, Phase]:
    """By id."""
    return {each.id: _phase(each, station.utc_offset_min) for each in station.phases}


def _phase(phase: PhaseSettings, offset_min: int) -> Phase:
    if phase.channel is None:
        return Shift(phase.id, phase.start_min, phase.end_min, offset_min)
    return Running(phase.id, phase.channel, phase.limit, phase.deadband, below=phase.below)


def limits_of(station: StationFile, phases: Mapping[str, Phase]) -> list[Limit]:
    """Every rule of the station."""
    marks = {channel.id: channel.marks for channel in station.channels}
    return [
        _limit(rule, _watched(rule, phases, station.utc_offset_min), marks.get(rule.channel, ()))
        for rule in station.rules
    ]


def _watched(rule: RuleSettings, phases: Mapping[str, Phase], offset_min: int) -> Condition:
    condition = _condition(rule, phases)
    if rule.per_day is not None:
        return PerDay(condition, rule.per_day, offset_min, of_averages=rule.on != RAW)
    return condition


def _limit(rule: RuleSettings, condition: Condition, marks: tuple[str, ...]) -> Limit:
    return Limit(
        Alarm(rule.id, rule.on_delay_ms, rule.off_delay_ms, latching=rule.latch),
        condition,
        rule.channel,
        rule.level,
        rule.unit if rule.per_day is None else A_DAY,
        kind=rule.kind,
        on=rule.on,
        words=words_of(rule),
        marks=marks,
    )


def _condition(rule: RuleSettings, phases: Mapping[str, Phase]) -> Condition:
    if rule.kind == "no-data":
        return NoData(rule.span_ms)
    if rule.kind == "flat":
        return Flat(rule.within, rule.span_ms)
    during = [(phases[name], limit) for name, limit in rule.during]
    if rule.below is None:
        assert rule.above is not None, "each of these kinds has a limit"
        limit, below = rule.above, False
    else:
        limit, below = rule.below, True
    if rule.kind == "value":
        return (Below if below else Above)(limit, rule.deadband, during)
    return _compared(rule, Comparison(limit, rule.deadband, below=below, during=during))


def _compared(rule: RuleSettings, comparison: Comparison) -> Condition:
    """Of the kinds that reckon with more than one reading."""
    if rule.kind == "rate":
        return Rate(comparison, rule.span_ms)
    if rule.kind == "background" and not rule.others:
        return AboveOwnLowest(comparison, rule.span_ms)
    channels = (rule.channel, *rule.others)
    group = Group(rule.fresh_ms, rule.fresh_ms if rule.on == RAW else None)
    if rule.kind == "deviation":
        return Deviation(channels, comparison, group, relative=rule.unit == OF_MEAN)
    if rule.kind == "background":
        return AboveOthers(channels, comparison, group, middle=rule.background == MEDIAN)
    assert rule.kind == "wind", rule.kind
    assert rule.wind is not None, "a wind rule without wind"
    wind = Wind(rule.wind.direction, rule.wind.speed, rule.wind.calm, rule.wind.sector)
    return DownwindLessUpwind(dict(zip(channels, rule.wind.bearings, strict=True)), wind, comparison, group)

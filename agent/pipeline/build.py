"""The pipeline that a station file asks for."""

from agent.config.model import RuleSettings, StationFile
from agent.pipeline.alarm import Alarm
from agent.pipeline.checks import Check
from agent.pipeline.conditions import Above
from agent.pipeline.conversion import Conversions
from agent.pipeline.limit import Limit
from agent.pipeline.ne43 import CurrentLoop
from agent.pipeline.pipeline import Pipeline

__all__ = ["pipeline_of"]


def pipeline_of(station: StationFile) -> Pipeline:
    """All stages, in their first state."""
    loops = {f"{loop.instrument}.{loop.name}": CurrentLoop(loop) for loop in station.loops}
    checks = {check.channel: Check(check) for check in station.checks}
    conversions = Conversions(station.conversions)
    suppressed_by = {rule.id: rule.suppress_when for rule in station.rules if rule.suppress_when}
    marks = {channel.id: channel.marks for channel in station.channels}
    limits = [_limit(rule, marks.get(rule.channel, ())) for rule in station.rules]
    return Pipeline(limits, loops, checks, conversions, suppressed_by=suppressed_by)


def _limit(rule: RuleSettings, marks: tuple[str, ...]) -> Limit:
    alarm = Alarm(rule.id, rule.on_delay_ms, rule.off_delay_ms, latching=rule.latch)
    return Limit(alarm, Above(rule.above, rule.deadband), rule.channel, rule.level, rule.unit, marks=marks)

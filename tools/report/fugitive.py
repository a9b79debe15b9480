"""Fugitive areas: how often, and for how many hours, a channel was above the limit of a rule.

An hour counts as above by what the limit is for: its mean, or any single value in it. Where readings over
range were left out of it, a value was. An exceedance is a run of such hours, one behind the other.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from agent.config.model import RuleSettings, StationFile
from agent.limits import limits
from store.averages import Average
from tools.report.hours import Hours, Peak, has_over_range, is_valid, peak
from tools.report.month import HOUR_MS, Month

__all__ = ["ANY", "MEAN", "RuleReport", "fugitive_channels", "fugitive_reports"]

MEAN, ANY = "hour mean", "any value"
OF_LIMITS = {"hour": MEAN, "rtd": ANY}
OF_RULES = {"raw": ANY, "1h": MEAN}


class RuleReport(NamedTuple):
    """One rule of one area.

    statistic: MEAN or ANY, None where hours cannot tell it: then the rest means nothing. highest: of what is
    held against the limit.
    """

    area: str
    rule: RuleSettings
    statistic: str | None
    valid: int
    above: int
    exceedances: int
    highest: Peak | None

    @property
    def reason(self) -> str | None:
        """Why hours cannot tell it; None where they can."""
        if self.statistic is not None:
            return None
        if self.rule.during:
            return "its limit depends on the phase of the work"
        if self.rule.limit is not None:
            return "its limit is not for the mean of an hour, nor for any value"
        return f"it is on {self.rule.on}"


def fugitive_channels(station: StationFile) -> dict[str, str]:
    """The area of each channel that lies in one and belongs to no outlet."""
    areas = {each.id: each.area for each in station.instruments if each.area}
    organised = {factor.channel for outlet in station.outlets for factor in outlet.factors}
    return {
        channel.id: areas[channel.instrument]
        for channel in station.channels
        if channel.instrument in areas and channel.id not in organised
    }


def fugitive_reports(station: StationFile, hours: Hours, month: Month) -> list[RuleReport]:
    """Of every rule with an upper limit on such a channel, by area, in the order of the file."""
    areas = fugitive_channels(station)
    found = [
        _report(areas[rule.channel], rule, hours.values[rule.channel], month)
        for rule in station.rules
        if rule.channel in areas and rule.above is not None and rule.kind == "value"
    ]
    order = list(dict.fromkeys(areas.values()))
    return sorted(found, key=lambda each: order.index(each.area))


def _report(area: str, rule: RuleSettings, values: Mapping[int, Average], month: Month) -> RuleReport:
    statistic = _statistic(rule)
    hours = [values[start] for start in month.starts if start in values]
    above = [hour.start for hour in hours if _is_above(hour, rule, statistic)]
    runs = sum(after - before > HOUR_MS for before, after in pairwise(above)) + bool(above)
    told = [(_told(hour, statistic), hour.start) for hour in hours]
    highest = peak(Peak(value, start) for value, start in told if value is not None)
    valid = sum(is_valid(hour) for hour in hours)
    return RuleReport(area, rule, statistic, valid, len(above), runs, highest)


def _statistic(rule: RuleSettings) -> str | None:
    if rule.during:
        return None
    if rule.limit is not None:
        return OF_LIMITS.get(limits()[rule.limit].statistic or "")
    return OF_RULES.get(rule.on)


def _told(hour: Average, statistic: str | None) -> float | None:
    """What is held against the limit."""
    if statistic == ANY:
        return hour.max
    return hour.value if hour.valid else None


def _is_above(hour: Average, rule: RuleSettings, statistic: str | None) -> bool:
    value, above = _told(hour, statistic), rule.above
    assert above is not None, "chosen by it"
    if statistic == ANY and has_over_range(hour):
        return True
    return value is not None and value > above

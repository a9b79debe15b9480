"""The whole report of a month: outlets and areas, and what is to be said of their channels and limits."""

from typing import NamedTuple

from agent.config.marks import MARKS
from agent.config.model import StationFile
from agent.limits import limits
from tools.report.fugitive import RuleReport, fugitive_reports
from tools.report.hours import Hours
from tools.report.month import Month
from tools.report.organised import OutletReport, outlet_report

__all__ = ["Compliance", "channels_needed", "compliance"]


class Compliance(NamedTuple):
    """source: where the hours come from. notes: by channel, what its values are not to be taken for.

    damaged: blocks of the archive that cannot be read; their hours are missing.
    """

    station: StationFile
    month: Month
    source: str
    outlets: list[OutletReport]
    rules: list[RuleReport]
    notes: dict[str, list[str]]
    damaged: int

    def not_in_force(self, limit_id: str) -> str | None:
        """Why a limit does not hold on the first or the last day of the month; None where it does."""
        limit, month = limits()[limit_id], self.month
        return limit.not_in_force(month.first_day) or limit.not_in_force(month.last_day) or None


def channels_needed(station: StationFile) -> dict[str, str]:
    """Those of outlets and rules, with their units."""
    units = {channel.id: channel.unit for channel in station.channels}
    needed = [factor.channel for outlet in station.outlets for factor in outlet.factors]
    needed += [outlet.operating.channel for outlet in station.outlets if outlet.operating]
    needed += [rule.channel for rule in station.rules]
    return {channel: units[channel] for channel in needed}


def compliance(station: StationFile, hours: Hours, month: Month, source: str) -> Compliance:
    """hours: of the channels_needed."""
    notes = {
        channel.id: [MARKS[mark] for mark in channel.marks] + _of_unit(channel.id, hours)
        for channel in station.channels
        if channel.id in hours.values
    }
    outlets = [outlet_report(outlet, hours, month) for outlet in station.outlets]
    rules = fugitive_reports(station, hours, month)
    return Compliance(station, month, source, outlets, rules, notes, hours.damaged)


def _of_unit(channel: str, hours: Hours) -> list[str]:
    count = hours.other_unit.get(channel)
    return [f"{count} hours stand in the archive in another unit, and are not counted"] if count else []

"""What `fenceline report --json` prints: docs/report.md."""

from typing import Any

from agent.limits import limits
from tools.report.compliance import Compliance
from tools.report.fugitive import RuleReport
from tools.report.hours import Peak
from tools.report.organised import PERCENT, Counts, FactorReport, OutletReport

__all__ = ["as_dict"]


def as_dict(report: Compliance) -> dict[str, Any]:
    month, station = report.month, report.station
    areas = dict.fromkeys(each.area for each in report.rules)
    return {
        "station": station.id,
        "site": station.site,
        "month": month.name,
        "utc_offset_min": station.utc_offset_min,
        "source": report.source,
        "complete": month.is_complete,
        "hours_of_month": month.hours,
        "hours_so_far": month.hours_so_far,
        "damaged_blocks": report.damaged,
        "percent_wanted": PERCENT,
        "outlets": [_outlet(each, report) for each in report.outlets],
        "areas": [
            {"area": area, "rules": [_rule(each, report) for each in report.rules if each.area == area]}
            for area in areas
        ],
    }


def _outlet(outlet: OutletReport, report: Compliance) -> dict[str, Any]:
    operating = outlet.settings.operating
    return {
        "id": outlet.settings.id,
        "operating": None if operating is None else dict(vars(operating)),
        "operating_reason": outlet.reason,
        "operating_notes": report.notes[operating.channel] if operating else [],
        "hours_operating": outlet.counts.counted if operating else None,
        "hours_idle": outlet.idle,
        "hours_operating_unknown": outlet.unknown,
        **_counts(outlet.counts),
        "factors": [_factor(each, report) for each in outlet.factors],
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "hours_valid": counts.valid,
        "hours_within": counts.within,
        "hours_over": counts.over,
        "data_capture": counts.capture,
        "share_of_valid": counts.of_valid,
        "met_of_valid": counts.met_of_valid,
        "share_of_operating": counts.of_operating,
        "met_of_operating": counts.met_of_operating,
    }


def _factor(factor: FactorReport, report: Compliance) -> dict[str, Any]:
    settings = factor.settings
    return {
        "factor": settings.factor,
        "channel": settings.channel,
        "above": settings.above,
        "unit": settings.unit,
        **_limit(settings.limit, report),
        "limit_refers_to": list(settings.lacking),
        **_counts(factor.counts),
        "not_valid": factor.not_valid,
        "hours_with_over_range": factor.over_range,
        "highest": _peak(factor.highest),
        "notes": report.notes[settings.channel],
    }


def _rule(each: RuleReport, report: Compliance) -> dict[str, Any]:
    rule, told = each.rule, each.statistic is not None
    return {
        "rule": rule.id,
        "channel": rule.channel,
        "above": rule.above,
        "unit": rule.unit,
        **_limit(rule.limit, report),
        "statistic": each.statistic,
        "statistic_reason": each.reason,
        "hours_valid": each.valid,
        "hours_above": each.above if told else None,
        "exceedances": each.exceedances if told else None,
        "highest": _peak(each.highest) if told else None,
        "notes": report.notes[rule.channel],
    }


def _limit(limit_id: str | None, report: Compliance) -> dict[str, Any]:
    """All null where the station file has a number of its own."""
    limit = limits()[limit_id] if limit_id else None
    return {
        "limit": limit_id,
        "edition": limit and limit.edition,
        "confirmed": limit and limit.confirmed,
        "not_in_force": report.not_in_force(limit_id) if limit_id else None,
    }


def _peak(peak: Peak | None) -> dict[str, Any] | None:
    return None if peak is None else {"value": peak.value, "start": peak.start}

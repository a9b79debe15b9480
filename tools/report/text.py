"""The report for a person: tables that fit a phone, and below them what is to be known of each row."""

import textwrap
from collections.abc import Iterator

from agent.limits import limits
from tools.export.times import Zone
from tools.report.compliance import Compliance
from tools.report.fugitive import RuleReport
from tools.report.hours import Peak
from tools.report.organised import PERCENT, Counts, FactorReport, OutletReport

__all__ = ["text"]

COLUMNS = 50  # of a phone


def text(report: Compliance) -> Iterator[str]:
    station, month = report.station, report.month
    offset = Zone(station.utc_offset_min).text(0)[-6:]
    yield f"station {station.id}, {month.name}, local time {offset}"
    yield f"from {report.source}"
    if not month.is_complete:
        yield f"NOT COMPLETE: {month.hours_so_far} of {month.hours} hours so far"
    if report.damaged:
        yield f"DAMAGED: {report.damaged} blocks of the archive; their hours count as missing"
    if not report.outlets:
        yield "\nno [[outlet]] in the station file: docs/report.md shows how to write one"
    for outlet in report.outlets:
        yield ""
        yield from _outlet(outlet, report)
    for area in dict.fromkeys(each.area for each in report.rules):
        yield ""
        yield from _area(area, [each for each in report.rules if each.area == area], report)


def _outlet(outlet: OutletReport, report: Compliance) -> Iterator[str]:
    counts = outlet.counts
    yield f"outlet {outlet.settings.id}"
    if outlet.settings.operating is not None:
        yield f"  operating: {outlet.settings.operating}"
        unknown = f", {outlet.unknown} of them not known" if outlet.unknown else ""
        yield f"  {counts.counted} hours of operation{unknown}; {outlet.idle} idle"
        yield from _notes(outlet.settings.operating.channel, report)
    yield f"{'factor':<10}{'limit':>9}{'valid':>6}{'within':>7}{'over':>5}{'% v.':>6}{'% op.':>6}"
    for factor in outlet.factors:
        yield _row(factor.settings.factor, f"{factor.settings.above:g}", factor.counts)
    yield _row("all", "", counts)
    yield f"  {PERCENT} % of the valid hours: {_verdict(counts.met_of_valid, counts.of_valid)}"
    if outlet.reason:
        yield from _wrapped(f"of the hours of operation nothing is known: {outlet.reason}")
    else:
        verdict = _verdict(counts.met_of_operating, counts.of_operating)
        yield f"  {PERCENT} % of the hours of operation: {verdict}"
    for factor in outlet.factors:
        yield from _factor(factor, report)


def _row(name: str, limit: str, counts: Counts) -> str:
    shares = f"{_percent(counts.of_valid):>6}{_percent(counts.of_operating):>6}"
    return f"{name:<10}{limit:>9}{counts.valid:>6}{counts.within:>7}{counts.over:>5}{shares}"


def _factor(factor: FactorReport, report: Compliance) -> Iterator[str]:
    settings = factor.settings
    yield f"  {settings.factor}: {settings.channel}, {settings.unit}"
    yield f"    {_percent(factor.counts.capture)} % captured{_highest(factor.highest, report)}"
    if factor.not_valid:
        reasons = ", ".join(f"{count} {flag}" for flag, count in factor.not_valid.items())
        yield from _wrapped(f"not valid: {reasons}")
    if factor.over_range:
        yield f"    readings over range left out of {factor.over_range} hours"
    yield from _limit(settings.limit, report)
    for state in settings.lacking:
        yield f"    not said to be: {state}"
    yield from _notes(settings.channel, report)


def _limit(limit_id: str | None, report: Compliance) -> Iterator[str]:
    if limit_id is None:
        return
    limit, why_not = limits()[limit_id], report.not_in_force(limit_id)
    yield f"    {limit_id}"
    if not limit.confirmed:
        yield f"    NOT CONFIRMED: edition {limit.edition}"
    if why_not:
        yield from _wrapped(f"NOT IN FORCE all month: {why_not}")
    if limit.condition:
        yield from _wrapped(limit.condition)


def _area(area: str, rules: list[RuleReport], report: Compliance) -> Iterator[str]:
    yield f"area {area}"
    yield f"{'rule':<20}{'limit':>9}{'valid':>6}{'above':>6}{'times':>6}"
    for each in rules:
        told = (each.above, each.exceedances) if each.statistic else ("-", "-")
        yield f"{each.rule.id:<20}{each.rule.above:>9g}{each.valid:>6}{told[0]:>6}{told[1]:>6}"
    for each in rules:
        rule = each.rule
        yield f"  {rule.id}: {rule.channel}, {rule.unit}"
        if each.reason:
            yield from _wrapped(f"hours do not tell it: {each.reason}")
        else:
            yield f"    {each.statistic}{_highest(each.highest, report)}"
        yield from _limit(rule.limit, report)
        yield from _notes(rule.channel, report)


def _notes(channel: str, report: Compliance) -> Iterator[str]:
    for note in report.notes[channel]:
        yield from _wrapped(note)


def _wrapped(note: str) -> Iterator[str]:
    yield from textwrap.wrap(note, COLUMNS, initial_indent="    ", subsequent_indent="      ")


def _highest(peak: Peak | None, report: Compliance) -> str:
    if peak is None:
        return ""
    when = Zone(report.station.utc_offset_min).text(peak.start)
    return f", highest {peak.value:g} ({when[5:10]} {when[11:16]})"


def _percent(share: float | None) -> str:
    """Cut, not rounded: 94.96 is not 95."""
    return "-" if share is None else f"{int(share * 1000 + 1e-9) / 10:.1f}"


def _verdict(met: bool | None, share: float | None) -> str:
    if met is None:
        return "no hours"
    return f"{'met' if met else 'NOT MET'}, {_percent(share)} %"

"""Whether a [[rule]] is given the readings or averages in time that its delays and spans ask for."""

from agent.config.findings import Findings
from agent.config.table_reader import Row
from agent.config.values import span
from agent.pipeline.periods import RAW, period_named

__all__ = ["check_timing"]

FLAT_LEAST = 3  # intervals, so that one lost poll is no end of a flat line
SILENCE_LEAST = 2


def check_timing(row: Row, interval_ms: int, findings: Findings) -> None:
    """interval_ms: between two readings of its channel; 0: back to back."""
    if row["on"] is None or row["kind"] is None:
        return
    period = None if row["on"] == RAW else period_named(row["on"])
    if period is not None and interval_ms > period.length_ms:
        message = f"there is a reading of {row['channel']} each {span(interval_ms)}"
        hint = "take a longer one, or a shorter `every`"
        findings.warn(row.at("on"), f"{message}: no average of {row['on']} is formed", hint)
        return
    if period is not None and period.step_ms < period.length_ms and row["per_day"] is not None:
        message = f"means of {row['on']} overlap: one exceedance would count many times"
        findings.error(row.at("per_day"), message, 'windows that stand side by side, as in on = "1h"')
    step_ms = interval_ms if period is None else period.step_ms
    if not step_ms:
        return
    what = f"readings of {row['channel']}" if period is None else "averages"
    between = f"the {span(step_ms)} between two {what}"
    for key in ("on_delay", "off_delay"):
        if row[key] and row[key] < step_ms:
            findings.warn(row.at(key), f"shorter than {between}", "it elapses only with the next one")
    if row["span"] is None:
        return
    if row["kind"] == "rate" and row["span"] < step_ms:
        findings.warn(
            row.at("span"), f"shorter than {between}", "no rate is ever known; take several of them"
        )
    if row["kind"] == "flat" and row["span"] < FLAT_LEAST * step_ms:
        findings.warn(row.at("span"), f"shorter than three times {between}", "a lost poll ends a flat line")
    if row["kind"] == "no-data" and row["span"] < SILENCE_LEAST * step_ms:
        findings.warn(row.at("span"), f"shorter than twice {between}", "a lost poll raises the alarm")

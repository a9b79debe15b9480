"""[[rule]]: limits on channels that exist, in their unit."""

from agent.config.channels import channel_named
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.marks import NMHC, NMHC_HINT, NOT_NMHC, PID
from agent.config.model import RuleSettings
from agent.config.table_reader import Row
from agent.config.values import span

__all__ = ["check_rules", "read_rules"]


def check_rules(rows: list[Row], instruments: list[Instrument], findings: Findings) -> None:
    """Each rule against its channel, and the rules of one channel against each other."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    for row in rows:
        found = channel_named(row, "channel", by_id, findings)
        if found is not None:
            _check_unit(row, *found, findings)
            _check_nmhc(row, *found, findings)
            _check_delay(row, found[0], findings)
    for row in rows:
        if row["level"] == "high-high":
            _check_above_high(row, rows, findings)


def _check_unit(row: Row, instrument: Instrument, name: str, findings: Findings) -> None:
    unit = (instrument.channels or {})[name]
    if row["unit"] is not None and row["unit"] != unit:
        message = f"{shown(row['unit'])} is not the unit of {row['channel']}, which is {shown(unit)}"
        findings.error(row.at("unit"), message, f"write unit = {shown(unit)}, and the limit in it")


def _check_nmhc(row: Row, instrument: Instrument, name: str, findings: Findings) -> None:
    """A rule that calls itself one of NMHC, with a number of its own."""
    if PID in instrument.marks.get(name, ()) and "limit" not in row.given and NMHC in (row["id"] or ""):
        findings.error(row.at("id"), f"{row['channel']} {NOT_NMHC}", NMHC_HINT)


def _check_delay(row: Row, instrument: Instrument, findings: Findings) -> None:
    """A delay elapses only with a reading that still holds."""
    delay_ms, every_ms = row["on_delay"], instrument.row["every"]
    if delay_ms and every_ms and delay_ms < every_ms:
        message = f"shorter than the {span(every_ms)} between two readings of {instrument.row['id']}"
        findings.warn(row.at("on_delay"), message, "it elapses only with the next reading")


def _check_above_high(row: Row, rows: list[Row], findings: Findings) -> None:
    """A high-high limit stands above every high one of its channel."""
    for other in rows:
        same = other["level"] == "high" and other["channel"] == row["channel"] is not None
        if not same or row["above"] is None or other["above"] is None:
            continue
        if row["above"] <= other["above"]:
            message = (
                f"high-high {row['above']:g} is not above {other['above']:g}, the high of the same channel"
            )
            findings.error(row.at("above"), message, f"that is rule {other['id']}")


def read_rules(rows: list[Row]) -> tuple[RuleSettings, ...]:
    """Only for rows without errors."""
    return tuple(
        RuleSettings(
            id=row["id"],
            channel=row["channel"],
            above=row["above"],
            level=row["level"],
            unit=row["unit"],
            deadband=row["deadband"],
            on_delay_ms=row["on_delay"],
            off_delay_ms=row["off_delay"],
            limit=row["limit"],
            latch=row["latch"],
            suppress_when=row["suppress_when"],
        )
        for row in rows
    )

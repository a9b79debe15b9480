"""[[phase]]: a shift by the clock, or as long as a channel is on one side of a limit."""

from agent.config.channels import channel_named
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.model import PhaseSettings
from agent.config.table_reader import Row

__all__ = ["check_phases", "read_phases"]

SHIFT = ("from", "to")
TOLD = ("channel", "above", "below", "unit", "deadband")


def check_phases(
    rows: list[Row], rules: list[Row], instruments: list[Instrument], findings: Findings
) -> None:
    """Each is the one or the other, and whole."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    used = {name for rule in rules for key in ("above_during", "below_during") for name in rule[key] or {}}
    for row in rows:
        if row["id"] is not None and row["id"] not in used:
            findings.warn(row.at("id"), f"no rule depends on phase {row['id']}", "`above_during` names it")
        if any(key in row.given for key in SHIFT):
            _check_shift(row, findings)
        elif "channel" in row.given:
            _check_told(row, by_id, findings)
        else:
            findings.error(
                row.at("from"), "missing", 'a shift: from = "22:00" and to; or a channel that tells'
            )


def _check_shift(row: Row, findings: Findings) -> None:
    for key in SHIFT:
        if key not in row.given:
            findings.error(row.at(key), "missing", 'a shift has both: from = "22:00", to = "06:00"')
    for key in TOLD:
        if key in row.given:
            findings.error(row.at(key), "means nothing for a shift", "write a [[phase]] for each of the two")
    if row["from"] is not None and row["from"] == row["to"]:
        findings.error(row.at("to"), "ends when it begins", "a limit for the whole day is the rule's own")


def _check_told(row: Row, by_id: dict[str, Instrument], findings: Findings) -> None:
    if ("above" in row.given) == ("below" in row.given):
        both = "above" in row.given
        findings.error(
            row.at("above"), "both this and `below`" if both else "missing", "one of above and below"
        )
    if "unit" not in row.given:
        findings.error(row.at("unit"), "missing", "the channel's, so that the limit is not mistaken")
    found = channel_named(row, "channel", by_id, findings)
    if found is None or row["unit"] is None:
        return
    unit = (found[0].channels or {})[found[1]]
    if row["unit"] != unit:
        message = f"{shown(row['unit'])} is not the unit of {row['channel']}, which is {shown(unit)}"
        findings.error(row.at("unit"), message, f"write unit = {shown(unit)}, and the limit in it")


def read_phases(rows: list[Row]) -> tuple[PhaseSettings, ...]:
    """Only for rows without errors."""
    return tuple(
        _told(row) if row["channel"] else PhaseSettings(row["id"], row["from"], row["to"]) for row in rows
    )


def _told(row: Row) -> PhaseSettings:
    below = row["below"] is not None
    return PhaseSettings(
        row["id"],
        channel=row["channel"],
        limit=row["below"] if below else row["above"],
        deadband=row["deadband"],
        below=below,
    )

"""[[check]]: plausible values of channels that exist, in their unit."""

from agent.config.channels import channel_named
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.quality_model import CheckSettings
from agent.config.table_reader import Row
from agent.config.values import span

__all__ = ["check_checks", "check_kept_out", "check_unit", "read_checks"]

NEEDS = {"range": ("low", "high"), "rate": ("max_rate",), "stuck": ("stuck_for",), "spike": ("spike",)}
GAP_POLLS = 3  # after so many polls without a value the checks begin anew,
GAP_LEAST_MS = 10_000  # and not before this


def check_checks(rows: list[Row], instruments: list[Instrument], findings: Findings) -> None:
    """Each [[check]] against its channel and within itself."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    first: dict[str, Row] = {}
    for row in rows:
        found = channel_named(row, "channel", by_id, findings)
        if found is not None:
            check_unit(row, *found, findings)
            _check_stuck_for(row, found[0], findings)
            if first.setdefault(row["channel"], row) is not row:
                message = f"{row['channel']} has a [[check]] already"
                findings.error(row.at("channel"), message, "write all its checks into one")
        _check_itself(row, findings)


def check_unit(row: Row, instrument: Instrument, name: str, findings: Findings) -> None:
    """The unit that the numbers of a table are written in is that of its channel."""
    unit = (instrument.channels or {})[name]
    if row["unit"] is not None and row["unit"] != unit:
        message = f"{shown(row['unit'])} is not the unit of {row['channel']}, which is {shown(unit)}"
        findings.error(row.at("unit"), message, f"write unit = {shown(unit)}, and the numbers in it")


def check_kept_out(rows: list[Row], rules: list[Row], findings: Findings) -> None:
    """What is kept out of averages is not seen by rules on them: whoever wrote both should know."""
    for row in rows:
        for rule in rules:
            on = rule["on"]
            if row["keep_out"] and rule["channel"] == row["channel"] is not None and on not in (None, "raw"):
                message = f"rule {rule['id']} looks at means of {on}, and does not see what is kept out"
                findings.warn(
                    row.at("keep_out"), message, "a plume is a spike; keep a rule on readings beside it"
                )


def _check_itself(row: Row, findings: Findings) -> None:
    if None not in (row["low"], row["high"]) and row["low"] >= row["high"]:
        findings.error(row.at("high"), f"{row['high']:g} is not above low, {row['low']:g}")
    stated = [name for name, keys in NEEDS.items() if row.given.intersection(keys)]
    if not stated:
        hint = "one at least of " + ", ".join(key for keys in NEEDS.values() for key in keys)
        findings.error(row.at("channel"), "nothing is checked", hint)
    for name in row["keep_out"] or ():
        if name not in stated:
            message = f"there is no {name} check to keep anything out"
            findings.error(row.at("keep_out"), message, f"it needs {' or '.join(NEEDS[name])}")
    for key in ("stuck_within", "stuck_above"):
        if key in row.given and "stuck" not in stated:
            findings.error(row.at(key), "means nothing without stuck_for")


def _check_stuck_for(row: Row, instrument: Instrument, findings: Findings) -> None:
    """One reading after the other shows no flat line."""
    every_ms, stuck_ms = instrument.row["every"], row["stuck_for"]
    if stuck_ms and every_ms and stuck_ms < 2 * every_ms:
        message = f"shorter than two of the {span(every_ms)} between readings of {instrument.row['id']}"
        findings.warn(row.at("stuck_for"), message, "two readings that agree are then a flat line")


def read_checks(rows: list[Row], instruments: list[Instrument]) -> tuple[CheckSettings, ...]:
    """Only for rows without errors."""
    every_ms = {instrument.row["id"]: instrument.row["every"] for instrument in instruments}
    return tuple(
        CheckSettings(
            channel=row["channel"],
            low=row["low"],
            high=row["high"],
            max_rate=row["max_rate"],
            stuck_for_ms=row["stuck_for"],
            stuck_within=row["stuck_within"],
            stuck_above=row["stuck_above"],
            spike=row["spike"],
            keep_out=row["keep_out"] or (),
            gap_ms=max(GAP_POLLS * every_ms[row["channel"].partition(".")[0]], GAP_LEAST_MS),
        )
        for row in rows
    )

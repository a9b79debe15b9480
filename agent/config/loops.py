"""[[loop]]: current loops behind the inputs of an analog module."""

from dataclasses import replace
from itertools import pairwise

from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.marks import NMHC, NMHC_HINT, NOT_NMHC, PID
from agent.config.model import LoopSettings
from agent.config.table_reader import Row
from agent.pipeline.concentration import KINDS

__all__ = ["check_loops", "read_loops"]

CURRENT = "mA"


def check_loops(rows: list[Row], instruments: list[Instrument], findings: Findings) -> list[Instrument]:
    """The instruments with the channels that their loops make of their inputs."""
    found: dict[str, dict[str, str]] = {}
    lamps: dict[str, dict[str, float | None]] = {}
    inputs: dict[str, Row] = {}
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    for row in rows:
        _check_limits(row, findings)
        owner = _owner_of(row, by_id, findings)
        if owner is None:
            continue
        first = inputs.setdefault(row["input"], row)
        if first is not row:
            findings.error(row.at("input"), f"{row['input']} is the loop {first['name']} already")
        channels = found.setdefault(owner, {})
        if row["name"] in channels:
            message = f"{owner} has a loop {shown(row['name'])} already"
            findings.error(row.at("name"), message, "give each its own name")
        elif row["name"] is not None and row["unit"] is not None:
            channels[row["name"]] = row["unit"]
            if row["lamp"] is not None:
                _check_pid(row, findings)
                lamps.setdefault(owner, {})[row["name"]] = row["lamp"]
    return [
        _with_loops(each, found[each.row["id"]], lamps.get(each.row["id"], {}))
        if each.row["id"] in found and each.channels is not None
        else each
        for each in instruments
    ]


def _with_loops(
    instrument: Instrument, channels: dict[str, str], lamps: dict[str, float | None]
) -> Instrument:
    return replace(instrument, channels=channels, lamps=lamps, marks=dict.fromkeys(lamps, (PID,)))


def _check_pid(row: Row, findings: Findings) -> None:
    if row["unit"] not in KINDS:
        findings.error(row.at("lamp"), f"no PID says {shown(row['unit'])}", "leave it out")
    if NMHC in row["name"]:
        findings.error(row.at("name"), f"it {NOT_NMHC}", NMHC_HINT)


def _owner_of(row: Row, by_id: dict[str, Instrument], findings: Findings) -> str | None:
    """The id of the instrument whose input it is; None where that is wrong or cannot be told."""
    if row["input"] is None:
        return None
    name, dot, channel = row["input"].partition(".")
    at = row.at("input")
    if not dot:
        findings.error(
            at, f"{shown(row['input'])} names no input", "instrument, a dot, input, as in ai-cabinet.ai0"
        )
        return None
    if name not in by_id:
        findings.error(
            at, f"there is no instrument {shown(name)}", nearest(name, [known for known in by_id if known])
        )
        return None
    channels = by_id[name].channels
    if channels is None:  # its driver is wrong, and that is reported
        return str(name)
    if channel not in channels:
        known = ", ".join(f"{known} ({unit})" for known, unit in channels.items())
        findings.error(at, f"{name} has no input {shown(channel)}", f"it has {known}")
    elif channels[channel] != CURRENT:
        message = f"{row['input']} is in {shown(channels[channel])}: a current loop is in {shown(CURRENT)}"
        findings.error(at, message, "set the module and its settings to a current range")
    return str(name)


def _check_limits(row: Row, findings: Findings) -> None:
    if None not in (row["low"], row["high"]) and row["low"] >= row["high"]:
        hint = "low is the value at 4 mA, high that at 20 mA: over range is told by a high current"
        findings.error(row.at("high"), f"{row['high']:g} is not above low, {row['low']:g}", hint)
    limits = ("failed_low", "under", "over", "failed_high")
    for one, other in pairwise(limits):
        if None not in (row[one], row[other]) and row[one] >= row[other]:
            message = f"{row[other]:g} mA is not above {one}, {row[one]:g} mA"
            findings.error(row.at(other), message, "failed_low < under < over < failed_high")


def read_loops(rows: list[Row]) -> tuple[LoopSettings, ...]:
    """Only for rows without errors."""
    loops = []
    for row in rows:
        instrument, _, channel = row["input"].partition(".")
        loops.append(
            LoopSettings(
                instrument=instrument,
                input=channel,
                name=row["name"],
                unit=row["unit"],
                low=row["low"],
                high=row["high"],
                failed_low_ma=row["failed_low"],
                under_ma=row["under"],
                over_ma=row["over"],
                failed_high_ma=row["failed_high"],
                persist_ms=row["persist"],
            )
        )
    return tuple(loops)

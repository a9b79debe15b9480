"""Units and states of a [[conversion]]: whether there is a way between them, and what it takes."""

from typing import NamedTuple

from agent.compounds import Compound
from agent.config.conversion_model import ConversionSettings, Step
from agent.config.conversion_schema import ACTUAL
from agent.config.findings import Findings, nearest, shown
from agent.config.table_reader import Row
from agent.pipeline.concentration import CELSIUS, KINDS, factor, molar_volume

__all__ = ["State", "state_of", "units_step"]

OF_ACTUAL = ("temperature", "pressure", "static_pressure")


class State(NamedTuple):
    """What the channel's mg/m3 and the value's refer to; None where there are none, or nobody says."""

    given: str | None
    wanted: str | None
    is_dry: bool


def state_of(row: Row, given: str, source: ConversionSettings | None) -> State:
    """given: the channel's unit. source: how the channel is computed, where it is; it hands on its own."""
    before = row["from"] or (source.state if source else None)
    one, other = (unit in KINDS and KINDS[unit].per_volume for unit in (given, row["unit"]))
    wanted = row["state"] or (before if one and before != ACTUAL else None)
    is_dry = row["moisture"] is not None or (source is not None and source.is_dry)
    return State(before if one else None, wanted if other else None, is_dry)


def units_step(
    row: Row, given: str, compound: Compound | None, state: State, findings: Findings
) -> Step | None:
    """What one of the channel's unit is in the value's; None where it is the same, or cannot be.

    From gas as it is, the molar volume is missing: that is computed with its temperature.
    """
    wanted = row["unit"]
    if wanted not in KINDS and wanted != given:
        hint = nearest(wanted, KINDS) if given in KINDS else f"write unit = {shown(given)}"
        message = f"there is no way from {shown(given)} of {row['channel']} to {shown(wanted)}"
        findings.error(row.at("unit"), message, hint)
        return None
    if given not in KINDS:
        if wanted != given:
            message = f"there is no way from {shown(given)} of {row['channel']} to {shown(wanted)}"
            findings.error(row.at("unit"), message, f"write unit = {shown(given)}")
        for key in ("from", "state"):
            if key in row.given:
                findings.error(row.at(key), f"{shown(given)} has no state", "leave it out")
        return None
    if not _is_told(row, given, compound, state, findings) or (given, state.given) == (wanted, state.wanted):
        return None
    volumes = [1.0 if each in (None, ACTUAL) else molar_volume(CELSIUS[each]) for each in state[:2]]
    of = f" of {compound.name}" if compound else ""
    places = [
        f"{unit} at {each}" if each else unit for unit, each in zip((given, wanted), state[:2], strict=True)
    ]
    return Step(f"{places[0]}{of} to {places[1]}", factor(given, wanted, compound, *volumes))


def _is_told(row: Row, given: str, compound: Compound | None, state: State, findings: Findings) -> bool:
    """Whether the file says what the way takes."""
    one, other = KINDS[given], KINDS[row["unit"]]
    missing: list[tuple[str, str, str]] = []
    crosses = one.of_carbon != other.of_carbon or (one.per_volume != other.per_volume and not one.of_carbon)
    if crosses and compound is None and row["compound"] is None and row["mixture"] is None:
        hint = "PIDs: isobutylene leaves their equivalents; FIDs: what they are calibrated with"
        missing.append(("compound", f"from {given} to {row['unit']} it takes the compound", hint))
    changes = one.per_volume != other.per_volume or "state" in row.given or "from" in row.given
    if one.per_volume and changes and state.given is None:
        hint = '"0C" or "25C", as its manual says, or "actual" with `temperature` and `pressure`'
        missing.append(("from", f"{row['channel']} is in {given}, at which temperature?", hint))
    if other.per_volume and changes and state.wanted is None:
        missing.append(("state", f"{row['unit']} at which temperature?", 'stacks "0C", ambient gases "25C"'))
    for key in ("temperature", "pressure") if row["from"] == ACTUAL else ():
        if key not in row.given:
            missing.append((key, 'the gas is "actual"', "a channel, or a number"))
    for key, message, hint in missing:
        findings.error(row.at(key), f"missing: {message}", hint)
    for key, kind, unit in (("from", one, given), ("state", other, row["unit"])):
        if key in row.given and not kind.per_volume:
            message = f"{unit} has no state: it is a share of moles at any temperature"
            findings.error(row.at(key), message, "leave it out")
    return not missing

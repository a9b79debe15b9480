"""Other channels that a [[conversion]] takes, or numbers in their place."""

from collections.abc import Mapping
from typing import Any

from agent.config.channels import channel_named, fresh_ms, interval_ms
from agent.config.conversion_model import Input
from agent.config.conversion_schema import ACTUAL
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.table_reader import Row
from agent.config.values import span
from agent.pipeline.concentration import BOUNDS

__all__ = ["check_keys", "constants_of", "inputs_of", "max_age_ms"]

PERCENT = {"%": 1.0, "%vol": 1.0}
KPA = {"kPa": 1.0, "hPa": 0.1, "mbar": 0.1, "Pa": 0.001}
SCALES = {  # what one of a channel's unit is in the key's
    "temperature": {"degC": 1.0},
    "pressure": KPA,
    "static_pressure": KPA,
    "moisture": PERCENT,
    "oxygen": PERCENT,
}
SUMS = ("plus", "minus")
ROLES = (*SUMS, *SCALES)
RELATIVE = ("meteorology", "micro-station")  # classes whose humidity is no share of the volume


def inputs_of(
    row: Row, given: str, by_id: Mapping[str, Instrument], findings: Findings
) -> tuple[tuple[Input, Instrument], ...]:
    """Each with whose channel it is. given: the unit of the conversion's own channel."""
    found = []
    for role in ROLES:
        named = channel_named(row, role, by_id, findings) if isinstance(row[role], str) else None
        if named is None:
            continue
        instrument, name = named
        unit = (instrument.channels or {})[name]
        if row[role] == row["channel"]:
            findings.error(row.at(role), "the channel itself", "name another one")
        scale = _scale(row, role, unit, given, findings)
        if role == "moisture" and instrument.device_class in RELATIVE:
            message = f"{row[role]} is a relative humidity, and this takes the share of the volume"
            hint = "a stack's moisture analyser measures it, or give a number"
            findings.error(row.at(role), message, hint)
        found.append((Input(role, row[role], scale), instrument))
    return tuple(found)


def _scale(row: Row, role: str, unit: str, given: str, findings: Findings) -> float:
    if role not in SUMS:
        if unit not in SCALES[role]:
            message = f"{row[role]} is in {shown(unit)}, and this takes {' or '.join(SCALES[role])}"
            findings.error(row.at(role), message)
        return SCALES[role].get(unit, 1.0)
    if unit != given:
        message = f"{row[role]} is in {shown(unit)}, and {row['channel']} in {shown(given)}"
        findings.error(row.at(role), message, "convert one of them first")
    return 1.0


def constants_of(row: Row, findings: Findings) -> dict[str, float]:
    """Numbers in the place of a channel, by role."""
    found: dict[str, float] = {}
    for role in SCALES:
        value: Any = row[role]
        if not isinstance(value, float):
            continue
        low, high, unit = BOUNDS.get(role, (-50.0, 50.0, "kPa"))
        if not low <= value <= high:
            findings.error(row.at(role), f"{value:g} is not within {low:g}..{high:g} {unit}")
        found[role] = value
    return found


def check_keys(row: Row, is_dry: bool, findings: Findings) -> None:
    """Those that mean nothing without another."""
    needs = (
        ("noise", "minus", "leave it out"),
        ("base_o2", "oxygen", "add the channel that measures it"),
        ("max_o2", "oxygen", "leave it out"),
        ("oxygen", "base_o2", "add it: the limit's baseline"),
    )
    for key, other, hint in needs:
        if key in row.given and other not in row.given:
            findings.error(row.at(key), f"means nothing without `{other}`", hint)
    if "minus" in row.given and "noise" not in row.given:
        hint = "how far below 0 the difference falls by noise alone, in the channel's unit: noise = 0.2"
        findings.error(row.at("noise"), "missing", hint)
    for key in ("temperature", "pressure", "static_pressure"):
        if key in row.given and row["from"] != ACTUAL:
            findings.error(row.at(key), 'means nothing without from = "actual"', "leave it out")
    if "oxygen" in row.given and not is_dry:
        hint = "`moisture` makes it dry; moisture = 0 says that the sample is dried"
        findings.error(row.at("oxygen"), "the correction is for dry gas", hint)
    if None not in (row["base_o2"], row["max_o2"]) and row["base_o2"] >= row["max_o2"]:
        findings.error(row.at("max_o2"), f"{row['max_o2']:g} is not above base_o2, {row['base_o2']:g}")


def max_age_ms(row: Row, inputs: tuple[tuple[Input, Instrument], ...], findings: Findings) -> int:
    """How old another channel's reading may be."""
    if "max_age" in row.given and not inputs:
        findings.error(row.at("max_age"), "there is no other channel", "leave it out")
    longest_ms = max((interval_ms(each.channel, instrument) for each, instrument in inputs), default=0)
    if row["max_age"] is None:
        return fresh_ms(longest_ms)
    if row["max_age"] < longest_ms:
        message = f"shorter than the {span(longest_ms)} between two readings of one of them"
        findings.warn(row.at("max_age"), message, "the value is B most of the time")
    return int(row["max_age"])

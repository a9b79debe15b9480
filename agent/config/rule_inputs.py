"""The channels that a [[rule]] looks at beside its own: in the same unit, and the wind."""

from collections.abc import Mapping

from agent.config.channels import channel_at, channel_named, interval_ms
from agent.config.findings import Findings, shown
from agent.config.instruments import Instrument
from agent.config.table_reader import Row

__all__ = ["check_others", "intervals_ms"]

WIND = {"wind_direction": "deg", "wind_speed": "m/s"}


def check_others(row: Row, unit: str | None, by_id: Mapping[str, Instrument], findings: Findings) -> None:
    """unit: of the rule's own channel; None where that is wrong."""
    others = row["others"] or []
    for place, channel in enumerate(others):
        found = channel_at(row.at("others", place), channel, by_id, findings)
        if channel == row["channel"] or channel in others[:place]:
            findings.error(row.at("others", place), f"{shown(channel)} stands twice", "each channel once")
        if found is not None and unit is not None:
            its_unit = (found[0].channels or {})[found[1]]
            if its_unit != unit:
                message = f"{channel} is in {its_unit}, and {row['channel']} in {unit}"
                hint = "a [[conversion]] makes a channel in the unit of the other"
                findings.error(row.at("others", place), message, hint)
    bearings = row["bearings"]
    if bearings is not None and row["others"] and len(bearings) != len(others) + 1:
        message = f"{len(bearings)} bearings for {len(others) + 1} channels"
        findings.error(row.at("bearings"), message, "one of `channel`, then one of each of `others`")
    for key, its in WIND.items():
        found = channel_named(row, key, by_id, findings)
        if found is not None and (found[0].channels or {})[found[1]] != its:
            message = f"{row[key]} is in {(found[0].channels or {})[found[1]]}, not in {its}"
            findings.error(row.at(key), message)


def intervals_ms(row: Row, by_id: Mapping[str, Instrument]) -> dict[str, int]:
    """Between two readings of each channel that a rule looks at. Only for a row without errors."""
    channels = [row["channel"], *(row["others"] or []), *(row[key] for key in WIND if row[key])]
    return {channel: interval_ms(channel, by_id[channel.partition(".")[0]]) for channel in channels}

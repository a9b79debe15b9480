"""[averages] and [[average]]: each channel's own settings."""

from agent.config.averages_model import AverageSettings, AveragesSettings
from agent.config.channels import channel_named
from agent.config.findings import Findings
from agent.config.instruments import Instrument
from agent.config.model import ChannelSettings
from agent.config.table_reader import Row

__all__ = ["check_averages", "read_averages"]

KEYS = ("readings", "minutes", "hours_of_8", "hours_of_day", "samples")
DEGREES = "deg"


def check_averages(rows: list[Row], instruments: list[Instrument], findings: Findings) -> None:
    """Each [[average]] is of a channel, and no other one is."""
    by_id = {instrument.row["id"]: instrument for instrument in instruments}
    seen: set[str] = set()
    for row in rows:
        found = channel_named(row, "channel", by_id, findings)
        if row["channel"] in seen:
            findings.error(row.at("channel"), f"{row['channel']} has its [[average]] already")
        seen.add(row["channel"])
        if found is not None and row["direction"]:
            instrument, name = found
            unit = (instrument.channels or {})[name]
            if unit != DEGREES:
                findings.error(row.at("direction"), f"{row['channel']} is in {unit}, not in {DEGREES}")


def read_averages(
    usual: Row | None, rows: list[Row], channels: tuple[ChannelSettings, ...]
) -> AveragesSettings:
    """Only for rows without errors."""
    shared = AverageSettings() if usual is None else _settings(usual, AverageSettings())
    own = {row["channel"]: row for row in rows}
    found = {}
    for channel in channels:
        direction = channel.unit == DEGREES and "direction" in channel.name
        settings = AverageSettings(**{**vars(shared), "direction": direction})
        found[channel.id] = _settings(own[channel.id], settings) if channel.id in own else settings
    return AveragesSettings(tuple((usual["rolling"] if usual else None) or ()), found)


def _settings(row: Row, otherwise: AverageSettings) -> AverageSettings:
    """What the row says, and else the others."""
    said = {key: row[key] for key in (*KEYS, "direction") if row.get(key) is not None}
    return AverageSettings(**{**vars(otherwise), **said})

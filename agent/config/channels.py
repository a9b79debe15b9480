"""Channels: whose they are, whether what a key names is one, and all that a station has."""

from collections.abc import Mapping

from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.model import ChannelSettings
from agent.config.table_reader import Row
from agent.config.toml_lines import Path

__all__ = ["channel_at", "channel_named", "fresh_ms", "interval_ms", "read_channels"]

LEAST_AGE_MS = 10_000  # also where `every` is 0, or shorter than a second
POLLS_LOST = 3  # intervals: two polls in a row may fail before a value counts as old


def channel_named(
    row: Row, key: str, by_id: Mapping[str, Instrument], findings: Findings
) -> tuple[Instrument, str] | None:
    """The instrument of the channel that a key names, and the channel's name there.

    None where the key is wrong, which is reported, or its instrument's driver is, which is reported already.
    """
    return None if row[key] is None else channel_at(row.at(key), row[key], by_id, findings)


def channel_at(
    at: Path, written: str, by_id: Mapping[str, Instrument], findings: Findings
) -> tuple[Instrument, str] | None:
    """The same, of a name that stands anywhere. at: where."""
    instrument_id, dot, name = written.partition(".")
    if not dot:
        hint = "instrument, a dot, channel, as in pid-tank.voc"
        findings.error(at, f"{shown(written)} names no channel", hint)
        return None
    instrument = by_id.get(instrument_id)
    if instrument is None:
        hint = nearest(instrument_id, [known for known in by_id if known])
        findings.error(at, f"there is no instrument {shown(instrument_id)}", hint)
        return None
    if instrument.channels is None:
        return None
    if name not in instrument.channels:
        known = ", ".join(f"{known} ({unit})" for known, unit in instrument.channels.items())
        message = f"{instrument_id} has no channel {shown(name)}"
        findings.error(at, message, f"its channels are {known}")
        return None
    return instrument, name


def interval_ms(channel: str, instrument: Instrument) -> int:
    """Between two readings of a channel; some registers are read at every n-th poll only. 0: back to back."""
    name = channel.partition(".")[2]
    while name in instrument.derived:
        name = instrument.derived[name].channel.partition(".")[2]
    profile = instrument.driver.profile if instrument.driver else None
    rows = profile.get("channel", ()) if profile else ()
    polls = next((each.get("every", 1) for each in rows if each["name"] == name), 1)
    return int(instrument.row["every"] or 0) * int(polls)


def fresh_ms(longest_ms: int) -> int:
    """How old a reading may be that counts beside another. longest_ms: between two readings."""
    return max(LEAST_AGE_MS, POLLS_LOST * longest_ms)


def read_channels(instruments: list[Instrument]) -> tuple[ChannelSettings, ...]:
    """Every channel of the station, by instrument. Only for rows without errors."""
    return tuple(
        ChannelSettings(
            id=f"{each.row['id']}.{name}",
            instrument=each.row["id"],
            name=name,
            unit=unit,
            resolution=(each.row["resolution"] or {}).get(name),
            source=each.derived[name].channel if name in each.derived else None,
            marks=each.marks.get(name, ()),
        )
        for each in instruments
        for name, unit in (each.channels or {}).items()
    )

"""[archive] and the `resolution` of instruments: both name channels, which have to exist."""

from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.model import ArchiveSettings
from agent.config.table_reader import Row

__all__ = ["archive_bytes", "check_archive", "check_resolutions", "read_archive"]

# Measured: `python -m bench archive`, and the readings of a channel that is polled once a second.
CHANNEL_YEAR_BYTES = 1_122_000
RAW_BYTES = 2
YEAR_MS = 366 * 86_400_000
SHORTEST_MS = 1000  # what is polled back to back is taken for this


def check_archive(row: Row, instruments: list[Instrument], findings: Findings) -> None:
    """Channels of which raw readings are kept."""
    known = [f"{each.row['id']}.{name}" for each in instruments for name in each.channels or {}]
    untold = {each.row["id"] for each in instruments if each.channels is None}  # whose fault is reported
    raw: list[str] = row["raw"] or []
    for place, channel in enumerate(raw):
        at = row.at("raw", place)
        if channel in raw[:place]:
            findings.error(at, f"{channel} stands twice")
        elif channel not in known and channel.partition(".")[0] not in untold:
            findings.error(at, f"there is no channel {shown(channel)}", nearest(channel, known))


def check_resolutions(instruments: list[Instrument], findings: Findings) -> None:
    """Each is that of a channel."""
    for each in instruments:
        if each.channels is None:
            continue
        for name in each.row["resolution"] or {}:
            if name not in each.channels:
                at, hint = each.row.at("resolution", name), nearest(name, each.channels)
                findings.error(at, f"there is no channel {shown(name)}", hint)


def archive_bytes(row: Row | None, instruments: list[Instrument]) -> int:
    """What the archive will take on the disk once it holds all its years."""
    years = (row["years"] if row else None) or ArchiveSettings.years
    raw = set((row["raw"] if row else None) or ())
    each_year = 0.0
    for instrument in instruments:
        names = {f"{instrument.row['id']}.{name}" for name in instrument.channels or {}}
        every_ms = instrument.row["every"] or SHORTEST_MS
        each_year += len(names) * CHANNEL_YEAR_BYTES + len(names & raw) * RAW_BYTES * YEAR_MS / every_ms
    return round(years * each_year)


def read_archive(row: Row | None) -> ArchiveSettings:
    """The defaults where there is no [archive]. Only for a row without errors."""
    return ArchiveSettings() if row is None else ArchiveSettings(row["years"], tuple(row["raw"] or ()))

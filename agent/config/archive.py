"""[archive] and the `resolution` of instruments: both name channels, which have to exist."""

from agent.config.findings import Findings, nearest, shown
from agent.config.instruments import Instrument
from agent.config.model import ArchiveSettings
from agent.config.table_reader import Row

__all__ = ["check_archive", "check_resolutions", "read_archive"]


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


def read_archive(row: Row | None) -> ArchiveSettings:
    """The defaults where there is no [archive]. Only for a row without errors."""
    return ArchiveSettings() if row is None else ArchiveSettings(row["years"], tuple(row["raw"] or ()))

"""`fenceline report`: the 95 % rule of a month, and how often areas were above their limits."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.archives import opened, say_damage
from tools.commands.common import STATION_FILE, echo_json, ending, folded, station_of

if TYPE_CHECKING:
    from agent.config import StationFile
    from tools.report.hours import Hours
    from tools.report.month import Month

__all__ = ["report"]

ARCHIVED_AFTER_MS = 120_000  # behind its end an hour is in the archive: commit_every, and some seconds
_usage, _failed = partial(ending, "report", 2), partial(ending, "report", 1)


def report(
    month: Annotated[str, typer.Option("--month", help="As in 2026-11, local time.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    *,
    archive: Annotated[Path | None, typer.Option("--archive", help="Of another card.")] = None,
    from_replay: Annotated[
        Path | None, typer.Option("--from-replay", help="In place of the archive: what a replay put out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/report.md.")] = False,
) -> None:
    """Report a month: hours within the limits of each outlet, the 95 % rule, exceedances of each area.

    Exit status: 0 the report, 1 hours are damaged or cannot be read, 2 usage or the station file.
    """
    from agent.archiving import ARCHIVE_FILE  # noqa: PLC0415 - help must not wait for it
    from tools.report.compliance import compliance  # noqa: PLC0415
    from tools.report.contract import as_dict  # noqa: PLC0415
    from tools.report.text import text  # noqa: PLC0415

    if archive is not None and from_replay is not None:
        raise _usage("--archive and --from-replay: it is the one or the other")
    station = station_of(config, elsewhere=True)
    path = from_replay or archive or station.data_dir / ARCHIVE_FILE
    hours, chosen = (_replayed if from_replay else _archived)(path, station, month)
    found = compliance(station, hours, chosen, str(path))
    if as_json:
        echo_json(as_dict(found))
    else:
        typer.echo(folded("\n".join(text(found))))
    if found.damaged:
        raise _failed(f"{path}: {found.damaged} blocks are damaged; their hours count as missing")


def _month(name: str, station: "StationFile", until_ms: int) -> "Month":
    from tools.report.month import month_of  # noqa: PLC0415

    try:
        return month_of(name, station.utc_offset_min, until_ms)
    except ValueError as error:
        raise _usage(f"--month {error}") from None


def _archived(path: Path, station: "StationFile", name: str) -> "tuple[Hours, Month]":
    """From the archive, of a running agent, too; what is damaged is said."""
    import sqlite3  # noqa: PLC0415

    from hal.clock import Clock  # noqa: PLC0415
    from tools.export.times import Zone  # noqa: PLC0415
    from tools.report.compliance import channels_needed  # noqa: PLC0415
    from tools.report.hours import from_archive  # noqa: PLC0415

    month = _month(name, station, Clock().utc_ms() - ARCHIVED_AFTER_MS)
    reader = opened(path, "report")
    try:
        hours = from_archive(reader, channels_needed(station), month)
        say_damage(reader, Zone(station.utc_offset_min))
    except sqlite3.Error as error:
        raise _failed(f"{path}: {error}") from None
    finally:
        reader.close()
    return hours, month


def _replayed(path: Path, station: "StationFile", name: str) -> "tuple[Hours, Month]":
    """From a replay; its last hour is the last that there can be."""
    from tools.report.compliance import channels_needed  # noqa: PLC0415
    from tools.report.hours import BadReplay, from_replay  # noqa: PLC0415

    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as lines:
            hours = from_replay(lines, str(path), channels_needed(station))
    except BadReplay as error:
        raise _failed(str(error)) from None
    except OSError as error:
        raise _failed(f"{path}: {error.strerror}") from None
    return hours, _month(name, station, hours.last_ms or 0)

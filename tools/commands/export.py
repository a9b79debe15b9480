"""`fenceline export`: minute, hour and day values out of the archive, as CSV or JSON."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.archives import opened, say_damage
from tools.commands.common import STATION_FILE, ending, folded, forget_stdout, station_of

if TYPE_CHECKING:
    from store.archive_reader import ArchiveReader, Channel
    from tools.export.times import Zone

__all__ = ["export"]

_usage, _failed = partial(ending, "export", 2), partial(ending, "export", 1)


def export(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    *,
    first: Annotated[str, typer.Option("--from", help="2026-11-24, or 2026-11-24T10:00 local time.")] = "",
    last: Annotated[str, typer.Option("--to", help="A date is taken whole; a time is not in any more.")] = "",
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="One or more, also pid.* in quotes. All.")
    ] = None,
    period: Annotated[str, typer.Option("--period", help="minute, hour, day or raw.")] = "minute",
    form: Annotated[str, typer.Option("--format", help="csv or jsonl.")] = "csv",
    out: Annotated[Path | None, typer.Option("--out", help="A file, whole or not at all.")] = None,
    archive: Annotated[Path | None, typer.Option("--archive", help="Of another card.")] = None,
    utc_offset: Annotated[str, typer.Option("--utc-offset", help="With --archive.")] = "+08:00",
    verify: Annotated[bool, typer.Option("--verify", help="Only hold it against its checksums.")] = False,
) -> None:
    """Take values out of the archive, of a running agent, too.

    Exit status: 0 all of it, 1 some is damaged (and named) or a file failed, 2 usage or the station file.
    """
    import sqlite3  # noqa: PLC0415 - help must not wait for it

    path, zone = _where(config, archive, utc_offset)
    reader = opened(path, "export")
    try:
        if verify:
            _verify(reader, zone)
        else:
            _check_choice("--period", period, ("minute", "hour", "day", "raw"))
            _check_choice("--format", form, ("csv", "jsonl"))
            _export(reader, zone, _chosen(reader, channel or []), (first, last, period, form), out)
    except sqlite3.Error as error:
        raise _failed(f"{path}: {error}") from None
    finally:
        reader.close()


def _where(config: Path, archive: Path | None, utc_offset: str) -> "tuple[Path, Zone]":
    """The file, and the time it is to be read in."""
    from agent.archiving import ARCHIVE_FILE  # noqa: PLC0415
    from agent.config.values import OFFSET, Wrong  # noqa: PLC0415
    from tools.export.times import Zone  # noqa: PLC0415

    if archive is not None:
        try:
            return archive, Zone(OFFSET.parse(utc_offset))
        except Wrong as wrong:
            raise _usage(f"--utc-offset: {wrong.message}\n  hint: {wrong.hint}") from None
    station = station_of(config)
    return station.data_dir / ARCHIVE_FILE, Zone(station.utc_offset_min)


def _check_choice(option: str, given: str, choices: tuple[str, ...]) -> None:
    if given not in choices:
        raise _usage(f"{option} {given}: it is one of {', '.join(choices)}")


def _chosen(reader: "ArchiveReader", patterns: list[str]) -> "list[Channel]":
    """The channels that are asked for; one that is not there is an error."""
    from fnmatch import fnmatchcase  # noqa: PLC0415

    from agent.config.findings import nearest  # noqa: PLC0415

    channels = reader.channels()
    for pattern in patterns:
        if not any(fnmatchcase(each.name, pattern) for each in channels):
            hint = nearest(pattern, {each.name for each in channels}) or "the archive is empty"
            raise _usage(f"--channel {pattern}: there is no such channel in it\n  hint: {hint}")
    if not patterns:
        return channels
    return [each for each in channels if any(fnmatchcase(each.name, pattern) for pattern in patterns)]


def _export(
    reader: "ArchiveReader",
    zone: "Zone",
    channels: "list[Channel]",
    asked: tuple[str, str, str, str],
    out: Path | None,
) -> None:
    """asked: from, to, period, format."""
    from tools.export.out import whole_file  # noqa: PLC0415
    from tools.export.rows import FORMATS, columns, rows  # noqa: PLC0415
    from tools.export.times import BadTime  # noqa: PLC0415

    first_text, last_text, period, form = asked
    extent = reader.extent() or (0, 0)
    try:
        first = zone.first(first_text) if first_text else extent[0]
        last = zone.last(last_text) if last_text else extent[1]
    except BadTime as error:
        raise _usage(str(error)) from None
    if first_text and last_text and first >= last:
        raise _usage(f"--from {first_text} is not before --to {last_text}")
    found = rows(reader, channels, period, (max(first, extent[0]), min(last, extent[1])), zone)
    said = ""
    try:
        if out is None:
            count = FORMATS[form](found, columns(period), sys.stdout)
            sys.stdout.flush()
        else:
            with whole_file(out) as file:
                count = FORMATS[form](found, columns(period), file)
            said = f" to {out}, sha256 {file.sha256}"
    except BrokenPipeError:  # `| head` has seen enough
        forget_stdout()
        raise typer.Exit(1) from None
    except OSError as error:
        raise _failed(f"{out or 'standard output'}: {error.strerror}") from None
    typer.echo(f"{count} rows{said}", err=True)
    say_damage(reader, zone)
    if reader.damaged:
        raise _failed(f"{reader.path}: {len(reader.damaged)} blocks are damaged and not in it")


def _verify(reader: "ArchiveReader", zone: "Zone") -> None:
    from tools.export.verify import damage_text, verify  # noqa: PLC0415

    found = verify(reader)
    extent = reader.extent()
    span = "" if extent is None else f", {zone.text(extent[0])[:10]} to {zone.text(extent[1])[:10]}"
    for line in damage_text(found.damaged, reader, zone):
        typer.echo(folded(line), err=True)
    typer.echo(f"{found.rows} rows of {len(reader.channels())} channels{span}: {len(found.damaged)} damaged")
    if found.damaged:
        raise typer.Exit(1)

"""`fenceline records`: instruments, calibrations, sign-offs, acknowledgements, configurations."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, echo_json, local_time, station_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.config import StationFile

__all__ = ["records", "text"]

HEADS = {
    "instruments": "instruments, as last configured",
    "identities": "what they say of themselves",
    "calibrations": "calibrations",
    "sign_offs": "commissioning",
    "acknowledgements": "alarms acknowledged",
    "configurations": "revisions of the station file",
}


def records(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    kind: Annotated[str | None, typer.Option(help=f"Only one of {', '.join(HEADS)}.")] = None,
    of: Annotated[str | None, typer.Option(help="Only of this instrument, rule or revision.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: the records by kind.")] = False,
) -> None:
    """Show the device records: of the running agent, or as it left them.

    Exit status: 0 shown, 1 they cannot be read, 2 the station file has errors, or no such kind.
    """

    if kind is not None and kind not in HEADS:
        typer.echo(f"fenceline records: {kind}: there are {', '.join(HEADS)}", err=True)
        raise typer.Exit(2)
    station = station_of(config)
    answer = {
        name: [row for row in rows if of in (None, row["id"])]
        for name, rows in _read(station).items()
        if kind in (None, name)
    }
    if as_json:
        echo_json(answer)
    else:
        typer.echo("\n".join(text(answer, station.utc_offset_min)))


def _read(station: "StationFile") -> "dict[str, list[dict[str, Any]]]":
    """From the agent; where none runs, from its file."""
    from agent.control import ControlError, ask, socket_paths  # noqa: PLC0415

    try:
        told: dict[str, list[dict[str, Any]]] = ask(socket_paths(station.data_dir), "records")
    except ControlError as error:
        if "no agent is running" not in str(error):
            typer.echo(f"fenceline records: {error}", err=True)
            raise typer.Exit(1) from None
        return _read_file(station.data_dir)
    return told


def _read_file(data_dir: Path) -> "dict[str, list[dict[str, Any]]]":
    from agent.device_records import RECORDS_FILE  # noqa: PLC0415
    from store.errors import StoreError  # noqa: PLC0415
    from store.records import KINDS, read_only  # noqa: PLC0415

    path = data_dir / RECORDS_FILE
    try:
        tables = read_only(path)
    except StoreError as error:
        typer.echo(f"fenceline records: no agent is running, and its file: {error}", err=True)
        raise typer.Exit(1) from None
    return {kind: tables.get(kind, []) for kind in KINDS}


def text(answer: "dict[str, list[dict[str, Any]]]", utc_offset_min: int) -> "Iterator[str]":
    """For a person, in lines that fit a phone. utc_offset_min: of local time."""
    empty = True
    for kind, rows in answer.items():
        if not rows:
            continue
        yield ("" if empty else "\n") + f"{HEADS[kind]}:"
        empty = False
        for row in rows:
            at = f"  {local_time(row['t'], utc_offset_min)}" if isinstance(row.get("t"), int) else ""
            yield f"  {row['id']}{at}"
            for name, value in row.items():
                if name not in ("id", "t") and value not in (None, {}, []):
                    yield from _folded(name, _shown(value))
    if empty:
        yield "no records"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _folded(name: str, value: str) -> "Iterator[str]":
    import textwrap  # noqa: PLC0415

    lines = textwrap.wrap(value, 60) or [""]
    yield f"    {name}: {lines[0]}"
    yield from (f"      {line}" for line in lines[1:])

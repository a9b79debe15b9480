"""`fenceline explain`: what became of one value, from the bytes on the wire to the relay."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, echo_json, station_of

if TYPE_CHECKING:
    from agent.config import StationFile

__all__ = ["explain"]


def explain(
    channel: Annotated[str, typer.Argument(help="`instrument.channel`, as in pid-tank.voc.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")] = False,
) -> None:
    """Show every stage that a channel's last value went through; and why it is stale, where it is.

    Exit status: 0 explained, 1 no such channel, or no agent runs, 2 the station file has errors.
    """
    import shutil  # noqa: PLC0415 - help must not wait for it

    from tools.explain.page import page  # noqa: PLC0415
    from tools.explain.wire import with_wire  # noqa: PLC0415

    answer = asked(config, "explain", "explain", channel=channel)
    answer["stages"] = with_wire(answer["stages"], _profiles(station_of(config)))
    if as_json:
        echo_json(answer)
        return
    for line in page(answer, shutil.get_terminal_size().columns):
        typer.echo(line)


def _profiles(station: "StationFile") -> "dict[str, dict[str, Any]]":
    """Those that the station file names by their path."""
    return {each.driver: each.profile for each in station.instruments if each.profile is not None}

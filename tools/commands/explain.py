"""`fenceline explain`: what became of one value, from the bytes on the wire to the relay."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, echo_json, ending, station_of
from tools.commands.replay import recorded

if TYPE_CHECKING:
    from agent.config import StationFile

__all__ = ["explain"]

_usage, _failed = partial(ending, "explain", 2), partial(ending, "explain", 1)


def explain(
    channel: Annotated[str, typer.Argument(help="`instrument.channel`, as in pid-tank.voc.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    *,
    samples: Annotated[
        Path | None, typer.Option("--input", help="Of a recording, as `replay` takes it; no agent is asked.")
    ] = None,
    at: Annotated[str, typer.Option("--at", help="With --input: when, as in 2026-11-24T10:00.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")] = False,
) -> None:
    """Show every stage that a channel's last value went through; and why it is stale, where it is.

    Exit status: 0 explained, 1 no such channel, no agent or no recording, 2 usage or the station file.
    """
    import shutil  # noqa: PLC0415 - help must not wait for it

    from tools.explain.page import page  # noqa: PLC0415

    if at and samples is None:
        raise _usage("--at needs --input: a running agent is asked what is now")
    answer = _asked(channel, config) if samples is None else _replayed(channel, config, samples, at)
    if as_json:
        echo_json(answer)
        return
    for line in page(answer, shutil.get_terminal_size().columns):
        typer.echo(line)


def _asked(channel: str, config: Path) -> dict[str, Any]:
    """Of the running agent."""
    from tools.explain.wire import with_wire  # noqa: PLC0415

    answer: dict[str, Any] = asked(config, "explain", "explain", channel=channel)
    answer["stages"] = with_wire(answer["stages"], _profiles(station_of(config)))
    return answer


def _profiles(station: "StationFile") -> "dict[str, dict[str, Any]]":
    """Those that the station file names by their path."""
    return {each.driver: each.profile for each in station.instruments if each.profile is not None}


def _replayed(channel: str, config: Path, samples: Path, at: str) -> dict[str, Any]:
    """Of a recording, at a time of it: at its end where none is given."""
    from agent.config.findings import nearest  # noqa: PLC0415
    from agent.pipeline.build import pipeline_of  # noqa: PLC0415
    from tools.explain.replayed import explained_at  # noqa: PLC0415
    from tools.export.times import BadTime, Zone  # noqa: PLC0415

    station = station_of(config, elsewhere=True)
    known = {each.id: each for each in station.channels}
    if channel not in known:
        raise _failed(f"there is no channel {channel!r}; {nearest(channel, list(known))}")
    try:
        at_ms = Zone(station.utc_offset_min).first(at) if at else None
    except BadTime as error:
        raise _usage(f"--at {error}") from None
    recording, _ = recorded(samples, station, _failed)
    try:
        last_ms = (recording.extent() or (0, 0))[1]
        return explained_at(
            pipeline_of(station), recording, known[channel], last_ms if at_ms is None else at_ms
        )
    finally:
        recording.close()

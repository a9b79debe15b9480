"""`fenceline resend`: a range of the journal once more, for a platform that has lost it."""

from pathlib import Path
from typing import Annotated

import typer

from tools.commands.common import STATION_FILE, asked, echo_json

__all__ = ["resend"]


def resend(
    first: Annotated[int, typer.Argument(help="First seq.")],
    last: Annotated[int, typer.Argument(help="Last seq.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    destination: Annotated[
        str | None, typer.Option("--to", help="Id of one destination; all of them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")] = False,
) -> None:
    """Have the running agent deliver rows FIRST to LAST once more.

    They go out as they did before, with their own numbers and times: a platform that has them drops them.
    Events go at once, readings behind what is live. Readings that are no longer kept are named in a `gap`
    event. Exit status: 0 they will be sent, 1 they cannot be, 2 the station file has errors.
    """
    answer = asked(config, "resend", "resend", first=first, last=last, destination=destination)
    if as_json:
        echo_json(answer)
        return
    for name, row in answer.items():
        typer.echo(f"{name}: seq {row['first']}..{row['last']} will be sent once more")
        if row["first"] < row["readings_kept_from"]:
            typer.echo(
                f"  readings below {row['readings_kept_from']} are no longer kept; a gap event says so"
            )
    if not answer:
        typer.echo("nothing is delivered: the station file has no [mqtt]")

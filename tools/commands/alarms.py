"""`fenceline alarms`: the alarms of the running agent, and taking note of one."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from tools.commands.common import STATION_FILE, asked, echo_json

__all__ = ["app"]

app = typer.Typer(help="The alarms of the running agent.")


@app.callback(invoke_without_command=True)
def alarms(
    context: typer.Context,
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON list.")] = False,
) -> None:
    """Every rule of the running agent and the state of its alarm.

    Exit status: 0 it answered, 1 it did not, 2 the station file has errors.
    """
    if context.invoked_subcommand is not None:
        return
    rows = asked(config, "alarms", "status")["alarms"]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['rule']}: {row['state']}, {row['level']}: {row['channel']} {row['condition']}")
    if not rows:
        typer.echo("the station file has no [[rule]]")


@app.command()
def ack(
    rule: Annotated[str, typer.Argument(help="Id of the rule.")],
    by: Annotated[str | None, typer.Option("--by", help="Who takes note; your login name.")] = None,
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
) -> None:
    """Take note of an alarm.

    Exit status: 0 it is acknowledged, 1 it is not, 2 the station file has errors.
    """
    answer = asked(config, "alarms ack", "acknowledge", rule=rule, by=by or getpass.getuser())
    typer.echo(f"{answer['rule']}: {answer['state']}")

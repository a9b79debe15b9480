"""`fenceline maintenance`: instruments that somebody works on."""

from pathlib import Path
from typing import Annotated

import typer

from tools.commands.common import STATION_FILE, echo_json, folded
from tools.modes_text import begin, end, mode_text, of_kind

__all__ = ["app"]

KIND = "maintenance"
app = typer.Typer(help="Instruments in maintenance: their readings carry M, and their alarms hold.")

Config = Annotated[Path, typer.Option("--config", "-c", help="The station file.")]
Instrument = Annotated[str, typer.Argument(help="Id of the instrument.")]


@app.callback(invoke_without_command=True)
def maintenance(
    context: typer.Context,
    config: Config = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON list.")] = False,
) -> None:
    """The instruments in maintenance, until when and why. Their readings carry M, their alarms hold.

    Exit status: 0 it answered, 1 it did not, 2 the station file has errors.
    """
    if context.invoked_subcommand is not None:
        return
    rows = of_kind(config, KIND, KIND)
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        typer.echo(folded(f"{row['instrument']}: {mode_text(row)}"))
    if not rows:
        typer.echo("no instrument is in maintenance")


@app.command()
def on(
    instrument: Instrument,
    why: Annotated[str, typer.Option("--why", help="What is done, for those who read it later.")],
    for_: Annotated[
        str | None, typer.Option("--for", help="How long at most, as in 2h, which is the default; up to 24h.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who does it; your login name.")] = None,
    config: Config = STATION_FILE,
) -> None:
    """Put an instrument into maintenance. It ends by itself, so that nobody forgets it; `on` again renews it.

    Exit status: 0 it is, 1 it is not, 2 wrong usage or errors in the station file.
    """
    row = begin(config, "maintenance on", KIND, instrument, for_=for_, by=by, why=why)
    typer.echo(folded(f"{row['instrument']}: {mode_text(row)}"))


@app.command()
def off(
    instrument: Instrument,
    by: Annotated[str | None, typer.Option("--by", help="Who says so; your login name.")] = None,
    config: Config = STATION_FILE,
) -> None:
    """Take an instrument out of maintenance.

    Exit status: 0 it is out, 1 it was not in, or no agent runs, 2 the station file has errors.
    """
    end(config, "maintenance off", KIND, instrument, by)
    typer.echo(f"{instrument}: no longer in maintenance")

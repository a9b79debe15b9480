"""`fenceline outputs`: where the relays stand, and letting them go while no agent runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, echo_json, folded
from tools.outputs_text import outputs_text

if TYPE_CHECKING:
    from agent.outputs.safe import Found

__all__ = ["app"]

WITHIN_S = 5.0  # a service manager waits 90 s for its stop commands

Config = Annotated[Path, typer.Option("--config", "-c", help="The station file.")]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback(invoke_without_command=True)
def outputs(
    context: typer.Context,
    config: Config = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as a JSON list.")] = False,
) -> None:
    """Show where each output of the running agent stands; with `safe`, let every relay go.

    Exit status: 0 the agent answered, 1 it did not, 2 the station file has errors.
    """
    if context.invoked_subcommand is not None:
        return
    rows = asked(config, "outputs", "status").get("outputs", [])
    if as_json:
        echo_json(rows)
    else:
        typer.echo("\n".join(outputs_text(rows)) or "no outputs")


@app.command()
def safe(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The station file; may also stand before `safe`.")
    ] = None,
    within: Annotated[
        float, typer.Option("--within", min=0.5, max=60.0, help="Seconds for all of it.")
    ] = WITHIN_S,
) -> None:
    """Let every relay go, and read back that it has; while no agent runs. For ExecStopPost=.

    Exit status: 0 every relay has let go, 1 not all, or an agent runs, 2 the file cannot be read.
    """
    from agent.lock import Locked  # noqa: PLC0415 - help must not wait for it
    from agent.outputs.safe import find_outputs, let_go, lock_out_the_agent  # noqa: PLC0415
    from hal.gpio import load_gpiod  # noqa: PLC0415

    assert context.parent is not None
    config = config or Path(context.parent.params["config"])
    found = find_outputs(config)
    for finding in found.findings:
        typer.echo(folded(str(finding)), err=True)
    if not found.is_readable:
        typer.echo(f"{config}: cannot be read, no relay was touched", err=True)
        raise typer.Exit(2)
    try:
        lock_out_the_agent(found.data_dir)
    except Locked as error:
        typer.echo(f"fenceline outputs safe: {error}", err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if _said(found, let_go(found, within, load_gpiod)) else 1)


def _said(found: "Found", outcomes: "list[Any]") -> bool:
    """Say each outcome; whether every relay has let go."""
    for outcome in outcomes:
        typer.echo(
            f"{outcome.output}: {outcome.trouble or 'let go'} ({outcome.drives})", err=bool(outcome.trouble)
        )
    for name in found.unusable:
        typer.echo(f"{name}: not known what it drives, see above", err=True)
    if not outcomes and not found.unusable:
        typer.echo("no outputs")
    return not found.unusable and not any(outcome.trouble for outcome in outcomes)

"""`fenceline outputs`: where the relays stand, test and silence, and letting all go while no agent runs."""

import getpass
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, echo_json, ending, folded, station_of
from tools.outputs_text import outputs_text

if TYPE_CHECKING:
    from agent.outputs.safe import Found
    from tools.output_trial import Trial

__all__ = ["app"]

WITHIN_S = 5.0  # a service manager waits 90 s for its stop commands
LOOK_S = 0.2
PATIENCE_S = 5.0  # for a relay to be read back, longer than the test itself

By = Annotated[str | None, typer.Option("--by", help="Who asks; your login name.")]
OwnConfig = Annotated[
    Path | None, typer.Option("--config", "-c", help="The station file; may also stand before the word.")
]
Config = Annotated[Path, typer.Option("--config", "-c", help="The station file.")]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback(invoke_without_command=True)
def outputs(
    context: typer.Context,
    config: Config = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as a JSON list.")] = False,
) -> None:
    """Show where each output of the running agent stands; or test, silence, let every relay go.

    Exit status: 0 the agent answered, 1 it did not, 2 the station file has errors.
    """
    if context.invoked_subcommand is not None:
        return
    rows = asked(config, "outputs", "status").get("outputs", [])
    if as_json:
        echo_json(rows)
    else:
        typer.echo(folded("\n".join(outputs_text(rows))) or "no outputs")


@app.command("test")
def try_out(
    context: typer.Context,
    output: Annotated[str | None, typer.Argument(help="Id of the output; left out: all of them.")] = None,
    for_: Annotated[str, typer.Option("--for", help="How long, as in 10s; 5 min at most.")] = "10s",
    by: By = None,
    config: OwnConfig = None,
) -> None:
    """Put an output into its alarm position for a while, and see that it follows.

    Exit status: 0 read back there and back, 1 not, or no agent runs, 2 wrong usage or errors in the file.
    """
    from agent.config.values import Wrong, duration  # noqa: PLC0415 - help must not wait for it
    from agent.outputs.hand_operations import TEST_MAX_S  # noqa: PLC0415
    from tools.output_trial import Trial  # noqa: PLC0415

    try:
        for_s = duration(1000, round(TEST_MAX_S * 1000)).parse(for_) / 1000
    except Wrong as wrong:
        raise ending("outputs test", 2, f"--for {for_}: {wrong.message}; {wrong.hint}") from None
    path = _config(context, config)
    who = by or getpass.getuser()
    rows = asked(path, "outputs test", "test-outputs", output=output, for_s=for_s, by=who)
    trial = Trial(rows)
    _follow(path, trial, for_s)
    raise typer.Exit(0 if trial.has_passed else 1)


@app.command()
def silence(
    context: typer.Context,
    output: Annotated[str | None, typer.Argument(help="Id of the horn; left out: all that sound.")] = None,
    by: By = None,
    config: OwnConfig = None,
) -> None:
    """Let a horn be quiet; the next alarm sounds it anew, and so does the end of its `silence_for`.

    Exit status: 0 it is silenced, 1 nothing sounds, or no agent runs, 2 errors in the file.
    """
    who = by or getpass.getuser()
    path = _config(context, config)
    rows = asked(path, "outputs silence", "silence-horns", output=output, by=who)
    silenced = {row["id"] for row in rows}

    def look(all_rows: list[dict[str, Any]]) -> bool:
        rows[:] = [row for row in all_rows if row["id"] in silenced]
        return all(row["confirmed"] == row["wanted"] for row in rows)

    _watch(path, "outputs silence", look, PATIENCE_S)
    typer.echo(folded("\n".join(outputs_text(rows))))


@app.command()
def safe(
    context: typer.Context,
    config: OwnConfig = None,
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

    config = _config(context, config)
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


def _config(context: typer.Context, own: Path | None) -> Path:
    assert context.parent is not None
    return own or Path(context.parent.params["config"])


def _follow(config: Path, trial: "Trial", for_s: float) -> None:
    """Say what is read back, until all is over or that has taken too long."""
    rows: list[dict[str, Any]] = []

    def look(all_rows: list[dict[str, Any]]) -> bool:
        rows[:] = all_rows
        for line in trial.look(rows):
            typer.echo(line)
        return trial.is_over

    if not _watch(config, "outputs test", look, for_s + PATIENCE_S):
        for line in trial.end(rows):
            typer.echo(line, err=True)


def _watch(config: Path, command: str, look: Callable[[list[dict[str, Any]]], bool], within_s: float) -> bool:
    """Look at the outputs again and again, until that is enough: False where it never was."""
    import asyncio  # noqa: PLC0415

    from agent.control import ControlError, ask, socket_paths  # noqa: PLC0415

    paths = socket_paths(station_of(config).data_dir)

    async def main() -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not look(ask(paths, "status")["outputs"]):  # noqa: ASYNC110 - the agent fulfils it
                    await asyncio.sleep(LOOK_S)
                return True
        return False

    try:
        return asyncio.run(main())
    except ControlError as error:
        raise ending(command, 1, str(error)) from None


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

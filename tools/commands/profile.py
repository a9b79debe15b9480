"""`fenceline profile`: register-map profiles of the user's own (docs/profiles.md)."""

from pathlib import Path
from typing import Annotated

import typer

from tools.commands.common import echo_json, say
from tools.commands.profile_new import new

__all__ = ["app", "check"]

app = typer.Typer(
    help="Register-map profiles: docs/profiles.md.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def profile() -> None:
    """Register-map profiles: docs/profiles.md."""


app.command()(new)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The profile, a TOML file.")],
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Findings as a JSON list: file, line, key, severity, message, hint."),
    ] = False,
) -> None:
    """Check a profile, and say everything that is wrong with it.

    Exit status: 0 fine, 1 errors.
    """
    from agent.config.drivers import examine_profile  # noqa: PLC0415 - help must not wait for it

    _, findings = examine_profile(file)
    if as_json:
        echo_json([finding.as_dict() for finding in findings])
    else:
        say(findings, err=False)
        count = len(findings)
        typer.echo(f"{count} error{'s' if count > 1 else ''}" if count else f"{file}: fine")
    if findings:
        raise typer.Exit(1)

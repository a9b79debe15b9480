"""`fenceline check`: everything wrong in a station file, in one run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.common import STATION_FILE, echo_json, say

if TYPE_CHECKING:
    from agent.config import Finding

__all__ = ["check"]


def check(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Findings as a JSON list: file, line, key, severity, message, hint."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail, too.")] = False,
) -> None:
    """Check a station file, and say everything that is wrong with it.

    Exit status: 0 fine (warnings included), 1 warnings with --strict, 2 errors.
    """
    from agent.config import examine  # noqa: PLC0415 - help must not wait for it

    _, findings = examine(config)
    if as_json:
        echo_json([finding.as_dict() for finding in findings])
    else:
        say(findings, err=False)
        typer.echo(_summary(config, findings))
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        raise typer.Exit(2)
    if strict and severities:
        raise typer.Exit(1)


def _summary(config: Path, findings: "list[Finding]") -> str:
    """`2 errors, 1 warning`, or `station.toml: fine`."""
    counts = []
    for severity in ("error", "warning"):
        count = sum(finding.severity == severity for finding in findings)
        if count:
            counts.append(f"{count} {severity}{'s' if count > 1 else ''}")
    return ", ".join(counts) or f"{config}: fine"

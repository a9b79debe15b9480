"""`fenceline check`: everything wrong in a station file, in one run."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.config import Finding

__all__ = ["COLUMNS", "STATION_FILE", "check", "folded"]

STATION_FILE = Path("/etc/fenceline/station.toml")
COLUMNS = 80  # a phone held sideways


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
        import json  # noqa: PLC0415

        typer.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(folded(str(finding)))
        typer.echo(_summary(config, findings))
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        raise typer.Exit(2)
    if strict and severities:
        raise typer.Exit(1)


def folded(text: str) -> str:
    """The text in lines of 80 columns at most; words, and paths, stay whole."""
    return "\n".join(_fold(text))


def _fold(text: str) -> Iterator[str]:
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        if line.startswith("    ") or len(line) <= COLUMNS:  # an excerpt keeps its columns
            yield line
        else:
            yield from textwrap.wrap(
                line, COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )


def _summary(config: Path, findings: "list[Finding]") -> str:
    """`2 errors, 1 warning`, or `station.toml: fine`."""
    counts = []
    for severity in ("error", "warning"):
        count = sum(finding.severity == severity for finding in findings)
        if count:
            counts.append(f"{count} {severity}{'s' if count > 1 else ''}")
    return ", ".join(counts) or f"{config}: fine"

"""What the commands have in common: the station file they read, how they speak and how they end."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from agent.config import Finding, StationFile

__all__ = [
    "COLUMNS",
    "STATION_FILE",
    "asked",
    "duration",
    "echo_json",
    "ending",
    "folded",
    "forget_stdout",
    "local_time",
    "say",
    "station_of",
]

STATION_FILE = Path("/etc/fenceline/station.toml")
COLUMNS = 80  # a phone held sideways


def station_of(config: Path, *, elsewhere: bool = False) -> "StationFile":
    """The station file; where it has errors they are said, and the command ends with status 2.

    elsewhere: not on the station's computer.
    """
    from agent.config import examine  # noqa: PLC0415 - help must not wait for it

    station, findings = examine(config, elsewhere=elsewhere)
    if station is None:
        say(findings)
        raise typer.Exit(2)
    return station


def asked(config: Path, command: str, operation: str, **arguments: Any) -> Any:
    """The running agent's answer; where there is none the reason is said and `command` ends."""
    from agent.control import ControlError, ask, socket_paths  # noqa: PLC0415

    paths = socket_paths(station_of(config).data_dir)
    try:
        return ask(paths, operation, **arguments)
    except ControlError as error:
        typer.echo(f"fenceline {command}: {error}", err=True)
        raise typer.Exit(1) from None


def say(findings: "Iterable[Finding]", *, err: bool = True) -> None:
    """What is wrong with a file, a finding after the other."""
    for finding in findings:
        typer.echo(folded(str(finding)), err=err)


def echo_json(answer: object, *, err: bool = False) -> None:
    """What `--json` prints. err: where standard output holds something else."""
    import json  # noqa: PLC0415

    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2), err=err)


def ending(command: str, status: int, what: str) -> typer.Exit:
    """To be raised: `what` is said of the command, which ends with that status."""
    typer.echo(folded(f"fenceline {command}: {what}"), err=True)
    return typer.Exit(status)


def forget_stdout() -> None:
    """What is still buffered has nowhere to go; the interpreter must not try at its end."""
    import os  # noqa: PLC0415

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def folded(text: str) -> str:
    """The text in lines that fit the terminal, of 80 columns at most; words, and paths, stay whole."""
    columns = min(COLUMNS, shutil.get_terminal_size().columns) if sys.stdout.isatty() else COLUMNS
    return "\n".join(_fold(text, columns))


def _fold(text: str, columns: int) -> Iterator[str]:
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        if line.startswith("    ") or len(line) <= columns:  # an excerpt keeps its columns
            yield line
        else:
            yield from textwrap.wrap(
                line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )


def duration(seconds: float) -> str:
    """As agent.words has it."""
    from agent.words import duration as words  # noqa: PLC0415 - help must not wait for it

    return words(seconds)


def local_time(t: int, utc_offset_min: int, form: str = "%Y-%m-%d %H:%M") -> str:
    """UTC ms as the station's local time; the number itself where there is no such day."""
    from datetime import UTC, datetime, timedelta, timezone  # noqa: PLC0415

    try:
        moment = datetime.fromtimestamp(t / 1000, UTC)
        return f"{moment.astimezone(timezone(timedelta(minutes=utc_offset_min))):{form}}"
    except (OverflowError, ValueError, OSError):
        return str(t)

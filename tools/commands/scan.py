"""`fenceline scan`: who is on a line, at which settings, and which driver fits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.common import STATION_FILE, echo_json, folded, station_of

if TYPE_CHECKING:
    from tools.scan.report import Target
    from tools.scan.settings import Plan
    from tools.scan.sweep import Outcome

__all__ = ["scan"]

INDENT = "    "


def scan(
    line: Annotated[str | None, typer.Argument(help="A line of the station file.")] = None,
    *,
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    port: Annotated[str | None, typer.Option("--port", help="A port that nobody holds.")] = None,
    baud: Annotated[str | None, typer.Option("--baud", help="As in 9600,19200.")] = None,
    framing: Annotated[str | None, typer.Option("--framing", help="As in 8N1,8E1.")] = None,
    addresses: Annotated[str | None, typer.Option("--addresses", help="As in 1-32,247.")] = None,
    protocols: Annotated[str | None, typer.Option("--protocols", help="By comma.")] = None,
    timeout: Annotated[
        str | None, typer.Option("--timeout", help="To an answer's first byte; 100ms, over TCP 500ms.")
    ] = None,
    first: Annotated[bool, typer.Option("--first", help="Stop at the first that is found.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Try all settings, also behind a hit.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Ask although somebody talks.")] = False,
    echo: Annotated[bool, typer.Option("--echo", help="The adapter hears what it sends.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Find out who is on a line. Only asks questions that read; Ctrl-C shows what is known so far.

    Exit status: 0 somebody was found, 1 nobody, 2 wrong usage or trouble with the port.
    """
    from hal.errors import PortError  # noqa: PLC0415 - help must not wait for it
    from tools.scan.lines import port_trouble, somebody_talks  # noqa: PLC0415
    from tools.scan.settings import WrongChoice  # noqa: PLC0415
    from tools.scan.sweep import Babble  # noqa: PLC0415

    try:
        target = _target(line, config, port)
        plan = _plan(target, (baud, framing, addresses, protocols), timeout)
        target = target._replace(echo=echo or target.echo)
        choices = {"first": first, "every": every, "anyway": anyway}
        outcome, seconds = _run(target, plan, choices, as_json)
    except WrongChoice as wrong:
        raise _ended(str(wrong)) from None
    except PortError as error:
        raise _ended(port_trouble(error)) from None
    except Babble as babble:
        raise _ended(somebody_talks(babble.setting, babble.data, target.port)) from None
    _show(outcome, target, seconds, as_json)
    if outcome.trouble:
        raise _ended(outcome.trouble)
    if not outcome.hits:
        raise typer.Exit(1)


def _ended(what: str) -> typer.Exit:
    typer.echo(folded(f"fenceline scan: {what}"), err=True)
    return typer.Exit(2)


def _target(line: str | None, config: Path, port: str | None) -> "Target":
    from tools.scan.report import Target  # noqa: PLC0415
    from tools.scan.settings import Setting, WrongChoice  # noqa: PLC0415

    if (line is None) == (port is None):
        raise WrongChoice("give a line of the station file, or --port")
    if port is not None:
        return Target(port)
    station = station_of(config)
    for each in station.lines:
        if each.id == line:
            return Target(each.port, each.id, Setting(each.baud, each.framing), each.echo)
    raise WrongChoice(
        f"no line {line!r} in {config}: lines are {', '.join(each.id for each in station.lines)}"
    )


def _plan(target: "Target", texts: "tuple[str | None, ...]", timeout: str | None) -> "Plan":
    from agent.config.values import Wrong, duration  # noqa: PLC0415
    from hal.tcp_port import TCP  # noqa: PLC0415
    from tools.scan.settings import (  # noqa: PLC0415
        ADDRESSES,
        NETWORK_TIMEOUT_MS,
        TIMEOUT_MS,
        UNITS,
        Plan,
        WrongChoice,
        numbers,
        protocols_of,
        settings_of,
    )

    baud, framing, addresses, protocols = texts
    settings = settings_of(target.port, baud, framing, target.setting)
    timeout_ms = NETWORK_TIMEOUT_MS if settings[0].medium else TIMEOUT_MS
    if timeout is not None:
        try:
            timeout_ms = float(duration(1, 60_000).parse(timeout))
        except Wrong as wrong:
            raise WrongChoice(f"--timeout {timeout}: {wrong.message}; {wrong.hint}") from None
    usual = [*ADDRESSES, UNITS[1]] if settings[0].medium == TCP else ADDRESSES
    return Plan(
        settings,
        usual if addresses is None else numbers(addresses, 0, 999, "--addresses"),
        protocols_of(protocols),
        timeout_ms,
    )


def _run(target: "Target", plan: "Plan", choices: dict[str, bool], as_json: bool) -> "tuple[Outcome, float]":
    import asyncio  # noqa: PLC0415
    import signal  # noqa: PLC0415
    from functools import partial  # noqa: PLC0415

    from tools.scan.lines import open_line  # noqa: PLC0415
    from tools.scan.progress import Progress  # noqa: PLC0415
    from tools.scan.sweep import Sweep  # noqa: PLC0415

    async def main() -> "tuple[Outcome, float]":
        loop = asyncio.get_running_loop()
        with Progress(plan, quiet=as_json) as progress:
            sweep = Sweep(plan, partial(open_line, target.port, echo=target.echo), progress.told, **choices)
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, sweep.stop.set)
            began = loop.time()
            outcome = await sweep.run()
        return outcome, loop.time() - began

    return asyncio.run(main())


def _show(outcome: "Outcome", target: "Target", seconds: float, as_json: bool) -> None:
    import shutil  # noqa: PLC0415
    import textwrap  # noqa: PLC0415

    from tools.scan.report import as_dict, text  # noqa: PLC0415

    columns = max(40, shutil.get_terminal_size().columns)
    if as_json:
        echo_json(as_dict(outcome, target.port, seconds))
        return
    for row in text(outcome, target, seconds):
        typer.echo(textwrap.fill(row, columns, subsequent_indent=INDENT) if len(row) > columns else row)

"""`fenceline sim`: emulated lines and instruments on ptys, until told to stop."""

from pathlib import Path
from typing import Annotated

import typer

from tools.commands.common import folded, say

__all__ = ["sim"]


def sim(
    config: Annotated[Path, typer.Option("--config", "-c", help="A bench file, or a station file.")],
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="A plant, for the instruments that stand in it.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", help="Append what was truly said, one JSON object a line.")
    ] = None,
) -> None:
    """Emulate the lines and instruments of a bench file on ptys, until Ctrl-C.

    Exit status: 0 stopped by Ctrl-C or SIGTERM, 1 the bench failed, 2 a file has errors.
    """
    from agent.config import examine_bench  # noqa: PLC0415 - help must not wait for it

    definition, findings = examine_bench(config)
    if definition is not None and scenario is not None:
        from agent.config.scenario import examine_scenario  # noqa: PLC0415

        plant, more = examine_scenario(scenario, [each["id"] for each in definition["instrument"]])
        definition, findings = plant and {**definition, "scenario": plant}, findings + more
    say(findings)
    if definition is None:
        raise typer.Exit(2)
    try:
        from hardware_sim import wire  # noqa: PLC0415
        from hardware_sim.bench import BenchError  # noqa: PLC0415
        from tools.bench_server import Log, LogError, serve  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        typer.echo(f"the emulator needs {missing.name}: install the distribution's extra `sim`", err=True)
        raise typer.Exit(1) from None
    try:
        with Log(log) as truth:
            wire.run(serve(definition, truth))
    except (BenchError, LogError, OSError) as error:  # OSError: the system has no pty left
        typer.echo(folded(f"{config}: {error}"), err=True)
        raise typer.Exit(1) from None

"""`fenceline demo`: an emulated plant, the real agent, a broker, and a story in about a minute."""

from typing import Annotated

import typer

__all__ = ["demo"]


def demo(
    seconds: Annotated[float, typer.Option("--seconds", min=5, help="How long the story takes.")] = 60.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="No table; the summary as one JSON object.")
    ] = False,
    broker: Annotated[
        str | None, typer.Option("--broker", help="mosquitto or amqtt; mosquitto where it is installed.")
    ] = None,
) -> None:
    """Watch an emulated plant being monitored: needs no hardware, no network, no configuration.

    Exit status: 0 every reading arrived and was right, 1 readings were lost or wrong, or the demo
    could not run.
    """
    try:
        import json  # noqa: PLC0415 - help must not wait for all this

        from rich.console import Console  # noqa: PLC0415
        from rich.live import Live  # noqa: PLC0415

        from hal.clock import Clock  # noqa: PLC0415
        from hardware_sim import wire  # noqa: PLC0415
        from tools.demo.play import DemoError, play  # noqa: PLC0415
        from tools.demo.screen import draw, print_summary  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        typer.echo(f"the demo needs {missing.name}: install the distribution's extra `demo`", err=True)
        raise typer.Exit(1) from None
    if broker not in (None, "mosquitto", "amqtt"):
        raise typer.BadParameter(f"{broker!r} is none of mosquitto, amqtt", param_hint="--broker")
    console = Console()
    try:
        if as_json:
            summary = wire.run(play(seconds, lambda scene: None, Clock("trusted"), broker))
            typer.echo(json.dumps(summary, indent=2))
        else:
            with Live(console=console, auto_refresh=False) as live:
                summary = wire.run(
                    play(
                        seconds,
                        lambda scene: live.update(draw(scene), refresh=True),
                        Clock("trusted"),
                        broker,
                    )
                )
            print_summary(summary, console)
    except DemoError as error:
        typer.echo(f"fenceline demo: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(1) from None
    if summary["lost"] or summary["wrong"]:
        raise typer.Exit(1)

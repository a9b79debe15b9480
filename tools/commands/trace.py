"""`fenceline trace`: what happens on a line, live, or as it was captured."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, ending, station_of

if TYPE_CHECKING:
    from tools.trace.following import Output
    from tools.trace.sources import Source

__all__ = ["trace"]

_usage, _failed = partial(ending, "trace", 2), partial(ending, "trace", 1)


def trace(
    line: Annotated[str | None, typer.Argument(help="The line's id, of the running agent.")] = None,
    *,
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    port: Annotated[str | None, typer.Option("--port", help="Listen on a port that nobody holds.")] = None,
    baud: Annotated[int, typer.Option("--baud", min=50, max=4_000_000, help="With --port.")] = 9600,
    framing: Annotated[str, typer.Option("--framing", help="With --port.")] = "8N1",
    read: Annotated[Path | None, typer.Option("--read", help="Show a saved capture.")] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Write a capture; a new file.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help="End by itself, as in 30s or 5m.")] = None,
    only: Annotated[str, typer.Option("--only", help="Addresses or instrument ids, by comma.")] = "",
    whole: Annotated[bool, typer.Option("--hex", help="All bytes of every frame.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show what happens on a line: every frame, when, and what it says. Ctrl-C ends it.

    Exit status: 0 ended as asked, 1 there is no agent, or the port or the file failed, 2 wrong usage.
    """
    from agent.control import ControlError  # noqa: PLC0415 - help must not wait for it
    from hal.errors import PortError  # noqa: PLC0415
    from hardware_sim.capture import CaptureError  # noqa: PLC0415
    from tools.trace.following import NotThere  # noqa: PLC0415

    if sum(given is not None for given in (line, port, read)) > 1:
        raise _usage("give one of a line, --port and --read")
    seconds = _seconds(for_)
    try:
        output = _output(whole, as_json, only, save)
        if read is not None:
            _show_capture(read, output)
        else:
            _follow(lambda: _source(line, config, port, baud, framing), output, seconds)
    except PortError as error:
        hint = "\n  hint: an agent's own line is shown by `fenceline trace LINE --config FILE`"
        raise _failed(str(error) + (hint if "in use" in error.what else "")) from None
    except NotThere as wrong:
        raise _usage(str(wrong)) from None
    except (ControlError, CaptureError) as error:
        raise _failed(str(error)) from None
    except OSError as error:
        if save is None or isinstance(error, BrokenPipeError):
            raise
        raise _failed(f"{save}: {error.strerror}") from None


def _seconds(text: str | None) -> float | None:
    from agent.config.values import Wrong, duration  # noqa: PLC0415

    if text is None:
        return None
    try:
        return float(duration(100, 30 * 86_400_000).parse(text)) / 1000
    except Wrong as wrong:
        raise _usage(f"--for {text}: {wrong.message}; {wrong.hint}") from None


def _output(whole: bool, as_json: bool, only: str, save: Path | None) -> "Output":
    import os  # noqa: PLC0415
    import shutil  # noqa: PLC0415
    import sys  # noqa: PLC0415

    from tools.trace.following import Chosen, Output  # noqa: PLC0415
    from tools.trace.screen import Screen  # noqa: PLC0415

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    screen = None if as_json else Screen(shutil.get_terminal_size().columns, colour=colour, whole=whole)
    chosen = Chosen(name.strip() for name in only.split(",") if name.strip())
    return Output(typer.echo, screen, chosen, save)


def _source(line: str | None, config: Path, port: str | None, baud: int, framing: str) -> "Source":
    import asyncio  # noqa: PLC0415

    from hal.clock import Clock  # noqa: PLC0415
    from hal.port import Framing  # noqa: PLC0415
    from hal.serial_port import SerialPort  # noqa: PLC0415
    from hal.tcp_port import TCP, TcpPort, tcp_address  # noqa: PLC0415
    from tools.trace.sources import AgentSource, PortSource  # noqa: PLC0415

    if port is None:
        paths, line = _agent(line, config)
        return AgentSource(paths, line, Clock())
    try:
        bits = Framing(framing)
    except ValueError as error:
        raise _usage(f"--{error}") from None
    loop = asyncio.get_running_loop()
    try:
        address = tcp_address(port)
    except ValueError as error:
        raise _usage(f"--port {port}: {error}") from None
    if address is not None and address.kind == TCP:
        raise _usage(f"--port {port}: nobody can listen to another's connection; trace the agent's own line")
    where = TcpPort(address, loop) if address else SerialPort(port, baud, bits, loop)
    return PortSource(where, baud, bits, Clock())


def _agent(line: str | None, config: Path) -> tuple[list[Path], str]:
    """The agent's sockets, and the line: where there is only one it needs no name."""
    from agent.control import socket_paths  # noqa: PLC0415

    station = station_of(config)
    known = [each.id for each in station.lines]
    if line is None and len(known) == 1:
        line = known[0]
    if line not in known:
        what = "which line?" if line is None else f"no line {line!r} in {config}:"
        raise _usage(f"{what} lines are {', '.join(known)}")
    return socket_paths(station.data_dir), line


def _follow(source: Any, output: "Output", seconds: float | None) -> None:
    import asyncio  # noqa: PLC0415

    from tools.trace.following import follow  # noqa: PLC0415

    async def main() -> None:
        await follow(source(), output, seconds)

    asyncio.run(main())


def _show_capture(path: Path, output: "Output") -> None:
    from hardware_sim.capture import read as read_capture  # noqa: PLC0415

    found = read_capture(path)
    output.begin(found.header)
    output.take(list(found.entries))
    output.end()

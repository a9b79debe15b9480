"""`fenceline profile new`: a profile from the instrument's own display, where there is no manual."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tools.profile_wizard.setup import Options

__all__ = ["new"]


def new(
    file: Annotated[Path | None, typer.Argument(help="The profile to write; else it is asked for.")] = None,
    *,
    port: Annotated[str | None, typer.Option("--port", help="A port that nobody holds.")] = None,
    baud: Annotated[str | None, typer.Option("--baud", help="As in 9600.")] = None,
    framing: Annotated[str | None, typer.Option("--framing", help="As in 8N1.")] = None,
    address: Annotated[str | None, typer.Option("--address", help="1 to 247.")] = None,
    table: Annotated[str | None, typer.Option("--table", help="holding, input or both.")] = None,
    registers: Annotated[str | None, typer.Option("--registers", help="As in 0-99,1000-1019.")] = None,
    timeout: Annotated[str, typer.Option("--timeout", help="To an answer's first byte.")] = "500ms",
    echo: Annotated[bool, typer.Option("--echo", help="The adapter hears what it sends.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Ask although somebody talks.")] = False,
) -> None:
    """Write a profile by comparing registers with the display. Only reads; asks for what is not given.

    Exit status: 0 written, 1 not written, 2 wrong usage, or the port or the instrument is not reached.
    """
    from tools.profile_wizard.setup import Options  # noqa: PLC0415 - help must not wait for it

    options = Options(port, baud, framing, address, table, registers, timeout, echo, anyway)
    if not _written(options, file):
        typer.echo("no profile was written", err=True)
        raise typer.Exit(1)


def _written(options: "Options", file: Path | None) -> bool:
    import asyncio  # noqa: PLC0415
    import selectors  # noqa: PLC0415

    from hal.clock import Clock  # noqa: PLC0415
    from hal.errors import PortError  # noqa: PLC0415
    from tools.profile_wizard.access import Babble  # noqa: PLC0415
    from tools.profile_wizard.session import NotReached, write_new_profile  # noqa: PLC0415
    from tools.profile_wizard.terminal import Ended, Terminal  # noqa: PLC0415
    from tools.scan.lines import port_trouble  # noqa: PLC0415
    from tools.scan.settings import WrongChoice  # noqa: PLC0415

    # Answers may come from a file, which epoll does not take.
    loop_factory = lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())  # noqa: E731
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(write_new_profile(Terminal(), Clock(), options, file)) is not None
    except (KeyboardInterrupt, Ended):
        typer.echo(err=True)
        return False
    except PortError as error:
        raise _ended(port_trouble(error)) from None
    except (NotReached, WrongChoice, Babble, OSError) as error:
        raise _ended(str(error)) from None


def _ended(what: str) -> typer.Exit:
    import sys  # noqa: PLC0415

    from tools.profile_wizard.terminal import Terminal  # noqa: PLC0415

    for line in f"fenceline profile new: {what}".splitlines():
        Terminal(out=sys.stderr).say(line, 4)
    return typer.Exit(2)

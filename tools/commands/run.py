"""`fenceline run`: becomes the agent's own process, which knows nothing of the command line."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tools.commands.common import STATION_FILE

__all__ = ["run"]


def run(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    log_level: Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")] = "info",
) -> None:
    """Run the agent until SIGTERM or Ctrl-C.

    Exit status: 0 stopped as asked, 1 it cannot run here, 2 the station file has errors.
    """
    sys.stdout.flush()
    arguments = ["-m", "agent", "--config", str(config), "--log-level", log_level]
    os.execv(sys.executable, [sys.executable, *arguments])

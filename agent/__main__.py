"""`python -m agent --config station.toml`: the process that runs for years.

Imports nothing of the command line's libraries; `fenceline run` becomes this.
"""

import argparse
import asyncio
import logging
import os
import selectors
import signal
import sys
from pathlib import Path

from agent.app import Agent
from agent.config import ConfigErrors, load
from agent.lock import Locked, lock_data_dir
from hal.clock import Clock
from store.errors import StoreError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 stopped as asked, 1 cannot run here, 2 the configuration has errors."""
    parser = argparse.ArgumentParser(prog="fenceline run", description="Run the agent.")
    parser.add_argument("--config", type=Path, default=Path("/etc/fenceline/station.toml"))
    parser.add_argument("--log-level", default="info", choices=["debug", "info", "warning", "error"])
    options = parser.parse_args(arguments)
    # Under the service manager the journal has its own time stamps.
    stamp = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "
    logging.basicConfig(
        level=options.log_level.upper(), format=f"{stamp}%(levelname)s %(message)s", stream=sys.stderr
    )
    try:
        station = load(options.config)
    except ConfigErrors as errors:
        print(errors, file=sys.stderr)
        print(f"{options.config}: not started", file=sys.stderr)
        return 2
    try:
        station.data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
        lock_data_dir(station.data_dir)
    except Locked as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        hint = "the agent's user must be able to write there"
        print(f"{station.data_dir}: {error.strerror}\n  hint: {hint}", file=sys.stderr)
        return 1

    async def run() -> bool:
        agent = Agent(station, Clock(station.utc))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, agent.stop)
        await agent.run()
        return agent.must_restart

    # epoll rounds time-outs up to whole milliseconds: 3 % of a fast line.
    def new_loop() -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(selectors.SelectSelector())

    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            must_restart = runner.run(run())
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    if must_restart:  # in place: there may be no service manager to do it
        os.execv(sys.executable, [sys.executable, "-m", "agent", *(arguments or sys.argv[1:])])
    return 0


if __name__ == "__main__":
    sys.exit(main())

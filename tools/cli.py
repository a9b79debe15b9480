"""The `fenceline` command. Each command has its file in `commands/` and imports what it needs when
it runs: help must appear at once on a slow gateway."""

import sys

try:
    import typer
except ModuleNotFoundError:  # the gateway's own process needs no command line
    sys.exit("fenceline: the command line is not installed; install the distribution's extra `cli`")

from tools.commands.alarms import app as alarms
from tools.commands.buffer import buffer
from tools.commands.calibration import app as calibration
from tools.commands.check import check
from tools.commands.coverage import coverage
from tools.commands.decode import decode
from tools.commands.demo import demo
from tools.commands.drivers import drivers
from tools.commands.explain import explain
from tools.commands.export import export
from tools.commands.limits import limits
from tools.commands.maintenance import app as maintenance
from tools.commands.outputs import app as outputs
from tools.commands.plan import plan
from tools.commands.profile import app as profile
from tools.commands.records import records
from tools.commands.replay import replay
from tools.commands.report import report
from tools.commands.resend import resend
from tools.commands.run import run
from tools.commands.scan import scan
from tools.commands.sim import sim
from tools.commands.status import status
from tools.commands.trace import trace

__all__ = ["app", "main"]

app = typer.Typer(
    name="fenceline",
    help="Monitor fugitive emissions at a coking plant.",
    rich_markup_mode=None,  # Rich doubles the start time
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)
COMMANDS = (
    *(run, check, plan, status, explain, buffer, resend, records, export, replay, report),
    *(drivers, limits, coverage, decode, scan, trace, demo, sim),
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(alarms, name="alarms")
app.add_typer(calibration, name="calibration")
app.add_typer(maintenance, name="maintenance")
app.add_typer(outputs, name="outputs")
app.add_typer(profile, name="profile")


def main() -> None:
    """Entry point of the distribution."""
    app()


if __name__ == "__main__":
    main()

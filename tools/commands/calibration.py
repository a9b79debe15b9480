"""`fenceline calibration`: calibrate an instrument, and record what the gas showed."""

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, duration, echo_json, folded
from tools.modes_text import begin as begin_mode
from tools.modes_text import end as end_mode
from tools.modes_text import mode_text, of_kind

__all__ = ["app", "calibrated_text", "channel_text"]

KIND = "calibration"
app = typer.Typer(help="Calibrations: mode C while they last, drift against limits, what is overdue.")

Config = Annotated[Path, typer.Option("--config", "-c", help="The station file.")]
Instrument = Annotated[str, typer.Argument(help="Id of the instrument.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; your login name.")]


@app.callback(invoke_without_command=True)
def calibration(
    context: typer.Context,
    config: Config = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")] = False,
) -> None:
    """What is being calibrated, and where each channel of a [[calibration]] stands.

    Exit status: 0 it answered, 1 it did not, 2 the station file has errors.
    """
    if context.invoked_subcommand is not None:
        return
    modes = of_kind(config, KIND, KIND)
    rows = asked(config, KIND, "calibrations")
    if as_json:
        echo_json({"modes": modes, "channels": rows})
        return
    for mode in modes:
        typer.echo(folded(f"{mode['instrument']}: {mode_text(mode)}"))
    for row in rows:
        typer.echo(folded("\n".join(channel_text(row))))
    if not rows:
        typer.echo("the station file has no [[calibration]]")


@app.command()
def begin(
    instrument: Instrument,
    for_: Annotated[
        str | None, typer.Option("--for", help="How long at most, as in 1h, which is the default; up to 8h.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="A word on it.")] = "",
    by: By = None,
    config: Config = STATION_FILE,
) -> None:
    """Gas is about to flow: the instrument's readings carry C until `end`, and for their recovery after it.

    Exit status: 0 it is, 1 it is not, 2 wrong usage or errors in the station file.
    """
    row = begin_mode(config, "calibration begin", KIND, instrument, for_=for_, by=by, why=why)
    typer.echo(folded(f"{row['instrument']}: {mode_text(row)}"))


@app.command()
def end(instrument: Instrument, by: By = None, config: Config = STATION_FILE) -> None:
    """The gas is off: readings stay C for the recovery of each channel, then they count again.

    Exit status: 0 it has ended, 1 it had not begun, or no agent runs, 2 the station file has errors.
    """
    row = end_mode(config, "calibration end", KIND, instrument, by)
    typer.echo(f"{instrument}: no longer in calibration")
    if row["recovery_s"]:
        typer.echo(f"  readings stay C for another {duration(row['recovery_s'])}: recovery")


@app.command()
def add(
    channel: Annotated[str, typer.Argument(help="The channel, as in pid-tank.voc.")],
    *,
    zero_before: Annotated[float | None, typer.Option(help="What it read of zero gas, as found.")] = None,
    zero_after: Annotated[float | None, typer.Option(help="And as left, after adjusting.")] = None,
    span_before: Annotated[float | None, typer.Option(help="What it read of span gas, as found.")] = None,
    span_after: Annotated[float | None, typer.Option(help="And as left, after adjusting.")] = None,
    zero_gas: Annotated[
        float | None, typer.Option(help="What zero gas has of it; by default as in the station file, else 0.")
    ] = None,
    span_gas: Annotated[
        float | None, typer.Option(help="What the cylinder says; by default as in the station file.")
    ] = None,
    cylinder: Annotated[str | None, typer.Option(help="Its number, or lot and date.")] = None,
    by: By = None,
    as_json: Annotated[bool, typer.Option("--json", help="The record as one JSON object.")] = False,
    config: Config = STATION_FILE,
) -> None:
    """Record a calibration: what the channel read of the gas, in its own unit.

    Exit status: 0 it is recorded, within its limits or not; 1 it is not; 2 the station file has errors.
    """
    numbers = {
        "zero_gas": zero_gas,
        "zero_before": zero_before,
        "zero_after": zero_after,
        "span_gas": span_gas,
        "span_before": span_before,
        "span_after": span_after,
    }
    said = {name: number for name, number in numbers.items() if number is not None}
    more = {"by": by or getpass.getuser(), "cylinder": cylinder}
    row = asked(config, "calibration add", "calibrate", channel=channel, **said, **more)
    if as_json:
        echo_json(row)
    else:
        typer.echo(folded("\n".join(calibrated_text(row))))


def calibrated_text(row: dict[str, Any]) -> Iterator[str]:
    """A calibration that has been recorded, in lines that fit a phone."""
    yield f"{row['channel']}: recorded"
    unit = row["unit"]
    for gas in ("zero", "span"):
        if f"{gas}_drift" not in row:
            continue
        percent, limit = row.get(f"{gas}_drift_percent"), row.get(f"{gas}_limit")
        share = "" if percent is None else f", {percent:+g} % of full scale"
        limits_unit = "%" if row.get("limits_in") == "percent" else unit
        within = "" if limit is None else f", limit {limit:g} {limits_unit}"
        yield f"  {gas} drift {row[f'{gas}_drift']:+g} {unit}{share}{within}"
    yield from _verdict(row["causes"])


def _verdict(causes: list[str]) -> Iterator[str]:
    if not causes:
        yield "  in control"
        return
    yield f"  OUT OF CONTROL: {', '.join(causes)}"
    yield "  readings are D until a good calibration"


def channel_text(row: dict[str, Any]) -> Iterator[str]:
    """Where a channel stands, as `calibrations` has it."""
    yield f"{row['channel']}:"
    yield from _verdict(row["causes"])
    if row["last"] is None:
        yield "  not calibrated yet"
    else:
        yield f"  last calibration {duration((row['now'] - row['last']) / 1000)} ago"
    if row["last_good"] != row["last"]:
        good = row["last_good"]
        ago = None if good is None else duration((row["now"] - good) / 1000)
        yield "  never a good one" if ago is None else f"  last good one {ago} ago"
    if row["due"] is not None:
        left_s = (row["due"] - row["now"]) / 1000
        yield f"  due in {duration(left_s)}" if left_s > 0 else f"  overdue for {duration(-left_s)}"

"""`fenceline buffer`: who is how far behind, how long the buffer lasts, what it costs the card."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, asked, duration, echo_json

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["buffer", "text"]


def buffer(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, as one JSON object.")] = False,
) -> None:
    """Show the running agent's buffer: backlog, days of autonomy, bytes written and the card's life.

    Exit status: 0 the agent answered, 1 it did not, 2 the station file has errors.
    """
    answer = asked(config, "buffer", "buffer")
    if as_json:
        echo_json(answer)
    else:
        typer.echo("\n".join(text(answer)))


def text(answer: "dict[str, Any]") -> "Iterator[str]":
    """The answer for a person, in lines that fit a phone."""
    measured = answer["measured_over_s"]
    yield from _journal(answer["journal"])
    for name, row in answer["destinations"].items():
        yield from _destination(name, row)
    if not answer["destinations"]:
        yield "nothing is delivered: the station file has no [mqtt]"
    yield from _written(answer["written"])
    if measured is None:
        yield "rates are known two minutes after the start"
    else:
        yield f"rates as measured over the last {duration(measured)}"


def _journal(row: "dict[str, Any]") -> "Iterator[str]":
    used, budget, free = row["used_bytes"], row["max_bytes"], row["disk_free_bytes"]
    yield f"journal: {size(used)} of {size(budget)}; {size(free)} free on the disk"
    if row["readings_per_s"] is not None and row["bytes_per_reading"] is not None:
        yield f"  {row['readings_per_s']:g} readings/s of {row['bytes_per_reading']:g} bytes each"
        yield f"  grows by {size(row['growth_bytes_per_day'])} a day"
    if row["days_of_autonomy"] is not None:
        left = duration(row["days_of_autonomy"] * 86_400)
        yield f"  without any platform it lasts {left} more before unsent readings are thinned"
        dropped = row.get("days_until_dropped") or row["days_of_autonomy"]
        yield f"  to minute averages, and some {duration(dropped * 86_400)} before any of these is dropped"


def _destination(name: str, row: "dict[str, Any]") -> "Iterator[str]":
    yield f"{name}: " + ("connected" if row["connected"] else "NOT CONNECTED")
    oldest = row["oldest_owed_age_s"]
    age = "" if oldest is None else f", the oldest {duration(oldest)} old"
    yield f"  owed: {row['readings']} readings, {row['events']} events{age}"
    if row["drain_s"]:
        when = "caught up in" if row["connected"] else "once connected it is caught up in"
        yield f"  {when} {duration(row['drain_s'])}, at {row['backlog_rate']} readings/s"
    if row["set_aside"]:
        yield f"  {row['set_aside']} set aside because the broker refused them"


def _written(row: "dict[str, Any]") -> "Iterator[str]":
    process, device = row["process_bytes_per_day"], row["device_bytes_per_day"]
    parts = [f"{size(process)} by the agent"] if process is not None else []
    parts += [f"{size(device)} by everybody on this disk"] if device is not None else []
    if parts:
        yield "written a day: " + ", ".join(parts)
    if row["card_years"] is not None:
        bears = size(row["card_bytes_assumed"])
        yield f"  a card that bears {bears} lasts {row['card_years']:g} years of that"


def size(count: float) -> str:
    """Three digits and a unit: 999 B, 1.23 kB, 45.6 MB, 789 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.3g} {unit}" if count < 99.95 else f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.3g} TB"

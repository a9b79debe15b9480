"""`fenceline plan`: what each line can carry, before anything is wired."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.commands.common import STATION_FILE, echo_json, folded, station_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.config import StationFile
    from agent.config.model import LineSettings
    from agent.outputs.bound import Bound
    from agent.plan import LinePlan
    from agent.remedies import Remedies

__all__ = ["as_dict", "plan", "text"]


def plan(
    config: Annotated[Path, typer.Option("--config", "-c", help="The station file.")] = STATION_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="The plan as one JSON object.")] = False,
) -> None:
    """Compute whether each line can keep the intervals of its instruments.

    Exit status: 0 it can, 1 some interval cannot be met, 2 the station file has errors.
    """
    station = station_of(config)
    answer = as_dict(station)
    if as_json:
        echo_json(answer)
    else:
        typer.echo(folded("\n".join(text(station))))
    if not answer["feasible"]:
        raise typer.Exit(1)


def as_dict(station: "StationFile") -> dict[str, Any]:
    """The contract of `--json`: docs/plan.md."""
    from agent.config.budget import remedies_of  # noqa: PLC0415
    from agent.outputs.bound import bounds_of  # noqa: PLC0415
    from agent.plan import TURNAROUND_MS, plan_lines  # noqa: PLC0415

    plans = plan_lines(station.lines, station.instruments)
    return {
        "station": station.id,
        "turnaround_ms_assumed": TURNAROUND_MS,
        "feasible": not any(plan.unmet for plan in plans),
        "lines": [
            _line_row(line, plan, remedies_of(line, station.instruments))
            for line, plan in zip(station.lines, plans, strict=True)
        ],
        "outputs": [
            {
                "id": bound.id,
                "line": bound.line,
                "bound_ms": _ms(bound.bound_ms),
                "in_flight_ms": _ms(bound.in_flight_ms),
                "behind": bound.behind,
            }
            for bound in bounds_of(station.outputs, station.lines, station.instruments)
        ],
    }


def _line_row(line: "LineSettings", plan: "LinePlan", found: "Remedies | None") -> dict[str, Any]:
    dead = plan.costliest_dead
    return {
        "id": line.id,
        "baud": None if line.medium == "tcp" else line.baud,
        "framing": None if line.medium == "tcp" else line.framing,
        "requests_per_cycle": sum(poll.requests for poll in plan.polls),
        "bytes_per_cycle": sum(poll.bytes for poll in plan.polls),
        "wire_ms": _ms(sum(poll.wire_ms for poll in plan.polls)),
        "silence_ms": _ms(sum(poll.silence_ms for poll in plan.polls)),
        "turnaround_ms": _ms(sum(poll.turnaround_ms for poll in plan.polls)),
        "cycle_ms": _ms(plan.cycle_ms),
        "load": round(plan.load, 4),
        "feasible": not plan.unmet,
        "dead_cycle_ms": _ms(plan.dead_cycle_ms),
        "costliest_dead": dead.id if dead else None,
        "remedies": found._asdict() if found else None,
        "instruments": [
            {
                "id": poll.id,
                "every_ms": poll.every_ms,
                "feasible": plan.is_met(poll),
                "response_ms": _ms(plan.response_ms(poll)),
                "requests": poll.requests,
                "bytes": poll.bytes,
                "poll_ms": _ms(poll.poll_ms),
                "mean_ms": _ms(poll.mean_ms),
                "latency_ms": _ms(poll.latency_ms),
                "dead_ms": _ms(poll.dead_ms),
            }
            for poll in plan.polls
        ],
    }


def _ms(value: float) -> float:
    return round(value, 3)


def text(station: "StationFile") -> "Iterator[str]":
    """The plan for a person."""
    from agent.config.budget import advice, complaint, remedies_of  # noqa: PLC0415
    from agent.outputs.bound import bounds_of  # noqa: PLC0415
    from agent.plan import TURNAROUND_MS, plan_lines  # noqa: PLC0415

    bounds = bounds_of(station.outputs, station.lines, station.instruments)
    yield f"Each answer is assumed to begin {TURNAROUND_MS:.0f} ms after its question; `fenceline status`"
    yield "shows what the instruments really take."
    for line, plan in zip(station.lines, plan_lines(station.lines, station.instruments), strict=True):
        yield ""
        yield f"line {line.id}: {_speed(line)}, load {plan.load:.0%}"
        yield from _cycle(plan)
        if line.medium == "tcp":
            yield "  a gateway's own serial line comes on top: its baud is not known here"
        yield from _instruments(plan)
        yield from _relays([bound for bound in bounds if bound.line == line.id])
        found = remedies_of(line, station.instruments)
        if found is not None:
            yield f"  {complaint(plan)}"
            yield f"  hint: {advice(found)}"


def _speed(line: "LineSettings") -> str:
    if line.medium == "tcp":
        return "Modbus TCP"
    through = " behind a device server" if line.medium else ""
    return f"{line.baud} baud, {line.framing}{through}"


def _cycle(plan: "LinePlan") -> "Iterator[str]":
    dead = plan.costliest_dead
    if dead is None:
        yield "  no instrument is on it"
        return
    wire_ms = sum(poll.wire_ms for poll in plan.polls)
    silence_ms = sum(poll.silence_ms for poll in plan.polls)
    turnaround_ms = sum(poll.turnaround_ms for poll in plan.polls)
    yield f"  cycle {plan.cycle_ms:.0f} ms: wire {wire_ms:.0f}, turnaround {turnaround_ms:.0f}," + (
        f" silence {silence_ms:.0f}"
    )
    yield f"  with {dead.id} dead {plan.dead_cycle_ms:.0f} ms, until it is only probed"


def _relays(bounds: "list[Bound]") -> "Iterator[str]":
    for bound in bounds:
        behind = f" ({bound.in_flight_ms:.0f} ms behind {bound.behind})" if bound.behind else ""
        yield f"  relay {bound.id}: switched within {bound.bound_ms:.0f} ms{behind}"


def _instruments(plan: "LinePlan") -> "Iterator[str]":
    from agent.config.values import span  # noqa: PLC0415

    yield "  every       at worst  instrument"
    for poll in plan.polls:
        every = span(poll.every_ms) if poll.every_ms else "no pause"
        verdict = "" if plan.is_met(poll) else "  NOT MET"
        yield f"  {every:<8}  {plan.response_ms(poll):>7.0f} ms  {poll.id}{verdict}"
    if any(not poll.every_ms for poll in plan.polls):
        left = max(0.0, 1 - plan.load)
        yield f"  no pause: takes what the others leave ({left:.0%} of the line), and its turn in any case"

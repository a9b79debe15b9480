"""What would let a line keep its intervals, each with the number that would do."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from agent.plan import LinePlan, plan_line

if TYPE_CHECKING:  # agent.config uses this module
    from collections.abc import Sequence

    from agent.config.model import InstrumentSettings, LineSettings

__all__ = ["Remedies", "remedies"]

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)  # what instruments can be set to
STEP_MS = 10  # a person writes no 641ms


class Remedies(NamedTuple):
    """Each by itself suffices; None where it does not help.

    every_ms: the interval for those that are not met, or longer. baud: the lowest usual speed.
    lines: over how many lines the instruments may be dealt out.
    """

    every_ms: int
    baud: int | None
    lines: int | None


def remedies(line: "LineSettings", instruments: "Sequence[InstrumentSettings]") -> Remedies | None:
    """instruments: those on `line`. None where every interval is met."""
    plan = plan_line(line, instruments)
    if not plan.unmet:
        return None
    return Remedies(_every_ms(plan), _baud(line, instruments), _lines(plan))


def _every_ms(plan: LinePlan) -> int:
    """Long enough for all that are not met, when all of them get it."""
    needed_ms = max(plan.turns_ms(poll) for poll in plan.unmet)
    unmet = plan.unmet
    if all(poll.every_ms >= plan.cycle_ms for poll in plan.polls if poll not in unmet):
        needed_ms = min(needed_ms, plan.cycle_ms)
    return math.ceil(needed_ms / STEP_MS) * STEP_MS


def _baud(line: "LineSettings", instruments: "Sequence[InstrumentSettings]") -> int | None:
    for baud in BAUDS:
        if baud > line.baud and not plan_line(replace(line, baud=baud), instruments).unmet:
            return baud
    return None


def _lines(plan: LinePlan) -> int | None:
    """Dealt out by interval: each instrument goes to the first line that still keeps its own."""
    dealt: list[LinePlan] = []
    for poll in sorted(plan.polls, key=lambda poll: poll.every_ms):
        for place, line in enumerate(dealt):
            fuller = LinePlan(plan.id, (*line.polls, poll))
            if not fuller.unmet:
                dealt[place] = fuller
                break
        else:
            alone = LinePlan(plan.id, (poll,))
            if alone.unmet:
                return None  # not even a line of its own would do
            dealt.append(alone)
    return len(dealt)

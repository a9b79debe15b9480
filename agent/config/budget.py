"""Warns of lines whose instruments are polled more often than the wire can carry."""

from agent.config.findings import Findings
from agent.config.model import InstrumentSettings, LineSettings
from agent.config.values import span
from agent.plan import TURNAROUND_MS, LinePlan, plan_lines
from agent.remedies import Remedies, remedies

__all__ = ["advice", "check_budget", "complaint", "remedies_of"]

NAMED = 3  # instruments that a message names; the plan lists all


def check_budget(
    lines: tuple[LineSettings, ...], instruments: tuple[InstrumentSettings, ...], findings: Findings
) -> None:
    """Only for a file without errors."""
    for place, (line, plan) in enumerate(zip(lines, plan_lines(lines, instruments), strict=True)):
        found = remedies_of(line, instruments)
        if found is not None:
            findings.warn(("line", place), complaint(plan), advice(found))


def remedies_of(line: LineSettings, instruments: tuple[InstrumentSettings, ...]) -> Remedies | None:
    """What would help this line; None where its intervals are met. instruments: the whole file's."""
    return remedies(line, [each for each in instruments if each.line == line.id])


def complaint(plan: LinePlan) -> str:
    """Which intervals cannot be met, and why. Only for a plan with some."""
    ids = [poll.id for poll in plan.unmet]
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return (
        f"cannot meet the interval of {', '.join(ids[:NAMED])}{more}: one cycle of line {plan.id} takes "
        f"{plan.cycle_ms:.0f} ms, load {plan.load:.0%}, at a turnaround of {TURNAROUND_MS:.0f} ms"
    )


def advice(found: Remedies) -> str:
    """Each of the ways by itself suffices."""
    ways = [f'every = "{span(found.every_ms)}" or longer there']
    if found.baud is not None:
        ways.append(f"baud = {found.baud}, set on the instruments too")
    if found.lines is not None:
        ways.append(f"the instruments on {found.lines} lines")
    return "; or ".join(ways)

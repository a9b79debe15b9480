"""Why there is no newer value: everything that stands between a channel and its next good reading."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agent.config.values import span
from agent.plan import LinePlan
from agent.polling import Poller
from agent.words import duration
from hal.line import Line

__all__ = ["Source", "reasons"]

WAITING_S = 1.0  # a poll that has been under way for so long waits for something
NOT_ASKED = "dead:"  # as the line words it, where it did not even ask
PROBE_S = 0.05  # a probe that is due now


class Source(NamedTuple):
    """Where a channel is read. name: of what the driver itself reads for it, as the input of a loop."""

    poller: Poller
    line: Line
    plan: LinePlan
    name: str

    @property
    def cadence(self) -> int:
        """At every how many-th poll its registers are asked; 1 of a driver without such."""
        of = getattr(self.poller.driver, "cadence_of", None)
        return 1 if of is None else int(of(self.name))

    @property
    def interval_ms(self) -> float:
        """How often it is to be read: `every`, or the planned cycle where that is longer."""
        return max(self.poller.settings.every_ms, self.plan.cycle_ms) * self.cadence


def reasons(source: Source, stuck: Mapping[str, float], now_s: float) -> Iterator[str]:
    """The weightiest first; the last one says when the next poll comes.

    stuck: tasks that stand still, with seconds. now_s: loop seconds.
    """
    line, name = source.line, source.poller.settings.id
    for task in (f"line {line.id}", f"instrument {name}"):
        if task in stuck:
            yield f"the agent's task {task} has stood still for {duration(stuck[task])}"
    if not line.is_open:
        why = line.trouble.splitlines()[0] if line.trouble else f"port {line.port.name} is not open yet"
        yield f"line {line.id} has no port: {why}"
    if line.core.foreign.active:
        seen = ", ".join(line.core.foreign.seen)
        yield f"another master talks on line {line.id}: {seen}; values are flagged D"
    yield from _address(source, now_s * 1000)
    trouble = source.poller.trouble
    if trouble and line.is_open and not trouble.startswith(NOT_ASKED):
        yield f"the last poll failed: {trouble}"
    yield from _timing(source, now_s)


def _address(source: Source, now_ms: float) -> Iterator[str]:
    """What the line knows of the instrument."""
    state, name = source.poller.state, source.poller.settings.id
    if state.dead:
        left_s = max(0.0, state.resume_at - now_ms) / 1000
        when = f"in {left_s:.1f} s" if left_s > PROBE_S else "as soon as the line has time for it"
        yield f"{name} is dead: {state.misses} questions in a row without an answer; probed {when}"
    elif state.misses:
        yield f"{state.misses} questions in a row without an answer; dead from the third on"
    rest_s = (state.last_asked_at + state.quiet_ms - now_ms) / 1000
    if state.debts and state.mistakable and state.clearing is None and rest_s > 0:
        yield f"an answer is owed: what could be mistaken for it is not asked for {rest_s:.1f} s"


def _timing(source: Source, now_s: float) -> Iterator[str]:
    poller, plan = source.poller, source.plan
    poll = next((poll for poll in plan.polls if poll.id == poller.settings.id), None)
    if poll is not None and not plan.is_met(poll):
        at_worst = f"{plan.response_ms(poll):.0f} ms"
        yield f"line {plan.id} cannot keep its interval: a poll takes {at_worst} at worst (`fenceline plan`)"
    if source.cadence > 1:
        yield f"its registers are read at every {source.cadence}th poll only"
    if poller.asking_since is not None:
        under_way_s = now_s - poller.asking_since
        if under_way_s >= WAITING_S:
            others = max(0, source.line.core.depth - 1)
            yield f"a poll is under way for {duration(under_way_s)}, with {others} others on its line"
        return
    due_s = poller.state.due_at / 1000 - now_s
    if 0 < due_s < float("inf"):
        interval = f"every {span(poller.settings.every_ms)}" if poller.settings.every_ms else "back to back"
        yield f"the next poll is due in {due_s:.1f} s ({interval})"

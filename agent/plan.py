"""The bus budget: what the instruments of a line need of it, computed before anything is wired.

One exchange is the question and the answer at wire speed, the instrument's turnaround between
them, and the silence behind them. A cycle is one poll of every instrument. The line serves
questions in the order in which they came, and an address has one at a time in the queue; so
before each of its own questions, a poll waits for at most one question of every other
instrument. Where a whole cycle fits into the shortest interval, no poll waits longer than that.

Turnaround stands in no station file: TURNAROUND_MS is assumed, and `status` shows what was
measured beside it. Healthy instruments are meant, except where `dead` stands in a name.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from agent.media import framing_of, timing_of
from drivers import catalogue
from hal.doubt import DEAD_AFTER

if TYPE_CHECKING:  # agent.config uses this module
    from collections.abc import Iterable, Sequence

    from agent.config.model import InstrumentSettings, LineSettings
    from drivers.exchange import Request
    from hal.job import Timing

__all__ = ["TURNAROUND_MS", "LinePlan", "Poll", "plan_line", "plan_lines"]

TURNAROUND_MS = 20.0  # from the question's last byte to the answer's first; usual are 2 to 50 ms


@dataclass(frozen=True)
class Poll:
    """One poll of one instrument. every_ms: 0 polls back to back.

    longest_ms: its longest exchange. latency_ms: from a question's end to its answer's last byte,
    as `status` measures it. dead_ms: what a poll takes of the line while nothing answers. spared_ms: what
    a poll takes less on the average, where the driver asks some questions more seldom (`every` of a profile).
    """

    id: str
    every_ms: float
    requests: int
    bytes: int
    wire_ms: float
    silence_ms: float
    turnaround_ms: float
    longest_ms: float
    latency_ms: float
    dead_ms: float
    spared_ms: float = 0.0

    @property
    def poll_ms(self) -> float:
        """A poll that asks everything."""
        return self.wire_ms + self.silence_ms + self.turnaround_ms

    @property
    def mean_ms(self) -> float:
        return self.poll_ms - self.spared_ms


@dataclass(frozen=True)
class LinePlan:
    """One line and the polls on it, in the order of the file."""

    id: str
    polls: tuple[Poll, ...]

    @cached_property
    def cycle_ms(self) -> float:
        """Every instrument polled once, and asked everything: what is slow may fall due at the same time."""
        return sum(poll.poll_ms for poll in self.polls)

    @property
    def load(self) -> float:
        """Share of the line's time that the intervals take; above 1 they cannot be kept."""
        return sum(poll.mean_ms / poll.every_ms for poll in self.polls if poll.every_ms)

    @property
    def costliest_dead(self) -> Poll | None:
        """The instrument whose failure makes the cycle longest; None on an empty line."""
        return max(self.polls, key=lambda poll: poll.dead_ms - poll.poll_ms, default=None)

    @property
    def dead_cycle_ms(self) -> float:
        """The cycle while that instrument is dead, until the line only probes it."""
        poll = self.costliest_dead
        return self.cycle_ms - poll.poll_ms + poll.dead_ms if poll else 0.0

    @cached_property
    def _longest_ms(self) -> float:
        return sum(poll.longest_ms for poll in self.polls)

    @cached_property
    def _has_room(self) -> bool:
        """Whether every interval is at least a cycle; back to back, a line is never done."""
        return all(poll.every_ms >= self.cycle_ms for poll in self.polls)

    def turns_ms(self, poll: Poll) -> float:
        """The poll when each of its questions waits for one of every other instrument."""
        return poll.poll_ms + poll.requests * (self._longest_ms - poll.longest_ms)

    def response_ms(self, poll: Poll) -> float:
        """From a poll's due time to its end, at worst."""
        turns_ms = self.turns_ms(poll)
        return min(turns_ms, self.cycle_ms) if self._has_room else turns_ms

    def is_met(self, poll: Poll) -> bool:
        """Whether each poll ends before the next is due. Back to back there is nothing to miss."""
        return not poll.every_ms or self.response_ms(poll) <= poll.every_ms

    @property
    def unmet(self) -> tuple[Poll, ...]:
        """The instruments whose intervals cannot be met. Empty only where `load` is 1 or less."""
        return tuple(poll for poll in self.polls if not self.is_met(poll))


def plan_lines(
    lines: "Iterable[LineSettings]", instruments: "Sequence[InstrumentSettings]"
) -> tuple[LinePlan, ...]:
    """The plan of every line of a station file that has no errors."""
    return tuple(plan_line(line, [each for each in instruments if each.line == line.id]) for line in lines)


def plan_line(line: "LineSettings", instruments: "Iterable[InstrumentSettings]") -> LinePlan:
    """These instruments on this line, whatever line they name."""
    timings = [(each, timing_of(line, each)) for each in instruments]
    shortest_ms = min((timing.silence_ms for _, timing in timings), default=0.0)
    return LinePlan(line.id, tuple(_poll(line, each, timing, shortest_ms) for each, timing in timings))


def _poll(
    line: "LineSettings", settings: "InstrumentSettings", timing: "Timing", shortest_silence_ms: float
) -> Poll:
    """Between frames of different speed the longer silence is due: the slower instrument's, which then
    stands before its question, too. shortest_silence_ms: of anybody on the line."""
    framing = framing_of(line.medium, settings.mode)
    driver = catalogue.create(
        settings.profile or settings.driver, settings.address, settings.settings, framing
    )
    before_ms = timing.silence_ms - shortest_silence_ms
    exchanges = [_exchange(request, settings, timing, before_ms) for request in driver.questions()]
    took_ms = [each.bytes * timing.char_ms + each.silence_ms + each.turnaround_ms for each in exchanges]
    cadence = getattr(driver, "cadence", (1,) * len(exchanges))
    return Poll(
        id=settings.id,
        every_ms=settings.every_ms,
        requests=len(exchanges),
        bytes=sum(each.bytes for each in exchanges),
        wire_ms=sum(each.bytes for each in exchanges) * timing.char_ms,
        silence_ms=sum(each.silence_ms for each in exchanges),
        turnaround_ms=sum(each.turnaround_ms for each in exchanges),
        longest_ms=max(took_ms),
        latency_ms=max(each.latency_ms for each in exchanges),
        dead_ms=exchanges[0].dead_ms,  # silence at the first question ends the poll
        spared_ms=sum(ms * (1 - 1 / every) for ms, every in zip(took_ms, cadence, strict=True)),
    )


@dataclass(frozen=True)
class _Exchange:
    bytes: int
    silence_ms: float
    turnaround_ms: float
    latency_ms: float
    dead_ms: float


def _exchange(
    request: "Request", settings: "InstrumentSettings", timing: "Timing", before_ms: float
) -> _Exchange:
    asked, answered = len(request.encode()), request.expected or request.longest
    timeout_ms = request.timeout_ms or settings.timeout_ms
    turnaround_ms = min(TURNAROUND_MS, timeout_ms)  # a later answer would be none
    # An address found dead meanwhile is not asked again in the same poll.
    tries = min(1 + settings.retries, DEAD_AFTER) if request.repeatable else 1
    return _Exchange(
        bytes=asked + answered,
        silence_ms=before_ms + max(timing.silence_ms, request.settle_ms),
        turnaround_ms=turnaround_ms,
        latency_ms=turnaround_ms + answered * timing.char_ms,
        dead_ms=tries * (before_ms + asked * timing.char_ms + timeout_ms + timing.silence_ms),
    )

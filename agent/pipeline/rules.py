"""Which rules look at what: at readings, at averages, at the time that passes."""

from collections.abc import Iterable

from agent.pipeline.conditions import PART_OVER_RANGE, Running
from agent.pipeline.explained import Explained
from agent.pipeline.instant import Instant
from agent.pipeline.limit import Limit, Verdict
from agent.pipeline.periods import RAW
from store.averages import Average
from store.rows import Reading

__all__ = ["Rules"]


class Rules:
    """limits: the station's rules; phases: those that a channel tells."""

    def __init__(self, limits: Iterable[Limit], phases: Iterable[Running] = ()) -> None:
        self.limits = list(limits)
        self._timed = [limit for limit in self.limits if limit.condition.timed]
        self._phases: dict[str, list[Running]] = {}  # by channel
        self._limits: dict[tuple[str, str], list[Limit]] = {}  # by what they are on, and channel
        for phase in phases:
            self._phases.setdefault(phase.channel, []).append(phase)
        for limit in self.limits:
            for channel in limit.channels:
                self._limits.setdefault((limit.on, channel), []).append(limit)
        self._judged_up_to: dict[tuple[str, str], int] = {}  # end of the last window, by period and channel
        self._begun = False

    def take(self, reading: Reading) -> list[Verdict]:
        """A reading, and what becomes of rules on readings."""
        for phase in self._phases.get(reading.channel, ()):
            phase.take(reading)
        verdicts = self._judged(RAW, reading)
        return verdicts if self._begun else verdicts + self.tick(reading.t, reading.mono)

    def take_average(self, channel: str, period: str, average: Average, mono: int) -> list[Verdict]:
        """An average that is over, and what becomes of rules on it. mono: monotonic ms of now.

        A rule judges a window once: one that is computed anew belongs to the archive.
        """
        if (period, channel) not in self._limits:
            return []
        judged = self._judged_up_to.get((period, channel))
        if average.revision and judged is not None and average.end <= judged:
            return []
        self._judged_up_to[period, channel] = average.end
        return self._judged(period, reading_of(channel, average, mono))

    def tick(self, t: int, mono: int) -> list[Verdict]:
        """Time passes. t, mono: UTC and monotonic ms."""
        self._begun = True
        verdicts = [limit.pass_time(t, mono) for limit in self._timed]
        return [verdict for verdict in verdicts if verdict is not None]

    def explain(self, channel: str, now: Instant) -> list[Explained]:
        """The rules that look at this channel, in the order of the file."""
        return [limit.explain(now) for limit in self.limits if channel in limit.channels]

    def due_ms(self) -> int | None:
        """Before this moment no tick does anything; None: no rule waits for time."""
        return min(
            (due for due in (limit.due_ms() for limit in self._timed) if due is not None), default=None
        )

    def _judged(self, on: str, reading: Reading) -> list[Verdict]:
        verdicts = [limit.judge(reading) for limit in self._limits.get((on, reading.channel), ())]
        return [verdict for verdict in verdicts if verdict is not None]


def reading_of(channel: str, average: Average, mono: int) -> Reading:
    """An average as rules see it: at the end of its window, N where it is valid.

    What was over range is not in a mean, which is then too low: a valid one says so, and can still prove that
    a limit is exceeded; one that is not valid is over range itself.
    """
    over, value = "T" in average.left_out, average.value
    flag = average.flag if average.valid or not over else "T"
    conditions = (PART_OVER_RANGE,) if average.valid and over else ()
    return Reading(
        channel, average.end, mono, average.trusted, value if average.valid else None, None, flag, conditions
    )

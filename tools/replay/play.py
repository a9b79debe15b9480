"""Virtual time: recorded samples through a pipeline, as fast as it goes."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from agent.pipeline.limit import Verdict
from agent.pipeline.pipeline import Outcome, Pipeline
from store.rows import Reading
from tools.replay.recording import Plain

__all__ = ["play"]

TICKS_MAX = 10_000  # at one moment: half a million windows
PAST_THE_END_MS = 25 * 3_600_000  # every window that the last sample is in has ended by then


def play(
    pipeline: Pipeline, rows: Iterable[Plain], until_ms: int | None = None
) -> Iterator[tuple[int, Outcome]]:
    """What came out, and at what time (UTC ms); nothing is said of moments at which nothing did.

    rows: in the order of time. Monotonic time is UTC here: nobody sets the clock of a recording.
    until_ms: where time ends; None: when all that the last sample is in has come to its end.
    """
    t = 0
    for t, samples in groupby(rows, key=itemgetter(0)):
        if until_ms is not None and t > until_ms:
            break
        yield from _wait(pipeline, t)
        for readings in _answers(samples):
            yield t, pipeline.take(readings)
    if until_ms is not None:
        yield from _wait(pipeline, until_ms)
        return
    for now_ms, outcome in _wait(pipeline, t + PAST_THE_END_MS):
        yield now_ms, outcome._replace(verdicts=[each for each in outcome.verdicts if _is_recorded(each)])


def _is_recorded(verdict: Verdict) -> bool:
    """Not one of a rule that is about the time itself: behind its end there is no data in any recording."""
    return not verdict.limit.condition.timed


def _wait(pipeline: Pipeline, until_ms: int) -> Iterator[tuple[int, Outcome]]:
    """Time passes, up to that moment and including it."""
    due_ms, again = pipeline.due_ms(), 0
    while due_ms is not None and due_ms <= until_ms:
        yield due_ms, pipeline.tick(due_ms, due_ms)
        before_ms, due_ms = due_ms, pipeline.due_ms()
        again = again + 1 if due_ms == before_ms else 0  # of much that ends at one moment, a tick does a part
        assert again < TICKS_MAX, f"{again} ticks at {before_ms} left it due"


def _answers(samples: Iterable[Plain]) -> Iterable[list[Reading]]:
    """Samples of one moment by instrument, as they were answered."""
    answers: dict[str, list[Reading]] = {}
    for t, _, channel, value, flag, conditions, trusted in samples:
        causes = tuple(conditions.split("; ")) if conditions else ()
        reading = Reading(channel, t, t, trusted, value, None, flag, causes)
        answers.setdefault(channel.partition(".")[0], []).append(reading)
    return answers.values()

"""A value that does not move: a frozen instrument, a blocked inlet, a gateway that repeats its last answer.

A run is flat as long as each N stays within so much of the run's first. Over range and doubtful data say
nothing; where there was no N for half of the span, nobody has looked, and the run begins anew.
"""

from collections.abc import Hashable
from typing import Any, NamedTuple

from agent.pipeline.conditions.condition import HIGH, LOW, Condition, Seen, part_of
from agent.pipeline.conditions.reads import difference, number_of, saved_int, saved_number
from store.rows import Reading

__all__ = ["Flat"]


class _Run(NamedTuple):
    """Of readings that stay by the first: its value, and the monotonic ms of the first and of the last."""

    value: float
    since: int
    last: int


class Flat(Condition):
    """within >= 0: how far a value may move and is flat still. span_ms: for how long, to count."""

    def __init__(self, within: float, span_ms: int) -> None:
        self.limit = self._within = within
        self._span_ms = span_ms
        self._run: _Run | None = None

    def see(self, reading: Reading) -> Seen | None:
        value, now = number_of(reading), reading.mono
        if value is None:
            return None
        run = self._run
        if run is None or 2 * (now - run.last) > self._span_ms or self._moves(run.value, value):
            run = _Run(value, now, now)
        self._run = run = run._replace(last=now)
        flat = now - run.since >= self._span_ms
        cause = (
            f"within {self._within:g} of {run.value:g} for {self._span_ms / 1000:g} s" if flat else "it moves"
        )
        return Seen(HIGH if flat else LOW, value, reading.flag, cause)

    def _moves(self, first: float, value: float) -> bool:
        return abs(difference(value, first)) > self._within

    def mark(self) -> Hashable:
        return None if self._run is None else self._run.last // part_of(self._span_ms)

    def snapshot(self) -> dict[str, Any]:
        return {} if self._run is None else {"run": list(self._run)}

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        if "run" in saved:
            value, since, last = saved["run"]
            self._run = _Run(saved_number(value), saved_int(since) + shift_ms, saved_int(last) + shift_ms)

"""What a replay tells: a line of JSON for each average and each alarm transition, and a summary."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from agent.pipeline.averaging import Averaged
from agent.pipeline.limit import Verdict
from agent.pipeline.pipeline import Outcome, Pipeline

__all__ = ["Told"]


class Told:
    """Follows the outcomes of one replay."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._states = {limit.alarm.id: limit.alarm.state for limit in pipeline.limits}
        self._transitions: dict[str, Counter[str]] = {rule: Counter() for rule in self._states}
        self.averages = 0  # told of

    def lines(self, outcomes: Iterable[tuple[int, Outcome]]) -> Iterator[str]:
        """In the order in which they came about."""
        for _, outcome in outcomes:
            for averaged in outcome.averages:
                self.averages += 1
                yield _line(_average(averaged))
            for verdict in outcome.verdicts:
                if verdict.change is not None:
                    yield _line(self._alarm(verdict))

    def alarms(self) -> dict[str, dict[str, Any]]:
        """By rule: how often it was raised, all its transitions, and its state at the end."""
        return {
            rule: {"raised": seen["raised"], "transitions": dict(seen), "state": self._states[rule]}
            for rule, seen in self._transitions.items()
        }

    def _alarm(self, verdict: Verdict) -> dict[str, Any]:
        assert verdict.change is not None
        rule, state = verdict.limit.alarm.id, str(verdict.state["state"])
        before, self._states[rule] = self._states[rule], state
        self._transitions[rule][verdict.change.transition] += 1
        return {
            "kind": "alarm",
            "rule": rule,
            "from": before,
            "to": state,
            "time": verdict.t,
            "value": verdict.change.value,
        }


def _average(averaged: Averaged) -> dict[str, Any]:
    channel, period, average = averaged
    return {
        "kind": "average",
        "channel": channel,
        "period": period,
        "start": average.start,
        "end": average.end,
        "value": average.value,
        "min": average.min,
        "max": average.max,
        "count": average.counted,
        "expected": average.expected,
        "valid": average.valid,
        "flag": average.flag,
        "left_out": average.left_out,
        "rev": average.revision,
    }


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"

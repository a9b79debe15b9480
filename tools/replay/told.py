"""What a replay tells: a line of JSON for each average and each alarm transition, and a summary."""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from math import inf
from operator import itemgetter
from typing import Any

from agent.pipeline.averaging import GRACE_MS, Averaged
from agent.pipeline.limit import Verdict
from agent.pipeline.pipeline import Outcome, Pipeline

__all__ = ["Told"]

TIME = itemgetter(0)
HELD_MS = 2 * GRACE_MS  # a window is told so long behind its end at most


class Told:
    """Follows the outcomes of one replay."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.averages: Counter[str] = Counter()  # by period
        self._states = {limit.alarm.id: limit.alarm.state for limit in pipeline.limits}
        self._transitions: dict[str, Counter[str]] = {rule: Counter() for rule in self._states}
        self._held: list[tuple[int, str]] = []  # with their time, in the order of coming
        self._first_ms: float = inf  # the earliest of these times

    def lines(self, outcomes: Iterable[tuple[int, Outcome]]) -> Iterator[str]:
        """In the order of time, which for a window is its end."""
        for now_ms, outcome in outcomes:
            for averaged in outcome.averages:
                self.averages[averaged.period] += 1
                self._hold(averaged.average.end, _average(averaged))
            for verdict in outcome.verdicts:
                if verdict.change is not None:
                    self._hold(verdict.t, self._alarm(verdict))
            if self._first_ms <= now_ms - HELD_MS:
                yield from self._up_to(now_ms - HELD_MS)
        yield from self._up_to(inf)

    def alarms(self) -> dict[str, dict[str, Any]]:
        """By rule: how often it was raised, all its transitions, and its state at the end."""
        return {
            rule: {"raised": seen["raised"], "transitions": dict(seen), "state": self._states[rule]}
            for rule, seen in self._transitions.items()
        }

    def _hold(self, t: int, line: str) -> None:
        self._held.append((t, line))
        self._first_ms = min(self._first_ms, t)

    def _up_to(self, t: float) -> list[str]:
        self._held.sort(key=TIME)
        over = bisect_right(self._held, t, key=TIME)
        told, self._held = self._held[:over], self._held[over:]
        self._first_ms = self._held[0][0] if self._held else inf
        return [line for _, line in told]

    def _alarm(self, verdict: Verdict) -> str:
        assert verdict.change is not None
        rule, state = verdict.limit.alarm.id, str(verdict.body()["state"])
        before, self._states[rule] = self._states[rule], state
        self._transitions[rule][verdict.change.transition] += 1
        row = {
            "kind": "alarm",
            "rule": rule,
            "from": before,
            "to": state,
            "time": verdict.t,
            "value": verdict.change.value,
        }
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def _average(averaged: Averaged) -> str:
    """There are many of these: written by hand, a third of the time."""
    channel, period, each = averaged
    return (
        f'{{"kind":"average","channel":{_text(channel)},"period":{_text(period)},"start":{each.start},'
        f'"end":{each.end},"value":{_number(each.value)},"min":{_number(each.min)},"max":{_number(each.max)},'
        f'"count":{each.counted},"expected":{each.expected},"valid":{"true" if each.valid else "false"},'
        f'"flag":"{each.flag}","left_out":"{each.left_out}"}}\n'
    )


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)


@cache
def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

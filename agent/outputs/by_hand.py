"""What people do to an output: put it to the test for a while, and silence a horn. Pure, time injected.

Neither outlives the agent: after a restart a horn sounds for all that is still to be heard, whoever had
silenced it. A real alarm beats a test; and silence covers what stood when it was asked for, nothing else.
"""

from collections.abc import Iterable
from typing import NamedTuple

from agent.outputs.position import ALARM, SILENCED, TEST, Position, Reason

__all__ = ["ByHand", "Doing"]


class Doing(NamedTuple):
    """Who asked for it, and when it ends, in ms of the monotonic clock."""

    by: str
    until_ms: float


class ByHand:
    """One output's test and silence."""

    def __init__(self) -> None:
        self._test: Doing | None = None
        self._silence: Doing | None = None
        self._covered: set[Reason] = set()

    def begin_test(self, by: str, until_ms: float) -> None:
        """From now on until then, whatever was asked for before."""
        self._test = Doing(by, until_ms)

    def end_test(self, now_ms: float | None = None) -> Doing | None:
        """The test that is over now, once; None: whichever runs is."""
        ended = self._test
        if ended is None or (now_ms is not None and now_ms < ended.until_ms):
            return None
        self._test = None
        return ended

    def begin_silence(self, reasons: Iterable[Reason], by: str, until_ms: float) -> None:
        """Of all that stands now."""
        self._silence, self._covered = Doing(by, until_ms), set(reasons)

    def position(self, where: Position, reasons: list[Reason], now_ms: float) -> Position:
        """Where the output is to be. reasons: all that puts it into alarm; where: what they make of it."""
        self._forget(reasons, now_ms)
        loud = [reason for reason in reasons if reason not in self._covered]
        if loud:
            return Position(ALARM, loud[0].text)
        if self._test is not None:
            return Position(TEST, f"asked for by {self._test.by}")
        if reasons and self._silence is not None:
            return Position(SILENCED, f"{reasons[0].text}, by {self._silence.by}")
        return where

    def left_s(self, where: Position, now_ms: float) -> float | None:
        """How long the output stays so by hand; None where it is there by itself."""
        doing = {TEST: self._test, SILENCED: self._silence}.get(where.position)
        return None if doing is None else round(max(0.0, doing.until_ms - now_ms) / 1000, 1)

    def _forget(self, reasons: list[Reason], now_ms: float) -> None:
        """What is over was silenced for good: when it comes again it is heard."""
        if self._silence is None:
            return
        self._covered &= set(reasons)
        if now_ms >= self._silence.until_ms or not self._covered:
            self._silence, self._covered = None, set()

"""A number against an upper or a lower limit, with its deadband; it may depend on the phase of the work."""

from collections.abc import Hashable, Sequence
from typing import Any

from agent.pipeline.conditions.condition import BETWEEN, HIGH, LOW
from agent.pipeline.conditions.phases import Phase

__all__ = ["Comparison"]


class Comparison:
    """limit: where no phase holds. deadband >= 0: how far behind the limit a value must go to be over.

    below: a lower limit, else an upper one. during: limits of phases; the first that holds counts.
    """

    def __init__(
        self,
        limit: float,
        deadband: float = 0.0,
        *,
        below: bool = False,
        during: Sequence[tuple[Phase, float]] = (),
    ) -> None:
        self.limit = limit  # the one that counted last
        self._otherwise, self._deadband, self._below, self._during = limit, deadband, below, tuple(during)

    def side_of(self, value: float, t: int) -> tuple[str, str]:
        """(side, cause). t: UTC ms, for the phases."""
        during = self.look(t)
        if self._below:
            over = self.limit + self._deadband
            if value < self.limit:
                return HIGH, f"below {self.limit:g}{during}"
            return (LOW if value >= over else BETWEEN), f"at or above {over:g}{during}"
        under = self.limit - self._deadband
        if value > self.limit:
            return HIGH, f"above {self.limit:g}{during}"
        return (LOW if value <= under else BETWEEN), f"at or below {under:g}{during}"

    def look(self, t: int) -> str:
        """Which limit holds at t (UTC ms): it is `limit` then. The phase for people, or nothing."""
        for phase, limit in self._during:
            if phase.holds(t):
                self.limit = limit
                return f" ({phase.id})"
        self.limit = self._otherwise
        return ""

    def mark(self) -> Hashable:
        return tuple(phase.held for phase, _ in self._during)

    def snapshot(self) -> dict[str, Any]:
        """Phases that a channel tells, so that a restart does not fall back on the other limit."""
        held = {phase.id: phase.held for phase, _ in self._during if phase.held is not None}
        return {"phases": held} if held else {}

    def restore(self, saved: dict[str, Any]) -> None:
        """Raises ValueError for what is none."""
        held = saved.get("phases", {})
        if not isinstance(held, dict) or not all(isinstance(each, bool) for each in held.values()):
            raise ValueError(f"{held!r} are no phases")
        for phase, _ in self._during:
            if phase.id in held:
                phase.recall(held[phase.id])

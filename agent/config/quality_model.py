"""What the station file says of the quality of values: plausibility checks and calibrations."""

from dataclasses import dataclass

__all__ = ["CHECKS", "CheckSettings"]

CHECKS = ("range", "rate", "stuck", "spike")  # as `keep_out` names them


@dataclass(frozen=True)
class CheckSettings:
    """One [[check]], in its channel's unit; what is None is not checked.

    max_rate: most change per minute. stuck_for_ms: how long a value may stay within `stuck_within` of itself;
    one at or below `stuck_above` never counts as stuck. spike: most difference from the median of the five
    values before. keep_out: the checks, of CHECKS, that keep a value out of averages. gap_ms: without a
    usable value for longer, what came before says nothing.
    """

    channel: str
    low: float | None = None
    high: float | None = None
    max_rate: float | None = None
    stuck_for_ms: int | None = None
    stuck_within: float = 0.0
    stuck_above: float | None = None
    spike: float | None = None
    keep_out: tuple[str, ...] = ()
    gap_ms: int = 10_000

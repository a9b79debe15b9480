"""What the station file says of the quality of values: plausibility checks and calibrations."""

from dataclasses import dataclass

__all__ = ["CHECKS", "CalibrationSettings", "CheckSettings"]

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


@dataclass(frozen=True)
class CalibrationSettings:
    """One [[calibration]], in its channel's unit; what is None is not asked for.

    zero_drift, span_drift: how far a reading of the gas may be from it; in percent of full_scale where
    is_percent. every_ms: from one good calibration to the next. recovery_ms: after one the channel stays C.
    """

    channel: str
    unit: str
    full_scale: float | None = None
    zero_gas: float = 0.0
    span_gas: float | None = None
    zero_drift: float | None = None
    span_drift: float | None = None
    is_percent: bool = True
    every_ms: int | None = None
    recovery_ms: int = 0
    source: str | None = None

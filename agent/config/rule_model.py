"""What the station file says of rules: plain frozen values."""

from dataclasses import dataclass, field

from agent.config.alarm_model import Suppression

__all__ = ["PhaseSettings", "RuleSettings", "WindSettings"]


@dataclass(frozen=True)
class WindSettings:
    """bearings: degrees, of the rule's channel and of `others`. direction, speed: channels.

    calm: m/s; sector: degrees to either side.
    """

    bearings: tuple[float, ...]
    direction: str
    speed: str
    calm: float
    sector: float


@dataclass(frozen=True)
class RuleSettings:
    """One [[rule]].

    above or below: the limit, in `unit`; none of flat and no-data, whose level is "fault". limit: the id in
    agent.limits that `above` comes from; None where the file has the number itself. latch: held until
    somebody resets it. kind, on: as in the file. during: limits by phase, the first that holds counts.
    per_day: exceedances that are allowed. background: "lowest", "median" or "own lowest". fresh_ms: of rules
    that look at several channels, how old a reading of each may be.
    """

    id: str
    channel: str
    above: float | None
    level: str
    unit: str
    deadband: float = 0.0
    on_delay_ms: int = 0
    off_delay_ms: int = 0
    limit: str | None = None
    latch: bool = False
    suppress_when: Suppression | None = None
    kind: str = "value"
    on: str = "raw"
    below: float | None = None
    during: tuple[tuple[str, float], ...] = ()
    per_day: int | None = None
    span_ms: int = 0
    within: float = 0.0
    others: tuple[str, ...] = ()
    background: str | None = None
    wind: WindSettings | None = None
    fresh_ms: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PhaseSettings:
    """One [[phase]]: from start_min to end_min of the local day, or while `channel` is beyond `limit`."""

    id: str
    start_min: int = 0
    end_min: int = 0
    channel: str | None = None
    limit: float = 0.0
    deadband: float = 0.0
    below: bool = False

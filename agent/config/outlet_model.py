"""An [[outlet]], read and checked."""

from dataclasses import dataclass

__all__ = ["FactorSettings", "Operating", "OutletSettings"]


@dataclass(frozen=True)
class FactorSettings:
    """What is measured of one factor. above: an hour mean above it is too much, in `unit`, the channel's.

    limit: the id in agent.limits that `above` comes from; None where the file has the number itself.
    lacking: what that limit refers to, where nothing says that the channel does.
    """

    factor: str
    channel: str
    above: float
    unit: str
    limit: str | None = None
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operating:
    """The outlet operates while the hour mean of `channel` is above, or below, a number; one of both."""

    channel: str
    above: float | None = None
    below: float | None = None

    def holds(self, value: float) -> bool:
        if self.above is not None:
            return value > self.above
        return self.below is not None and value < self.below

    def __str__(self) -> str:
        side, bound = ("above", self.above) if self.above is not None else ("below", self.below)
        return f"{self.channel} {side} {bound:g}"


@dataclass(frozen=True)
class OutletSettings:
    """One [[outlet]]. operating: None where the file does not say when it operates."""

    id: str
    factors: tuple[FactorSettings, ...]
    operating: Operating | None = None

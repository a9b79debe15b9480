"""A [[conversion]], read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["ConversionSettings", "Input", "Step"]


class Step(NamedTuple):
    """A constant factor of a conversion. what: for people, with its source."""

    what: str
    value: float


class Input(NamedTuple):
    """Another channel that a conversion takes. role: the key that names it; scale: to that key's unit."""

    role: str
    channel: str
    scale: float


@dataclass(frozen=True)
class ConversionSettings:
    """One [[conversion]]: the channel `id`, computed from `channel` and other inputs.

    factors: the constant ones. inputs: channels; constants: numbers in the place of one, by role, in the
    units of agent.pipeline.conversion. noise: in the unit of `channel`. base_o2, max_o2: % by volume.
    mark: the condition of each of its values. state: what its unit refers to, of concentration.CELSIUS, None
    where it has none or nobody says; is_dry: that it is of dry gas.
    """

    id: str
    channel: str
    unit: str
    factors: tuple[Step, ...] = ()
    inputs: tuple[Input, ...] = ()
    constants: Mapping[str, float] = field(default_factory=dict)
    noise: float = 0.0
    base_o2: float | None = None
    max_o2: float = 19.0
    max_age_ms: int = 10_000
    mark: str | None = None
    compound: str | None = None
    state: str | None = None
    is_dry: bool = False

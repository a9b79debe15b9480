"""How averages are formed, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["AverageSettings", "AveragesSettings"]


@dataclass(frozen=True)
class AverageSettings:
    """Of one channel. readings, minutes: percent of what is due."""

    readings: int = 75
    minutes: int = 75
    hours_of_8: int = 6
    hours_of_day: int = 20
    samples: int = 0
    direction: bool = False


@dataclass(frozen=True)
class AveragesSettings:
    """Of the station. rolling: periods beside the usual ones; channels: by id, all of them."""

    rolling: tuple[str, ...] = ()
    channels: Mapping[str, AverageSettings] = field(default_factory=dict)

    def of(self, channel: str) -> AverageSettings:
        return self.channels.get(channel, AverageSettings())

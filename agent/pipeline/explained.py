"""What a stage says of what it made of one channel's last reading: for a person, and for programs.

Every stage has `explain`, which says it from what the stage knows anyway: explaining costs nothing until
somebody asks. Times are told as durations, since a person reads them now.
"""

from collections.abc import Mapping
from typing import NamedTuple

from store.rows import Reading

__all__ = ["Explained", "value_text"]


class Explained(NamedTuple):
    """stage: its name, the same for every channel; channel: whose; text: lines for a person; facts: JSON."""

    stage: str
    channel: str
    text: tuple[str, ...]
    facts: Mapping[str, object] = {}

    def row(self) -> dict[str, object]:
        """JSON-able."""
        return {**self.facts, "stage": self.stage, "channel": self.channel, "text": list(self.text)}


def value_text(reading: Reading, unit: str = "") -> str:
    """Value, flag and why, as in "20.9 ppm, flag N"."""
    value = "no value" if reading.value is None else f"{reading.value:.9g}"
    said = f"{value} {unit}".rstrip() + f", flag {reading.flag}"
    return f"{said}: {', '.join(reading.conditions)}" if reading.conditions else said

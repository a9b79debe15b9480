"""What the station file says of the life of alarms: plain frozen values."""

from dataclasses import dataclass

__all__ = ["ABOVE", "BELOW", "DEFAULT_SHELF", "IS", "STANDS", "Shelf", "Suppression"]

STANDS, ABOVE, BELOW, IS = "stands", "above", "below", "is"


@dataclass(frozen=True)
class Shelf:
    """[alarms]: for how long an alarm is shelved where nobody says, and at most."""

    usual_ms: int = 3_600_000
    longest_ms: int = 12 * 3_600_000


DEFAULT_SHELF = Shelf()


@dataclass(frozen=True)
class Suppression:
    """`suppress_when` of a [[rule]]. test: STANDS, and `of` is another rule; else `of` is a channel, whose
    value is ABOVE or BELOW `value`, or whose flag IS one of the letters `flags`."""

    of: str
    test: str = STANDS
    value: float = 0.0
    flags: str = ""

    def __str__(self) -> str:
        if self.test == STANDS:
            return f"{self.of} stands"
        return f"{self.of} {self.test} {self.flags if self.test == IS else format(self.value, 'g')}"

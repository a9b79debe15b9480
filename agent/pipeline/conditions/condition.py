"""What every condition of a rule is: a reading in, the side it puts the alarm on out. Pure, time injected."""

from typing import NamedTuple, Protocol

from store.rows import Reading

__all__ = ["BETWEEN", "HIGH", "LOW", "Condition", "Seen"]

HIGH, LOW, BETWEEN = "high", "low", "between"  # it stands; it is over; inside the deadband


class Seen(NamedTuple):
    """side: HIGH, LOW or BETWEEN. value: what was held against the limit; flag: of what it came from;
    cause: for people."""

    side: str
    value: float | None
    flag: str
    cause: str


class Condition(Protocol):
    """One kind of [[rule]]."""

    @property
    def limit(self) -> float | None:
        """What the value is held against now."""
        ...

    def see(self, reading: Reading) -> Seen | None:
        """Take one reading; None where it says nothing about the condition, so that the alarm holds."""
        ...

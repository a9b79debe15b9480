"""What every condition of a rule is: a reading in, the side it puts the alarm on out. Pure, time injected."""

from collections.abc import Hashable
from typing import Any, NamedTuple

from store.rows import Reading

__all__ = ["BETWEEN", "HIGH", "LOW", "Condition", "Seen", "part_of"]

HIGH, LOW, BETWEEN = "high", "low", "between"  # it stands; it is over; inside the deadband
PARTS = 60  # of a span: what a kill costs at most, and the grain of what is remembered of it
LEAST_PART_MS = 10_000


class Seen(NamedTuple):
    """side: HIGH, LOW or BETWEEN. value: what was held against the limit; flag: of what it came from;
    cause: for people."""

    side: str
    value: float | None
    flag: str
    cause: str


class Condition:
    """One kind of [[rule]].

    channels: whose readings it takes, the rule's own first; () means the rule's own alone. limit: what the
    value is held against now. timed: whether time that passes without a reading means something to it.
    Monotonic times, in ms, are its only ones; days alone are counted in UTC.
    """

    channels: tuple[str, ...] = ()
    limit: float | None = None
    timed = False

    def see(self, reading: Reading) -> Seen | None:
        """Take one reading; None where it says nothing about the condition, so that the alarm holds."""
        raise NotImplementedError

    def pass_time(self, t: int, mono: int) -> Seen | None:
        """What the time alone says. t, mono: UTC and monotonic ms."""
        return None

    def due_ms(self) -> int | None:
        """Before this moment time alone says nothing new; None: it waits for a reading."""
        return None

    def mark(self) -> Hashable:
        """Another one as soon as what it remembers is worth being written down."""
        return None

    def snapshot(self) -> dict[str, Any]:
        """What must survive a kill, JSON-able."""
        return {}

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        """Take up where a snapshot left off.

        now_ms: monotonic; shift_ms: from the monotonic times of the snapshot to those of now. Raises
        ValueError, TypeError or LookupError for what is no snapshot, and is then as it was.
        """


def part_of(span_ms: int) -> int:
    """How much of a span may go by before what is remembered of it is written down anew."""
    return max(span_ms // PARTS, LEAST_PART_MS)

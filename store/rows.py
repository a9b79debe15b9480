"""What the journal keeps: readings and events, as plain rows. Times are milliseconds."""

from typing import Any, NamedTuple

__all__ = ["KEPT_OUT", "Event", "Reading"]

KEPT_OUT = "kept out of averages"  # the condition of a reading that enters none, though it is N


class Reading(NamedTuple):
    """One channel at one moment, before it has its sequence number.

    t: UTC of the answer's last byte; mono: the same moment on the monotonic clock.
    trusted: whether UTC was trusted then. value: converted, raw: as the instrument said it
    (None where both are the same number). flag: one letter of HJ 212. conditions: causes.
    """

    channel: str
    t: int
    mono: int
    trusted: bool
    value: float | None
    raw: float | None
    flag: str
    conditions: tuple[str, ...] = ()


class Event(NamedTuple):
    """Something a person or the platform must know: alarm, gap, fault.

    kind: what it is (`alarm`, `gap`, `fault`, ...); id: unique in this log, the same when an
    event that went out undurable is delivered again from disk; body: JSON-able details.
    """

    kind: str
    id: str
    t: int
    mono: int
    trusted: bool
    body: dict[str, Any]

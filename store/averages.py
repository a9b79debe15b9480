"""A window's value, as it is archived: what the readings of a minute, an hour or a day came to."""

from typing import NamedTuple

__all__ = ["Average"]


class Average(NamedTuple):
    """One channel over start <= t < end (UTC ms).

    value: the mean; min, max: of what went into it; all None where nothing did. counted: how much
    did, samples or valid lower windows; expected: how much was due, 0 where that is not known.
    valid: enough did. flag: N, or why it is not valid, one letter of HJ 212. left_out: the flags of
    readings that did not count, each once. trusted: whether UTC was, at every reading.
    revision: 0, and one more each time a window was computed anew and came out otherwise.
    """

    start: int
    end: int
    value: float | None
    min: float | None
    max: float | None
    counted: int
    expected: int
    valid: bool = True
    flag: str = "N"
    left_out: str = ""
    trusted: bool = True
    revision: int = 0

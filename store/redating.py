"""Readings whose time was wrong by a known amount, as the archive counts them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from store.journal import Journal
from store.rows import Reading

__all__ = ["CorrectionsOf", "Redating", "redated"]


class Redating(NamedTuple):
    """Readings first..last (seq) that were not trusted were taken offset_ms later than they say."""

    first: int
    last: int
    offset_ms: int


# What is known at this moment, in order of seq; called on the journal's thread.
CorrectionsOf = Callable[[Journal], Sequence[Redating]]


def redated(seq: int, reading: Reading, known: Sequence[Redating]) -> Reading:
    """The reading with its right time, where that is known."""
    if reading.trusted:
        return reading
    for each in known:
        if each.first <= seq <= each.last:
            return reading._replace(t=reading.t + each.offset_ms, trusted=True)
    return reading

"""A minute of readings as one row: what is kept of unsent readings when space runs out.

The readings of one channel and one flag in a minute become their mean, under the last one's number and
time, with their count, minimum and maximum. So a minute that was not all normal keeps a row of
each flag, and one of what was kept out of averages. Pure: no disk, no time of its own.
"""

import re
import zlib
from collections.abc import Callable, Hashable
from typing import NamedTuple

from store.rows import KEPT_OUT, Reading

__all__ = ["Mean", "Minutes", "holds_means", "mean_of"]

MINUTE_MS = 60_000
# How a row says that it is a mean. It stands among the conditions, since a row has no other place.
SAID = re.compile(r"mean of (\d+) readings(?:, (\S+) to (\S+))?")
SAID_IN_BODY = re.compile(rb'"mean of \d+ readings')


class Mean(NamedTuple):
    """What a thinned row stands for. min, max: None where the readings had no value."""

    readings: int
    min: float | None
    max: float | None


def mean_of(conditions: tuple[str, ...]) -> Mean | None:
    """What the conditions of a thinned row say, None of any other."""
    found = SAID.fullmatch(conditions[-1]) if conditions else None
    if found is None:
        return None
    count, low, high = found.groups()
    return Mean(int(count), None if low is None else float(low), None if high is None else float(high))


def holds_means(body: bytes) -> bool:
    """Whether the packed body of a batch has a mean among its readings. Raises zlib.error."""
    return SAID_IN_BODY.search(zlib.decompress(body)) is not None


class _Group:
    """Readings of one channel, minute and flag, summed up. seq, reading: the last one."""

    __slots__ = ("conditions", "count", "high", "low", "reading", "seq", "total")

    def __init__(self) -> None:
        self.count, self.total = 0, 0.0
        self.low, self.high = float("inf"), float("-inf")
        self.conditions: dict[str, None] = {}

    def add(self, seq: int, reading: Reading) -> None:
        self.seq, self.reading = seq, reading
        self.count += 1
        self.conditions.update(dict.fromkeys(reading.conditions))
        if reading.value is not None:
            self.total += reading.value
            self.low, self.high = min(self.low, reading.value), max(self.high, reading.value)

    def row(self) -> tuple[int, Reading]:
        """The reading itself where it is alone."""
        if self.count == 1:
            return self.seq, self.reading
        said = f"mean of {self.count} readings"
        value = None
        if self.reading.value is not None:
            value = min(max(self.total / self.count, self.low), self.high)
            said += f", {self.low!r} to {self.high!r}"
        conditions = (*self.conditions, said)
        return self.seq, self.reading._replace(value=value, raw=None, conditions=conditions)


class Minutes:
    """Readings of one boot, taken one after the other, as minutes.

    part_of: of a seq; readings of two parts never become one row (some of them may be owed to one
    destination, the others to two).
    """

    def __init__(self, part_of: Callable[[int], Hashable]) -> None:
        self._part_of = part_of
        self._groups: dict[Hashable, _Group] = {}

    def add(self, seq: int, reading: Reading) -> None:
        what = reading.channel, reading.t // MINUTE_MS, reading.flag, reading.trusted, reading.value is None
        # What is a mean already stays as it is.
        alone = seq if mean_of(reading.conditions) else None
        key = (self._part_of(seq), alone, KEPT_OUT in reading.conditions, *what)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group()
        group.add(seq, reading)

    def __len__(self) -> int:
        return len(self._groups)

    def rows(self) -> list[tuple[int, Reading]]:
        """(seq, reading) in order of seq."""
        return sorted((group.row() for group in self._groups.values()), key=lambda row: row[0])

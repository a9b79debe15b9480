"""Which sequence numbers: a set of integers kept as sorted, disjoint ranges.

Ten days of backlog are one pair of numbers here, not a list of a hundred million.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

__all__ = ["Pair", "Ranges"]

Pair = tuple[int, int]


class Ranges:
    """Integers as closed ranges (first, last), sorted, never touching each other."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._pairs: list[Pair] = []
        self._total = 0
        for first, last in pairs:
            self.add(first, last)

    def add(self, first: int, last: int) -> None:
        """Include first..last. Raises ValueError where last comes before first."""
        _check(first, last)
        low = bisect_left(self._pairs, first - 1, key=_last)  # the first range that reaches first - 1
        high = bisect_right(self._pairs, last + 1, key=_first)  # behind the last one that begins by last + 1
        joined = self._pairs[low:high]
        if joined:
            first, last = min(first, joined[0][0]), max(last, joined[-1][1])
        self._pairs[low:high] = [(first, last)]
        self._total += last - first + 1 - _size(joined)

    def update(self, pairs: Iterable[Pair]) -> None:
        """Include every range of another collection."""
        for first, last in list(pairs):
            self.add(first, last)

    def remove(self, first: int, last: int) -> int:
        """Exclude first..last; how many numbers were taken out.

        Raises ValueError where last comes before first.
        """
        _check(first, last)
        low = bisect_left(self._pairs, first, key=_last)
        high = bisect_right(self._pairs, last, key=_first)
        met = self._pairs[low:high]
        kept = []
        if met and met[0][0] < first:
            kept.append((met[0][0], first - 1))
        if met and met[-1][1] > last:
            kept.append((last + 1, met[-1][1]))
        self._pairs[low:high] = kept
        removed = _size(met) - _size(kept)
        self._total -= removed
        return removed

    def within(self, first: int, last: int) -> "Ranges":
        """Those of first..last that are in it."""
        found = Ranges()
        for low, high in self._pairs[bisect_left(self._pairs, first, key=_last) :]:
            if low > last:
                break
            found.add(max(low, first), min(high, last))
        return found

    def nth(self, at: int) -> int | None:
        """The number at that place, from 0 on; None where there are not so many."""
        for first, last in self._pairs:
            if at <= last - first:
                return first + at
            at -= last - first + 1
        return None

    def split(self, last: int) -> list[Pair]:
        """Take out all numbers up to `last`; they are given back as ranges."""
        taken = [(first, min(end, last)) for first, end in self._pairs if first <= last]
        for first, end in taken:
            self.remove(first, end)
        return taken

    def join_first(self, most: int) -> None:
        """Close the first holes until there are no more than `most` ranges."""
        while len(self._pairs) > max(1, most):
            self.add(self._pairs[0][0], self._pairs[1][1])

    def clear(self) -> None:
        self._pairs.clear()
        self._total = 0

    def first(self) -> Pair | None:
        """The lowest range; None where there is nothing."""
        return self._pairs[0] if self._pairs else None

    def last(self) -> Pair | None:
        """The highest range; None where there is nothing."""
        return self._pairs[-1] if self._pairs else None

    @property
    def total(self) -> int:
        """How many integers."""
        return self._total

    def to_json(self) -> list[list[int]]:
        """[[first, last], ...]"""
        return [[first, last] for first, last in self._pairs]

    @classmethod
    def from_json(cls, value: object) -> "Ranges":
        """What to_json() gave. Raises ValueError where it is something else."""
        if not isinstance(value, list):
            raise ValueError(f"ranges: expected a list of [first, last], got {value!r}")
        ranges = cls()
        for pair in value:
            if not (isinstance(pair, list) and len(pair) == 2 and all(type(n) is int for n in pair)):
                raise ValueError(f"ranges: expected [first, last], got {pair!r}")
            ranges.add(pair[0], pair[1])
        return ranges

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __contains__(self, number: int) -> bool:
        at = bisect_left(self._pairs, number, key=_last)
        return at < len(self._pairs) and self._pairs[at][0] <= number

    def __len__(self) -> int:
        """How many ranges."""
        return len(self._pairs)

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and self._pairs == other._pairs

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"Ranges({self._pairs!r})"


def _first(pair: Pair) -> int:
    return pair[0]


def _last(pair: Pair) -> int:
    return pair[1]


def _size(pairs: list[Pair]) -> int:
    return sum(last - first + 1 for first, last in pairs)


def _check(first: int, last: int) -> None:
    if last < first:
        raise ValueError(f"range {first}..{last}: the last number comes before the first")

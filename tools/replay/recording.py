"""Recorded samples in the order of time, however many: what does not fit into memory is sorted in parts."""

import heapq
import pickle
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from typing import IO

__all__ = ["Plain", "Recording"]

PART_ROWS = 200_000  # some 40 MB of memory
BATCH_ROWS = 1000


# One sample: UTC ms; line of the file, which decides between equal times; channel; value; flag; conditions,
# parted as `export` parts them; whether UTC was trusted. A plain tuple: it is read back faster.
Plain = tuple[int, int, str, float | None, str, str, bool]


class Recording:
    """Rows come in any order, and are given in the order of time, as often as they are asked for.

    part_rows: how many are held in memory.
    """

    def __init__(self, part_rows: int = PART_ROWS) -> None:
        self.rows = 0
        self.channels: set[str] = set()
        self._part_rows = part_rows
        self._open: list[Plain] = []
        self._spilled: list[_Part] = []

    def add(self, row: Plain) -> None:
        """Raises OSError where the disk has no room for what is too much for the memory."""
        self.rows += 1
        self.channels.add(row[2])
        self._open.append(row)
        if len(self._open) == self._part_rows:
            self._open.sort()
            self._spilled.append(_Part(self._open))
            self._open = []

    def __iter__(self) -> Iterator[Plain]:
        parts = self._parts()
        if all(before[-1] < after[0] for before, after in pairwise(parts)):
            return (row for part in parts for row in part)
        return heapq.merge(*parts)

    def extent(self) -> tuple[int, int] | None:
        """The first time and the last, UTC ms; None of nothing."""
        parts = self._parts()
        return (min(part[0][0] for part in parts), max(part[-1][0] for part in parts)) if parts else None

    def _parts(self) -> "list[_Part | list[Plain]]":
        self._open.sort()
        return [*self._spilled, *([self._open] if self._open else [])]

    def close(self) -> None:
        for part in self._spilled:
            part.close()


class _Part:
    """Sorted rows on the disk."""

    def __init__(self, rows: list[Plain]) -> None:
        self._ends = (rows[0], rows[-1])
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the recording
        for at in range(0, len(rows), BATCH_ROWS):
            pickle.dump(rows[at : at + BATCH_ROWS], self._file)
        self._size = self._file.tell()

    def __getitem__(self, place: int) -> Plain:
        """The first, 0, or the last, -1."""
        return self._ends[place]

    def __iter__(self) -> Iterator[Plain]:
        at = 0
        while at < self._size:
            self._file.seek(at)  # somebody else who reads it has moved it
            batch: list[Plain] = pickle.load(self._file)
            at = self._file.tell()
            yield from batch

    def close(self) -> None:
        self._file.close()

"""What somebody still needs of the journal, and what making room did (store/retention.py)."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from store.ranges import Pair, Ranges

__all__ = ["Gone", "Owed", "Progress", "Trimmed"]

END = 1 << 62


class Owed:
    """Who still needs which numbers.

    readings, events: of each destination, what it is owed. archived: the archive has all readings up to this
    seq; None: there is no archive. It needs the rest as a destination does, but is told nothing. marked: of
    which each reading is to be kept as it is, as long as nothing has to be dropped.
    """

    def __init__(
        self,
        readings: Iterable[Iterable[Pair]] = (),
        events: Iterable[Iterable[Pair]] = (),
        archived: int | None = None,
        marked: Iterable[Pair] = (),
    ) -> None:
        self.told, self.needed, self.events = Ranges(), Ranges(), Ranges()
        edges = set()
        for ranges in readings:
            for first, last in ranges:
                self.told.add(first, last)
                edges |= {first, last + 1}
        for ranges in events:
            self.events.update(ranges)
        self.needed.update(self.told)
        if archived is not None:
            self.needed.add(archived + 1, END)
            edges.add(archived + 1)
        self.archived = END if archived is None else archived
        self._edges, self.marked = sorted(edges), Ranges(marked)

    def part_of(self, seq: int) -> int:
        """All readings of one part are owed to the same, and may become one row."""
        return -seq if seq in self.marked else bisect_right(self._edges, seq)

    def free(self) -> Iterable[Pair]:
        """The ranges of which nobody needs the readings."""
        at = 0
        for first, last in self.needed:
            if at < first:
                yield at, first - 1
            at = last + 1
        yield at, END + 1


class Progress(NamedTuple):
    """How far making room has come, and what stands in its way.

    trimmed: no batch is left up to this seq. held: rows up to this one are still being saved from a
    damaged journal, 0 for none. last: the highest seq of a batch. thinned: batches up to this key are.
    looked: the events that were looked at, as store/dropping.py has it.
    """

    trimmed: int = 0
    held: int = 0
    last: int = 0
    thinned: int = 0
    looked: tuple[int, int, int] = (0, 0, 0)


class Trimmed(NamedTuple):
    """What one step did; '' where there was nothing to do.

    rows: that are gone; unsent: numbers that somebody was owed and that bear no row any more, as ranges,
    and how many rows of them went in this step; unarchived: readings that the archive had not taken yet.
    kept: rows that stand for thinned ones. t_first, t_last: UTC ms of the unsent ones, 0 for none.
    thinned, looked: as in Progress, now. more: there may be more to do: call again.
    """

    step: str = ""
    rows: int = 0
    unsent: tuple[Pair, ...] = ()
    unsent_count: int = 0
    unarchived: int = 0
    kept: int = 0
    t_first: int = 0
    t_last: int = 0
    thinned: int = 0
    looked: tuple[int, int, int] = (0, 0, 0)
    more: bool = False


class Gone:
    """Rows that are gone, as they are counted and named."""

    def __init__(self) -> None:
        self.unsent = Ranges()
        self._rows = self._unsent_rows = self._unarchived = 0
        self._times: list[int] = []

    def add(self, t: int, *, unsent: bool, unarchived: bool = False) -> None:
        """One row, taken at `t`."""
        self._rows += 1
        self._unarchived += unarchived
        if unsent:
            self._unsent_rows += 1
            self._times = [min([t, *self._times]), max([t, *self._times])]

    def add_unreadable(self, rows: int, unarchived: int) -> None:
        """So many rows that somebody was owed; nobody knows their times."""
        self._rows += rows
        self._unsent_rows += rows
        self._unarchived += unarchived

    def told(self, step: str, kept: int = 0, thinned: int = 0) -> Trimmed:
        low, high = self._times or (0, 0)
        return Trimmed(
            step,
            self._rows,
            tuple(self.unsent),
            self._unsent_rows,
            self._unarchived,
            kept,
            low,
            high,
            thinned,
            more=True,
        )

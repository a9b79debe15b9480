"""What waits for the next commit, within bounds, and the count of what found no room.

Pure bookkeeping: no time, no disk. What is taken for a commit still counts as waiting until the
commit has worked; when it fails it comes back in front, in the order in which it was put.
"""

from asyncio import Future
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from store.rows import Event, Reading

__all__ = ["Batch", "Lost", "Pending", "Waiting"]

EVENTS_MAX = 10_000  # a disk that fails for days; events are rare, so this is a bound, not a setting


class Lost(NamedTuple):
    """How much was dropped, and the UTC ms (t_first..t_last) that it spans. They never had a seq."""

    readings: int = 0
    events: int = 0
    t_first: int = 0
    t_last: int = 0

    def plus(self, other: "Lost") -> "Lost":
        if not (self.readings or self.events):
            return other
        if not (other.readings or other.events):
            return self
        return Lost(
            self.readings + other.readings,
            self.events + other.events,
            min(self.t_first, other.t_first),
            max(self.t_last, other.t_last),
        )


class Pending(NamedTuple):
    """An event, and what its caller waits for: its seq, or None where the commit failed."""

    event: Event
    promise: "Future[int | None] | None" = None

    def keep(self, seq: int | None) -> None:
        if self.promise and not self.promise.done():  # its caller may have been cancelled
            self.promise.set_result(seq)


class Batch(NamedTuple):
    """What goes into one commit; lost: what was dropped until then, and is to be named."""

    readings: list[Reading]
    events: list[Pending]
    state: Mapping[str, object]
    lost: Lost


class Waiting:
    """The queues of one recorder. capacity: readings that may wait, those of a running commit included."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.readings: deque[Reading] = deque()  # bounded by put
        self.events: deque[Pending] = deque()  # bounded by put_event
        self.state: dict[str, object] = {}
        self.lost = Lost()
        self.dropped = 0  # readings, since the start
        self._taken = 0

    def __len__(self) -> int:
        """Readings that wait."""
        return len(self.readings) + self._taken

    def put(self, reading: Reading) -> None:
        self.readings.append(reading)
        if len(self.readings) + self._taken > self.capacity:
            self._drop()

    def put_event(self, event: Pending) -> None:
        self.events.append(event)
        self._drop()

    def take(self) -> Batch:
        """All that waits now. Either `done` or `put_back` has to follow."""
        batch = Batch(list(self.readings), list(self.events), self.state, self.lost)
        self._taken = len(self.readings)
        self.readings.clear()
        self.events.clear()
        self.state, self.lost = {}, Lost()
        return batch

    def done(self) -> None:
        self._taken = 0

    def put_back(self, batch: Batch) -> None:
        """The commit failed: its rows go back in front, newer state stays, the oldest may drop out."""
        self._taken = 0
        self.readings.extendleft(reversed(batch.readings))
        self.events.extendleft(reversed(batch.events))
        self.state = {**batch.state, **self.state}
        self.lost = batch.lost.plus(self.lost)
        self._drop()

    def _drop(self) -> None:
        while len(self) > self.capacity and self.readings:
            t = self.readings.popleft().t
            self.lost = self.lost.plus(Lost(1, 0, t, t))
            self.dropped += 1
        while len(self.events) > EVENTS_MAX:
            t = self.events.popleft().event.t
            self.lost = self.lost.plus(Lost(0, 1, t, t))

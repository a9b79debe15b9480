"""What one destination is still owed. Pure bookkeeping: no disk, no network, no clock of its own.

Three lanes, in this order: events; live readings (committed while the destination is connected);
backlog (everything else, oldest or newest first, at a bounded rate, so that a week of it neither delays
the present nor floods the platform). A chunk of a lane is taken by next(), described by sent(), and
leaves the books by acked() alone: a lost connection puts what was in flight back. So everything
is delivered at least once, and nothing is deleted here because it was sent.

What is owed is kept as ranges of sequence numbers, and the books are written each second: so they have to
stay small, whatever happened. A number that bears no row of its kind ends no range: an event among
readings, a number that was thinned away (store/thinning.py), one that was never used. Reading a range from
the journal gives fewer rows then, and the figures of owed() are upper bounds.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from store.ranges import Pair, Ranges

__all__ = ["BACKLOG", "EVENTS", "LANES", "LIVE", "Chunk", "Delivery", "Needed", "Owed"]

EVENTS, LIVE, BACKLOG = LANES = ("events", "live", "backlog")

# A backlog asked for late may catch up by this much, or the rate would never quite be reached.
CATCH_UP_S = 0.25
# Live readings that wait behind more than this many batches are late: they are backlog then, and
# the newest go first. A line too slow for the plant still shows the present.
LIVE_BATCHES = 20
# Of what a destination refused. Each of them is 20 bytes that are written each second.
REFUSED_RANGES_MAX = 200
# The newest of a thinned backlog: a row may stand for thousands of numbers.
STRETCH_MAX = 1 << 12


class Chunk(NamedTuple):
    """Something to send: the rows of `lane` among first..last, at most `limit` of them."""

    token: int
    lane: str
    first: int
    last: int
    limit: int


class Owed(NamedTuple):
    """How much is owed, in sequence numbers (upper bounds, see above).

    events, live, backlog: waiting. in_flight: sent, not yet acknowledged. set_aside: refused
    by the destination, to be offered again with the next connection or restart. oldest: lowest number.
    """

    events: int
    live: int
    backlog: int
    in_flight: int
    set_aside: int
    oldest: int | None


class Needed(NamedTuple):
    """What a destination still needs, as ranges."""

    events: list[Pair]
    readings: list[Pair]


class Delivery:
    """The books of one destination.

    last_seq: the journal's highest number now. state: what state() gave before the restart; it
    may be a second old, then what lies above its head is owed (duplicates, never a loss). None,
    or a state that cannot be read (`problem` says why): everything is owed.
    held_up_to: rows up to this number cannot be read yet; they wait for release().
    backlog_rate: readings per second, > 0. batch: readings in one chunk, >= 1. newest_first: the
    backlog from its end: after an outage the platform's last hours are whole first.
    """

    def __init__(
        self,
        last_seq: int,
        state: object = None,
        *,
        held_up_to: int = 0,
        backlog_rate: float = 2000.0,
        batch: int = 500,
        newest_first: bool = False,
    ) -> None:
        if backlog_rate <= 0 or batch < 1:
            raise ValueError(f"delivery: backlog_rate {backlog_rate} and batch {batch} must be above 0")
        self.problem = ""
        self._rate = backlog_rate
        self._batch = batch
        self._newest_first = newest_first
        self._connected = False
        self._backlog_due = float("-inf")
        self._held_up_to = held_up_to
        self._token = 0
        self._head = 0
        self._stretch = 1  # how many times more numbers than rows a chunk of the newest backlog takes
        self._owed = {lane: Ranges() for lane in LANES}
        self._refused = {lane: Ranges() for lane in LANES}
        self._shunned = {lane: Ranges() for lane in LANES}
        self._held = {lane: Ranges() for lane in LANES}
        self._in_flight: dict[int, Chunk] = {}
        if state is not None:
            self._restore(state, last_seq)
        self._owe_unknown(last_seq)
        self._last = {EVENTS: self._head, LIVE: self._head}  # the highest number of each kind
        if held_up_to:
            for lane, owed in self._owed.items():
                self._held[lane].update(owed.split(held_up_to))

    # ---- what the journal says ----

    def committed(self, events: Sequence[int], readings: Pair | None, last_seq: int) -> None:
        """One commit: numbers of its events, first and last number of its readings."""
        lowest = min([*events, *([readings[0]] if readings else []), last_seq + 1])
        if lowest - 1 > self._head:  # nobody told us of these
            self._owe_unknown(lowest - 1)
            self._last = {EVENTS: self._head, LIVE: self._head}
        for seq in events:
            self._owed[EVENTS].add(self._runs_on(EVENTS, seq), seq)
            self._last[EVENTS] = seq
        if readings:
            lane = LIVE if self._connected else BACKLOG
            self._owed[lane].add(self._runs_on(LIVE, readings[0]), readings[1])
            self._last[LIVE] = readings[1]
        self._head = max(self._head, last_seq)
        while self._owed[LIVE].total > LIVE_BATCHES * self._batch:
            oldest = self._owed[LIVE].first()
            assert oldest is not None
            part = (oldest[0], min(oldest[1], oldest[0] + self._batch - 1))
            self._owed[LIVE].remove(*part)
            self._owed[BACKLOG].add(*part)

    def forget(self, first: int, last: int) -> int:
        """first..last can never be sent: damaged. How many were owed.

        Whoever calls this reports it; what is in flight at this moment is left to its fate.
        """
        return sum(ranges.remove(first, last) for ranges in self._all())

    def forget_readings(self, below: int) -> None:
        """No reading below that number is kept any more, but for what is held."""
        for lanes in (self._owed, self._refused, self._shunned):
            for lane in (LIVE, BACKLOG):
                lanes[lane].split(below - 1)

    def release(self, last: int) -> None:
        """What was held is there, up to number `last`; nothing will come behind that."""
        self._held_up_to = 0
        for lane, held in self._held.items():
            self._owed[lane].update(held.split(last))
            held.clear()

    def again(self, first: int, last: int) -> Pair | None:
        """first..last are owed once more, as far as such numbers exist; which. None where there are none.

        Events go out before what is live, readings with the backlog and at its rate.
        """
        first, last = max(1, first), min(last, self._head)
        if first > last:
            return None
        for lane in (EVENTS, BACKLOG):
            self._owed[lane].add(first, last)
            if self._held_up_to:
                self._held[lane].update(self._owed[lane].split(self._held_up_to))
        return first, last

    # ---- what the destination says ----

    def connected(self) -> None:
        """From now on what is committed is live. What was refused is offered once more."""
        self._connected = True
        for lane, refused in self._refused.items():
            self._owed[_late(lane)].update(refused)
            refused.clear()

    def connection_lost(self) -> None:
        """What was in flight or live is backlog now; its tokens are void."""
        self._connected = False
        for chunk in self._in_flight.values():
            self._owed[_late(chunk.lane)].add(chunk.first, chunk.last)
        self._in_flight.clear()
        self._owed[BACKLOG].update(self._owed[LIVE])
        self._owed[LIVE].clear()

    # ---- what is sent ----

    def next(self, now: float, limit: int, lanes: Sequence[str] = LANES) -> Chunk | None:
        """What to send next, of these lanes; None where there is nothing, or not yet.

        now: monotonic seconds. limit: rows it may have at most (the batch bounds it too).
        The caller reads it from the journal and then calls sent(), or put_back().
        """
        limit = min(limit, self._batch)
        for lane in LANES:
            span = self._owed[lane].first()
            if lane not in lanes or span is None or not self._connected:
                continue
            if lane == BACKLOG and now < self._backlog_due:
                continue
            return self._take(lane, self._next_late(limit) if lane == BACKLOG else span, limit)
        return None

    def due(self, now: float, lanes: Sequence[str] = LANES) -> float | None:
        """When next() has something, monotonic seconds; None: not before something is committed."""
        if not self._connected:
            return None
        if any(self._owed[lane] for lane in (EVENTS, LIVE) if lane in lanes):
            return now
        return max(now, self._backlog_due) if BACKLOG in lanes and self._owed[BACKLOG] else None

    def claim(self, events: Sequence[int]) -> int | None:
        """Events that go out at once, past those that wait; their token, None if not connected."""
        if not self._connected or not events:
            return None
        return self._take(EVENTS, (min(events), max(events)), len(events)).token

    def sent(self, token: int, first: int, last: int, rows: int, now: float) -> None:
        """The chunk's rows first..last are on their way.

        What lies behind them is owed as before; before them there is nothing for this lane.
        rows: how many there were; none means that the chunk up to `last` holds nothing.
        """
        chunk = self._in_flight.get(token)
        if chunk is None:
            return
        if last < chunk.last:
            self._owed[chunk.lane].add(max(chunk.first, last + 1), chunk.last)
        if rows == 0 or last < chunk.first:
            del self._in_flight[token]
        else:
            self._in_flight[token] = chunk._replace(first=first, last=min(last, chunk.last))
        if chunk.lane == BACKLOG:
            self._backlog_due = max(self._backlog_due, now - CATCH_UP_S) + rows / self._rate
            if 2 * rows < chunk.limit:
                self._stretch = min(2 * self._stretch, STRETCH_MAX)
            elif rows >= chunk.limit:
                self._stretch = max(1, self._stretch // 2)

    def put_back(self, token: int) -> None:
        """Taken, and not sent after all."""
        chunk = self._in_flight.pop(token, None)
        if chunk is not None:
            self._owed[chunk.lane].add(chunk.first, chunk.last)

    def acked(self, token: int) -> bool:
        """The destination has it. False for a token of a connection that is gone."""
        return self._in_flight.pop(token, None) is not None

    def flying(self, token: int) -> Chunk | None:
        """The chunk of a token that is not answered yet."""
        return self._in_flight.get(token)

    def refused(self, token: int, *, until_restart: bool = False) -> Chunk | None:
        """The destination will not have it: set aside until the next connection, or restart."""
        chunk = self._in_flight.pop(token, None)
        if chunk is not None:
            aside = (self._shunned if until_restart else self._refused)[chunk.lane]
            aside.add(chunk.first, chunk.last)
            # What lies between, and was taken, is offered once more with them: rather that than
            # books without a bound.
            aside.join_first(REFUSED_RANGES_MAX)
        return chunk

    # ---- figures and state ----

    def owed(self) -> Owed:
        sent = [(chunk.first, chunk.last) for chunk in self._in_flight.values()]
        refused = sum(ranges.total for ranges in [*self._refused.values(), *self._shunned.values()])
        held = sum(ranges.total for ranges in self._held.values())
        lows = [span[0] for ranges in self._all() if (span := ranges.first())] + [low for low, _ in sent]
        events, live, backlog = (self._owed[lane].total for lane in LANES)
        flying = sum(last - first + 1 for first, last in sent)
        return Owed(events, live, backlog + held, flying, refused, min(lows, default=None))

    @property
    def delivered_up_to(self) -> int:
        """The number up to which nothing is owed any more; retention removes that first."""
        oldest = self.owed().oldest
        return self._head if oldest is None else oldest - 1

    def waiting(self) -> Needed:
        """What waits, but for what is live: the numbers that owed() counts."""
        waits = Needed([*self._owed[EVENTS], *self._held[EVENTS]], list(self._owed[BACKLOG]))
        return waits._replace(readings=[*waits.readings, *self._held[LIVE], *self._held[BACKLOG]])

    def needed(self) -> Needed:
        """Everything that is not acknowledged, and what may be committed by now without our being told."""
        events, readings = self._unacknowledged()
        rest = (self._head + 1, 1 << 62)
        return Needed([*events, rest], [*readings, rest])

    def state(self) -> dict[str, Any]:
        """Everything that is not acknowledged, as plain JSON."""
        events, readings = self._unacknowledged()
        return {"head": self._head, "events": events.to_json(), "readings": readings.to_json()}

    # ---- inside ----

    def _unacknowledged(self) -> tuple[Ranges, Ranges]:
        """Of events and of readings."""
        events, readings = Ranges(), Ranges()
        for lane in LANES:
            kind = events if lane == EVENTS else readings
            kind.update(self._owed[lane])
            kind.update(self._refused[lane])
            kind.update(self._shunned[lane])
            kind.update(self._held[lane])
        for chunk in self._in_flight.values():
            (events if chunk.lane == EVENTS else readings).add(chunk.first, chunk.last)
        return events, readings

    def _runs_on(self, kind: str, first: int) -> int:
        """Where a range that begins with `first` may begin, so that it goes on from the one before.

        The numbers behind the last one of its kind bear no row of it: where it waits, they end no range.
        """
        lanes = (EVENTS,) if kind == EVENTS else (LIVE, BACKLOG)
        waits = any(self._last[kind] in self._owed[lane] for lane in lanes)
        return self._last[kind] + 1 if waits else first

    def _next_late(self, limit: int) -> Pair:
        """What of the backlog goes next: its first range, or the last numbers, of which one chunk has enough.

        Where few of them bear a row, more are looked through at once.
        """
        backlog = self._owed[BACKLOG]
        span = backlog.last() if self._newest_first else backlog.first()
        assert span is not None, "there is a backlog"
        low = max(span[0], span[1] - limit * self._stretch + 1)
        return (low, span[1]) if self._newest_first else span

    def _take(self, lane: str, span: Pair, limit: int) -> Chunk:
        self._token += 1
        chunk = Chunk(self._token, lane, *span, limit)
        self._owed[lane].remove(*span)
        self._in_flight[chunk.token] = chunk
        return chunk

    def _all(self) -> Iterable[Ranges]:
        books = (self._owed, self._refused, self._shunned, self._held)
        return [ranges for book in books for ranges in book.values()]

    def _owe_unknown(self, last_seq: int) -> None:
        """Numbers above the head of which nobody knows whether they are events or readings."""
        if last_seq > self._head:
            self._owed[EVENTS].add(self._head + 1, last_seq)
            self._owed[BACKLOG].add(self._head + 1, last_seq)
            self._head = last_seq

    def _restore(self, state: object, last_seq: int) -> None:
        try:
            if not isinstance(state, dict):
                raise ValueError(f"expected a table, got {state!r}")
            head = state.get("head")
            if type(head) is not int or not 0 <= head <= last_seq:
                raise ValueError(f"head: expected 0..{last_seq}, got {head!r}")
            events = Ranges.from_json(state.get("events"))
            readings = Ranges.from_json(state.get("readings"))
        except ValueError as error:
            self.problem = f"stored delivery state is unreadable, everything is sent again: {error}"
            return
        self._head = head
        self._owed[EVENTS].update(events)
        self._owed[BACKLOG].update(readings)


def _late(lane: str) -> str:
    return EVENTS if lane == EVENTS else BACKLOG

"""The books: order of the lanes, the rate of the backlog, and that nothing owed is ever forgotten."""

import json
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store.delivery import BACKLOG, EVENTS, LIVE, LIVE_BATCHES, REFUSED_RANGES_MAX, Chunk, Delivery


def connected(last_seq: int = 0, **options: Any) -> Delivery:
    delivery = Delivery(last_seq, **options)
    delivery.connected()
    return delivery


def take(delivery: Delivery, now: float = 0.0, limit: int = 500) -> Chunk:
    chunk = delivery.next(now, limit)
    assert chunk is not None
    delivery.sent(chunk.token, chunk.first, chunk.last, chunk.last - chunk.first + 1, now)
    return chunk


def test_events_then_live_then_backlog() -> None:
    delivery = Delivery(0)
    delivery.committed([], (1, 100), 100)  # nobody is connected: backlog
    delivery.connected()
    delivery.committed([], (101, 110), 110)
    delivery.committed([111], None, 111)
    assert [take(delivery)[1:4] for _ in range(3)] == [
        (EVENTS, 111, 111),
        (LIVE, 101, 110),
        (BACKLOG, 1, 100),
    ]
    assert delivery.next(9.0, 500) is None


def test_only_the_lanes_asked_for() -> None:
    delivery = connected()
    delivery.committed([1], (2, 9), 9)
    assert delivery.next(0.0, 500, ()) is None
    taken = delivery.next(0.0, 500, (LIVE,))
    assert taken is not None
    assert taken.lane == LIVE


def test_nothing_goes_out_unconnected() -> None:
    delivery = Delivery(10)
    assert delivery.next(0.0, 500) is None
    assert delivery.due(0.0) is None
    assert delivery.claim([3]) is None


def test_what_was_in_flight_is_backlog_again() -> None:
    delivery = connected()
    delivery.committed([1], (2, 9), 9)
    event, live = take(delivery), take(delivery)
    delivery.connection_lost()
    assert not delivery.acked(event.token), "a token of a connection that is gone"
    delivery.connected()
    assert [take(delivery)[1:4] for _ in range(2)] == [(EVENTS, 1, 1), (BACKLOG, 2, 9)]
    assert live.lane == LIVE


def test_the_rest_of_a_chunk_is_owed_as_before() -> None:
    delivery = connected()
    delivery.committed([], (1, 100), 100)
    chunk = delivery.next(0.0, 40)
    assert chunk is not None
    assert chunk.limit == 40
    delivery.sent(chunk.token, 1, 40, 40, 0.0)
    assert delivery.owed()[:4] == (0, 60, 0, 40)
    assert take(delivery)[1:4] == (LIVE, 41, 100)


def test_numbers_that_hold_nothing_are_done_with() -> None:
    delivery = connected(10)
    chunk = delivery.next(0.0, 500)
    assert chunk is not None
    delivery.sent(chunk.token, chunk.first, chunk.last, 0, 0.0)
    assert delivery.state()["events"] == []
    assert delivery.state()["readings"] == [[1, 10]]


@pytest.mark.parametrize(("rate", "batch"), [(100.0, 50), (2000.0, 500), (20.0, 500)])
def test_the_backlog_keeps_to_its_rate(rate: float, batch: int) -> None:
    delivery = connected(1_000_000, backlog_rate=rate, batch=batch)
    delivery.next(0.0, 500, (EVENTS,))  # of unknown kind after a restart; not what is tested
    now, sent, seconds = 0.0, 0, 60.0
    while now < seconds:
        chunk = delivery.next(now, batch, (BACKLOG,))
        if chunk is None:
            due = delivery.due(now, (BACKLOG,))
            assert due is not None
            assert due > now
            now = due
            continue
        rows = min(batch, chunk.last - chunk.first + 1)
        delivery.sent(chunk.token, chunk.first, chunk.first + rows - 1, rows, now)
        sent += rows
    assert rate * seconds * 0.9 - batch < sent <= rate * (seconds + 0.25) + batch


def test_a_line_too_slow_shows_the_present_first() -> None:
    delivery = connected(batch=10)
    for first in range(1, 100 * LIVE_BATCHES, 10):
        delivery.committed([], (first, first + 9), first + 9)
    owed = delivery.owed()
    assert owed.live == LIVE_BATCHES * 10
    assert owed.backlog == 100 * LIVE_BATCHES - owed.live
    assert take(delivery).first == owed.backlog + 1


def test_the_backlog_from_its_end() -> None:
    delivery = connected(100, batch=30, newest_first=True)
    delivery.next(0.0, 500, (EVENTS,))  # of unknown kind after a restart; not what is tested
    delivery.committed([], (101, 105), 105)
    assert [take(delivery, float(now))[1:4] for now in range(5)] == [
        (LIVE, 101, 105),
        (BACKLOG, 71, 100),
        (BACKLOG, 41, 70),
        (BACKLOG, 11, 40),
        (BACKLOG, 1, 10),
    ]
    assert delivery.next(99.0, 500) is None


def test_a_range_is_owed_once_more() -> None:
    delivery = connected()
    delivery.committed([1], (2, 10), 10)
    for _ in range(2):
        delivery.acked(take(delivery).token)
    assert delivery.delivered_up_to == 10
    assert delivery.again(0, 4) == (1, 4)
    assert delivery.again(9, 99) == (9, 10)
    assert (delivery.again(11, 20), delivery.again(5, 4)) == (None, None)
    assert delivery.delivered_up_to == 0
    assert delivery.state()["readings"] == delivery.state()["events"] == [[1, 4], [9, 10]]


def test_what_is_asked_for_while_it_is_saved_waits_for_that() -> None:
    delivery = connected(100, state={"head": 100, "events": [], "readings": []}, held_up_to=50)
    assert delivery.again(41, 60) == (41, 60)
    assert [take(delivery)[1:4] for _ in range(2)] == [(EVENTS, 51, 60), (BACKLOG, 51, 60)]
    assert delivery.next(9.0, 500) is None
    delivery.release(50)
    assert take(delivery)[1:4] == (EVENTS, 41, 50)
    delivery.again(1, 3)
    assert take(delivery)[1:4] == (EVENTS, 1, 3)


def test_refused_is_set_aside_until_the_next_connection() -> None:
    delivery = connected()
    delivery.committed([], (1, 10), 10)
    chunk = take(delivery)
    assert delivery.refused(chunk.token) == chunk
    assert delivery.next(9.0, 500) is None
    assert delivery.owed().set_aside == 10
    assert delivery.state()["readings"] == [[1, 10]], "a restart offers it again"
    delivery.connection_lost()
    delivery.connected()
    assert take(delivery)[1:4] == (BACKLOG, 1, 10)


def test_forget_what_is_damaged() -> None:
    delivery = connected()
    delivery.committed([], (1, 10), 10)
    assert delivery.forget(4, 20) == 7
    assert take(delivery)[2:4] == (1, 3)
    assert delivery.owed().live == 0


def test_what_bears_no_row_of_its_kind_ends_no_range() -> None:
    """A year without a platform: the books are written each second, and stay as small as they were."""
    delivery = connected(4)
    delivery.forget(1, 4)
    delivery.committed([5], (6, 100), 100)
    delivery.connection_lost()
    for first in range(101, 50_000, 100):
        delivery.committed([first, first + 1], (first + 2, first + 99), first + 99)
    assert delivery.state() == {"head": 50_000, "events": [[5, 49_902]], "readings": [[6, 50_000]]}
    delivery.connected()
    delivery.committed([50_001], (50_002, 50_010), 50_010)
    assert delivery.state()["readings"] == [[6, 50_010]]
    assert delivery.owed().live == 10, "what is live counts from what waited before"


def test_a_row_that_was_delivered_ends_a_range() -> None:
    delivery = connected()
    for seq in (1, 3, 5):
        delivery.committed([seq], (seq + 1, seq + 1), seq + 1)
        if seq == 3:
            assert [take(delivery)[1:4] for _ in range(2)] == [(EVENTS, 1, 3), (LIVE, 2, 4)]
            for token in (1, 2):
                delivery.acked(token)
    assert delivery.state() == {"head": 6, "events": [[5, 5]], "readings": [[6, 6]]}


def test_readings_that_are_no_longer_kept() -> None:
    delivery = connected(100, held_up_to=20)
    delivery.committed([101], (102, 110), 110)
    chunk = delivery.next(0.0, 500, (LIVE,))
    assert chunk is not None
    delivery.forget_readings(51)
    assert delivery.state() == {"head": 110, "events": [[1, 101]], "readings": [[1, 20], [51, 110]]}
    delivery.refused(chunk.token)
    delivery.forget_readings(105)
    assert delivery.state()["readings"] == [[1, 20], [105, 110]]


def test_what_is_refused_for_years_takes_no_room() -> None:
    """A broker that takes no events: each of them is a range, until the oldest become one."""
    delivery = connected()
    for seq in range(1, 2 * REFUSED_RANGES_MAX + 400, 2):
        delivery.committed([seq], (seq + 1, seq + 1), seq + 1)
        event, reading = take(delivery), take(delivery)
        delivery.refused(event.token)
        delivery.acked(reading.token)
    state = delivery.state()
    assert (len(state["events"]), state["readings"]) == (REFUSED_RANGES_MAX, [])
    assert (state["events"][0], state["events"][-1]) == ([1, 401], [seq, seq])
    delivery.connection_lost()
    delivery.connected()
    assert take(delivery)[1:4] == (EVENTS, 1, 401)


def test_the_newest_of_a_thinned_backlog_are_found_soon() -> None:
    """A row stands for a thousand numbers, and all come, the newest first."""
    delivery = connected(100_000, newest_first=True, backlog_rate=1e9)
    delivery.next(0.0, 500, (EVENTS,))
    left, got, asked = list(range(1000, 100_001, 1000)), list[int](), 0
    while chunk := delivery.next(float(asked), 20, (BACKLOG,)):
        asked += 1
        found = [seq for seq in left if chunk.first <= seq <= chunk.last][: chunk.limit]
        left = [seq for seq in left if seq not in found]
        span = (found[0], found[-1]) if found else (chunk.first, chunk.last)
        delivery.sent(chunk.token, *span, len(found), float(asked))
        got += found
    assert (len(got), left) == (100, [])
    assert asked < 30
    assert got[0] >= 90_000
    assert got[-1] <= 20_000


def test_an_alarm_goes_past_the_events_that_wait() -> None:
    delivery = Delivery(100)
    delivery.connected()
    delivery.committed([101], None, 101)
    token = delivery.claim([101])
    assert token is not None
    assert delivery.state()["events"] == [[1, 101]], "owed until it is acknowledged"
    delivery.acked(token)
    assert delivery.state()["events"] == [[1, 100]]


def test_restored_with_what_lies_above_the_stored_head() -> None:
    before = connected()
    before.committed([1], (2, 50), 50)
    take(before)
    stored = json.loads(json.dumps(before.state()))
    after = Delivery(80, stored)
    assert after.state() == {"head": 80, "events": [[1, 1], [51, 80]], "readings": [[2, 80]]}
    assert after.problem == ""
    assert after.delivered_up_to == 0


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ([], "expected a table, got []"),
        ({"head": 101, "events": [], "readings": []}, "head: expected 0..100, got 101"),
        ({"head": 5, "events": [[1, 2, 3]], "readings": []}, "ranges: expected [first, last], got [1, 2, 3]"),
        ({"head": 5, "events": []}, "ranges: expected a list of [first, last], got None"),
    ],
)
def test_an_unreadable_state_means_that_everything_is_owed(state: object, words: str) -> None:
    delivery = Delivery(100, state)
    assert delivery.problem == f"stored delivery state is unreadable, everything is sent again: {words}"
    assert delivery.state() == {"head": 100, "events": [[1, 100]], "readings": [[1, 100]]}


def test_a_commit_nobody_told_us_of_is_owed() -> None:
    delivery = connected(10)
    delivery.forget(1, 10)
    delivery.committed([], (21, 30), 30)
    assert delivery.state() == {"head": 30, "events": [[11, 20]], "readings": [[11, 30]]}


@pytest.mark.parametrize("options", [{"backlog_rate": 0.0}, {"batch": 0}])
def test_settings_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        Delivery(0, **options)


class Books(RuleBasedStateMachine):
    """Anything may happen in any order: what is neither acknowledged nor named lost is owed."""

    newest_first = False

    def made(self, last_seq: int, state: object = None) -> Delivery:
        return Delivery(last_seq, state, batch=7, backlog_rate=1000.0, newest_first=self.newest_first)

    def __init__(self) -> None:
        super().__init__()
        self.delivery = self.made(0)
        self.all_events, self.all_readings = set[int](), set[int]()
        self.now, self.seq = 0.0, 0
        self.events, self.readings = set[int](), set[int]()
        self.on = False
        self.flying: list[Chunk] = []

    @rule(events=st.integers(0, 3), readings=st.integers(0, 12), skipped=st.sampled_from([0, 0, 0, 4]))
    def commit(self, events: int, readings: int, skipped: int) -> None:
        first = self.seq + skipped + 1
        seqs = list(range(first, first + events))
        self.seq += skipped + events + readings
        span = (first + events, self.seq) if readings else None
        self.delivery.committed(seqs, span, self.seq)
        self.events |= set(seqs)
        self.readings |= set(range(first + events, self.seq + 1))
        self.all_events |= set(seqs)
        self.all_readings |= set(range(first + events, self.seq + 1))

    @rule(first=st.integers(-2, 40), last=st.integers(-2, 40))
    def again(self, first: int, last: int) -> None:
        self.delivery.again(first, last)
        asked = set(range(first, last + 1))
        self.events |= self.all_events & asked
        self.readings |= self.all_readings & asked

    @rule(first=st.integers(0, 200), length=st.integers(0, 30))
    def thin(self, first: int, length: int) -> None:
        """Readings go, and the books are not told."""
        self.readings -= set(range(first, first + length + 1))

    @rule(below=st.integers(1, 200))
    def drop(self, below: int) -> None:
        self.delivery.forget_readings(below)
        self.readings = {n for n in self.readings if n >= below}

    @rule()
    def connect(self) -> None:
        if not self.on:
            self.delivery.connected()
            self.on = True

    @rule()
    def lose(self) -> None:
        self.delivery.connection_lost()
        self.on, self.flying = False, []

    @rule(rows=st.integers(1, 7))
    def send(self, rows: int) -> None:
        self.now += 1
        chunk = self.delivery.next(self.now, 7)
        if chunk is None:
            return
        there = sorted(
            n
            for n in (self.events if chunk.lane == EVENTS else self.readings)
            if chunk.first <= n <= chunk.last
        )[:rows]
        first, last = (there[0], there[-1]) if there else (chunk.first, chunk.last)
        self.delivery.sent(chunk.token, first, last, len(there), self.now)
        if there:
            self.flying.append(chunk._replace(first=first, last=last))

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def ack(self, data: st.DataObject) -> None:
        chunk = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        assert self.delivery.acked(chunk.token)
        done = set(range(chunk.first, chunk.last + 1))
        if chunk.lane == EVENTS:
            self.events -= done
        else:
            self.readings -= done

    @precondition(lambda self: self.flying)
    @rule()
    def refuse(self) -> None:
        assert self.delivery.refused(self.flying.pop().token) is not None

    @rule()
    def restart(self) -> None:
        state = json.loads(json.dumps(self.delivery.state()))
        self.delivery = self.made(self.seq, state)
        self.on, self.flying = False, []

    @invariant()
    def nothing_owed_is_forgotten(self) -> None:
        state = self.delivery.state()
        for kind, expected in (("events", self.events), ("readings", self.readings)):
            owed = {n for first, last in state[kind] for n in range(first, last + 1)}
            assert expected <= owed, kind


class BooksFromTheEnd(Books):
    """The same, the newest of the backlog first."""

    newest_first = True


TestBooks = Books.TestCase
TestBooksFromTheEnd = BooksFromTheEnd.TestCase
TestBooks.settings = TestBooksFromTheEnd.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None
)

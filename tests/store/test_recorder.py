"""Group commit: when it commits, what it does while the journal fails, and what it says of it.

Periods are tested in virtual time: the loop's selector advances the clock instead of waiting, and
the journal works inline, on a real file.
"""

import asyncio
import selectors
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from store.journal import Committed, Journal
from store.owed import Owed
from store.recorder import Recorder
from store.waiting import EVENTS_MAX, Lost, Pending, Waiting

UTC_MS = 1_795_485_300_000


class Leap(selectors.SelectSelector):
    """Advances the time instead of waiting."""

    now_s = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        assert ready or timeout is not None, "everybody waits for ever"
        self.now_s += 0 if ready else timeout or 0
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.leap = Leap()
        super().__init__(self.leap)

    def time(self) -> float:
        return self.leap.now_s


class Desk:
    """A recorder in virtual time. delay_s: how long a commit takes."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.loop = VirtualLoop()
        self.journal = Journal.open(path, utc_ms=lambda: UTC_MS)
        self.other = sqlite3.connect(path, isolation_level=None)
        self.commits: list[tuple[float, Committed]] = []
        self.faults: list[str] = []
        self.delay_s = 0.0
        options = {"on_fault": self.faults.append, **options}
        self.recorder = Recorder(
            self.journal, run=self._inline, utc_ms=lambda: UTC_MS, monotonic=self.loop.time, **options
        )
        self.recorder.subscribe(lambda done: self.commits.append((self.now(), done)))

    def fail(self, failing: bool) -> None:
        """Another program takes the file for writing, or gives it back."""
        self.journal._file.db.execute("PRAGMA busy_timeout=0")
        self.other.execute("BEGIN IMMEDIATE" if failing else "ROLLBACK")

    def now(self) -> float:
        return round(self.loop.time() - 1000.0, 3)

    def times(self) -> list[float]:
        return [time for time, _ in self.commits]

    async def _inline(self, work: Callable[[], Any]) -> Any:
        await asyncio.sleep(self.delay_s)
        return work()

    def play(self, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def with_recorder() -> None:
            running = asyncio.create_task(self.recorder.run())
            await scenario()
            running.cancel()
            await asyncio.wait([running])

        self.loop.run_until_complete(with_recorder())
        self.loop.close()
        self.other.close()
        self.journal.close()


@pytest.fixture
def desk(path: Path) -> Callable[..., Desk]:
    return lambda **options: Desk(path, **options)


def test_first_reading_at_once_then_one_commit_per_second(desk: Any, rows: Any) -> None:
    d = desk()

    async def scenario() -> None:
        for number in range(25):
            d.recorder.put(rows.reading(number))
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        d.recorder.put(rows.reading(25))  # after an idle second again at once
        await asyncio.sleep(0.01)

    d.play(scenario)
    assert d.times() == [0.0, 1.0, 2.0, 3.0, 7.5]
    assert [c.last_reading - c.first_reading + 1 for _, c in d.commits] == pytest.approx(
        [1, 9, 10, 5, 1], abs=1
    )
    assert d.commits[-1][1].last_reading == 26


@pytest.mark.parametrize(
    ("period_s", "commit_s", "within_s"), [(1.0, 0.0, 1.0), (1.0, 0.3, 1.0), (5.0, 0.3, 5.0), (1.0, 0.8, 2.1)]
)
def test_a_power_cut_takes_no_more_than_the_period(
    desk: Any, rows: Any, period_s: float, commit_s: float, within_s: float
) -> None:
    d = desk(period_s=period_s)
    d.delay_s = commit_s
    put_at: list[float] = []
    ages: list[float] = []
    d.recorder.subscribe(lambda done: ages.append(d.now() - put_at[done.first_reading - 1]))

    async def scenario() -> None:
        for number in range(600):
            put_at.append(d.now())
            d.recorder.put(rows.reading(number))
            await asyncio.sleep(0.05)

    d.play(scenario)
    assert len(ages) > 5
    assert max(ages[2:]) <= within_s + 0.06, "the oldest of each commit, at the moment it is on the disk"
    assert max(ages[2:]) > within_s * 0.7, "and no commit is made for nothing"


def test_state_goes_with_the_readings_and_alone_within_a_period(desk: Any, rows: Any) -> None:
    d = desk()
    cursors = [1, 2]
    d.recorder.subscribe(lambda done: cursors and d.recorder.put_state("cursor", cursors.pop()))

    async def scenario() -> None:
        for number in range(3):
            d.recorder.put(rows.reading(number))
            await asyncio.sleep(0.9)
        d.recorder.put_state("cursor", "old")
        await asyncio.sleep(0.5)
        d.recorder.put_state("cursor", "new")
        await asyncio.sleep(3)
        assert await d.recorder.ask(lambda journal: journal.load("cursor")) == "new"

    d.play(scenario)
    assert d.times() == [0.0, 1.0, 2.0, 3.7], "the cursors of 0.0 and 1.0 cost no commit of their own"


def test_event_commits_at_once_with_what_waits(desk: Any, rows: Any) -> None:
    d = desk()

    async def scenario() -> None:
        d.recorder.put(rows.reading(0))
        await asyncio.sleep(0.3)
        d.recorder.put(rows.reading(1))
        assert await d.recorder.put_event(rows.event("a"), {"alarm": "raised"}) == 2
        assert d.now() == 0.3
        assert await d.recorder.ask(lambda journal: journal.load("alarm")) == "raised"

    d.play(scenario)
    assert d.times() == [0.0, 0.3]
    assert d.commits[1][1] == Committed([(2, rows.event("a"))], 3, 3, 3)


def test_slow_commit_makes_an_event_undurable_once(desk: Any, rows: Any) -> None:
    d = desk()
    d.delay_s = 0.8

    async def scenario() -> None:
        assert await d.recorder.put_event(rows.event("a")) is None
        assert d.now() == 0.5
        await asyncio.sleep(2)

    d.play(scenario)
    assert [(time, done.events) for time, done in d.commits] == [(0.8, [(1, rows.event("a"))])]


def test_failing_journal_is_retried_each_second_and_said_twice(desk: Any, rows: Any) -> None:
    d = desk()

    async def scenario() -> None:
        d.fail(True)
        d.recorder.put(rows.reading(0))
        await asyncio.sleep(0.1)
        for number in range(1, 40):
            d.recorder.put(rows.reading(number))
        assert await d.recorder.put_event(rows.event("a"), {"x": 1}) is None
        assert d.now() == 0.1, "a failing journal is no reason to wait"
        await asyncio.sleep(2.5)
        assert (d.recorder.stats.waiting, d.recorder.stats.reason) == (40, "locked")
        d.recorder.put_state("x", 2)
        d.fail(False)
        await asyncio.sleep(2)

    d.play(scenario)
    assert d.times() == [3.1]  # tried at 0, at once for the event at 0.1, then each second
    done = d.commits[0][1]
    detail = "writing: locked (database is locked)"
    assert [(event.kind, event.body) for _, event in done.events] == [
        ("fault", {"what": "journal", "state": "failing", "detail": detail}),
        ("alarm", {}),
        ("fault", {"what": "journal", "state": "recovered", "detail": "failed for 3 s: locked"}),
    ]
    assert len({event.id for _, event in done.events}) == 3
    assert (done.first_reading, done.last_reading) == (4, 43)
    assert [text.split(":", 1)[1].split("\n")[0] for text in d.faults] == [
        " writing: locked (database is locked)",
        " works again after 3 s; 0 readings dropped so far",
    ]
    journal = Journal.open(d.journal.path, utc_ms=lambda: UTC_MS)
    assert journal.load("x") == 2
    assert [row for _, _, row in journal.readings(1, 99, 99)] == rows.readings(0, 40)
    journal.close()


def test_what_finds_no_room_is_counted_and_named(desk: Any, rows: Any) -> None:
    d = desk(capacity=10)

    async def scenario() -> None:
        d.fail(True)
        for number in range(35):
            d.recorder.put(rows.reading(number))
            await asyncio.sleep(0.1)
        assert (d.recorder.stats.waiting, d.recorder.stats.dropped) == (10, 25)
        d.fail(False)
        await asyncio.sleep(2)

    d.play(scenario)
    (_, gap), *_ = d.commits[0][1].events
    span = {"t_first": rows.reading(0).t, "t_last": rows.reading(24).t}
    assert (gap.kind, gap.body) == ("gap", {"reason": "locked", "count": 25, **span})
    assert sum(event.kind == "gap" for _, done in d.commits for _, event in done.events) == 1
    journal = Journal.open(d.journal.path, utc_ms=lambda: UTC_MS)
    assert [row for _, _, row in journal.readings(1, 99, 99)] == rows.readings(25, 10)
    journal.close()


def test_cancelling_writes_what_waits(desk: Any, rows: Any) -> None:
    d = desk()

    async def scenario() -> None:
        d.recorder.put(rows.reading(0))
        await asyncio.sleep(0.1)
        d.recorder.put(rows.reading(1))

    d.play(scenario)
    assert d.times() == [0.0, 0.1]


def test_cancelling_within_a_commit_writes_nothing_twice(desk: Any, rows: Any) -> None:
    d = desk()
    d.delay_s = 0.5

    async def scenario() -> None:
        d.recorder.put(rows.reading(0))
        await asyncio.sleep(0.2)
        d.recorder.put(rows.reading(1))

    d.play(scenario)
    assert [(c.first_reading, c.last_reading) for _, c in d.commits] == [(1, 1), (2, 2)]


def test_trim_is_named_and_told(desk: Any, rows: Any) -> None:
    d = desk()

    async def scenario() -> None:
        for number in range(40):
            d.recorder.put(rows.reading(number))
            await asyncio.sleep(1)
        steps = await d.recorder.make_room(0, lambda: Owed([[(16, 40), (41, 99)]], [[(16, 99)]]))
        assert [(step.step[:4], step.rows, step.unsent_count) for step in steps] == [
            ("sent", 15, 0),
            ("thin", 18, 18),
            ("no r", 7, 7),
        ]
        await asyncio.sleep(2)

    d.play(scenario)
    span = {"t_first": rows.reading(15).t, "t_last": rows.reading(32).t}
    seqs, told = zip(*(item for _, c in d.commits[-3:] for item in c.events), strict=True)
    assert seqs == (41, 42, 43)
    assert [event.kind for event in told] == ["gap", "gap", "retention"]
    thinned = {"reason": "thinned to minute averages", "count": 18, "ranges": ((16, 33),), "rows_kept": 7}
    assert told[0].body == {**thinned, **span}
    assert told[1].body["ranges"] == ((34, 40),)
    assert told[2].body == {"reason": "sent readings removed", "count": 15}


def test_subscriber_that_fails_harms_no_other(desk: Any, rows: Any) -> None:
    d, reported = desk(), []
    d.recorder.subscribe(lambda done: 1 // 0)
    d.recorder.subscribe(lambda done: reported.append("next"))
    d.loop.set_exception_handler(lambda loop, context: reported.append(context["message"].split(":")[0]))

    async def scenario() -> None:
        assert await d.recorder.put_event(rows.event("a")) == 1

    d.play(scenario)
    assert reported == ["a subscriber of the journal failed", "next"]


def test_what_can_never_be_written_is_refused_at_the_door(desk: Any, rows: Any) -> None:
    d = desk()

    async def scenario() -> None:
        with pytest.raises(ValueError, match="nan is no value"):
            d.recorder.put(rows.reading(0)._replace(value=float("nan")))
        with pytest.raises(TypeError):
            await d.recorder.put_event(rows.event("a", x={1}))
        with pytest.raises(TypeError):
            await d.recorder.put_event(rows.event("a"), {"good": 1, "bad": {1}})
        with pytest.raises(TypeError):
            d.recorder.put_state("x", {1})

    d.play(scenario)
    assert d.commits == []


def test_on_a_thread_of_its_own(bench: Any, rows: Any) -> None:
    async def scenario() -> None:
        async with bench(period_s=0.05) as b:
            for number in range(200):
                b.recorder.put(rows.reading(number))
                await asyncio.sleep(0.001)
            assert await b.recorder.put_event(rows.event("a")) is not None
            with pytest.raises(ZeroDivisionError):
                await b.recorder.ask(lambda journal: 1 // 0)
        stats = b.recorder.stats
        assert stats[:4] == (200, 1, 0, 0)
        assert 0 < stats.commit_ms < 1000
        assert len(b.commits) < 25

    asyncio.run(scenario())


def test_what_is_taken_still_counts_and_comes_back_in_front(rows: Any) -> None:
    waiting = Waiting(capacity=3)
    for number in range(2):
        waiting.put(rows.reading(number))
    waiting.state["x"] = 1
    batch = waiting.take()
    waiting.put(rows.reading(2))
    waiting.put(rows.reading(3))
    assert (len(waiting), waiting.dropped) == (3, 1), "the oldest that is not under way"
    waiting.state.update(x=3, y=2)
    waiting.put_back(batch)
    assert [*waiting.readings] == [rows.reading(n) for n in (0, 1, 3)]
    assert waiting.take()[2:] == ({"x": 3, "y": 2}, Lost(1, 0, rows.reading(2).t, rows.reading(2).t))


def test_events_are_bounded_too(rows: Any) -> None:
    waiting = Waiting(capacity=3)
    for number in range(EVENTS_MAX + 2):
        waiting.put_event(Pending(rows.event(str(number))))
    assert len(waiting.events) == EVENTS_MAX
    assert waiting.lost.events == 2

"""The asyncio side of the journal: it owns group commit.

A commit costs an fsync, so readings gather for a second; an event does not wait for it. The journal
itself works on a thread of its own, by way of `run`; everything here belongs to the loop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from store.dropping import EVENTS_DROPPED
from store.errors import JournalError
from store.journal import Committed, Journal, Owed, Trimmed
from store.packing import check_reading, event_row, to_json
from store.retention import SENT
from store.rows import Event, Reading
from store.waiting import Batch, Lost, Pending, Waiting

__all__ = ["Recorder", "Stats"]

T = TypeVar("T")
Run = Callable[[Callable[[], Any]], Awaitable[Any]]

_log = logging.getLogger(__name__)

# So many readings are a commit of their own, however long the period: a flood neither fills the queue
# nor comes to the disk in one heap.
COMMIT_AT = 5000
WAKES_AT = (1, COMMIT_AT)
RETRY_S = 1.0  # between attempts while the journal fails
SALVAGE_PAUSE_S = 0.05  # between the steps of a salvage
STEP_PAUSE_S = 0.02  # and of making room
SPARE = 0.02  # so much of the budget is free afterwards, so that it is not done (and said) each minute
SALVAGE_RETRY_S = 10.0
TURN_S = 10.0  # with nothing to commit it turns this often, only to say that it does


class Stats(NamedTuple):
    """What the recorder did since the start.

    readings, events: committed. waiting, dropped: readings. commit_ms: the last commit's duration.
    failing: what is wrong with the journal, None while it works. reason: the same in two words;
    `malformed` needs a restart of the agent, everything else may pass.
    """

    readings: int
    events: int
    waiting: int
    dropped: int
    commit_ms: float
    failing: str | None
    reason: str | None


class Recorder:
    """Commits what it is given: at most one commit per period, one at once for each event, and one where
    COMMIT_AT readings wait.

    run: executes a function on the journal's thread (a simulation calls it inline). utc_ms,
    monotonic: the clock's. period_s: readings are on the disk within this, the commit included, as
    long as one takes less than half of it; with a slower disk within two commits. capacity: readings that may
    wait while the disk fails; beyond, the oldest are dropped, counted, and named in a `gap` event.
    event_limit_s: how long `put_event` waits. on_fault: told once when the journal begins to fail
    and once when it works again.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        run: Run,
        utc_ms: Callable[[], int],
        monotonic: Callable[[], float],
        period_s: float = 1.0,
        capacity: int = 50_000,
        event_limit_s: float = 0.5,
        on_fault: Callable[[str], None] = _log.error,
    ) -> None:
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._journal, self._run, self._on_fault = journal, run, on_fault
        self._utc_ms, self._monotonic = utc_ms, monotonic
        self._period_s, self._event_limit_s = period_s, event_limit_s
        self._waiting = Waiting(capacity)
        self._subscribers: list[Callable[[Committed], None]] = []
        self._changed = asyncio.Event()  # something waits that did not before
        self._urgent = False  # an event came since the last attempt
        self._last_s, self._state_since_s = float("-inf"), 0.0
        self._committing: asyncio.Task[None] | None = None
        self._failing: JournalError | None = None
        self._failing_since_s = 0.0
        self._trusted = False  # as the latest reading or event said
        self._named = 0  # events of our own making
        self._readings = self._events = 0
        self._commit_ms = 0.0

    def put(self, reading: Reading) -> None:
        """Take a reading; never blocks. Raises ValueError for a value that is not finite."""
        check_reading(reading)
        self._trusted = reading.trusted
        self._waiting.put(reading)
        if len(self._waiting.readings) in WAKES_AT:
            self._changed.set()

    def put_state(self, key: str, value: object) -> None:
        """Write `value` (JSON) with the next commit, within one period; the last value wins.

        Raises ValueError or TypeError when it is no JSON.
        """
        to_json(value)
        if not self._waiting.state:
            self._state_since_s = self._loop_time()
            self._changed.set()
        self._waiting.state[key] = value

    async def put_event(self, event: Event, state: Mapping[str, object] | None = None) -> int | None:
        """Commit an event at once, with all that waits; its seq.

        None when the commit failed or took longer than event_limit_s: send it marked as not
        durable. It stays queued, is committed once as soon as the journal works, and subscribers
        see it then. Raises ValueError or TypeError when its body or `state` is no JSON.
        """
        event_row(0, 0, 0, event)
        to_json(state)
        for key, value in (state or {}).items():
            self.put_state(key, value)
        self._trusted = event.trusted
        promise: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.put_event(Pending(event, promise))
        self._urgent = True
        self._changed.set()
        await asyncio.wait([promise], timeout=self._event_limit_s)
        return promise.result() if promise.done() else None

    def subscribe(self, callback: Callable[[Committed], None]) -> None:
        """Call back on the loop after each successful commit."""
        self._subscribers.append(callback)

    async def ask(self, question: Callable[[Journal], T]) -> T:
        """What `question(journal)` returns or raises, run on the journal's thread."""
        answer: T = await self._run(lambda: question(self._journal))
        return answer

    async def make_room(self, max_bytes: int, owed: Callable[[], Owed]) -> list[Trimmed]:
        """Where the journal uses more than max_bytes: make room, a step at a time, and some to spare.

        owed: who needs what, asked anew before each step. Each step is named in an event: a `gap` where
        it took what a destination is owed, else `retention`; that of sent readings comes once, at the
        end. What was done, step by step. Raises JournalError.
        """
        if await self.ask(lambda journal: journal.size_bytes()) <= max_bytes:
            return []
        goal, steps, more = int(max_bytes * (1 - SPARE)), list[Trimmed](), True
        while more:
            stamp = self._notice("", {})

            def notice(trimmed: Trimmed, stamp: Event = stamp) -> Event | None:
                return None if trimmed.step == SENT else _told(stamp, trimmed)

            trimmed, done = await self.ask(partial(Journal.trim, max_bytes=goal, owed=owed(), notice=notice))
            more = trimmed.more
            steps += [trimmed] if trimmed.step else []
            if done.events:
                self._tell(done)
            await asyncio.sleep(STEP_PAUSE_S)  # commits and reads go first
        if sent := sum(each.rows for each in steps if each.step == SENT):
            self._waiting.put_event(Pending(_told(self._notice("", {}), Trimmed(SENT, sent))))
            self._changed.set()
        return steps

    async def salvage(self) -> int:
        """Journal.salvage to its end, a step at a time; the last seq that is there again."""
        stamps = [self._notice("", {}), self._notice("", {})]
        left = list(stamps)

        def stamp(kind: str, body: dict[str, Any]) -> Event:
            return left.pop()._replace(kind=kind, body=body)

        while True:
            try:
                left[:] = stamps
                saved = await self.ask(lambda journal: journal.salvage(stamp))
            except JournalError as error:  # a full disk, say: retention makes room
                self._on_fault(str(error))
                await asyncio.sleep(SALVAGE_RETRY_S)
                continue
            if saved is not None:
                self._tell(saved.committed)
                return saved.last
            await asyncio.sleep(SALVAGE_PAUSE_S)  # commits and reads go first

    @property
    def last_seq(self) -> int:
        """The highest seq committed so far."""
        return self._journal.last_seq

    def is_on_disk(self, mono: int) -> bool:
        """Whether all that was put and had been taken up to then (ms on the monotonic clock) is committed."""
        if self._committing is not None and not self._committing.done():
            return False
        waiting = self._waiting
        return not any(row.mono <= mono for row in waiting.readings) and not waiting.events

    @property
    def stats(self) -> Stats:
        failing = self._failing
        return Stats(
            self._readings,
            self._events,
            len(self._waiting),
            self._waiting.dropped,
            self._commit_ms,
            str(failing) if failing else None,
            failing.reason if failing else None,
        )

    async def run(self) -> None:
        """Commit until cancelled; then once more, with what still waits."""
        try:
            while True:
                await self._until_due()
                self._committing = asyncio.create_task(self._commit())
                await asyncio.shield(self._committing)
        finally:
            # A running commit is on its thread and cannot be called back: rows given again beside
            # it would be journalled twice.
            if self._committing and not self._committing.done():
                await asyncio.wait([self._committing])
            if self._due_s() is not None:
                await self._commit()

    async def _until_due(self) -> None:
        while True:
            self.beat()
            self._changed.clear()
            due_s = self._due_s()
            delay_s = None if due_s is None else due_s - self._loop_time()
            if delay_s is not None and delay_s <= 0:
                return
            try:
                async with asyncio.timeout(TURN_S if delay_s is None else min(delay_s, TURN_S)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _due_s(self) -> float | None:
        """When the next commit is due, on the loop's clock; None while nothing waits.

        State alone waits for a period of its own: so it goes out with readings where they flow,
        and does not make them wait.
        """
        waiting = self._waiting
        if self._urgent:
            return self._last_s
        if len(waiting.readings) >= COMMIT_AT and not self._failing:
            return self._last_s
        # What a commit takes is part of the period: so a reading is on the disk within it.
        lead_s = min(self._commit_ms / 1000, self._period_s / 2)
        next_s = self._last_s + (RETRY_S if self._failing else self._period_s - lead_s)
        if waiting.readings or waiting.events:
            return next_s
        return max(next_s, self._state_since_s + self._period_s) if waiting.state else None

    async def _commit(self) -> None:
        self._urgent = False
        self._last_s = self._loop_time()
        batch = self._waiting.take()
        pending = self._with_notices(batch)
        events = [each.event for each in pending]
        began_s = self._monotonic()
        try:
            done = await self._run(lambda: self._journal.commit(batch.readings, events, batch.state))
        except BaseException as error:
            self._waiting.put_back(batch)
            for each in batch.events:
                each.keep(None)
            if not isinstance(error, JournalError):
                raise
            self._failed(error)
            return
        self._commit_ms = (self._monotonic() - began_s) * 1000
        self._waiting.done()
        self._readings += len(batch.readings)
        self._events += len(events)
        for each, (seq, _) in zip(pending, done.events, strict=True):
            each.keep(seq)
        self._recovered()
        self._tell(done)

    def _tell(self, done: Committed) -> None:
        for callback in self._subscribers:
            try:
                callback(done)
            except Exception as error:
                context = {"message": f"a subscriber of the journal failed: {callback!r}", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)

    def _with_notices(self, batch: Batch) -> list[Pending]:
        """The events of this commit: in front what was dropped before it, at the end that it works again."""
        events = list(batch.events)
        if batch.lost != Lost():
            events.insert(0, Pending(self._notice("gap", self._gap(batch.lost))))
        if self._failing:
            detail = f"failed for {self._monotonic() - self._failing_since_s:.0f} s: {self._failing.reason}"
            body = {"what": "journal", "state": "recovered", "detail": detail}
            events.append(Pending(self._notice("fault", body)))
        return events

    def _gap(self, lost: Lost) -> dict[str, Any]:
        reason = self._failing.reason if self._failing else "journal too slow"
        body = {"reason": reason, "count": lost.readings, "t_first": lost.t_first, "t_last": lost.t_last}
        return {**body, "events": lost.events} if lost.events else body

    def _failed(self, error: JournalError) -> None:
        first, self._failing = self._failing is None, error
        if first:
            self._failing_since_s = self._monotonic()
            body = {"what": "journal", "state": "failing", "detail": error.what}
            self._waiting.put_event(Pending(self._notice("fault", body)))
            self._on_fault(str(error))

    def _recovered(self) -> None:
        if self._failing:
            seconds, where = self._monotonic() - self._failing_since_s, self._failing.where
            self._failing = None
            dropped = self._waiting.dropped
            self._on_fault(f"{where}: works again after {seconds:.0f} s; {dropped} readings dropped so far")

    def _notice(self, kind: str, body: dict[str, Any]) -> Event:
        """An event of the recorder's own; its id is unique in the log since boot is."""
        self._named += 1
        name = f"journal-{self._journal.boot}-{self._named}"
        return Event(kind, name, self._utc_ms(), round(self._monotonic() * 1000), self._trusted, body)

    def _loop_time(self) -> float:
        return asyncio.get_running_loop().time()


def _told(stamp: Event, trimmed: Trimmed) -> Event:
    """A step of making room as an event (docs/mqtt.md)."""
    body: dict[str, Any] = {"reason": trimmed.step, "count": trimmed.rows}
    if trimmed.unsent_count:
        body = {**body, "count": trimmed.unsent_count, "ranges": trimmed.unsent}
        body |= {"t_first": trimmed.t_first, "t_last": trimmed.t_last}
    if trimmed.step == EVENTS_DROPPED:
        body["events"] = body["count"]
    body |= {"rows_kept": trimmed.kept} if trimmed.kept else {}
    body |= {"unarchived": trimmed.unarchived} if trimmed.unarchived else {}
    return stamp._replace(kind="gap" if trimmed.unsent_count else "retention", body=body)

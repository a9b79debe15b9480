"""The readings around an alarm, over a real journal and in virtual time: which numbers the event names."""

import asyncio
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.marking import STATE_KEY, Marking
from agent.pipeline.instant import Instant
from agent.pipeline.raw_window import RawWindows
from store.journal import Journal
from store.recorder import Recorder
from store.retention import SENT, Owed
from store.rows import Event, Reading

SECOND, MINUTE = 1000, 60_000
T = 1_800_000_000_000


class Box:
    """A journal, and a marking with a judge that only tells the time and writes down what is announced.

    A moment is real ms; off: what UTC and the monotonic clock of the machine show then.
    """

    def __init__(self, path):
        self.path, self.real = path, 0
        self.utc_off, self.mono_off, self.machine, self.trusted = T, 0, "a", True
        self.told = []
        self.events = 0
        self.open()

    def open(self):
        """Also after a kill: nothing was closed, what was not committed is gone."""
        self.journal = Journal.open(self.path, utc_ms=lambda: T)
        self.recorder = Recorder(self.journal, run=self._run, utc_ms=lambda: T, monotonic=lambda: 0.0)
        self.marking = Marking(self.recorder, self, lambda rule: {"channel": "a.x"}, 2_000_000)
        self.marking.restore(self.journal.load(STATE_KEY), self.now(), self.journal.last_seq)
        self.commit([], self.marking.state())

    async def _run(self, work):
        return work()

    def now(self):
        return Instant(self.real + self.utc_off, self.real + self.mono_off, self.trusted, self.machine)

    def reboot(self, off_ms):
        self.real += off_ms
        self.mono_off, self.machine = -self.real + 3000, self.machine + "'"
        self.open()

    def read(self, channel="a.x"):
        now = self.now()
        return Reading(channel, now.t, now.mono, now.trusted, 1.0, None, "N")

    def commit(self, readings, state, events=()):
        return self.journal.commit(readings, events, state)

    def event(self):
        self.events += 1
        now = self.now()
        return Event("alarm", f"e{self.events}", now.t, now.mono, now.trusted, {})

    def measure(self, seconds, jitter=None):
        """So many seconds of two channels at 1 Hz, committed in heaps; by number when each was taken.

        jitter: random, for readings that come in up to 2 s too late.
        """
        taken, waiting = {}, []
        for n in range(seconds):
            self.real += SECOND
            for channel in ("a.x", "b.y"):
                late_ms = jitter.randrange(2000) if jitter else 0
                self.real -= late_ms
                waiting.append((self.real, self.read(channel)))
                self.real += late_ms
            if n % 20 == 19 or n == seconds - 1:
                first = self.commit([row for _, row in waiting], {}).first_reading
                taken |= {first + at: when for at, (when, _) in enumerate(waiting)}
                waiting = []
        return taken

    def raised(self):
        event = self.event()
        self.commit([], self.marking.watch("r", "raised", event.id, self.now()), [event])
        return event.id

    async def announce(self, kind, body, state):
        assert kind == "raw-window"
        self.told.append(body)
        self.commit([], state)

    def look(self):
        """What is due is told of."""
        asyncio.run(self.marking.look())
        told, self.told = self.told, []
        return told


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path / "journal.db")


def around(taken, raised, after=10 * MINUTE, before=5 * MINUTE):
    """The range by counting."""
    inside = [seq for seq, at in taken.items() if raised - before <= at <= raised + after]
    return [[min(inside), max(inside)]]


def test_five_minutes_before_to_ten_after_are_named_when_they_are_over(box):
    taken = box.measure(900)
    alarm, raised = box.raised(), box.real
    taken |= box.measure(599)
    assert box.look() == []
    taken |= box.measure(61)
    beats = []
    box.marking.beat = lambda: beats.append(1)
    (body,) = box.look()
    assert len(beats) > 10, "also between looks into the journal"
    assert body == {
        "rule": "r",
        "alarm": alarm,
        "raised": 1,
        "channel": "a.x",
        "t_first": T + raised - 5 * MINUTE,
        "t_last": T + raised + 10 * MINUTE,
        "ranges": around(taken, raised),
    }
    ((first, last),) = body["ranges"]
    # Two channels at 600, 601 ... 1500 s: 901 times, and the alarm's own event has a number among them.
    assert last - first + 1 == 2 * 901 + 1
    assert box.look() == [], "told once"


def test_it_is_told_after_a_kill_in_between_with_the_rows_of_both_runs(box):
    taken = box.measure(400)
    raised = box.raised() and box.real
    taken |= box.measure(60)
    box.open()
    taken |= box.measure(539)
    assert box.look() == []
    taken |= box.measure(2)
    assert box.look()[0]["ranges"] == around(taken, raised)
    box.open()
    assert box.look() == [], "not once more"


@pytest.mark.parametrize("killed", [False, True])
def test_utc_that_is_set_meanwhile_changes_nothing(box, killed):
    taken = box.measure(400)
    box.utc_off += 3_600_000
    taken |= box.measure(100)
    raised = box.raised() and box.real
    box.utc_off -= 7_200_000
    if killed:
        box.open()
    taken |= box.measure(601)
    assert box.look()[0]["ranges"] == around(taken, raised)


def test_over_a_boot_of_the_machine_it_goes_by_utc(box):
    taken = box.measure(400)
    raised = box.raised() and box.real
    taken |= box.measure(60)
    box.reboot(off_ms=120 * SECOND)
    taken |= box.measure(419)
    assert box.look() == []
    taken |= box.measure(30)
    assert box.look()[0]["ranges"] == around(taken, raised)


def test_what_came_before_a_boot_of_the_machine_is_found_by_utc_where_it_was_trusted(box):
    taken = box.measure(400)
    box.reboot(off_ms=60 * SECOND)
    taken |= box.measure(120)
    raised = box.raised() and box.real
    taken |= box.measure(601)
    assert box.look()[0]["ranges"] == around(taken, raised)


def test_without_trust_it_begins_with_the_machine(box):
    """A clock that goes on where the power failed: what is an hour old seems to be of this minute."""
    box.trusted = False
    box.measure(400)
    box.utc_off -= 3_600_000
    box.reboot(off_ms=3_600_000)
    taken = box.measure(120)
    raised = box.raised() and box.real
    taken |= box.measure(601)
    assert box.look()[0]["ranges"] == around(taken, raised)


def test_without_trust_it_ends_with_the_machine_and_is_told_at_once(box):
    box.trusted = False
    taken = box.measure(400)
    raised = box.raised() and box.real
    taken |= box.measure(60)
    box.utc_off -= 10**11
    box.reboot(off_ms=60 * SECOND)
    box.measure(10)
    assert box.look()[0]["ranges"] == around(taken, raised)


def test_raised_again_it_goes_on_until_ten_minutes_after(box):
    taken = box.measure(400)
    first, raised = box.raised(), box.real
    taken |= box.measure(500)
    box.raised()
    taken |= box.measure(599)
    assert box.look() == []
    taken |= box.measure(1)
    (body,) = box.look()
    assert (body["alarm"], body["raised"]) == (first, 2)
    assert body["ranges"] == around(taken, raised, after=1100 * SECOND)


def test_raised_again_while_it_is_looked_up_it_goes_on(box):
    taken = box.measure(400)
    raised, again = box.raised() and box.real, []
    taken |= box.measure(600)

    async def meanwhile(work):
        again.append(again or box.raised())
        return work()

    box.recorder._run = meanwhile
    assert box.look() == []
    box.recorder._run = box._run
    taken |= box.measure(600)
    (body,) = box.look()
    assert (body["raised"], body["ranges"]) == (2, around(taken, raised, after=20 * MINUTE))


def test_an_alarm_that_is_raised_for_ever_has_a_window_of_an_hour_then_another_one():
    windows, told = RawWindows(), []
    for minute in range(200):
        at = Instant(T + minute * MINUTE, minute * MINUTE, True, "a")
        told += [(window.at.mono // MINUTE, window.for_ms // MINUTE) for window in windows.due(at.mono)]
        for window in windows.due(at.mono):
            windows.close(window)
        windows.raised("r", f"e{minute}", at)
        assert len(windows.open) <= 2
    assert told == [(0, 60), (51, 60), (102, 60)], "and each raise is in one, with the ten minutes after it"


def test_while_none_can_be_told_of_there_are_no_more_than_two():
    windows = RawWindows()
    for hour in range(100):
        windows.raised("r", f"e{hour}", Instant(T + hour * 60 * MINUTE, hour * 60 * MINUTE, True, "a"))
    first, second = windows.open.values()
    assert (first.raised, second.raised, second.ends_mono) == (1, 99, 99 * 60 * MINUTE + 10 * MINUTE)


def test_rows_that_went_are_not_named(box):
    owed = Owed([[(1, 10**9)]])
    taken = box.measure(900)
    raised = box.raised() and box.real
    taken |= box.measure(620)
    assert box.journal.trim(1, owed)[0].step == "thinned to minute averages"
    left = {seq for seq, _, _ in box.journal.readings(1, 10**9, 10**6)}
    assert len(left) < len(taken) / 4
    assert box.look()[0]["ranges"] == around({seq: taken[seq] for seq in left}, raised)


def test_the_rows_of_the_latest_windows_are_kept_from_thinning(box):
    box.measure(900)
    box.raised()
    box.measure(620)
    ((first, last),) = box.look()[0]["ranges"]
    box.open()
    assert box.marking.kept == [(first, last)], "also after a kill"
    box.journal.trim(1, Owed([[(1, 10**9)]], marked=box.marking.kept))
    left = {seq for seq, _, _ in box.journal.readings(1, 10**9, 10**6)}
    assert {*range(first, last + 1)} - left == {1801}, "that of the alarm's own event"
    assert len([seq for seq in left if seq < first]) == 2 * 10, "those before it are minutes"


def test_of_all_windows_a_twentieth_of_the_journal_is_kept_the_latest_first(box):
    assert box.marking._kept_most == 5000
    for first in (1, 2001, 4001):
        box.marking._keep((first, first + 1999))
    assert box.marking.kept == [(2001, 4000), (4001, 6000)]
    box.marking._keep((6001, 20_000))
    assert box.marking.kept == [], "one that is larger is none"


def test_where_nothing_is_left_the_ranges_are_empty(box):
    box.measure(60)
    box.raised()
    box.real += 11 * MINUTE
    box.measure(60)
    while box.journal.trim(1)[0].step == SENT:
        pass
    box.measure(400)
    assert box.look()[0]["ranges"] == []


@given(
    before=st.integers(0, 700),
    after=st.integers(601, 700),
    kills=st.sets(st.integers(1, 600), max_size=2),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_counting_says_where_lines_answer_in_turn_and_the_agent_is_killed(
    tmp_path_factory, before, after, kills, seed
):
    box, jitter = Box(tmp_path_factory.mktemp("box") / "journal.db"), random.Random(seed)
    taken = box.measure(before, jitter)
    raised = box.raised() and box.real
    done = 0
    for kill in sorted(kills):
        taken |= box.measure(kill - done, jitter)
        done = kill
        box.open()
    taken |= box.measure(after - done, jitter)
    assert box.look()[0]["ranges"] == around(taken, raised)


@pytest.mark.parametrize(
    "junk",
    [7, [], {}, {"from": "1"}, {"from": 1}, {"from": 1, "open": [7]}, {"from": 1, "open": [{"rule": "r"}]}],
)
def test_junk_is_no_saved_state(box, junk):
    with pytest.raises(ValueError, match="no saved"):
        box.marking.restore(junk, box.now(), 1)

"""The last resort: what is dropped is named whatever it was, in few words, and no step takes long."""

import tracemalloc
from pathlib import Path

import pytest

from store.dropping import BATCHES_MAX, DROPPED, EVENTS_DROPPED, EVENTS_MAX, LOOKED_MAX
from store.journal import DamagedBatch, Journal
from store.owed import Owed
from store.retention import SENT, THINNED
from store.rows import Event, Reading
from tests.store.room_rig import ALL, END, UTC_MS, damage, fill, make_room, named_in, one_channel, rows_of


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)


def test_dropping_means_makes_room(journal: Journal) -> None:
    """Of one channel each mean stands alone: to name each would take more room than it did."""
    one_channel(journal, 100_000)
    last = journal.last_seq
    steps = make_room(journal, 35_000, Owed(ALL))
    dropped = [step for step in steps if step.step == DROPPED]
    assert dropped
    assert all(len(step.unsent) == 1 and step.unsent_count == step.rows > 0 for step in dropped)
    assert journal.size_bytes() <= 35_000
    readings, events = rows_of(journal)
    assert set(range(1, last + 1)) == readings.keys() | named_in(events)
    assert not readings.keys() & named_in(events)
    assert max(len(str(event.body)) for event in events.values()) < 40_000


def test_an_event_that_stays_is_not_named(journal: Journal) -> None:
    """It has the number after 500 readings; and the numbers of no destination are not named either."""
    truth = fill(journal, [(500, []), (500, ["alarm"]), (500, [])])
    owed = Owed([[(101, 1400)]], ALL)
    thinned, _ = journal.trim(journal.size_bytes() - 1, owed)
    dropped, _ = journal.trim(journal.size_bytes() - 1, owed)
    assert (thinned.step, dropped.step) == (THINNED, DROPPED)
    assert isinstance(truth[501], Event)
    assert dropped.unsent == ((599, 1400),)
    assert set(range(101, 1401)) - {501} == {
        seq for low, high in (*thinned.unsent, *dropped.unsent) for seq in range(low, high + 1)
    }


def test_a_damaged_batch_that_is_dropped_is_named(journal: Journal) -> None:
    """Its numbers are known by its neighbours; who is owed them would never hear of them otherwise."""
    fill(journal, [(500, []), (500, ["alarm"]), (500, []), (500, [])])
    damage(journal, 502)
    damage(journal, 1002, last=7, prev=3)
    steps = make_room(journal, 0, Owed([[(1, 2001)]], ALL, archived=900))
    readings, events = rows_of(journal)
    assert not readings
    assert named_in(events) >= set(range(1, 2002)) - events.keys()
    assert sum(step.unsent_count for step in steps if step.step in (DROPPED, THINNED)) == 2000
    assert sum(step.unarchived for step in steps) == 2001 - 900
    journal.close()


@pytest.mark.parametrize("both", [False, True])
def test_a_batch_whose_end_is_damaged_is_not_taken_for_sent(journal: Journal, both: bool) -> None:
    """501..1000 say that they end with 600, and 601..1000 are owed; the batch behind may lie as well."""
    fill(journal, [(500, []), (500, []), (500, []), (500, [])])
    damage(journal, 501, last=600)
    if both:
        damage(journal, 1001, prev=3)
    owed = Owed([[(601, END)]])
    step, _ = journal.trim(journal.size_bytes() - 1, owed)
    assert (step.step, step.rows) == (SENT, 500)
    step, _ = journal.trim(journal.size_bytes() - 1, owed)
    assert step.step != SENT
    with pytest.raises(DamagedBatch, match=r"501\.\.1500" if both else r"501\.\.1000"):
        journal.readings(501, 2000, 10)


def test_what_a_damaged_batch_says_of_its_end_is_not_believed(journal: Journal) -> None:
    """The one behind it is sent and goes: the next one is linked to one whose end nobody knows."""
    fill(journal, [(500, []), (500, []), (500, []), (500, [])])
    damage(journal, 501, last=7)
    step, _ = journal.trim(journal.size_bytes() - 1, Owed([[(1, 1000), (1501, END)]]))
    assert (step.step, step.rows) == (SENT, 500)
    with pytest.raises(DamagedBatch, match=r"501\.\.1000"):
        journal.readings(501, 2000, 10)


def test_only_what_somebody_was_owed_counts_as_unsent(journal: Journal) -> None:
    """One reading a minute: nothing to thin. The batch goes as a whole, and four of it were sent."""
    rows = [Reading("a.x", UTC_MS + n * 60_000, n, True, 1.0, None, "N") for n in range(10)]
    journal.commit(rows, [], {})
    dropped = next(step for step in make_room(journal, 0, Owed([[(5, END)]])) if step.step == DROPPED)
    assert (dropped.rows, dropped.unsent_count, dropped.unsent) == (10, 6, ((5, 10),))
    assert (dropped.t_first, dropped.t_last) == (rows[4].t, rows[9].t)


def test_the_last_batch_is_damaged(journal: Journal) -> None:
    fill(journal, [(500, []), (500, [])])
    damage(journal, 501)
    make_room(journal, 0, Owed(ALL, ALL))
    assert named_in(rows_of(journal)[1]) >= set(range(1, 1001))


def test_a_step_unpacks_a_bounded_number_of_batches(journal: Journal) -> None:
    """One reading a minute of each channel: there is nothing to thin, and all of it is small."""
    for number in range(3 * BATCHES_MAX):
        journal.commit([Reading("a.x", UTC_MS + number * 60_000, 0, True, 1.0, None, "N")], [], {})
    step = next(step for step in make_room(journal, 0, Owed(ALL)) if step.step == DROPPED)
    assert step.rows == BATCHES_MAX


def test_a_step_names_a_bounded_number_of_ranges(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event between any two readings; so a batch of means has many ranges."""
    monkeypatch.setattr("store.dropping.RANGES_MAX", 100)
    for number in range(300):
        t = UTC_MS + number * 60_000
        event = Event("alarm", str(number), t, 0, True, {})
        journal.commit([Reading(f"a.{n % 2}", t + n, 0, True, 1.0, None, "N") for n in range(4)], [event], {})
    dropped = [step for step in make_room(journal, 0, Owed(ALL, ALL)) if step.step == DROPPED]
    assert 100 <= max(len(step.unsent) for step in dropped) <= 100 + BATCHES_MAX


def test_what_was_sent_goes_first_of_the_events_a_bounded_number_at_a_time(journal: Journal) -> None:
    for at in range(0, 4 * EVENTS_MAX, EVENTS_MAX):
        kinds = ("alarm", "fault") * (EVENTS_MAX // 2)
        events = [Event(kind, f"{at}-{n}", UTC_MS, 0, True, {}) for n, kind in enumerate(kinds)]
        journal.commit([], events, {})
    steps = make_room(journal, 0, Owed([], [[(1, 2 * EVENTS_MAX)]]))
    assert {step.step for step in steps} == {EVENTS_DROPPED}
    assert max(step.rows for step in steps) == EVENTS_MAX
    order = [(step.rows, step.unsent_count) for step in steps]
    assert order == [(256, 1), (256, 255), (256, 1), (255, 255)]
    assert steps[0].unsent == ((2, 2),)


def test_a_step_of_events_looks_at_a_bounded_number_and_keeps_none_in_memory(journal: Journal) -> None:
    """Ten thousand that go last, and one that goes first behind them."""
    for at in range(0, 2 * LOOKED_MAX, 1000):
        events = [Event("alarm", str(n), UTC_MS, 0, True, {"x": "y" * 50}) for n in range(at, at + 1000)]
        journal.commit([], events, {})
    journal.commit(
        [], [Event("fault", "f", UTC_MS, 0, True, {}), Event("stop", "s", UTC_MS, 0, True, {})], {}
    )
    size = journal.size_bytes()
    tracemalloc.start()
    first, _ = journal.trim(size - 1, Owed([], ALL))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (first.step, first.looked, first.more) == ("", (0, LOOKED_MAX, 2 * LOOKED_MAX + 1), True)
    assert peak < 1_500_000
    steps = make_room(journal, size - 1, Owed([], ALL))
    assert (steps[0].rows, steps[0].unsent) == (1, ((2 * LOOKED_MAX + 1,) * 2,))


def test_each_time_events_are_looked_at_from_the_first_on(journal: Journal) -> None:
    """What was owed when room was made before may be sent now."""
    fill(journal, [(0, ["fault"] * 20)])
    size = journal.size_bytes()
    step, _ = journal.trim(size - 1, Owed([], [[(1, 5)]]))
    assert (step.step, step.rows > 0, step.more) == (EVENTS_DROPPED, True, False)
    kept = rows_of(journal)[1].keys()
    assert {1, 2, 3, 4, 5} <= kept
    journal.trim(journal.size_bytes() - 1, Owed())
    assert 1 not in rows_of(journal)[1]


def test_making_room_of_events_ends(journal: Journal) -> None:
    """The event that names a step never makes room for the next one's."""
    fill(journal, [(0, ["fault"] * 3)] * 4)
    for _ in range(3):
        assert len(make_room(journal, 0, Owed(ALL, []))) <= 2
    assert len(rows_of(journal)[1]) == 2

"""What goes first when space runs out, over random mixes of what is owed, sent and archived."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.dropping import LASTING
from store.journal import Journal
from store.owed import Owed
from store.packing import BATCH_MAX
from store.retention import MINUTES_MAX, SENT, THINNED, TRIM_MAX, UNPACKED_MAX
from store.rows import Event, Reading
from store.thinning import mean_of
from tests.store.room_rig import ALL, END, UTC_MS, fill, make_room, named_in, rows_of

COMMIT = st.tuples(st.integers(0, 700), st.lists(st.sampled_from(("alarm", "fault", "start")), max_size=3))
SPAN = st.tuples(st.integers(0, 9000), st.integers(0, 3000)).map(lambda pair: (pair[0], sum(pair)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(COMMIT, min_size=1, max_size=12),
    st.tuples(
        st.lists(st.lists(SPAN, max_size=3), max_size=2),  # what destinations are owed
        st.one_of(st.none(), st.integers(0, 9000)),  # what the archive has
        st.lists(SPAN, max_size=2),  # what is marked
    ),
    st.integers(0, 60_000),
    st.booleans(),
)
def test_nothing_goes_unnamed_and_alarms_go_last(
    tmp_path_factory: Any,
    commits: list[tuple[int, list[str]]],
    needs: tuple[list[list[tuple[int, int]]], int | None, list[tuple[int, int]]],
    max_bytes: int,
    reopened: bool,
) -> None:
    path = tmp_path_factory.mktemp("room") / "journal.db"
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    truth = fill(journal, commits)
    last = journal.last_seq
    spans = [*needs[0], [(last + 1, END)]]
    owed = Owed(spans, spans, *needs[1:])
    steps = make_room(journal, max_bytes, owed)
    if reopened:
        journal.close()
        journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    readings, events = rows_of(journal)

    named = named_in(events)
    kept = readings.keys() | events.keys()
    wanted = {seq for seq in truth if seq in owed.told}
    assert wanted <= kept | named, "delivered or named"
    assert not named & kept
    assert named <= wanted
    means = {seq for seq, row in readings.items() if row != truth[seq]}
    assert not any(seq in owed.marked for seq in means), "what is marked stays as it is, or goes"
    order = [step.step for step in steps]
    names = [
        "sent readings removed",
        "thinned to minute averages",
        "no room: unsent readings dropped",
        "no room: events dropped",
    ]
    assert order == sorted(order, key=names.index), "each kind of step after the other"
    gone = [event for seq, event in truth.items() if isinstance(event, Event) and seq not in events]
    if gone:
        assert not readings, "an event went while a reading could go"
        lasting = [event for event in gone if event.kind in LASTING]
        left = [seq for seq, event in events.items() if event.kind not in LASTING and seq != last]
        assert not (lasting and left)
    if means:
        still = [seq for seq in readings if seq not in owed.needed]
        assert len(still) <= 700, "sent readings stayed while unsent ones were thinned"
    assert journal.size_bytes() <= max_bytes + 2048 or not readings
    assert journal.commit([Reading("b", 1, 1, True, 1.0, None, "N")], [], {}).first_reading > last
    journal.close()


def test_a_mean_holds_all_that_one_row_stands_for(tmp_path: Any) -> None:
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    truth = fill(journal, [(500, []), (500, ["alarm"]), (500, [])])
    steps = make_room(journal, journal.size_bytes() - 1, Owed([[(1, 1200)], [(300, 800)]], archived=1000))
    readings, _ = rows_of(journal)
    unarchived = sum(seq > 1000 and seq not in readings for seq in truth)
    assert [(step.step, step.unarchived, step.kept) for step in steps] == [
        (THINNED, unarchived, len(readings))
    ]
    assert (steps[0].t_first, steps[0].t_last) == (truth[1].t, truth[1197].t), "of what somebody was owed"
    count, total = 0, 0.0
    for seq, row in readings.items():
        mean = mean_of(row.conditions)
        assert mean is not None
        count += mean.readings
        total += mean.readings * (row.value or 0.0)
        assert row.t == truth[seq].t
    for low, high in (
        (1, 1200),
        (300, 800),
        (1001, 1501),
    ):  # what each destination gets stands for all that it was owed
        got = [mean_of(row.conditions) for seq, row in readings.items() if low <= seq <= high]
        due = [row for seq, row in truth.items() if low <= seq <= high and isinstance(row, Reading)]
        assert sum(mean.readings for mean in got if mean) == len(due)
    whole = [row.value or 0.0 for row in truth.values() if isinstance(row, Reading)]
    assert (count, round(total, 6)) == (len(whole), round(sum(whole), 6))
    journal.close()


def test_a_hole_made_on_purpose_ends_no_answer(tmp_path: Any) -> None:
    """Rows in the middle are sent; then a step of thinning ends with rows that nobody needs."""
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    fill(journal, [(500, [])] * 80)
    step, _ = journal.trim(journal.size_bytes() - 1, Owed([[(1, 1000), (1501, END)]]))
    assert (step.step, step.rows) == (SENT, 500)
    assert len(rows_of(journal)[0]) == 39_500
    step, _ = journal.trim(journal.size_bytes() - 1, Owed([[(1, 1000), (1501, 32_400), (32_501, END)]]))
    assert step.step == THINNED
    assert max(rows_of(journal)[0]) == 40_000
    journal.close()


def test_a_step_is_bounded(tmp_path: Any) -> None:
    """The next commit waits behind it: batches that are sent, batches to unpack."""
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    for number in range(TRIM_MAX + 2 * UNPACKED_MAX):
        rows = [Reading("a.x", UTC_MS + number * 100 + n, n, True, 1.0, None, "N") for n in range(4)]
        journal.commit(rows, [], {})
    size, sent = journal.size_bytes(), 4 * (TRIM_MAX + 1)
    step, _ = journal.trim(size // 100, Owed([[(sent + 1, END)]]))
    assert (step.step, step.rows) == (SENT, 4 * TRIM_MAX)
    step, _ = journal.trim(size // 100, Owed([[(1, END)]]))
    assert (step.step, step.rows + step.kept) == (THINNED, 4 * UNPACKED_MAX)
    journal.close()


def test_what_a_step_of_thinning_leaves_is_bounded(tmp_path: Any) -> None:
    """Many channels, each of them three times a minute: the numbers between are named one by one."""
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    for number in range(0, 30_000, 5000):
        rows = [
            Reading(f"a.{n // 3}", UTC_MS + n, n, True, 1.0, None, "N") for n in range(number, number + 5000)
        ]
        journal.commit(rows, [], {})
    step, _ = journal.trim(journal.size_bytes() - 1, Owed([[(1, END)]]))
    assert step.step == THINNED
    assert MINUTES_MAX < step.kept <= MINUTES_MAX + BATCH_MAX
    assert len(step.unsent) == step.kept
    journal.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    yield journal
    journal.close()


def test_nothing_is_touched_within_the_budget_and_little_beyond(journal: Journal) -> None:
    fill(journal, [(500, [])] * 4)
    for owed in (Owed(), Owed(ALL)):
        step, _ = journal.trim(journal.size_bytes(), owed)
        assert (step.step, step.more) == ("", False)
    step, _ = journal.trim(journal.size_bytes() - 1, Owed())
    assert (step.step, step.rows, step.more) == (SENT, 500, False)
    step, _ = journal.trim(journal.size_bytes() - 1, Owed(ALL))
    assert (step.step, step.more) == (THINNED, False)


def test_the_last_batch_stays_while_there_are_others(journal: Journal) -> None:
    """It tells where the table ends."""
    fill(journal, [(500, [])] * 3)
    step, _ = journal.trim(0, Owed([[(1, 500)]]))
    assert (step.step, step.rows) == (SENT, 500)
    assert max(rows_of(journal)[0]) == 1500


def test_how_far_it_is_thinned_is_not_forgotten(journal: Journal) -> None:
    """And what is thinned and sent then counts as the rows that were left."""
    fill(journal, [(500, [])] * 3)
    thinned, _ = journal.trim(journal.size_bytes() - 1, Owed(ALL))
    kept = len(rows_of(journal)[0])
    fill(journal, [(500, [])])
    step, _ = journal.trim(journal.size_bytes() - 1, Owed([[(1501, END)]]))
    assert (step.step, step.rows, step.thinned) == (SENT, kept, thinned.thinned)
    assert thinned.thinned >= journal.kept_from - 500


def test_rows_of_two_boots_are_no_mean(tmp_path: Path) -> None:
    """And a boot of which nothing is owed leaves none."""
    for _ in range(2):
        journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
        fill(journal, [(200, [])])
        end = journal.last_seq
        journal.close()
    assert end == 400
    journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: UTC_MS)
    owed = Owed([[(1, 150)]])
    step, _ = journal.trim(0, owed)
    assert (step.step, step.kept) == (THINNED, 3)
    assert {boot for _, boot, _ in journal.readings(1, 150, 99)} == {1}
    step, _ = journal.trim(0, owed)
    assert (step.step, step.more) == ("", True)
    assert max(rows_of(journal)[0]) == 400
    journal.close()


def test_the_row_behind_many_that_are_thinned_is_linked(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last row of means begins in the last batch, and ends before it did."""
    fill(journal, [(500, [])] * 3)
    monkeypatch.setattr("store.packing.BATCH_MAX", 2)
    monkeypatch.setattr("store.retention.UNPACKED_MAX", 2)
    step, _ = journal.trim(journal.size_bytes() - 1, Owed([[(1, 900), (1001, END)]]))
    assert (step.step, step.kept, step.thinned) == (THINNED, 6, 899)
    assert sorted(rows_of(journal)[0]) == [598, 599, 600, 898, 899, 900, *range(1001, 1501)]

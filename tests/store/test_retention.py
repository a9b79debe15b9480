"""What goes first when space runs out, over random mixes of what is owed, sent and archived."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.journal import Journal
from store.retention import LASTING, Owed, Trimmed
from store.rows import Event, Reading
from store.thinning import mean_of

UTC_MS = 1_795_485_300_000
END = 1 << 62
COMMIT = st.tuples(st.integers(0, 700), st.lists(st.sampled_from(("alarm", "fault", "start")), max_size=3))
SPAN = st.tuples(st.integers(0, 9000), st.integers(0, 3000)).map(lambda pair: (pair[0], sum(pair)))


def fill(journal: Journal, commits: list[tuple[int, list[str]]]) -> dict[int, Reading | Event]:
    """Readings ten a second of three channels; what stands in the journal, by seq."""
    truth: dict[int, Reading | Event] = {}
    for number, (count, kinds) in enumerate(commits):
        first = len(truth)
        rows = [
            Reading(f"a.{n % 3}", UTC_MS + n * 100, n * 100, True, n * 0.37, None, "N")
            for n in range(first, first + count)
        ]
        events = [
            Event(kind, f"{number}-{at}", UTC_MS, 0, True, {"x": "y" * 300}) for at, kind in enumerate(kinds)
        ]
        done = journal.commit(rows, events, {})
        truth |= dict(done.events) | dict(enumerate(rows, done.first_reading))
    return truth


def make_room(journal: Journal, max_bytes: int, owed: Owed) -> list[Trimmed]:
    steps: list[Trimmed] = []

    def notice(step: Trimmed) -> Event:
        assert step.rows > 0
        return Event("gap", f"g{len(steps)}", UTC_MS, 0, True, {"ranges": step.unsent})

    more = True
    while more:
        step, _ = journal.trim(max_bytes, owed, notice)
        more = step.more
        steps += [step] if step.step else []
        assert len(steps) < 200
    return steps


def rows_of(journal: Journal) -> tuple[dict[int, Reading], dict[int, Event]]:
    """All that can be read; DamagedBatch fails the test: a hole made on purpose is no damage."""
    readings = {seq: row for seq, _, row in journal.readings(1, END, END)}
    found = [seq for seq, _, _ in journal.readings(1, END, END)]
    assert len(found) == len(readings)
    return readings, {seq: row for seq, _, row in journal.events(1, END, END)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(COMMIT, min_size=1, max_size=12),
    st.tuples(st.lists(st.lists(SPAN, max_size=3), max_size=2), st.one_of(st.none(), st.integers(0, 9000))),
    st.integers(0, 60_000),
    st.booleans(),
)
def test_nothing_goes_unnamed_and_alarms_go_last(
    tmp_path_factory: Any,
    commits: list[tuple[int, list[str]]],
    needs: tuple[list[list[tuple[int, int]]], int | None],
    max_bytes: int,
    reopened: bool,
) -> None:
    path = tmp_path_factory.mktemp("room") / "journal.db"
    journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    truth = fill(journal, commits)
    last = journal.last_seq
    owed = Owed([*needs[0], [(last + 1, END)]], needs[1])
    steps = make_room(journal, max_bytes, owed)
    if reopened:
        journal.close()
        journal = Journal.open(path, utc_ms=lambda: UTC_MS)
    readings, events = rows_of(journal)

    named = {
        seq
        for event in events.values()
        for low, high in event.body.get("ranges", ())
        for seq in range(low, high + 1)
    }
    kept = readings.keys() | events.keys()
    wanted = {seq for seq in truth if seq in owed.told}
    assert wanted <= kept | named, "delivered or named"
    assert not named & kept
    assert named <= wanted
    means = {seq for seq, row in readings.items() if row != truth[seq]}
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
        ("thinned to minute averages", unarchived, len(readings))
    ]
    count, total = 0, 0.0
    for seq, row in readings.items():
        mean = mean_of(row.conditions)
        assert mean is not None
        count += mean.readings
        total += mean.readings * (row.value or 0.0)
        assert row.t == truth[seq].t
    for low, high in ((1, 1200), (300, 800)):  # what each destination gets stands for all that it was owed
        got = [mean_of(row.conditions) for seq, row in readings.items() if low <= seq <= high]
        due = [row for seq, row in truth.items() if low <= seq <= high and isinstance(row, Reading)]
        assert sum(mean.readings for mean in got if mean) == len(due)
    whole = [row.value or 0.0 for row in truth.values() if isinstance(row, Reading)]
    assert (count, round(total, 6)) == (len(whole), round(sum(whole), 6))
    journal.close()

"""For the tests of making room: a journal that is filled, and one that is made smaller."""

from store.journal import Journal
from store.owed import Owed, Trimmed
from store.rows import Event, Reading

UTC_MS = 1_795_485_300_000
END = 1 << 62
ALL = [[(1, END)]]


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


def one_channel(journal: Journal, count: int) -> None:
    """One reading each second."""
    for at in range(0, count, 5000):
        rows = [Reading("a.x", UTC_MS + n * 1000, n, True, n * 0.37, None, "N") for n in range(at, at + 5000)]
        journal.commit(rows, [], {})


def named_in(events: dict[int, Event]) -> set[int]:
    """The numbers that `gap` events name."""
    return {
        seq
        for event in events.values()
        for low, high in event.body.get("ranges", ())
        for seq in range(low, high + 1)
    }


def damage(journal: Journal, first: int, **columns: object) -> None:
    """Have the disk change columns of the batch with that key, or its body."""
    for column, value in (columns or {"body": b"x"}).items():
        journal._file.db.execute(f"UPDATE batches SET {column}=? WHERE first=?", (value, first))

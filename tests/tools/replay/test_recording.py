"""Samples in the order of time, from the memory and from the disk."""

from hypothesis import given
from hypothesis import strategies as st

from tools.replay.recording import BATCH_ROWS, Recording


def row(t, line):
    return (t, line, "pid.voc", t / 10, "N", "", True)


def recorded(times, part_rows):
    recording = Recording(part_rows)
    for line, t in enumerate(times):
        recording.add(row(t, line))
    return recording


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(1, 20))
def test_in_order_whatever_the_order_and_the_parts(times, part_rows):
    recording = recorded(times, part_rows)
    due = sorted(row(t, line) for line, t in enumerate(times))
    try:
        assert list(recording) == due
        assert list(recording) == due, "as often as it is asked for"
        assert recording.extent() == ((min(times), max(times)) if times else None)
        assert recording.rows == len(times)
    finally:
        recording.close()


def test_parts_of_many_batches_that_lie_across_each_other():
    """As of a file in which one channel's month stands behind the other's."""
    month = list(range(3 * BATCH_ROWS))
    recording = recorded(month * 2, len(month))
    one, other = iter(recording), iter(recording)  # two at a time move the same file
    found = list(zip(one, other, strict=True))
    recording.close()
    assert [a[0] for a, _ in found] == sorted(month * 2)
    assert all(a == b for a, b in found)

"""Ranges against the plainest thing that does the same: a set."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store.ranges import Ranges

SPANS = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
STEPS = st.lists(st.tuples(st.booleans(), SPANS), max_size=40)


def numbers(ranges: Ranges) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


@given(STEPS)
@example([(True, (1, 3)), (True, (4, 5))])
@example([(True, (4, 5)), (True, (1, 3))])
def test_like_a_set(steps: list[tuple[bool, tuple[int, int]]]) -> None:
    ranges, expected = Ranges(), set[int]()
    for add, (first, last) in steps:
        span = set(range(first, last + 1))
        if add:
            ranges.add(first, last)
            expected |= span
        else:
            assert ranges.remove(first, last) == len(expected & span)
            expected -= span
        assert numbers(ranges) == expected
        assert ranges.total == len(expected)
        assert {number for number in range(75) if number in ranges} == expected
        assert_sorted_and_apart(ranges)
        assert [ranges.nth(at) for at in range(len(expected) + 1)] == [*sorted(expected), None]
        assert numbers(ranges.within(20, 40)) == expected & set(range(20, 41))
        assert Ranges.from_json(json.loads(json.dumps(ranges.to_json()))) == ranges


def assert_sorted_and_apart(ranges: Ranges) -> None:
    pairs = list(ranges)
    assert ranges.first() == (pairs[0] if pairs else None)
    assert ranges.last() == (pairs[-1] if pairs else None)
    assert bool(ranges) == bool(pairs)
    assert all(first <= last for first, last in pairs)
    # not even touching: 1..3 and 4..5 would be two ways to say 1..5
    assert all(pairs[at][1] + 1 < pairs[at + 1][0] for at in range(len(pairs) - 1))


def test_the_first_ranges_become_one() -> None:
    ranges = Ranges([(1, 1), (3, 3), (5, 5), (7, 7)])
    ranges.join_first(4)
    assert len(ranges) == 4
    ranges.join_first(2)
    assert (ranges, ranges.total) == (Ranges([(1, 5), (7, 7)]), 6)
    Ranges().join_first(2)


def test_clear_and_update() -> None:
    ranges = Ranges([(1, 3), (7, 9)])
    ranges.update(ranges)
    assert ranges == Ranges([(1, 3), (7, 9)])
    ranges.clear()
    assert (ranges.total, ranges.to_json()) == (0, [])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "ranges: expected a list of [first, last], got None"),
        ([[1]], "ranges: expected [first, last], got [1]"),
        ([[1, True]], "ranges: expected [first, last], got [1, True]"),
        ([[5, 4]], "range 5..4: the last number comes before the first"),
    ],
)
def test_what_is_no_list_of_ranges_is_refused(value: object, words: str) -> None:
    with pytest.raises(ValueError, match="range") as caught:
        Ranges.from_json(value)
    assert str(caught.value) == words

"""What is packed comes back exactly, and what is damaged never comes back as something else."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.packing import (
    BATCH_MAX,
    batch_rows,
    check_reading,
    event_row,
    from_batch_row,
    from_event_row,
    pack,
    unpack,
)
from store.rows import Event, Reading

finite = (
    st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64).map(float)
)
milliseconds = st.integers(-(2**60), 2**60)
readings = st.builds(
    Reading,
    channel=st.text(max_size=12),
    t=milliseconds,
    mono=milliseconds,
    trusted=st.booleans(),
    value=finite,
    raw=finite,
    flag=st.sampled_from("SMCFBDTN"),
    conditions=st.lists(st.text(max_size=8), max_size=3).map(tuple),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
events = st.builds(
    Event,
    kind=st.text(),
    id=st.text(),
    t=milliseconds,
    mono=milliseconds,
    trusted=st.booleans(),
    body=st.dictionaries(st.text(), json_values, max_size=4),
)
SAMPLE = [
    Reading(f"c{n % 3}", 10 + n, 20 + n, n % 2 == 0, n / 7, None, "N", ("late",) * (n % 2)) for n in range(9)
]


@given(st.lists(readings, min_size=1, max_size=40))
def test_readings_come_back_exactly(rows: list[Reading]) -> None:
    again = [row for _, row in unpack(pack(rows), 1, len(rows))]
    assert again == rows
    assert repr(again) == repr(rows)  # tells -0.0 from 0.0, and True from 1


@given(st.lists(readings, min_size=1, max_size=5), st.integers(1, 3 * BATCH_MAX))
def test_rows_of_a_commit_are_linked_and_full(some: list[Reading], count: int) -> None:
    many = (some * count)[:count]
    rows = batch_rows(100, 42, 7, many)
    assert [row[2] for row in rows] == [42, *(row[1] for row in rows[:-1])]
    assert [seq for row in rows for seq, _, _ in from_batch_row(row)] == list(range(100, 100 + count))
    assert [reading for row in rows for _, _, reading in from_batch_row(row)] == many
    assert len(rows) == math.ceil(count / BATCH_MAX)


@given(events)
def test_events_come_back_exactly(event: Event) -> None:
    assert from_event_row(event_row(5, 4, 3, event)) == [(5, 3, event)]


def test_a_flipped_bit_of_a_body_is_noticed() -> None:
    (row,) = batch_rows(1, 0, 1, SAMPLE)
    body = row[-1]
    for bit in range(len(body) * 8):
        damaged = bytearray(body)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="checksum differs"):
            from_batch_row((*row[:-1], bytes(damaged)))


@pytest.mark.parametrize("column", range(7))
def test_another_head_is_noticed(column: int) -> None:
    row: list[Any] = list(batch_rows(1, 0, 1, SAMPLE)[0])
    row[column] += 1
    with pytest.raises(ValueError, match="checksum differs"):
        from_batch_row(tuple(row))


@pytest.mark.parametrize("count", [0, 8, 10])
def test_another_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=rf"not a batch of 1\.\.{count}:"):
        unpack(pack(SAMPLE), 1, count)


@given(st.binary(max_size=60))
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a batch of 5\.\.7:"):
        unpack(body, 5, 7)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("raw", [False, True])
def test_what_is_not_finite_is_refused(raw: bool, number: float) -> None:
    reading = SAMPLE[0]._replace(raw=number) if raw else SAMPLE[0]._replace(value=number)
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack([reading])
    with pytest.raises(ValueError, match=f"c0: {number} is no value; give None and a flag that says why"):
        check_reading(reading)


def test_a_second_of_a_plant_takes_about_ten_bytes_per_reading() -> None:
    rows = [
        Reading(f"pid-{n % 50}.voc", 10**12 + 10 * n, 10 * n, True, 5 + n % 17 / 10, None, "N")
        for n in range(100)
    ]
    assert len(pack(rows)) < 1200

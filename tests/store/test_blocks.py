"""What is packed comes back to the last bit; what was damaged is never taken for a value."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.averages import Average
from store.blocks import BadBlock, pack_averages, unpack_averages
from store.columns import Reader, decimals_of, pack_floats, pack_ints, pack_steps

HOUR = 1_795_485_600_000
MINUTE_MS = 60_000

finite = st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0)  # no -0.0
rounded = st.integers(-(10**7), 10**7).map(lambda value: value / 1000)
sixty_four = st.integers(0, 2**64 - 1)


@st.composite
def averages(draw):
    numbers = st.one_of(finite, rounded)
    minutes = sorted(draw(st.sets(st.integers(0, 2000), min_size=1, max_size=40)))
    found = []
    for minute in minutes:
        start = HOUR + minute * MINUTE_MS
        low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
        filled = draw(st.booleans())
        found.append(
            Average(
                start,
                start + MINUTE_MS,
                *((value, low, high) if filled else (None, None, None)),
                draw(st.integers(0, 70_000)),
                draw(st.integers(0, 70_000)),
                draw(st.booleans()),
                draw(st.sampled_from("NDB")),
                draw(st.sampled_from(["", "B", "DB"])),
                draw(st.booleans()),
                draw(st.integers(0, 3)),
            )
        )
    return found


def day(seed=1):
    """1440 minutes as a plant's."""
    rng, level, found = random.Random(seed), 12.0, []
    for minute in range(1440):
        level += rng.gauss(0, 0.05)
        value, start = round(level, 2), HOUR + minute * MINUTE_MS
        spread = round(rng.uniform(0.1, 0.4), 1)
        low, high = round(value - spread, 1), round(value + spread, 1)
        found.append(Average(start, start + MINUTE_MS, value, low, high, 60, 60))
    return found


@given(st.lists(sixty_four, max_size=50))
def test_integers_come_back(values):
    assert Reader(pack_ints(values), len(values)).ints() == values


@given(st.lists(st.integers(-(2**60), 2**60), max_size=50))
def test_steps_come_back(values):
    assert Reader(pack_steps(values), len(values)).steps() == values


@given(st.lists(st.tuples(st.one_of(finite, rounded), st.one_of(finite, rounded)), max_size=30))
def test_floats_come_back_to_the_last_bit(pairs):
    first, second = [list(column) for column in zip(*pairs, strict=True)] or [[], []]
    decimals = decimals_of([*first, *second])
    reader = Reader(pack_floats(first, decimals) + pack_floats(second, decimals, first), len(first))
    assert repr(reader.floats()) == repr(first)
    assert repr(reader.floats(beside=True)) == repr(second)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([], 0), ([12.0, 3], 0), ([12.5, 0.25], 2), ([1e-7], 7), ([0.1 + 0.2, 1e-3], None)],
)
def test_the_decimals_that_suffice(values, decimals):
    assert decimals_of(values) == decimals


@given(averages())
def test_averages_come_back_to_the_last_bit(said):
    assert repr(unpack_averages(7, pack_averages(7, said))) == repr(said)


def test_a_day_of_minutes_takes_little_and_the_readings_steps_are_found():
    assert unpack_averages(7, pack_averages(7, day())) == day()
    assert len(pack_averages(7, day())) / 1440 < 2.5
    bare = [each._replace(min=None, max=None) for each in day()]
    assert unpack_averages(7, pack_averages(7, bare)) == bare
    assert len(pack_averages(7, bare)) / 1440 < 1.4


def test_one_flipped_bit_anywhere_is_noticed():
    block = pack_averages(7, day()[:60])
    for bit in range(len(block) * 8):
        damaged = bytearray(block)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadBlock):
            unpack_averages(7, bytes(damaged))


def test_a_block_in_the_place_of_another_is_noticed():
    with pytest.raises(BadBlock, match="checksum"):
        unpack_averages(8, pack_averages(7, day()))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_block_are_refused(data):
    with pytest.raises(BadBlock):
        unpack_averages(7, data)


@given(st.binary(max_size=40), st.integers(0, 20))
def test_columns_that_are_none_are_refused_or_read(data, count):
    for take in (Reader.ints, Reader.steps, Reader.floats):
        try:
            assert len(take(Reader(data, count))) == count
        except ValueError:
            continue

"""What stands in registers: literal vectors, and whatever is written is read again."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.register_values import said_by, words_of
from tests.micropython.register_cases import CASES

LAYOUTS = (
    ["YYYY", "MMDD", "hhmm", "ss"],
    ["YY", "MM", "DD", "hh", "mm", "ss"],
    ["YYMM", "DDhh", "mmss"],
    ["ss", "mm", "hh", "DD", "MM", "YYYY"],
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_by_hand(case):
    case()


@given(
    moment=st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2099, 12, 31)),
    layout=st.sampled_from(LAYOUTS),
    kind=st.sampled_from(["bcd_time", "binary_time"]),
    order=st.sampled_from(["ABCD", "BADC"]),
)
def test_a_time_that_is_written_is_read_again(moment, layout, kind, order):
    row = {"type": kind, "layout": layout, "order": order}
    words = words_of(row, tuple(moment.timetuple()[:6]))
    assert all(0 <= word <= 0xFFFF for word in words)
    assert said_by(row, words) == moment.strftime("%Y-%m-%d %H:%M:%S")


@given(
    words=st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4),
    kind=st.sampled_from(["bcd_time", "binary_time", "string", "bcd64"]),
)
def test_whatever_registers_hold_is_shown(words, kind):
    row = {"type": kind, "layout": LAYOUTS[0]}
    shown = said_by(row, words)
    assert isinstance(shown, str) == (kind != "bcd64")
    if kind == "string":
        assert shown.isascii()
        assert shown.isprintable()

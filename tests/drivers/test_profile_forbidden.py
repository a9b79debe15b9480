"""Registers that no question may read across, whatever gaps are allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.registers import RegisterDriver, faults


def profile(*channels, **limits):
    rows = [{"table": "holding", "type": "uint16", "unit": "ppm", **channel} for channel in channels]
    return {"profile": {"name": "rig", "protocol": "modbus", **limits}, "channel": rows}


@given(
    starts=st.lists(st.integers(0, 60), min_size=1, max_size=15, unique=True),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=4),
    max_gap=st.integers(0, 20),
)
def test_no_question_reads_across_what_is_forbidden(starts, spans, max_gap):
    forbidden = [[first, first + more] for first, more in spans]
    channels = [{"name": f"c{at}", "register": at} for at in starts]
    rig = profile(*channels, max_gap=max_gap, forbidden=forbidden)
    assert list(faults(rig)) == []
    asked = set()
    for question in RegisterDriver(1, rig, {}).questions():
        asked |= set(range(question.pdu.start, question.pdu.start + question.pdu.count))
    assert set(starts) <= asked
    assert not {at for first, last in forbidden for at in range(first, last + 1)} & (asked - set(starts))


def test_forbidden_registers_part_two_questions_and_move_with_the_base():
    rig = profile({"name": "a", "register": 0}, {"name": "b", "register": 4}, max_gap=9)
    asked = [(q.pdu.start, q.pdu.count) for q in RegisterDriver(1, rig, {}).questions()]
    assert asked == [(0, 5)]
    rig["profile"].update(forbidden=[[2, 2]], base=100)
    asked = [(q.pdu.start, q.pdu.count) for q in RegisterDriver(1, rig, {}).questions()]
    assert asked == [(100, 1), (104, 1)]


@pytest.mark.parametrize("wrong", [[[3, 2]], [[1]], [5], [[-1, 4]], [[0, 65536]], [["a", "b"]]], ids=str)
def test_spans_that_are_none_are_a_fault(wrong):
    rig = profile({"name": "a", "register": 0}, forbidden=wrong)
    assert [(table, key) for table, _, key, _, _ in faults(rig)] == [("profile", "forbidden")]

"""A line looks for an answer at every byte that came: no part of a printed frame, damaged or not, and
with whatever behind it, may be another answer."""

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Request
from drivers.wire.aeroqual import ReadSm70
from tests.codec import damaged, said

TABLES = ("shdlc", "plantower", "sds011", "hpma115", "cubic", "umb", "gill", "nmea", "wxt", "sdi12")


def replies(table):
    """The replies of a table, but those whose start is proven by nothing: of SDI-12 without a check, and
    the two equal bytes with which an HPMA115 says yes."""
    for kind, _, question, frame, _ in import_module(f"tests.frames.{table}").FRAMES:
        if kind != "reply" or not isinstance(question, Request) or (table == "sdi12" and not question.crc):
            continue
        if (answer := frame[: question.length(frame)]) != b"\xa5\xa5":
            yield question, answer


@pytest.mark.parametrize("table", TABLES)
@given(data=st.data(), at=st.integers(0, 200), byte=st.integers(0, 255), noise=st.binary(max_size=6))
def test_no_part_of_a_frame_is_another_answer(table, data, at, byte, noise):
    question, frame = data.draw(st.sampled_from(list(replies(table))))
    came = (damaged(frame, at, byte) or frame) + noise
    for start in range(1, len(came)):
        assert said(question, came[start:])[0] not in ("value", "refused"), came[start:]


@pytest.mark.parametrize("table", TABLES)
def test_two_frames_joined_where_one_was_cut_are_no_answer(table):
    for question, frame in replies(table):
        whole = said(question, frame)
        for cut in range(1, len(frame)):
            got = said(question, frame[:cut] + frame)
            assert got[0] in ("wrong", "unfinished") or got == whole, (cut, got)


def test_an_sm70_has_no_start_but_its_report_code_and_sum():
    """As the document says: what noise may pass, 3 of 256 by 1 of 256."""
    passed = 0
    for second in range(256):
        for last in range(256):
            got = said(ReadSm70(), bytes((0xAA, second, *bytes(12), last)))
            passed += got[0] == "value"
    assert passed == 3

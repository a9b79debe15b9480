import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.met_one import MetOneRequest, ReadRevision
from tests.codec import damaged, ends_as_stated, said, whole

PLAIN = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="*"), min_size=1, max_size=60
)
GOOD = b"ES-405, 83904, R1.2.0.0a*01278"


def answer(text):
    """An encoder of the test's own."""
    return f"{text}*{sum(map(ord, text)) % 65536:05d}".encode()


@given(command=PLAIN, begins=PLAIN, text=PLAIN, any_sum=st.booleans())
def test_round_trip(command, begins, text, any_sum):
    request = MetOneRequest(command, begins, any_sum=any_sum)
    assert request.encode() == b"\x1b" + (command.encode() + b"*//" if any_sum else answer(command)) + b"\r"
    assert whole(request, answer(begins + text)) == begins + text


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_becomes_a_value(at, byte):
    bad = damaged(GOOD, at, byte)
    got = ends_as_stated(ReadRevision(), bad) if bad else ("wrong", "")
    assert got[0] in ("wrong", "unfinished")


@given(start=st.integers(1, len(GOOD) - 6))
def test_the_rest_of_an_answer_is_no_answer(start):
    assert said(ReadRevision(), GOOD[start:])[0] == "wrong"


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    ends_as_stated(ReadRevision(), buf)
    ends_as_stated(ReadRevision(), buf + b"*01278")


def test_only_what_the_manual_calls_a_read_is_repeatable():
    assert ReadRevision().repeatable
    assert not MetOneRequest("zz", "ES-405,").repeatable


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"ES-405, 83904, R1.2.0.0a*01279", r"checksum: expected \*01278, got b'\*01279'"),
        (answer("ES-405, 1"), "answer to rv: expected model, part number and revision, got ES-405, 1"),
        (answer("rv"), r"answer to rv: expected ES-405,\.\.\., got b'rv"),  # the question's own echo
        (b"ES-405, \x00", "text: expected printable ASCII, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadRevision().parse(buf)


@pytest.mark.parametrize("command", ["", "r*v", "rv\r"])
def test_what_cannot_be_asked(command):
    for texts in ((command, "ES"), ("rv", command)):
        with pytest.raises(ValueError, match="not plain text"):
            MetOneRequest(*texts)

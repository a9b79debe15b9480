import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.synspec import ReadRecord
from tests.codec import damaged, ends_as_stated, said, whole

WORDS = st.lists(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9),
    min_size=1,
    max_size=20,
).filter(lambda words: "No data" not in "\t".join(words))
RECORD = ["N", "24-11-26", "10:15", "1.25", "31000", "210", "3.50", "77000", "400", "1005.2 hPa"]


def answer(words, trailing=b"\t"):
    """An encoder of the test's own."""
    return "\t".join(words).encode("latin-1") + trailing + b"\x0f"


@given(words=WORDS, trailing=st.sampled_from([b"", b"\t"]))
def test_round_trip(words, trailing):
    record = [*RECORD[:3], *words]
    assert whole(ReadRecord(len(record)), answer(record, trailing)) == tuple(record)


def test_a_sign_beyond_ascii_is_no_damage():
    assert ReadRecord(11).parse(answer([*RECORD, "21.0 °C"]))[10] == "21.0 ?C"


def test_no_record_yet():
    with pytest.raises(Refused, match=r"refused with No data \(the instrument has no record yet\)"):
        ReadRecord(10).parse(b"No data\r\n\x0f")


GOOD = answer(RECORD)


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_moves_no_value_to_another_place(at, byte):
    """No check: a digit may change, but never which compound a value belongs to, wherever the line looks."""
    bad = damaged(GOOD, at, byte) or GOOD
    for start in range(len(bad)):
        got = ends_as_stated(ReadRecord(len(RECORD)), bad[start:])
        if got[0] == "value":
            assert sum(a != b for a, b in zip(got[1], RECORD, strict=True)) <= 1 + (start > 0)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    ends_as_stated(ReadRecord(4), buf)
    ends_as_stated(ReadRecord(4), b"N\t24-11-26\t10:15\t" + buf + b"\x0f")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (RECORD[:-1], "fields of the record: expected 10, got 9"),
        ([*RECORD[:1], "x", *RECORD[2:]], "second field of the record: expected a date, got x"),
        ([*RECORD[:2], "24-11-26", *RECORD[3:]], "third field of the record: expected a time, got 24-11-26"),
    ],
)
def test_what_is_wrong_is_named(words, message):
    with pytest.raises(WireError, match=message):
        ReadRecord(10).parse(answer(words))


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="3 fields has no value"):
        ReadRecord(3)
    assert said(ReadRecord(10), b"\x01") == ("wrong", "text")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import catalogue
from drivers.exchange import WireError
from drivers.wire.bam_1020 import ReadRecord
from hardware_sim.instruments.bam_1020 import HOUR_S
from tests.codec import damaged, ends_as_stated, said
from tests.rig import Rig

GOOD = b"03/28/07 03:00:00, +00.027,+0.834\r"


@given(
    dust=st.integers(-15, 9999),
    volume=st.integers(0, 9999),
    more=st.integers(0, 6),
    lead=st.sampled_from(["", "\n", "\r\n"]),
)
def test_a_record_says_what_was_written(dust, volume, more, lead):
    words = [f"{dust / 1000:+07.3f}", f"{volume / 1000:+.3f}", *["+00.0"] * more]
    record = f"{lead}03/28/07 03:00:00, {','.join(words)}\r".encode()
    request = ReadRecord(3 + more)
    assert {said(request, record[:size]) for size in range(len(record))} == {("unfinished", None)}
    assert request.parse(record + b"\n") == ("03/28/07 03:00:00", (float(words[0]), float(words[1])))
    assert request.length(record + b"\n") == len(record)


@given(at=st.integers(0, len(GOOD)), byte=st.integers(0, 255))
def test_one_wrong_byte_moves_no_value_to_another_column(at, byte):
    bad = damaged(GOOD, at, byte) or GOOD
    got = ends_as_stated(ReadRecord(3), bad)
    if got[0] == "value":
        time, values = got[1]
        differs = [time != "03/28/07 03:00:00", values[0] != 0.027, values[1] != 0.834]
        assert sum(differs) <= 1


def test_a_record_joined_in_its_middle_is_none():
    for start in range(1, len(GOOD) - 1):
        assert said(ReadRecord(3), GOOD[start:])[0] == "wrong" or start < 2


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    ends_as_stated(ReadRecord(9), buf)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"03/28/07 03:00:00,1\r", "fields of the record: expected 3, got 2"),
        (b"03/28 03:00:00,1,2\r", "first field of the record: expected date and time, got 03/28 03:00:00"),
        (b"03/28/07 03:00:00,x,2\r", "concentration: expected a number, got x"),
        (b"*03/28", "start of the record: expected a digit of the date, got 0x2A"),
    ],
)
def test_what_is_wrong_is_named(record, message):
    with pytest.raises(WireError, match=message.replace("*", r"\*")):
        ReadRecord(3).parse(record)


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="2 fields has no concentration"):
        ReadRecord(2)


def test_the_record_of_an_hour_stays_until_the_next():
    rig = Rig(
        "metone-bam-1020", {"fields": 9, "channel": "tsp"}, dust=[[0, 0.05], [HOUR_S, 0.05], [HOUR_S, 0.2]]
    )
    assert rig.measure(HOUR_S + 1)["tsp"] == ("tsp", 0.05, "mg/m3", "N", ())
    assert rig.measure(2 * HOUR_S - 1)["tsp"].value == 0.05
    assert rig.measure(2 * HOUR_S)["tsp"].value == 0.2
    assert rig.run("status", 2 * HOUR_S) == ("last record 03/28/07 02:00:00",)
    assert catalogue.describe("metone-bam-1020").shared_line is False

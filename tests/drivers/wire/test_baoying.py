import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.baoying_voc import CONDITIONS
from drivers.exchange import WireError
from drivers.sample import FLAGS
from drivers.wire.baoying import QUANTITIES, ReadRecord
from tests.codec import damaged, ends_as_stated, said
from tests.dialogue import ask
from tests.rig import Rig

GOOD = b"#1,1.5,4.25,2.75,0.1,0.2,0.3,-18,11.5,61.2,Z,20150,-0.12,7.9,16200,N,0,0*"
VALUES = (1.5, 4.25, 2.75, 0.1, 0.2, 0.3, -18.0, 11.5, 61.2, 20150.0, -0.12, 7.9, 16200.0)


@given(
    numbers=st.lists(st.integers(-(10**6), 10**6), min_size=13, max_size=13), flag=st.sampled_from("NFMSDCTz")
)
def test_a_record_says_what_was_written(numbers, flag):
    words = [f"{number / 1000:.3f}" for number in numbers]
    record = f"#1,{','.join(words[:9])},Z,{','.join(words[9:])},{flag},1*".encode()
    assert {said(ReadRecord(), record[:size]) for size in range(len(record))} == {("unfinished", None)}
    assert ReadRecord().parse(record + b"#1,") == (tuple(float(word) for word in words), flag)


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_moves_no_value_to_another_place(at, byte):
    """No check: a digit may change, or two values at a lost comma; the columns behind never shift."""
    got = ends_as_stated(ReadRecord(), damaged(GOOD, at, byte) or GOOD)
    if got[0] == "value":
        assert sum(a != b for a, b in zip(got[1].values, VALUES, strict=True)) <= 1


def test_a_lost_or_gained_comma_is_seen():
    for at in [at for at, byte in enumerate(GOOD[:60]) if byte == ord(",")]:
        assert said(ReadRecord(), GOOD[:at] + GOOD[at + 1 :])[0] == "wrong"
        assert said(ReadRecord(), GOOD[:at] + b"," + GOOD[at:])[0] == "wrong"


def test_two_records_joined_where_one_was_cut_are_none():
    for cut in range(1, len(GOOD)):
        assert said(ReadRecord(), GOOD[:cut] + GOOD)[0] == "wrong"


@given(st.binary(max_size=600))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    ends_as_stated(ReadRecord(), buf)
    ends_as_stated(ReadRecord(), b"#1," + buf + b"*")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"#2,", "byte 2 of the record: expected 0x31, got 0x32"),
        (b"#1,1,2*", "fields of the record: expected at least 15, got 2"),
        (GOOD.replace(b"Z", b"1"), "field 11 of the record: expected Z, got 1"),
        (GOOD.replace(b",N,", b",NN,"), "flag of the record: expected one letter, got NN"),
        (GOOD.replace(b"4.25", b"x"), "thc: expected a number, got x"),
        (b"#1," + b"1" * 600, "record: expected at most 512 bytes, got 603"),
    ],
)
def test_what_is_wrong_is_named(record, message):
    with pytest.raises(WireError, match=message):
        ReadRecord().parse(record)


@pytest.mark.parametrize("place", range(7))
def test_every_flag_goes_on_as_it_is(place):
    assert set(CONDITIONS) == set(FLAGS)
    rig = Rig("baoying-voc", {}, nmhc=2.5, flag=place)
    samples = ask(rig.driver.measure(), rig.device.speak(5).frame)
    flag = rig.device.FLAGS[place]
    assert {sample.flag for sample in samples} == {flag}
    assert {sample.conditions for sample in samples} == {(CONDITIONS[flag],) if flag != "N" else ()}
    assert [(sample.channel, sample.unit) for sample in samples] == list(QUANTITIES)
    assert samples[2].value == 2.5

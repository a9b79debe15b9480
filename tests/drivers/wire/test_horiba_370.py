import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.checks import xor
from drivers.wire.horiba_370 import (
    FLAMES,
    HoribaRequest,
    ReadConcentrations,
    ReadFlame,
    ReadPressures,
    SelectLine,
)
from tests.codec import damaged, ends_as_stated, said, whole


def answer(command, *items, routing="020200"):
    """An encoder of the test's own."""
    body = b"\x01" + routing.encode() + command.encode() + b"\x02" + ",".join(items).encode()
    check = 0
    for byte in body:
        check ^= byte
    return body + f"{check:02X}".encode() + b"\x03"


ITEMS = st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9), max_size=9)
CONCENTRATIONS = ("00", "1", "00001.89", "00000.052", "0000-1.94", "x", "y", "z")


@given(command=st.from_regex(r"[AR][0-9]{3}", fullmatch=True), items=ITEMS)
def test_round_trip(command, items):
    expected = tuple(",".join(items).split(","))
    assert whole(HoribaRequest(command), answer(command, *items)) == expected


def test_concentrations_begin_at_the_third_item_and_the_sixth_character():
    got = whole(ReadConcentrations(), answer("R001", *CONCENTRATIONS))
    assert got == (("00001", 0.89), ("00000", 0.052), ("0000-", 1.94))


@pytest.mark.parametrize("state", [0, 1, 2])
def test_flame(state):
    assert whole(ReadFlame(), answer("R010", "00", str(state))) == state
    assert FLAMES[state] == ("extinguished", "igniting", "burning")[state]


def test_pressures():
    items = ["00", *[word for at in range(10) for word in (str(at), "1", f"{at}0.5")]]
    assert whole(ReadPressures(), answer("R037", *items)) == (0.5, 10.5, 20.5)
    assert said(ReadPressures(), answer("R037", *items[:-1])) == ("wrong", "parameters of R037")
    with pytest.raises(Refused, match="refused with 01"):
        ReadPressures().parse(answer("R037", "01"))


def test_what_acts_is_never_repeatable():
    assert ReadFlame().repeatable
    assert not SelectLine("zero").repeatable
    assert not HoribaRequest("A029", "0").repeatable
    assert whole(SelectLine("zero"), answer("A024", "00")) == ("00",)


GOOD = answer("R001", *CONCENTRATIONS)


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_becomes_another_value(at, byte):
    bad = damaged(GOOD, at, byte)
    got = ends_as_stated(ReadConcentrations(), bad) if bad else ("wrong", "")
    assert got[0] in ("wrong", "unfinished") or bad.lower() == GOOD.lower()


def test_an_end_that_noise_made_is_no_end():
    body = b"\x01020200R001\x0200,1,00001.89,00000.052,0000-1.9"
    for last in range(0x20, 0x7F):  # some number ends so that its last two characters are the check
        for text in (body + bytes([last, at]) for at in b"0123456789abcdef"):
            if f"{xor(text[:-2]):02x}".encode() == text[-2:]:
                assert said(ReadConcentrations(), text + b"\x03") == ("wrong", "parameters of R001")
                return
    raise AssertionError("no such answer was found")


@given(st.binary(max_size=560))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    text = "".join(chr(32 + byte % 95) for byte in buf)
    for request in (ReadConcentrations(), ReadFlame(), ReadPressures(), SelectLine("span")):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\x01020200" + request.command.encode() + b"\x02" + buf)
        ends_as_stated(request, answer(request.command, *text.split(",")))


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (answer("R010", "00", "2"), "command: expected 0x30, got 0x31"),
        (b"\x01020200R001\x02\x03", "FCS: expected two hex digits, got nothing"),
        (b"\x01020200R001\x0200,1FF\x03", "FCS: expected 7d, got FF"),
        (answer("R001", "00", "1"), "parameters of R001: expected 8, got 2"),
        (
            answer("R001", "00", "1", "0000x", "", "", "", "", ""),
            "concentration: expected a number, got nothing",
        ),
        (b"\x01\x07", "routing: expected printable ASCII, got 0x07"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadConcentrations().parse(buf)


def test_an_unknown_flame_is_none_of_the_three():
    with pytest.raises(WireError, match="flame status: expected 0, 1 or 2, got 3"):
        ReadFlame().parse(answer("R010", "00", "3"))


@pytest.mark.parametrize("arguments", [("X001",), ("R01",), ("R001", "\x03"), ("R001", "", 10)])
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="HORIBA"):
        HoribaRequest(*arguments)
    with pytest.raises(ValueError, match="gas 'air' is none of measure, zero, span"):
        SelectLine("air")
    for count in (0, 7):
        with pytest.raises(ValueError, match=f"{count} concentrations do not fit into 8 parameters"):
            ReadConcentrations(count)

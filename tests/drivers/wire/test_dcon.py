import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.dcon import ReadConfiguration, ReadInput, ReadInputs, ReadName
from tests.codec import damaged, ends_as_stated, said, sees_every_wrong_byte, whole

ADDRESSES = st.integers(0, 255)
THOUSANDTHS = st.integers(-99_999, 99_999)
NAMES = st.text("0123456789ABCDEFGHPR+", min_size=1, max_size=8)


def answer(text, checked):
    """An encoder of the test's own."""
    data = text.encode()
    return data + (b"%02X" % (sum(data) % 256) if checked else b"") + b"\r"


@given(address=ADDRESSES, checked=st.booleans(), values=st.lists(THOUSANDTHS, min_size=1, max_size=16))
def test_round_trip_of_values(address, checked, values):
    request = ReadInputs(address, len(values), checked)
    frame = answer(">" + "".join(f"{value / 1000:+07.3f}" for value in values), checked)
    assert len(frame) == request.longest
    assert whole(request, frame) == tuple(value / 1000 for value in values)


@given(address=ADDRESSES, checked=st.booleans(), fields=st.tuples(*[st.integers(0, 255)] * 3), name=NAMES)
def test_round_trip_of_what_carries_the_address(address, checked, fields, name):
    configuration = "".join(f"{field:02X}" for field in fields)
    got = whole(ReadConfiguration(address, checked), answer(f"!{address:02X}{configuration}", checked))
    assert got == fields
    assert whole(ReadName(address, checked), answer(f"!{address:02X}{name}", checked)) == name


@given(address=ADDRESSES, other=ADDRESSES, checked=st.booleans())
def test_what_carries_another_address_is_refused(address, other, checked):
    for frame in (f"!{other:02X}070600", f"?{other:02X}"):
        kind, got = said(ReadConfiguration(address, checked), answer(frame, checked))
        if other != address:
            assert (kind, got) == ("wrong", "address")
        else:
            assert kind == ("value" if frame[0] == "!" else "refused")


def test_every_wrong_byte_is_seen_where_the_checksum_is_on():
    values = "+08.074+05.794+07.228+07.748+05.763+06.812+11.576+14.668"
    sees_every_wrong_byte(ReadInputs(1, 8, True), answer(">" + values, True))
    sees_every_wrong_byte(ReadConfiguration(1, True), answer("!01070640", True))
    sees_every_wrong_byte(ReadName(1, True), answer("!014017P", True))
    sees_every_wrong_byte(ReadName(1, True), answer("?01", True))


@given(at=st.integers(0, 8), byte=st.integers(0, 255))
def test_without_a_checksum_only_form_is_seen(at, byte):
    good = answer(">+08.074", False)
    bad = damaged(good, at, byte)
    if bad is None:
        return
    got = ends_as_stated(ReadInput(1, 0, False), bad)
    if got[0] == "value":
        assert at in (1, 2, 3, 5, 6, 7)
        assert chr(byte) in ("+-" if at == 1 else "0123456789")


@given(st.binary(max_size=80), st.booleans())
def test_anything_ends_in_one_of_the_four_ways(data, checked):
    for request in (ReadInputs(1, 8, checked), ReadConfiguration(1, checked), ReadName(1, checked)):
        ends_as_stated(request, data)
        ends_as_stated(request, b">" + data)
        ends_as_stated(request, b"!01" + data)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (">+8.0740", None),  # volts, in the same form
        (">+100.00", None),  # % of full scale: the unit is the user's to state
        (">+08.07", "answer"),
        (">+08.0744", "answer"),
        (">008.074", "value"),
        (">+080740", "value"),
        (">+0807.4", "value"),
        (">+.08074", "value"),
        (">+08.0E4", "value"),
        (">+08. 74", "value"),
        ("!+08.074", "first character"),
        ("?+08.07", "address"),
    ],
)
def test_the_form_of_a_value(text, field):
    kind, got = said(ReadInput(1, 0, False), answer(text, False))
    assert (kind, got) == (("wrong", field) if field else ("value", (float(text[1:]),)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: ReadInputs(256, 8, False),
        lambda: ReadInputs(-1, 8, False),
        lambda: ReadInputs(1, 0, False),
        lambda: ReadInputs(1, 17, False),
        lambda: ReadInput(1, 16, False),
        lambda: ReadName(256, True),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match=r"not within|expected"):
        make()


def test_a_refusal_and_damage_say_what_they_are():
    with pytest.raises(Refused, match="not a valid command for this module"):
        ReadInputs(1, 8, False).parse(b"?01\r")
    with pytest.raises(WireError, match="checksum: expected 9A, got b'0D'"):
        ReadInput(1, 0, True).parse(b">+08.0740D\r")


@pytest.mark.parametrize("checked", [False, True])
def test_the_answer_of_one_module_is_as_good_an_answer_of_another(checked):
    """Why two of them cannot share a line (decision 0026); a name bears the address."""
    inputs, name = answer(">+08.074+05.794", checked), answer("!014017P", checked)
    assert [said(ReadInputs(address, 2, checked), inputs)[0] for address in (1, 2)] == ["value", "value"]
    assert [said(ReadName(address, checked), name)[0] for address in (1, 2)] == ["value", "wrong"]

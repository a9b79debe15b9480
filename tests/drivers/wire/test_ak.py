import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.ak import REFUSALS, AkRegister, AkRequest, number
from tests.codec import damaged, ends_as_stated, said, whole

CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=4, max_size=4)
WORDS = st.lists(st.text("ABCKMR0123456789.#+-", min_size=1, max_size=10), max_size=8).filter(
    lambda words: not words or words[-1] not in REFUSALS
)
ADDRESSES = st.none() | st.integers(4, 255)


def answer(code, status, words, lead=0x5F):
    """An encoder of the test's own."""
    return bytes([2, lead]) + " ".join([code, str(status), *words]).encode() + b"\x03"


@given(code=CODES, status=st.integers(0, 9), words=WORDS, address=ADDRESSES)
def test_round_trip(code, status, words, address):
    request = AkRequest(code, address=address)
    lead = 0x5F if address is None else address
    assert whole(request, answer(code, status, words, lead)) == (status, tuple(words))


@given(at=st.integers(0, 40), byte=st.integers(0, 255))
def test_damage_to_frame_or_echo_is_noticed_and_the_rest_cannot_be(at, byte):
    """No check: only what is told apart by form is told apart. The document says so."""
    good = answer("AKON", 0, ["12.50", "0.7"], 7)
    bad = damaged(good, at, byte)
    if bad is None:
        return
    got = ends_as_stated(AkRequest("AKON", address=7), bad)
    if at % len(good) < 7 or not 0x20 <= byte <= 0x7E:
        assert got[0] != "value" or byte == 3, got
    if at % len(good) == 7:  # the status: ten values of 256 pass
        assert (got[0] == "value") == (0x30 <= byte <= 0x39)


@pytest.mark.parametrize("words", [["12.3", "4"], [], ["K1", "K4"], ["3", "x"]])
def test_what_is_no_refusal(words):
    assert AkRequest("AKON").parse(answer("AKON", 0, words)) == (0, tuple(words))


@pytest.mark.parametrize(
    ("words", "code"),
    [(["BS"], "BS"), (["3", "NA"], "NA"), (["K0", "OF"], "OF"), (["K0", "OF", "K2", "NA"], "NA")],
)
def test_refusals(words, code):
    with pytest.raises(Refused) as caught:
        AkRequest("SREM").parse(answer("SREM", 1, words))
    assert caught.value.code == code
    assert caught.value.later == (code == "BS")


def test_only_reads_are_repeatable():
    assert AkRequest("AKON").repeatable
    assert AkRegister(245).repeatable
    assert not AkRequest("SNAB").repeatable
    assert not AkRequest("EKAK", 1, "M1 100").repeatable


def test_another_address_is_another_instrument():
    assert said(AkRequest("AKON", address=5), answer("AKON", 0, ["1"], 6)) == ("wrong", "address")
    assert AkRequest("AKON", 2, address=5).encode() == b"\x02\x05AKON K2\x03"
    assert AkRequest("EKAK", 1, "M1 100").encode() == b"\x02 EKAK K1 M1 100\x03"


def test_registers_are_told_apart_by_the_answer():
    late = answer("AREG", 0, ["245", "31.2"], 0x30)
    assert AkRegister(245).parse(late) == ("0", 31.2)
    assert said(AkRegister(329), late) == ("wrong", "echoed register")
    assert AkRegister(245).shape != AkRegister(329).shape


@given(st.binary(max_size=600))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (AkRequest("AKON"), AkRequest("AKON", address=7), AkRegister(245)):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\x02\x07AKON 0 " + buf)
        ends_as_stated(request, b"\x020AREG 0 " + buf + b"\x03")


def test_numbers():
    assert [number(word) for word in ("12.5", "-3", "#9999", "NA", "1.5E-2")] == [12.5, -3, None, None, 0.015]
    with pytest.raises(WireError, match="value: expected a number, got nothing"):
        number("#")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\x05", "STX: expected 0x02, got 0x05"),
        (b"\x02\x02 AKON", "byte behind STX: expected any character, got 0x02"),
        (b"\x02\x03AKON", "byte behind STX: expected any character, got 0x03"),
        (b"\x02 ASTZ", "echoed code: expected AKON, got ASTZ"),
        (b"\x02 AKON\x03", "answer: expected AKON and the error status, got AKON"),
        (b"\x02 AKON X 5\x03", "error status: expected one digit, got X"),
        (b"\x02 AKON 0 \x07", "text: expected printable ASCII, got 0x07"),
        (b"\x02 AKON 0 BS\x03", r"refused with BS \(busy with a running function; only SRES and STBY"),
        (b"\x02 ???? 0\x03", r"refused with \?\?\?\? \(unknown code, or a faulty transfer\)"),
        (b"\x02 AKON 0 " + b"1" * 600, "answer: expected at most 512 bytes, got 609"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises((WireError, Refused), match=message):
        AkRequest("AKON").parse(buf)


@pytest.mark.parametrize(
    "arguments", [("AKO",), ("akon",), ("AK N",), ("AKON", 100), ("AKON", 0, "a\x03"), ("AKON", 0, "", 3)]
)
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="AK "):
        AkRequest(*arguments)
    with pytest.raises(ValueError, match="register 1000 is not within"):
        AkRegister(1000)

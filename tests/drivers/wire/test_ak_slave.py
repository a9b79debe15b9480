"""An AK device that is asked: by literal questions, and by our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused
from drivers.wire.ak import AkRequest
from drivers.wire.ak_slave import AkSlave


def busy(channel, data):
    raise Refused("BS")


CODES = {
    "AKON": lambda channel, data: (0, "12.5"),
    "ASTZ": lambda channel, data: (3, "SREM STBY"),
    "EKAK": lambda channel, data: (0, f"{channel} {data}"),
    "SRES": lambda channel, data: (0, ""),
    "SPAB": busy,
}
ASK = bytes.fromhex("02 20 41 4B 4F 4E 20 4B 30 03")  # Emerson AK manual p. 1-3: AKON K0


def head(address=None):
    return AkSlave(CODES, address)


def test_the_manuals_question():
    assert head().answer(ASK) == b"\x02 AKON 0 12.5\x03"
    assert head().answer(b"noise\x02" + ASK) == b"\x02 AKON 0 12.5\x03"


def test_the_manuals_answers():
    """CAI 700M p. 155, `_` being the byte that nobody reads."""
    assert head().answer(b"\x02 ASTZ K0\x03") == b"\x02_ASTZ 3 SREM STBY\x03".replace(b"_", b" ")
    assert head().answer(b"\x02 XXXX K0\x03") == b"\x02_???? 0\x03".replace(b"_", b" ")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (AkRequest("AKON"), (0, ("12.5",))),
        (AkRequest("ASTZ"), (3, ("SREM", "STBY"))),
        (AkRequest("EKAK", 12, "1.0 2.0"), (0, ("12", "1.0", "2.0"))),
        (AkRequest("SRES"), (0, ())),
        (AkRequest("AKON", address=0x31), (0, ("12.5",))),
    ],
)
def test_our_own_questions(question, value):
    slave = head(question.address)
    assert question.parse(slave.answer(question.encode())) == value


@pytest.mark.parametrize(("code", "word"), [("SPAB", "BS"), ("AXYZ", "????")])
def test_refusals(code, word):
    question = AkRequest(code)
    with pytest.raises(Refused) as caught:
        question.parse(head().answer(question.encode()))
    assert caught.value.code == word


@pytest.mark.parametrize(
    "data",
    [
        b"",
        ASK[:-1],
        ASK[1:],
        b"\x02 AKON\x03",
        b"\x02 AKON 0\x03",
        b"\x02 AKON K\x03",
        b"\x02 AKON K100\x03",
        b"\x02 AKON K0 \xff\x03",
        b"\x02 AKON 0 12.5\x03",  # an answer, heard back
        b"\x02 ???? 0\x03",
    ],
)
def test_what_is_no_question_gets_no_answer(data):
    assert head().answer(data) == b""


def test_another_address_gets_no_answer():
    assert head(0x31).answer(AkRequest("AKON", address=0x32).encode()) == b""
    with pytest.raises(ValueError, match="3 is not within"):
        head(3)


@given(st.binary(max_size=60))
def test_nothing_makes_it_raise(data):
    head().answer(data)
    head().answer(b"\x02 " + data + b"\x03")
    head().answer(b"\x02 AKON K0 " + data + b"\x03")

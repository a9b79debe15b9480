import functools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.nmea import Transducers, WindSentence, ask_transducers, ask_wind, ask_wmt700, sentence
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

TENTHS = st.none() | st.integers(0, 3599)
QUANTITY = st.tuples(
    st.sampled_from("ACHPSUVZR"), st.none() | st.integers(-999, 9999), st.sampled_from("CMPHs")
)


def line(text):
    """An encoder of the test's own."""
    check = functools.reduce(operator.xor, text.encode(), 0)
    return b"$" + text.encode() + b"*" + f"{check:02X}".encode() + b"\r\n"


def shown(tenths):
    return "" if tenths is None else f"{tenths / 10:.1f}"


@given(
    talker=st.sampled_from(["WI", "II", "PA"]),
    tenths=st.tuples(TENTHS, TENTHS),
    letters=st.tuples(st.sampled_from("RT"), st.sampled_from("KMN")),
    valid=st.booleans(),
)
def test_wind(talker, tenths, letters, valid):
    (direction, speed), (reference, unit) = tenths, letters
    sent = line(f"{talker}MWV,{shown(direction)},{reference},{shown(speed)},{unit},{'AV'[not valid]}")
    value = [None if each is None else each / 10 for each in tenths]
    assert whole(WindSentence(talker), sent) == (value[0], reference, value[1], unit, valid)


@given(st.lists(QUANTITY, min_size=1, max_size=12))
def test_transducers(quantities):
    fields = [f"{kind},{shown(tenths)},{unit},{at}" for at, (kind, tenths, unit) in enumerate(quantities)]
    got = whole(Transducers(), line("WIXDR," + ",".join(fields)))
    assert [(each.kind, each.value, each.unit, each.id) for each in got] == [
        (kind, None if tenths is None else tenths / 10, unit, str(at))
        for at, (kind, tenths, unit) in enumerate(quantities)
    ]


def test_an_identification_is_text():
    (got,) = Transducers().parse(line("WIXDR,G,HEL/___,,4"))
    assert got == ("G", None, "", "4", "HEL/___")


def test_every_wrong_byte_is_seen():
    good = line("WIMWV,282,R,0.1,M,A")
    assert good.endswith(b"*37\r\n")
    sees_every_wrong_byte(WindSentence(), good)
    sees_every_wrong_byte(ask_wind(), good)
    complaint = line("WITXT,01,01,08,Use chksum 2F")
    sees_every_wrong_byte(ask_wind(), complaint)
    rain = line("WIXDR,C,23.3,C,0,C,24.0,C,1,H,50.1,P,0,P,1009.5,H,0")
    assert rain[-4:-2] == b"5C"  # in lower case it is the same digit
    sees_every_wrong_byte(Transducers(), rain, but=((len(rain) - 3, ord("c")),))


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (WindSentence(), Transducers(), ask_wind(), ask_wmt700("A")):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"$WIMWV," + buf)
        ends_as_stated(request, b"$WITXT," + buf)


@given(st.text("ARMV,0123456789.*-", max_size=40))
def test_any_sound_sentence_ends_in_one_of_the_stated_ways(text):
    for request in (WindSentence(), ask_wind(), Transducers()):
        ends_as_stated(request, line("WIMWV," + text))
        ends_as_stated(request, line("WIXDR," + text))
        ends_as_stated(request, line("WITXT," + text))


def test_listening_sends_nothing_and_asking_may_be_repeated():
    assert (WindSentence().encode(), WindSentence().listening, WindSentence().repeatable) == (
        b"",
        True,
        False,
    )
    assert (ask_wind().listening, ask_wind().repeatable) == (False, True)
    assert ask_transducers("II").encode() == line("IIWIQ,XDR")
    assert sentence("WIPAQ,") == line("WIPAQ,")


def test_a_complaint_is_a_refusal_where_something_was_asked():
    complaint = line("WITXT,01,01,01,Unable to measure error")
    with pytest.raises(Refused, match=r"refused with 01 \(Unable to measure error\)"):
        ask_transducers().parse(complaint)
    assert said(Transducers(), complaint) == ("wrong", "sentence")


def test_sentences_are_told_apart_by_talker_and_kind():
    assert said(WindSentence("PA"), line("PBMWV,1,R,1,M,A")) == ("wrong", "sentence")
    assert said(WindSentence(), line("WIMWVX,1,R,1,M,A")) == ("wrong", "sentence")
    assert WindSentence("PA").shape != WindSentence("PB").shape
    assert WindSentence().shape != Transducers().shape


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"$WIX", r"sentence: expected \$WIMWV, got \$WIX"),
        (b"$WIMWV,282,R,0.1,M,A*38\r\n", r"checksum: expected \*37, got \*38"),
        (b"$WIMWV,282,R,0.1,M,A\r\n", r"checksum: expected \*.., got M,A"),
        (line("WIMWV,282,R,0.1,M"), "fields of MWV: expected 5, got 4"),
        (line("WIMWV,282,R,0.1,M,00"), "status: expected A or V, got 00"),
        (line("WIMWV,282,X,0.1,M,A"), "reference: expected R or T, got X"),
        (line("WIMWV,2x2,R,0.1,M,A"), "direction: expected a number, got 2x2"),
        (b"$WIMWV," + b"1" * 300, "answer: expected at most 256 bytes, got 307"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        WindSentence().parse(buf)


def test_what_is_wrong_with_quantities_is_named():
    with pytest.raises(WireError, match="fields of XDR: expected four for each quantity, got 3"):
        Transducers().parse(line("WIXDR,C,1,C"))
    with pytest.raises(WireError, match="quantity 2: expected a number, got x"):
        Transducers().parse(line("WIXDR,C,1,C,0,C,x,C,1"))


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="WMT700 id 'AB' is not one of A"):
        ask_wmt700("AB")

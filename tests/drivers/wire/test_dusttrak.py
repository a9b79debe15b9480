import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.dusttrak import CHANNELS, FAULTS, MESSAGES, Command, ReadMeasurement, ReadMessages, ReadText
from tests.codec import damaged, ends_as_stated, said, whole

THOUSANDTHS = st.integers(0, 400_000)


def listed(words):
    """An encoder of the test's own."""
    return b"\r\n" + "".join(f"{word}," for word in words).encode() + b"\r\n"


@given(model=st.sampled_from(sorted(CHANNELS)), elapsed=st.integers(0, 10**7), data=st.data())
def test_measurement(model, elapsed, data):
    values = data.draw(st.lists(THOUSANDTHS, min_size=CHANNELS[model], max_size=CHANNELS[model]))
    words = [elapsed, *[f"{value / 1000:.3f}" for value in values]]
    got = whole(ReadMeasurement(model), listed(words))
    assert got == (elapsed, tuple(float(f"{value / 1000:.3f}") for value in values))


@given(model=st.sampled_from(sorted(MESSAGES)), data=st.data())
def test_messages(model, data):
    flags = data.draw(st.lists(st.integers(0, 100), min_size=MESSAGES[model], max_size=MESSAGES[model]))
    assert whole(ReadMessages(model), listed(flags)) == tuple(flags)
    assert len(FAULTS) == 10


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_text(text):
    got = said(ReadText("MSTATUS"), b"\r\n" + text.encode() + b"\r\n")
    if text.strip() and text[-1] != ",":
        assert got == ("value", text.strip())
    else:
        assert got == ("wrong", "answer to MSTATUS")


@given(at=st.integers(0, 60), byte=st.integers(0, 255))
def test_one_wrong_byte_changes_one_value_of_a_list_or_is_refused(at, byte):
    """No check: a digit may change; PM2.5 is never read as PM10, and no prefix is a list."""
    good = listed(["12", "0.031", "0.032", "0.033", "0.040", "0.041"])
    bad, due = damaged(good, at, byte) or good, ReadMeasurement("8533").parse(good)
    for start in range(len(bad)):
        got = ends_as_stated(ReadMeasurement("8533"), bad[start:])
        if got[0] == "value":
            pairs = zip((got[1].elapsed_s, *got[1].values), (due.elapsed_s, *due.values), strict=True)
            assert sum(a != b for a, b in pairs) <= 1


@given(st.binary(max_size=560))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (ReadMeasurement("8530"), ReadMessages("8534"), ReadText("RDMN"), Command("MZERO")):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\r\n" + buf + b"\r\n")


def test_questions_that_can_be_mistaken_have_one_shape():
    assert ReadText("MSTATUS").shape == Command("MZERO").shape
    assert ReadMeasurement("8530").shape == ReadMeasurement("8532").shape
    assert ReadMeasurement("8530").shape != ReadMeasurement("8533").shape
    measured, messages = listed(["12", "0.031"]), listed(["0"] * 13)
    assert said(ReadMessages("8530"), measured)[0] == said(ReadMeasurement("8530"), messages)[0] == "wrong"
    assert said(ReadText("MSTATUS"), measured)[0] == "wrong"
    assert said(ReadMeasurement("8530"), b"\r\nRunning\r\n")[0] == "wrong"


def test_the_end_of_one_answer_and_the_start_of_the_next_are_no_answer():
    assert said(ReadText("MSTATUS"), b"\r\n\r\nRunning\r\n") == ("wrong", "answer to MSTATUS")
    assert said(ReadText("MSTATUS"), b"\r\nRunning\r\n") == ("value", "Running")


def test_only_reads_are_repeatable():
    assert ReadMeasurement("8530").repeatable
    assert ReadText("RMZEROING").repeatable
    assert not Command("MZERO").repeatable
    assert Command("MSTART").encode() == b"MSTART\r"


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"\rX", "LF: expected 0x0A, got 0x58"),
        (b"\r\nRunning\r\n", "answer to RMMEAS: expected 2 fields, a comma behind each, got Running"),
        (b"\r\n12,x,\r\n", "value: expected a number, got x"),
        (b"\r\n12,0.031\r\n", "expected 2 fields, a comma behind each, got 12,0.031"),
        (b"\r\n\x00", "text: expected printable ASCII, got 0x00"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        ReadMeasurement("8530").parse(buf)


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="model '8520' is none of 8530, 8532, 8533, 8534"):
        ReadMeasurement("8520")
    with pytest.raises(ValueError, match="command 'MSHUTDOWN' is none of MSTART"):
        Command("MSHUTDOWN")
    with pytest.raises(ValueError, match="command 'MZERO' is none of RDMN"):
        ReadText("MZERO")

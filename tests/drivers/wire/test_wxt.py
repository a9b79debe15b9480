import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.wxt import COMPOSITE, PTU, RAIN, SUPERVISOR, WIND, Query, ReadSettings, ResetRain
from tests.codec import damaged, ends_as_stated, said, sees_every_wrong_byte, whole

NAMES = st.sampled_from(["Dn", "Dm", "Dx", "Sn", "Sm", "Sx", "Ta", "Ua", "Pa", "Rc", "Vh"])
ITEMS = st.lists(
    st.tuples(NAMES, st.integers(-999, 9999), st.sampled_from("DMCPHs#")),
    min_size=1,
    max_size=11,
    unique_by=lambda item: item[0],
)


def letters(text):
    """The CRC of SDI-12 bit by bit, and its three characters."""
    register = 0
    for byte in text.encode():
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return "".join(chr(0x40 | register >> shift & 0x3F) for shift in (12, 6, 0))


def answer(text, crc):
    """An encoder of the test's own."""
    return (text + (letters(text) if crc else "") + "\r\n").encode()


@given(
    address=st.sampled_from("09AZaz"),
    message=st.sampled_from([0, 1, 2, 3, 5]),
    items=ITEMS,
    crc=st.booleans(),
)
def test_round_trip(address, message, items, crc):
    query = Query(address, message, crc)
    head = f"{address}{'r' if crc else 'R'}{message}"
    text = head + "".join(f",{name}={tenths / 10:.1f}{unit}" for name, tenths, unit in items)
    assert whole(query, answer(text, crc)) == tuple((name, tenths / 10, unit) for name, tenths, unit in items)
    assert query.encode() == answer(head, crc)


def test_every_wrong_byte_is_seen_with_the_crc():
    sees_every_wrong_byte(Query("0", WIND), answer("0r1,Sn=0.1M,Sm=0.1M,Sx=0.1M", True))
    sees_every_wrong_byte(Query("0", WIND), answer("0tX,Unable to measure error", True))


def test_a_crc_may_hold_a_character_that_cannot_be_printed():
    texts = [f"0r1,Sm={speed / 10:.1f}M" for speed in range(9999)]
    (text, *_) = [each for each in texts if "\x7f" in letters(each)]
    assert whole(Query("0", WIND), answer(text, True)) == (("Sm", float(text[7:-1]), "M"),)
    assert said(Query("0", WIND, crc=False), b"0R1,Sm=1.0\x7fM\r\n") == ("wrong", "text")


@given(at=st.integers(0, 100), byte=st.integers(0, 255))
def test_without_the_crc_only_the_form_is_seen(at, byte):
    """The document says so: a digit is a digit."""
    good = answer("0R1,Dm=106D,Sm=1.1M", False)
    bad = damaged(good, at, byte)
    if bad is None:
        return
    got = ends_as_stated(Query("0", WIND, crc=False), bad)
    if at % len(good) < 4 or not 0x20 <= byte <= 0x7E:
        assert got[0] != "value"
    if at % len(good) in (7, 8, 9):
        assert (got[0] == "value") == (
            chr(byte) in "0123456789." or (chr(byte) in "+-" and at % len(good) == 7)
        )


@given(st.binary(max_size=400))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for query in (Query("0", WIND), Query("0", WIND, crc=False)):
        ends_as_stated(query, buf)
        ends_as_stated(query, query.encode()[:3] + b"," + buf)
        ends_as_stated(query, query.encode()[:3] + b"," + buf + b"\r\n")


@given(text=st.text("DSm=0123456789.,#M", max_size=40), crc=st.booleans())
def test_any_sound_line_ends_in_one_of_the_stated_ways(text, crc):
    query = Query("0", WIND, crc)
    ends_as_stated(query, answer(("0r1," if crc else "0R1,") + text, crc))


def test_answers_tell_address_and_message():
    assert said(Query("1", WIND), answer("0r1,Sm=1.0M", True)) == ("wrong", "answer")
    assert said(Query("0", PTU), answer("0r1,Sm=1.0M", True)) == ("wrong", "answer")
    assert len({Query("0", message).shape for message in (COMPOSITE, WIND, PTU, RAIN, SUPERVISOR)}) == 5
    assert Query("0", WIND).repeatable


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0R2,", "answer: expected '0R1,', got '0R2,'"),
        ("0R1,Sm", "parameter: expected such as Sm=1.0M, got Sm"),
        ("0R1,", "parameter: expected such as Sm=1.0M, got nothing"),
        ("0R1,Sm=1.0", "unit of Sm: expected a letter or #, got 0"),
        ("0R1,Sm=1x0M", "Sm: expected a number, got 1x0"),
        ("0R1,Dm=1E6D", "Dm: expected a number without exponent, got 1E6"),
        ("0R1,Sm=1.0M,Sm=1.0M", "parameters: expected each once, got Sm=1.0M,Sm=1.0M"),
        ("0TX,Unknown cmd error", r"refused with text \(Unknown cmd error\)"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    with pytest.raises((WireError, Refused), match=message):
        Query("0", WIND, crc=False).parse(answer(text, False))


def test_a_wrong_crc_is_named():
    with pytest.raises(WireError, match=r"CRC: expected J\\Y, got LFj"):
        Query("0", WIND).parse(b"0r1,Dn=236D,Dm=283D,Dx=031D,Sn=0.0M,Sm=1.0M,Sx=2.2MLFj\r\n")


@pytest.mark.parametrize("arguments", [("", WIND), ("00", WIND), ("?", WIND), ("é", WIND), ("0", 4)])
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="WXT "):
        Query(*arguments)


def test_frames_of_others_are_recognised():
    question, sent = Query("3", PTU).encode(), answer("3r2,Ta=22.7C", True)
    whole_frame = Query("0", WIND).whole_frame
    assert whole_frame(question + b"0") == (8, True, "WXT query 3r2")
    assert whole_frame(sent + b"0") == (17, False, "WXT answer 3r2")
    assert whole_frame(answer("3R2,Ta=22.7C", False)) is None
    for frame in (question, sent):
        assert {whole_frame(frame[:size]) for size in range(len(frame))} == {None}
        for at in range(len(frame)):
            assert whole_frame(frame[:at] + bytes((frame[at] ^ 0x10,)) + frame[at + 1 :]) is None


@given(st.binary(max_size=60))
def test_whatever_comes_is_searched_for_frames_of_others(buf):
    for bytes_ in (buf, b"0r1," + buf + b"\r\n"):
        found = Query.whole_frame(bytes_)
        assert (
            found is None
            or letters(bytes_[: found[0] - 5].decode()) == bytes_[found[0] - 5 : found[0] - 2].decode()
        )


@given(st.binary(max_size=200))
def test_settings_and_resets_end_in_one_of_the_stated_ways(buf):
    for request, head in ((ReadSettings("0"), b"0XU,"), (ResetRain("0"), b"0TX,")):
        ends_as_stated(request, buf)
        ends_as_stated(request, head + buf + b"\r\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0XU,N=WXT530", "settings: expected V among them, got N=WXT530"),
        ("0XU,N=WXT530,V=", "settings: expected V among them"),
        ("0XU,N", "setting: expected such as B=19200, each once, got N"),
        ("0XU,N=a,N=b", "setting: expected such as B=19200, each once, got N=b"),
        ("1XU,N=a,V=b", "address: expected 0x30, got 0x31"),
    ],
)
def test_what_is_wrong_with_settings_is_named(text, message):
    with pytest.raises(WireError, match=message):
        ReadSettings("0").parse(text.encode() + b"\r\n")


def test_a_reset_is_sent_once_and_confirmed_by_its_own_words():
    assert not ResetRain("0").repeatable
    assert whole(ResetRain("0"), b"0TX,Rain reset\r\n") is True
    assert said(ResetRain("0"), b"0TX,Unknown cmd error\r\n") == ("refused", "text")

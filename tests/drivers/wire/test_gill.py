import functools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.gill import Listen, PollWind, WindStream, number
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

FIELD = st.text("0123456789+-.:T", max_size=12)


def line(text, end=b"\r\n"):
    """An encoder of the test's own."""
    check = functools.reduce(operator.xor, text.encode(), 0)
    return b"\x02" + text.encode() + b"\x03" + b"%02X" % check + end


@given(unit=st.sampled_from("ANQZ"), fields=st.lists(FIELD, min_size=1, max_size=30))
def test_round_trip(unit, fields):
    sent = line(",".join([unit, *fields]) + ",")
    assert whole(Listen(unit, len(fields)), sent) == tuple(fields)


@given(
    direction=st.none() | st.integers(0, 359),
    speed=st.integers(0, 6000),
    status=st.sampled_from(["00", "04"]),
)
def test_wind(direction, speed, status):
    shown = "" if direction is None else f"{direction:03d}"
    sent = line(f"Q,{shown},{speed / 100:06.2f},M,{status},")
    for request in (WindStream(), PollWind()):
        assert whole(request, sent) == (direction, speed / 100, "M", status)


def test_a_terminator_of_one_character():
    assert whole(WindStream(terminator="CR"), line("Q,229,002.74,M,00,", b"\r")) == (229, 2.74, "M", "00")
    assert said(WindStream(), line("Q,229,002.74,M,00,", b"\r\r")) == ("wrong", "end")


def test_every_wrong_byte_is_seen():
    sees_every_wrong_byte(WindStream(), line("Q,229,002.74,M,00,"))
    good = line("Q,,0999.5,040,+023.3,,0000,")
    assert good[-4:-2] == b"5C"
    # a hex digit in lower case is the same digit
    sees_every_wrong_byte(Listen("Q", 6), good, but=((len(good) - 3, ord("c")),))


@given(st.binary(max_size=500))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for request in (WindStream(), PollWind("N"), Listen("Q", 24)):
        ends_as_stated(request, buf)
        ends_as_stated(request, b"\x02Q," + buf)


@given(st.text("Q,0123456789.M+-", max_size=30))
def test_any_sound_line_ends_in_one_of_the_stated_ways(text):
    ends_as_stated(WindStream(), line("Q," + text))
    ends_as_stated(WindStream(), line(text))


def test_listening_sends_nothing_and_polling_may_be_repeated():
    assert (WindStream().encode(), WindStream().listening, WindStream().repeatable) == (b"", True, False)
    assert (PollWind("N").encode(), PollWind().listening, PollWind().repeatable) == (b"?N", False, True)
    assert WindStream().timeout_ms == 3000
    assert PollWind().timeout_ms is None


def test_numbers_that_may_be_left_out():
    assert [number(field) for field in ("+023.3", "", "08.45", "-1")] == [23.3, None, 8.45, -1]
    with pytest.raises(WireError, match="value: expected a number, got 16:19"):
        number("16:19")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"Q", "STX: expected 0x02, got 0x51"),
        (line("Q,229,002.74,M,00,")[:-4] + b"17\r\n", "checksum: expected 16, got '17'"),
        (line("A,229,002.74,M,00,"), "unit: expected Q, got A"),
        (line("Q,+000.01,-000.02,M,00,"), r"direction: expected digits, got \+000.01"),
        (line("Q,229,002.74,M,"), "fields: expected 4, got 3"),
        (line("Q,229,002.74,M,00"), "fields: expected a comma behind the last one, got 00"),
        (line("Q,361,002.74,M,00,"), "direction: expected 0 to 360, got 361"),
        (line("Q,229,,M,00,"), "speed: expected a number, got nothing"),
        (line("Q,229,002.74,M,,"), "status: expected two characters, got nothing"),
        (line("Q,229,002.74,M,00,", b"\r\r"), r"end: expected '\\r\\n', got '\\r\\r'"),
        (b"\x02Q,229,\x80", "text: expected printable ASCII, got 0x80"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        WindStream().parse(buf)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Listen("q", 4),
        lambda: Listen("", 4),
        lambda: Listen("Q", 0),
        lambda: WindStream(terminator="LF"),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="Gill"):
        make()

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.wire.text import TextRequest, decimal, natural, plain, printable
from tests.codec import said, whole


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_numbers_are_the_nearest_float(number):
    assert decimal(f"{number:f}") == float(number)


@given(mantissa=st.integers(-(10**15) + 1, 10**15 - 1), power=st.integers(-99, 99))
def test_exponents(mantissa, power):
    assert decimal(f"{mantissa}e{power:+d}") == pytest.approx(float(f"{mantissa}e{power}"), rel=1e-15)


def test_no_exponents_of_instruments_that_write_none():
    assert plain("-12.50") == -12.5
    for word in ("1E6", "1e6", "E", "1E"):
        with pytest.raises(WireError, match=f"value: expected a number without exponent, got {word}"):
            plain(word)


@given(st.text(max_size=12))
def test_what_is_no_number_is_said_to_be_none(word):
    try:
        value = decimal(word)
    except WireError:
        return
    assert value == float(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "\u00b9",
        "\u0663",
        "-",
        ".",
        "+-1",
        "1.2.3",
        "1e",
        "1e+100",
        "1E6",
        "1E06",
        "1E+",
        "nan",
        "inf",
        "1_0",
        "0x10",
        " 1",
        "1 ",
        "1" * 16,
    ],
)
def test_words_that_python_or_c_would_take(word):
    with pytest.raises(WireError, match="a number"):
        decimal(word)
    if word != "1" * 16:
        with pytest.raises(WireError, match="digits"):
            natural(word, "count")


def test_text_is_printable_ascii():
    assert printable(b"a\tb", (9,)) == "a\tb"
    for byte in (0, 9, 0x1F, 0x7F, 0x80, 0xFF):
        with pytest.raises(WireError, match="printable ASCII"):
            printable(bytes((0x41, byte)))


class Lines(TextRequest):
    """Between `>` and CR LF, with a check of one byte behind them that nobody looks at."""

    head, names = b">", ("start",)
    mark, behind, longest = b"\r\n", 1, 12

    def value(self, text, frame):
        return text, frame


def test_an_answer_ends_by_its_mark_and_what_belongs_behind_it():
    assert whole(Lines(), b">12.5\r\nC") == ("12.5", b">12.5\r\nC")
    assert said(Lines(), b">12\r5\r\nC") == ("wrong", "text"), "a mark that was only begun is no text"
    assert said(Lines(), b"<12.5") == ("wrong", "start")


def test_an_answer_longer_than_the_longest_is_not_waited_for():
    assert said(Lines(), b">" + b"1" * 11) == ("unfinished", None)
    assert said(Lines(), b">" + b"1" * 12) == ("wrong", "answer")
    assert said(Lines(), b">12345678\r\nC")[0] == "value"
    assert said(Lines(), b">123456789\r\nC") == ("wrong", "answer")

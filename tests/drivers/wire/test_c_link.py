import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.c_link import CLinkReport, CLinkSet
from tests.codec import damaged, ends_as_stated, said, whole

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60)
COMMANDS = TEXT.filter(lambda text: text == text.strip() and text.lower().split()[0] not in ACTING)
DATA = TEXT.filter(lambda text: text.strip())
ACTING = ("set", "save", "1", "2", "3", "4")


def answer(command, data, checksum=False, newline_in_sum=False, between=" "):
    """An encoder of the test's own."""
    body = (command + between + data).encode()
    if checksum:
        total = sum(body) + (10 if newline_in_sum else 0)
        return body + f"\nsum {total % 65536:04x}\r".encode()
    return body + b"\r"


@given(
    command=COMMANDS,
    data=DATA,
    checksum=st.booleans(),
    newline=st.booleans(),
    between=st.sampled_from([" ", "\n", " \n"]),
)
def test_round_trip(command, data, checksum, newline, between):
    request = CLinkReport(14, command, checksum, newline)
    assert whole(request, answer(command.swapcase(), data, checksum, newline, between)) == data.strip()


@given(at=st.integers(0, 40), byte=st.integers(0, 255), newline=st.booleans())
def test_one_wrong_byte_never_passes_the_sum(at, byte, newline):
    good = answer("erec", "pm 533.746 ug/m3", True, newline)
    bad = damaged(good, at, byte)
    got = ends_as_stated(CLinkReport(14, "erec", True, newline), bad) if bad else ("wrong", "")
    # Capitals of the echo and of the hex digits say the same, but only the latter pass the sum.
    assert got[0] in ("wrong", "unfinished") or bad.lower() == good


def test_why_only_one_rule_of_the_sum_is_taken():
    counts_it = answer("conc", "533.746", True, newline_in_sum=True)
    point_to_8 = counts_it.replace(b"533.746", b"5338746")
    chosen, other = CLinkReport(14, "conc", True, newline_in_sum=True), CLinkReport(14, "conc", True)
    assert said(chosen, counts_it) == ("value", "533.746")
    assert said(chosen, point_to_8)[0] == "wrong"
    assert said(other, counts_it)[0] == "wrong"
    assert said(other, point_to_8) == ("value", "5338746"), "and both together would take it"


@given(at=st.integers(0, 12), byte=st.integers(0, 255))
def test_without_a_sum_the_echo_alone_is_guarded(at, byte):
    bad = damaged(answer("flags", "80068000"), at, byte)
    got = ends_as_stated(CLinkReport(14, "flags"), bad) if bad else ("wrong", "")
    if at < 5:
        assert got[0] in ("wrong", "unfinished") or bad.lower() == answer("flags", "80068000")


def test_what_acts_is_never_repeatable_and_never_taken_for_a_report():
    assert CLinkReport(14, "erec").repeatable
    assert not CLinkSet(14, "set sample").repeatable
    for command in ("set sample", "SET sample", "save", "1", "4"):
        with pytest.raises(ValueError, match="does not only report"):
            CLinkReport(14, command)
    with pytest.raises(ValueError, match="does not begin with set"):
        CLinkSet(14, "erec")


def test_commands_that_begin_alike_count_as_mistakable():
    late = answer("o2 corr conc", "15.00 %")
    assert CLinkReport(1, "o2").parse(late) == "corr conc 15.00 %"
    assert CLinkReport(1, "o2").shape == CLinkReport(1, "o2 corr conc").shape
    assert said(CLinkReport(1, "no"), answer("no2", "5"))[0] == "wrong"
    assert CLinkReport(1, "no").shape != CLinkReport(1, "no2").shape


@pytest.mark.parametrize("word", ["bad cmd", "too high", "can't, mode is service", "Bad Cmd"])
@pytest.mark.parametrize("checksum", [False, True])
def test_refusals(word, checksum):
    with pytest.raises(Refused) as caught:
        CLinkSet(14, "set unit mg/m3", checksum).parse(answer("set unit mg/m3", word, checksum))
    assert caught.value.code == word.lower()


@given(st.binary(max_size=560))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    for checksum in (False, True):
        request = CLinkReport(14, "flags", checksum)
        ends_as_stated(request, buf)
        ends_as_stated(request, b"flags " + buf + b"\nsum 0000\r")


@pytest.mark.parametrize(
    ("buf", "message"),
    [
        (b"flags 8\nsum 1234\r", "sum: expected 0265, got 1234"),
        (b"flags 8\r", "sum: expected LF, 'sum' and four hex digits, got none: the reply format is 00"),
        (b"flow", "byte 3 of the echo of 'flags': expected 0x61, got 0x6F"),
        (b"flagsX", "byte behind the echo of 'flags': expected blank or LF, got 0x58"),
        (b"flags\nsum 020d\r", "answer: expected data behind 'flags', got none"),
        (b"flags 8\x8a", "text: expected printable ASCII, got 0x8A"),
    ],
)
def test_what_is_wrong_is_named(buf, message):
    with pytest.raises(WireError, match=message):
        CLinkReport(14, "flags", checksum=True).parse(buf)


def test_an_answer_to_set_that_is_not_ok():
    with pytest.raises(WireError, match="answer: expected ok, got maybe"):
        CLinkSet(14, "set sample").parse(answer("set sample", "maybe"))
    with pytest.raises(WireError, match="format: expected 00, without a sum, got 01, with sum 0570"):
        CLinkSet(14, "set format 01").parse(b"set format 01 ok\nsum 0570\r")


@pytest.mark.parametrize("arguments", [(128, "erec"), (-1, "erec"), (1, ""), (1, " erec"), (1, "er\rec")])
def test_what_cannot_be_asked(arguments):
    with pytest.raises(ValueError, match="C-Link"):
        CLinkReport(*arguments)

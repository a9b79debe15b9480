"""Damaged bytes and breaks, as the kernel marks them: taken apart, counted, and never part of a frame."""

import asyncio
import itertools
import os
import pty
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Request, WireError
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from hal.marks import Marks
from hal.port import Framing
from hal.serial_port import SerialPort
from hardware_sim.wire import run

GOOD, DAMAGED, BREAK = "good", "damaged", "break"
EVENTS = st.one_of(
    st.tuples(st.just(GOOD), st.binary(min_size=1, max_size=5)),
    st.tuples(st.just(DAMAGED), st.integers(1, 255)),
    st.tuples(st.just(BREAK), st.just(0)),
)


def marked(events):
    """The stream as termios(3) describes it."""
    for kind, what in events:
        yield what.replace(b"\xff", b"\xff\xff") if kind == GOOD else bytes((0xFF, 0, what))


def cut(data, places):
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(events=st.lists(EVENTS, max_size=12), places=st.lists(st.integers(0, 99), max_size=6))
def test_whatever_was_marked_comes_apart_the_same_however_it_is_cut(events, places):
    marks, pieces = Marks(), [b""]
    for chunk in cut(b"".join(marked(events)), places):
        first, *others = marks.take(chunk)
        pieces[-1] += first
        pieces += others
    due = [b""]
    for kind, what in events:
        if kind == GOOD:
            due[-1] += what
        else:
            due.append(b"")
    assert pieces == due
    assert marks.parity_errors == sum(kind == DAMAGED for kind, _ in events)
    assert marks.breaks == sum(kind == BREAK for kind, _ in events)


@given(st.binary())
def test_no_stream_breaks_it_and_a_driver_without_marks_loses_nothing_but_the_marks(data):
    marks = Marks()
    pieces = marks.take(data)
    if b"\xff\xff" not in data and b"\xff\x00" not in data and not data.endswith(b"\xff"):
        assert pieces == [data]


def test_half_a_mark_does_not_outlive_its_port():
    marks = Marks()
    assert marks.take(b"a\xff\x00") == [b"a"]
    marks.restart()
    assert marks.take(b"b") == [b"b"]


QUESTION = ReadRegisters(1, 3, 0, 1)
ANSWER = with_crc(bytes((1, 3, 2, 0, 7)))


class Word(Request):
    """An instrument that says a number and a CR, and nothing to check it by."""

    address, shape, longest = 1, "word", 9

    def encode(self):
        return b"?\r"

    def length(self, buf):
        return buf.find(b"\r") + 1 or None

    def parse(self, buf):
        text = bytes(buf).partition(b"\r")[0]
        ended = b"\r" in buf
        if (ended and not text) or not all(byte in b"0123456789." for byte in text):
            raise WireError("number", "digits", text)
        return float(text) if ended else None


def ends(question, *pieces):
    """What a conversation ends with; between two pieces a damaged byte comes."""

    def ask():
        return (yield question)

    core = LineCore(Timing(9600, 10))
    state = AddressState(1, 300.0, 0)
    state.declare([question])
    core.attach(state, 0.0)
    job = core.submit(1, ask(), 0.0)
    assert core.step(0.0) == question.encode()
    for at, piece in enumerate(pieces):
        if at:
            core.spoil(20.0 + at)
        if piece:
            core.receive(piece, 20.0 + at)
    core.step(2000.0)
    return job.result if job.error is None else job.error


@pytest.mark.parametrize("at", range(len(ANSWER)))
def test_a_frame_with_a_damaged_byte_in_it_fails_even_if_the_byte_was_right(at):
    damage = ends(QUESTION, ANSWER[:at], ANSWER[at + 1 :])
    assert isinstance(damage, WireError)


def test_a_mark_inserted_anywhere_is_no_part_of_a_frame():
    """A break takes the place of no byte: what stands around it is no frame either."""
    for at in range(1, len(ANSWER)):
        assert isinstance(ends(QUESTION, ANSWER[:at], ANSWER[at:]), WireError)


def test_a_glitch_as_the_instrument_takes_the_line_does_no_harm_where_a_check_proves_the_rest():
    assert ends(QUESTION, b"", ANSWER) == (7,)
    assert ends(QUESTION, b"", b"", ANSWER) == (7,)


def test_without_a_check_nothing_behind_a_damaged_byte_is_taken():
    assert ends(Word(), b"112.5\r") == 112.5
    for at in range(5):
        text = b"112.5\r"
        assert isinstance(ends(Word(), text[:at], text[at + 1 :]), WireError), "112.5 must not become 12.5"


def test_a_line_with_damage_on_it_is_not_silent():
    """Somebody at another speed talks, or the line hangs: no question goes out into it."""

    def ask():
        return (yield QUESTION)

    timing = Timing(9600, 10)
    core = LineCore(timing)
    state = AddressState(1, 300.0, 0)
    core.attach(state, 0.0)
    core.spoil(100.0)
    job = core.submit(1, ask(), 101.0)
    assert core.step(100.0 + timing.silence_ms - 0.1) == b""
    assert core.next_at(101.0) == pytest.approx(100.0 + timing.silence_ms)
    for at in range(102, 1400, 2):
        core.spoil(float(at))
        assert core.step(float(at)) == b""
    assert "noise that does not stop" in str(job.error)


@pytest.mark.parametrize("framing", ["8N1", "7E1"])
def test_the_tty_is_told_to_mark(framing):
    """A pty carries no parity; the settings it carries, and the doubling of FF it does."""

    async def main():
        far, near = pty.openpty()
        heard, loop = [], asyncio.get_running_loop()
        port = SerialPort(os.ttyname(near), 9600, Framing(framing), loop)
        port.open(heard.append, print)
        iflag = termios.tcgetattr(near)[0]
        os.write(far, b"\x01\xff\x02")
        while len(b"".join(heard)) < 3:  # noqa: ASYNC110 - the kernel fulfils it
            await asyncio.sleep(0.001)
        port.close()
        os.close(far)
        os.close(near)
        return iflag, heard

    iflag, heard = run(main())
    assert iflag & termios.INPCK
    assert iflag & termios.PARMRK
    assert not iflag & (termios.IGNPAR | termios.ISTRIP | termios.IGNBRK | termios.BRKINT)
    assert b"".join(heard) == b"\x01\xff\x02"


def test_a_port_tells_its_line_of_each_mark():
    """A pty damages nothing: the marked stream comes from a pipe."""

    async def main():
        port = SerialPort("/dev/null", 9600, Framing("7E1"), asyncio.get_running_loop())
        told = []
        port._on_bytes, port.on_damage = told.append, lambda: told.append("damage")
        port._hand_over(b"ab\xff\x00cd\xff\x00\x00\xff\xff")
        return told, port.marks.parity_errors, port.marks.breaks

    assert run(main()) == ([b"ab", "damage", b"d", "damage", b"\xff"], 1, 1)

"""Instruments of different speeds on one line, in virtual time: whose time counts where."""

import pytest

from drivers.exchange import NoAnswer
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from hal.tap import Tap

FAST, SLOW = Timing(19200, 10), Timing(1200, 11)
QUESTIONS = {address: ReadRegisters(address, 3, 0, 1) for address in (1, 2, 3)}
QUESTION_BYTES, ANSWER_BYTES = 8, 7
TIMEOUT_MS = 200.0


@pytest.fixture
def core():
    """Address 2 is the slow one."""
    core = LineCore(FAST)
    for address, timing in ((1, None), (2, SLOW), (3, None)):
        state = AddressState(address, TIMEOUT_MS, 0)
        state.declare([QUESTIONS[address]])
        core.attach(state, 0.0, timing)
    return core


def ask(core, address, now):
    def talk():
        return (yield QUESTIONS[address])

    return core.submit(address, talk(), now)


def answer(address):
    return with_crc(bytes((address, 3, 2, 0, 7)))


def test_the_timeout_begins_when_the_slow_question_has_left_the_wire(core):
    job = ask(core, 2, 0.0)
    assert core.step(0.0) == QUESTIONS[2].encode()
    deadline = QUESTION_BYTES * SLOW.char_ms + TIMEOUT_MS
    assert core.next_at(0.0) == pytest.approx(deadline)
    core.step(deadline - 0.1)
    assert not job.done
    core.step(deadline + 0.1)
    assert isinstance(job.error, NoAnswer)


@pytest.mark.parametrize(("first", "then", "silence"), [(1, 2, SLOW), (2, 1, SLOW), (1, 3, FAST)])
def test_between_two_speeds_the_longer_silence_is_kept(core, first, then, silence):
    ask(core, first, 0.0)
    core.step(0.0)
    heard_at = 150.0
    core.receive(answer(first), heard_at)
    ask(core, then, heard_at)
    assert core.step(heard_at) == b""
    due = heard_at + silence.silence_ms
    assert core.next_at(heard_at + FAST.silence_ms) == pytest.approx(due)
    assert core.step(due - 0.01) == b""
    assert core.step(due + 0.01) == QUESTIONS[then].encode()


def test_whoever_needs_the_longer_silence_keeps_his_turn(core):
    """Else quick ones back to back would never let him ask."""
    ask(core, 1, 0.0)
    core.step(0.0)
    ask(core, 2, 1.0)
    core.receive(answer(1), 20.0)
    ask(core, 1, 20.0)
    ask(core, 3, 20.0)
    assert core.step(20.0 + FAST.silence_ms + 0.01) == b""
    assert core.step(20.0 + SLOW.silence_ms + 0.01) == QUESTIONS[2].encode()


def test_an_answer_at_a_quicker_speed_than_the_lines_is_no_copy_of_the_one_before():
    """A copy is known by coming sooner than the wire allows: by the wire of whom was asked."""
    core = LineCore(SLOW)
    questions = [ReadRegisters(1, 3, start, 1) for start in (0, 1)]
    state = AddressState(1, TIMEOUT_MS, 0)
    core.attach(state, 0.0, FAST)
    for now, question in zip((0.0, 100.0), questions, strict=True):

        def talk(question=question):
            return (yield question)

        job = core.submit(1, talk(), now)
        assert core.step(now) == question.encode()
        core.receive(answer(1), now + (QUESTION_BYTES + ANSWER_BYTES) * FAST.char_ms + 1)
        assert job.result == (7,)
    assert core.copies._paced, "the line is taken for one that is not paced: copies are no longer known"


def test_a_tap_shows_each_frame_at_its_own_speed(core):
    core.tap = Tap(FAST.char_ms)
    ask(core, 2, 0.0)
    core.step(0.0)
    (record,) = core.tap.since(0)[1]
    assert record.end_ms - record.at_ms == pytest.approx(QUESTION_BYTES * SLOW.char_ms)

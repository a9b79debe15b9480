"""How many bytes the core lets a port keep back, and that nothing is missed by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState, Debt
from hal.line_core import LineCore, Timing
from hal.patience import KEPT, Patience

QUESTION = ReadRegisters(1, 3, 0, 10)
ANSWER = with_crc(bytes((1, 3, 20)) + bytes(20))
REFUSAL = with_crc(bytes((1, 0x83, 2)))
TIMEOUT_MS = 300.0


def read():
    return (yield QUESTION)


class Wire:
    """A core whose port keeps back what the core does not ask for, as a port with VMIN does."""

    def __init__(self, *, echo=False):
        self.core = LineCore(Timing(9600, 10), echo)
        state = AddressState(1, TIMEOUT_MS, 0)
        state.declare([QUESTION])
        self.core.attach(state, 0.0)
        self.now, self.kept, self.heard = 0.0, b"", 0
        self.echo = echo

    def ask(self, *bursts):
        """One conversation; bursts: (ms since the question left the wire, bytes). What it ended with,
        and how often the core was woken by bytes."""
        job, self.heard = self.core.submit(1, read(), self.now), 0
        coming, left_at = [], None
        while not job.done:
            data = self.core.step(self.now)
            if data:
                left_at = self.now + len(data) * self.core.timing.char_ms
                coming = [(left_at + after, burst) for after, burst in bursts]
                if self.echo:
                    coming.insert(0, (left_at, data))
            if job.done:
                break
            wanted = self.core.next_at(self.now)
            if coming and coming[0][0] < wanted:
                self.now, burst = coming.pop(0)
                self.kept += burst
                if len(self.kept) >= self.core.patience.missing:
                    self.hand_over()
            else:
                self.now = wanted
                self.hand_over()
        self.core.finished = []
        return job.result if job.error is None else job.error, self.heard

    def hand_over(self):
        if self.kept:
            data, self.kept = self.kept, b""
            self.heard += 1
            self.core.receive(data, self.now)


def byte_by_byte(frame, first_ms=5.0):
    return [(first_ms + 1.05 * at, frame[at : at + 1]) for at in range(len(frame))]


@pytest.mark.parametrize(("echo", "first"), [(False, 2), (True, 2)])
def test_a_known_answer_wakes_once_and_an_unknown_one_twice(echo, first):
    wire = Wire(echo=echo)
    values = (0,) * 10
    assert wire.ask(*byte_by_byte(ANSWER)) == (values, first)
    assert wire.ask(*byte_by_byte(ANSWER)) == (values, 1)


def test_a_refusal_in_place_of_a_known_answer_is_seen_when_that_would_be_over():
    wire = Wire()
    wire.ask(*byte_by_byte(ANSWER))
    began = wire.now
    refusal, _ = wire.ask(*byte_by_byte(REFUSAL))
    assert isinstance(refusal, Refused)
    assert wire.now - began < 120, "it waited for the timeout"
    began = wire.now
    assert wire.ask(*byte_by_byte(REFUSAL))[1] == 1, "the next one is expected"
    assert wire.now - began < 25


def test_bytes_that_came_by_the_deadline_keep_the_window_open():
    wire = Wire()
    wire.ask(*byte_by_byte(ANSWER))
    values, _ = wire.ask((TIMEOUT_MS - 1, ANSWER[:3]), (TIMEOUT_MS + 20, ANSWER[3:]))
    assert values == (0,) * 10


def test_a_few_bytes_of_noise_are_damage_and_not_silence():
    wire = Wire()
    wire.ask(*byte_by_byte(ANSWER))
    damage, _ = wire.ask((10.0, b"\xff\xff"))
    assert isinstance(damage, WireError)
    assert isinstance(wire.ask()[0], NoAnswer)


def test_every_byte_is_wanted_while_nobody_is_asked():
    wire = Wire()
    assert wire.core.patience.missing == 1
    wire.ask(*byte_by_byte(ANSWER))
    assert wire.core.patience.missing == 1
    wire.core.submit(1, read(), wire.now + 100)
    wire.core.step(wire.now + 100)
    assert wire.core.patience.missing == len(ANSWER)
    wire.core.fail_all(OSError("unplugged"))
    assert wire.core.patience.missing == 1


KINDS = st.sampled_from(["as it is", "noise before", "cut", "refused"])


@given(damage=st.lists(st.tuples(KINDS, st.binary(max_size=9)), max_size=6), gap_ms=st.floats(0.0, 30.0))
def test_the_core_comes_to_the_same_end_whatever_the_port_keeps_back(damage, gap_ms):
    """Each exchange as the patient port and as a port that hands over every byte tell it."""
    patient, eager = Wire(), Wire()
    eager.core.patience = Eager()
    for kind, noise in damage:
        frame = {"as it is": ANSWER, "noise before": noise + ANSWER, "cut": ANSWER[:-3], "refused": REFUSAL}[
            kind
        ]
        bursts = byte_by_byte(frame, 2.0 + gap_ms)
        assert shown(patient.ask(*bursts)) == shown(eager.ask(*bursts))


class Eager(Patience):
    """Never keeps anything back."""

    def asked(self, *args):
        self.wants_all()

    def goes_on(self, *args):
        due = super().goes_on(*args)
        self.wants_all()
        return due


def shown(end):
    """A value as it is, an error by its kind: the damage first seen may depend on the bursts."""
    result, _ = end
    return result if isinstance(result, tuple) else type(result)


def test_what_is_remembered_is_bounded():
    patience = Patience()
    for start in range(3 * KEPT):
        question = ReadRegisters(1, 3, start, 1)
        patience.answered(Debt(question, question.encode(), 0.0), question.longest)
    assert len(patience._usual) <= KEPT

"""What transaction numbers make of lateness: nothing is in doubt, and nothing has to wait."""

import struct

import pytest

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_pdu import ReadRegisters, WriteRegister
from drivers.wire.modbus_tcp import TcpFraming
from hal.doubt import AddressState
from hal.job import NETWORK_MARGIN_MS, TcpTiming
from hal.line_core import LineCore

OLD, NEW = ReadRegisters(3, 100, 1), ReadRegisters(3, 300, 1)  # answers of one shape


def asks(*pdus):
    values = []
    for pdu in pdus:
        values.append((yield FRAMING(1, pdu)))
    return values


FRAMING = TcpFraming(first=0xFFFE)


class Rig:
    """A core with one unit; `ask` returns the transaction number that went out."""

    def __init__(self):
        self.now = 0.0
        self.core = LineCore(TcpTiming())
        self.state = AddressState(1, 100.0, 0)
        self.state.declare([FRAMING(1, OLD), FRAMING(1, NEW)])
        self.core.attach(self.state, self.now)

    def ask(self, *pdus):
        self.job = self.core.submit(1, asks(*pdus), self.now)
        return self.sent()

    def sent(self):
        frame = self.core.step(self.now)
        return struct.unpack(">H", frame[:2])[0] if frame else None

    def lapse(self, ms):
        self.now += ms
        return self.core.step(self.now)

    def hear(self, transaction, value, unit=1):
        self.core.receive(struct.pack(">HHHBBBH", transaction, 0, 5, unit, 3, 2, value), self.now)


def test_no_doubt_at_the_start():
    rig = Rig()
    assert not rig.state.mistakable
    assert rig.ask(OLD) is not None


def test_every_question_has_its_own_number_and_they_wrap():
    framing = TcpFraming(first=0xFFFE)
    assert [framing(1, OLD).transaction for _ in range(4)] == [0xFFFE, 0xFFFF, 0, 1]


def test_a_late_answer_is_never_the_next_question_s_and_holds_it_up_by_nothing():
    rig = Rig()
    first = rig.ask(OLD)
    rig.lapse(100.0)
    assert isinstance(rig.job.error, NoAnswer)
    second = rig.ask(NEW)
    assert second is not None, "another question may be asked at once"
    rig.hear(first, 11)
    assert not rig.job.done
    assert (rig.state.late, rig.state.debts) == (1, [])
    rig.hear(second, 22)
    assert rig.job.result == [(22,)]
    assert rig.state.wire_errors == {}


def test_a_late_answer_is_no_damage_to_a_question_that_gets_none():
    rig = Rig()
    first = rig.ask(OLD)
    rig.lapse(100.0)
    rig.ask(NEW)
    rig.hear(first, 11)
    rig.lapse(100.0)
    assert isinstance(rig.job.error, NoAnswer), rig.job.error
    assert (rig.state.wire_errors, rig.state.silent) == ({}, 2)


@pytest.mark.parametrize("cycles", [1, 2, 5])
def test_answers_that_come_cycles_late(cycles):
    """The same register each time: RTU would take the older answer, and be right only by luck."""
    rig = Rig()
    asked = []
    for cycle in range(cycles + 3):
        rig.now = max(rig.now, rig.state.resume_at)
        asked.append(rig.ask(OLD))
        assert asked[-1] is not None
        if cycle >= cycles:
            rig.hear(asked[cycle - cycles], cycle - cycles)
            assert not rig.job.done, "the answer to an older asking was taken"
        rig.lapse(100.0 + NETWORK_MARGIN_MS)
        assert isinstance(rig.job.error, (NoAnswer, WireError))


def test_a_transaction_that_nobody_owes_is_noise():
    rig = Rig()
    asked = rig.ask(OLD)
    rig.hear(asked ^ 0x4000, 99)
    assert not rig.job.done
    rig.hear(asked, 11)
    assert rig.job.result == [(11,)]
    assert rig.core.noise_bytes == 11


def test_a_frame_in_two_segments_has_time_for_a_lost_packet_to_be_sent_again():
    rig = Rig()
    asked = rig.ask(OLD)
    frame = struct.pack(">HHHBBBH", asked, 0, 5, 1, 3, 2, 11)
    rig.core.receive(frame[:7], rig.now)
    rig.lapse(250.0)  # Linux sends again after 200 ms at the earliest
    assert not rig.job.done
    rig.core.receive(frame[7:], rig.now)
    assert rig.job.result == [(11,)]


def test_the_gateway_s_own_refusals_reach_the_driver():
    rig = Rig()
    asked = rig.ask(OLD)
    rig.core.receive(struct.pack(">HHHBBB", asked, 0, 3, 1, 0x83, 11), rig.now)
    assert isinstance(rig.job.error, Refused)
    assert rig.job.error.code == 11
    assert rig.state.refusals == {11: 1}


def refused(transaction, code):
    return struct.pack(">HHHBBB", transaction, 0, 3, 1, 0x83, code)


@pytest.mark.parametrize(("code", "dead"), [(10, True), (11, True), (2, False)])
def test_an_instrument_of_which_the_gateway_says_that_it_is_silent_is_dead(code, dead):
    """Each such word took the gateway's time-out, for which nobody else was asked."""
    rig = Rig()
    for _ in range(3):
        rig.core.receive(refused(rig.ask(OLD), code), rig.now)
        assert rig.job.error.code == code
    assert (rig.state.dead, rig.state.silent, rig.state.refusals) == (dead, 0, {code: 3})
    if dead:
        assert rig.ask(OLD) is None
        assert str(rig.job.error) == "dead: next probe in 1.0 s"
        rig.now = rig.state.resume_at
        rig.hear(rig.ask(OLD), 11)
        assert (rig.job.result, rig.state.dead) == ([(11,)], False)


@pytest.mark.parametrize(("code", "dead"), [(11, True), (2, False)])
def test_a_gateway_s_late_word_is_no_sign_of_life(code, dead):
    rig = Rig()
    for _ in range(3):
        asked = rig.ask(OLD)
        rig.lapse(100.0)
        rig.core.receive(refused(asked, code), rig.now + 50)
        rig.now += 100.0
    assert (rig.state.dead, rig.state.late, rig.state.silent) == (dead, 3, 3)


def test_an_unanswered_write_is_not_sent_again():
    rig = Rig()
    rig.state.retries = 3
    assert rig.ask(WriteRegister(1, 3)) is not None
    assert rig.lapse(100.0) == b""
    assert isinstance(rig.job.error, NoAnswer)


def test_no_silence_is_kept_between_frames():
    rig = Rig()
    first = rig.ask(OLD, NEW)
    rig.hear(first, 11)
    second = rig.sent()
    assert second == (first + 1) & 0xFFFF
    rig.hear(second, 22)
    assert rig.job.result == [(11,), (22,)]

"""The tap on a line's core in virtual time: what each record says, that no byte is left out, and
that a reader who is slow or gone costs nothing and is told what he lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.errors import PortError
from hal.line_core import LineCore, Timing
from hal.tap import VERDICTS, Tap

TIMING = Timing(9600, 10)
CHAR = TIMING.char_ms
ONE = ReadRegisters(address=1, function=3, start=8, count=2)
OTHER = ReadRegisters(address=1, function=3, start=100, count=2)
ANSWER = with_crc(bytes.fromhex("01 03 04 00 00 00 D1"))
REFUSAL = with_crc(bytes.fromhex("01 83 02"))


class Watched:
    """A core with a tap, driven by hand."""

    def __init__(self, *, tap=True, echo=False, retries=0, capacity=100):
        self.core = LineCore(TIMING, echo)
        self.tap = Tap(CHAR, capacity)
        self.core.tap = self.tap if tap else None
        self.core.attach(AddressState(1, 300.0, retries), 0.0)
        self.now = 0.0

    def ask(self, request=ONE, at=0.0):
        def talk():
            try:
                yield request
            except (NoAnswer, WireError, Refused):
                return

        self.core.submit(1, talk(), at)
        self.step(at)

    def step(self, at):
        self.now = at
        return self.core.step(at)

    def hear(self, data, at):
        self.core.receive(data, at)
        self.step(at)

    def records(self):
        return self.tap.since(0)[1]

    def verdicts(self):
        return [(record.verdict, record.data) for record in self.records()]


def test_question_and_answer_with_gap_and_round_trip():
    line = Watched()
    line.ask(at=1000.0)
    line.hear(ANSWER[:4], 1020.0)
    line.hear(ANSWER[4:], 1026.0)
    asked, answered = line.records()
    assert (asked.verdict, asked.data, asked.address, asked.sent) == ("asked", ONE.encode(), 1, True)
    question_end = 1000 + 8 * CHAR
    assert (asked.at_ms, asked.end_ms, asked.gap_ms) == (1000.0, pytest.approx(question_end), None)
    assert (answered.verdict, answered.data, answered.sent) == ("answered", ANSWER, False)
    assert answered.at_ms == pytest.approx(1020 - 4 * CHAR)
    assert answered.end_ms == pytest.approx(1026)
    assert answered.gap_ms == pytest.approx(1020 - 4 * CHAR - question_end)
    assert answered.rtt_ms == pytest.approx(1026 - question_end)


def test_bytes_that_an_adapter_bunched_never_begin_before_the_question_ended():
    line = Watched()
    line.ask()
    line.hear(ANSWER, 8 * CHAR + 1)
    assert line.records()[1].gap_ms == 0


def test_a_silence_and_a_late_answer():
    line = Watched()
    line.ask()
    line.step(320.0)
    line.hear(ANSWER, 500.0)
    _, silent, late = line.records()
    assert (silent.verdict, silent.data, silent.detail) == ("silent", b"", "no answer in 311 ms")
    assert silent.gap_ms is None
    assert (late.verdict, late.address) == ("late", 1)
    assert late.rtt_ms == pytest.approx(500 - 8 * CHAR)


def test_a_refusal_says_why_and_a_late_one_is_late():
    line = Watched()
    line.ask()
    line.hear(REFUSAL, 30.0)
    assert line.records()[1].detail == "refused with 0x02 (illegal data address)"
    owed = Watched(retries=0)
    owed.core.attach(AddressState(1, 300.0, 0, quiet_ms=0.0), 0.0)
    owed.ask()
    owed.step(320.0)
    owed.core.addresses[1].quiet_ms = 1e9
    owed.ask(ReadRegisters(1, 3, 8, 3), at=400.0)  # another shape: may be asked meanwhile
    owed.hear(REFUSAL, 430.0)  # names no question: it settles the one owed
    assert [record.verdict for record in owed.records()] == ["asked", "silent", "asked", "late"]


def test_damage_stands_with_what_came_and_what_was_due():
    line = Watched()
    line.ask()
    line.hear(ANSWER[:-1] + b"\x00", 30.0)
    line.step(400.0)
    damaged = line.records()[1]
    assert (damaged.verdict, damaged.data, damaged.address) == ("damaged", ANSWER[:-1] + b"\x00", 1)
    assert damaged.detail.startswith("CRC: expected 0x")
    assert damaged.rtt_ms == pytest.approx(30 - 8 * CHAR)


def test_noise_before_and_behind_an_answer_keeps_its_place():
    line = Watched()
    line.ask()
    line.hear(b"\xff\xfe" + ANSWER + b"\x55", 30.0)
    line.ask(at=100.0)
    assert line.verdicts() == [
        ("asked", ONE.encode()),
        ("noise", b"\xff\xfe"),
        ("answered", ANSWER),
        ("noise", b"\x55"),
        ("asked", ONE.encode()),
    ]


def test_noise_on_an_idle_line_is_a_record_once_it_pauses():
    line = Watched()
    line.hear(b"\x01\x02", 50.0)
    line.tap.settle(51.0)
    assert line.records() == []
    line.tap.settle(60.0)
    assert line.verdicts() == [("noise", b"\x01\x02")]


def test_the_echo_is_told_apart():
    line = Watched(echo=True)
    line.ask()
    line.hear(ONE.encode() + ANSWER, 40.0)
    assert line.verdicts() == [("asked", ONE.encode()), ("echo", ONE.encode()), ("answered", ANSWER)]


def test_a_lost_port_ends_the_question():
    line = Watched()
    line.ask()
    line.core.fail_all(PortError("port x", "lost"))
    assert line.records()[1][5:8] == ("lost", 1, "port x: lost")


def test_without_a_tap_the_line_is_the_same():
    watched, alone = Watched(), Watched(tap=False)
    for line in (watched, alone):
        line.ask()
        line.hear(b"\x00" + ANSWER, 30.0)
        line.ask(OTHER, at=100.0)
        line.step(500.0)
    assert vars(watched.core.addresses[1]).keys() == vars(alone.core.addresses[1]).keys()
    assert watched.core.addresses[1].latency_ms == alone.core.addresses[1].latency_ms
    assert watched.core.noise_bytes == alone.core.noise_bytes
    assert alone.records() == []


def test_a_slow_reader_is_told_what_it_lost():
    line = Watched(capacity=4)
    for at in range(6):
        line.ask(at=at * 1000.0)
        line.hear(ANSWER, at * 1000.0 + 30)
    first, records = line.tap.since(3)
    assert (first, len(records), line.tap.count) == (8, 4, 12)
    assert line.tap.since(11)[0] == 11
    assert line.tap.since(12) == (12, [])
    assert line.tap.since(99) == (12, [])  # another agent's number: go on from here


@given(
    st.lists(
        st.one_of(
            st.just(ANSWER),
            st.just(REFUSAL),
            st.just(ONE.encode()),
            st.just(ANSWER[:5]),
            st.binary(max_size=9),
        ),
        max_size=8,
    ),
    st.booleans(),
    st.data(),
)
def test_every_byte_heard_is_in_exactly_one_record_and_in_order(bursts, echo, data):
    line, at = Watched(echo=echo), 0.0
    for burst in bursts:
        if data.draw(st.booleans()):
            line.ask(data.draw(st.sampled_from((ONE, OTHER))), at)
        at += data.draw(st.sampled_from((1.0, 30.0, 400.0)))
        line.step(at)
        line.hear(burst, at)
    line.step(at + 10_000)
    line.core.reopened(at + 10_000)
    line.tap.settle(at + 20_000)
    heard = b"".join(record.data for record in line.records() if not record.sent)
    assert heard == b"".join(bursts)
    assert {record.verdict for record in line.records()} <= VERDICTS.keys()
    assert all(record.at_ms <= record.end_ms for record in line.records())

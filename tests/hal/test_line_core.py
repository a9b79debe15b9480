"""The line's core in virtual time: literal frames in, bytes and results out."""

import itertools

import pytest

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing

TIMING = Timing(9600, 10)
CHAR = TIMING.char_ms
ONE = ReadRegisters(address=1, function=3, start=8, count=2)
OTHER = ReadRegisters(address=1, function=3, start=100, count=2)  # may be mistaken for ONE
LONGER = ReadRegisters(address=1, function=3, start=100, count=3)  # may not
NEIGHBOUR = ReadRegisters(address=2, function=3, start=8, count=2)


def reply(request, *values):
    body = bytes((request.address, request.function, 2 * request.count))
    return with_crc(body + b"".join(value.to_bytes(2, "big") for value in values))


def refusal(request, code):
    return with_crc(bytes((request.address, request.function | 0x80, code)))


def asks(*requests):
    """A conversation that asks these in turn and returns what it was told."""
    told = []
    for request in requests:
        told.append((yield request))
    return told


class Bench:
    """A core with its clock: `run` to a moment, `hear` bytes, see what was `sent`."""

    def __init__(self, *, questions=None, timeout_ms=300.0, retries=0, echo=False, quiet_ms=None):
        self.now = 0.0
        self.core = LineCore(TIMING, echo)
        self.sent = []
        for address in (1, 2):
            state = AddressState(address, timeout_ms, retries, quiet_ms)
            state.declare(questions or ())
            self.core.attach(state, self.now)

    def submit(self, *requests):
        job = self.core.submit(requests[0].address, asks(*requests), self.now)
        self.pump()
        return job

    def pump(self):
        data = self.core.step(self.now)
        if data:
            self.sent.append((self.now, data))

    def run(self, until):
        """Let time pass as a runner would, deadline by deadline."""
        while True:
            at = self.core.next_at(self.now)
            if at is None or at > until:
                break
            assert at >= self.now, "the core wants to be woken in the past"
            self.now = at
            self.pump()
        self.now = until
        self.pump()

    def hear(self, data, at=None):
        if at is not None:
            self.run(at)
        self.core.receive(data, self.now)
        self.pump()

    def asked(self):
        return [data for _, data in self.sent]

    @property
    def state(self):
        return self.core.addresses[1]


def test_an_exchange_gives_its_value_and_the_time_of_the_last_byte():
    bench = Bench()
    job = bench.submit(ONE)
    assert bench.asked() == [ONE.encode()]
    bench.hear(reply(ONE, 0, 209)[:4], at=20)
    bench.hear(reply(ONE, 0, 209)[4:], at=27)
    assert job.done
    assert job.result == [(0, 209)]
    assert job.at == 27


def test_timeout_runs_from_the_end_of_the_request_on_the_wire():
    bench = Bench(timeout_ms=300)
    job = bench.submit(ONE)
    end_of_request = len(ONE.encode()) * CHAR
    bench.run(end_of_request + 299.9)
    assert not job.done
    bench.run(end_of_request + 300.1)
    assert isinstance(job.error, NoAnswer)
    assert str(job.error) == "no answer in 300 ms"


def test_the_next_request_keeps_the_silence():
    bench = Bench()
    bench.submit(ONE, LONGER)
    bench.hear(reply(ONE, 0, 1), at=20)
    bench.run(40)
    assert bench.sent[1][0] == pytest.approx(20 + 3.5 * CHAR)


def test_silence_is_fixed_above_19200_baud():
    assert Timing(115200, 10).silence_ms == 1.75
    assert Timing(19200, 11).silence_ms == pytest.approx(3.5 * 11 / 19200 * 1000)


def test_settle_time_belongs_to_the_question():
    slow = ReadRegisters(1, 3, 8, 2)
    slow.settle_ms = 80
    bench = Bench()
    bench.submit(slow, LONGER)
    bench.hear(reply(slow, 0, 1), at=20)
    bench.run(200)
    assert bench.sent[1][0] == pytest.approx(100)


def test_conversations_of_different_addresses_interleave_and_of_one_exclude_each_other():
    bench = Bench()
    bench.submit(ONE, LONGER)
    bench.submit(ONE)
    bench.submit(NEIGHBOUR, NEIGHBOUR)
    bench.hear(reply(ONE, 0, 1), at=20)
    bench.run(40)
    bench.hear(reply(NEIGHBOUR, 0, 2), at=60)
    bench.run(80)
    bench.hear(reply(LONGER, 0, 1, 2), at=100)
    bench.run(120)
    assert bench.asked() == [ONE.encode(), NEIGHBOUR.encode(), LONGER.encode(), ONE.encode()]


def test_a_read_is_retried_and_a_write_never():
    write = ReadRegisters(1, 3, 8, 2)
    write.repeatable = False
    for request, expected in ((ONE, 2), (write, 1)):
        bench = Bench(retries=1)
        job = bench.submit(request)
        bench.run(2000)
        assert len(bench.sent) == expected
        assert isinstance(job.error, NoAnswer)


def test_a_late_answer_is_never_the_answer_to_another_question():
    bench = Bench(timeout_ms=300)
    first = bench.submit(ONE)
    bench.run(400)
    assert isinstance(first.error, NoAnswer)
    second = bench.submit(OTHER)
    assert len(bench.sent) == 1, "the other question must not be asked while the first is owed"
    bench.hear(reply(ONE, 0, 111), at=700)  # late, by less than the quiet time
    assert not second.done
    bench.run(800)
    assert bench.asked()[1:] == [OTHER.encode()]
    bench.hear(reply(OTHER, 0, 222), at=820)
    assert second.result == [(0, 222)]
    assert bench.state.late == 1


def test_without_a_late_frame_the_other_question_waits_out_the_quiet_time():
    bench = Bench(timeout_ms=300)
    bench.submit(ONE)
    bench.run(400)
    bench.submit(OTHER)
    bench.run(5000)
    assert bench.sent[1][0] == pytest.approx(len(ONE.encode()) * CHAR + 2000)


def test_other_addresses_go_on_while_one_rests():
    bench = Bench(timeout_ms=300)
    bench.submit(ONE)
    bench.run(400)
    bench.submit(OTHER)
    job = bench.submit(NEIGHBOUR)
    bench.hear(reply(NEIGHBOUR, 0, 5), at=440)
    assert job.result == [(0, 5)]


def test_a_late_answer_inside_the_window_of_a_neighbour_is_dropped_and_settles():
    bench = Bench(timeout_ms=300)
    bench.submit(ONE)
    bench.run(400)
    job = bench.submit(NEIGHBOUR)
    bench.hear(reply(ONE, 0, 111), at=440)
    bench.hear(reply(NEIGHBOUR, 0, 5), at=460)
    assert job.result == [(0, 5)]
    assert bench.state.late == 1
    assert bench.state.debts == []


def test_a_question_that_cannot_be_mistaken_may_be_asked_at_once_and_clears():
    bench = Bench(timeout_ms=300)
    bench.submit(ONE)
    bench.run(400)
    job = bench.submit(LONGER)
    assert len(bench.sent) == 2
    bench.hear(reply(ONE, 0, 111), at=420)  # the late one first: settled, not taken
    assert not job.done
    bench.hear(reply(LONGER, 1, 2, 3), at=440)
    assert job.result == [(1, 2, 3)]
    assert bench.state.debts == []


def test_asked_twice_answered_once_leaves_one_debt():
    bench = Bench(timeout_ms=300, retries=1)
    job = bench.submit(ONE)
    bench.run(400)  # retried at about 312
    assert len(bench.sent) == 2
    bench.hear(reply(ONE, 0, 7), at=420)  # the first answer, or the second: the same question
    assert job.result == [(0, 7)]
    assert len(bench.state.debts) == 1
    other = bench.submit(OTHER)
    bench.hear(reply(ONE, 0, 7), at=600)
    assert not other.done
    bench.run(700)
    assert bench.asked()[-1] == OTHER.encode()


def test_lateness_raises_the_quiet_time():
    bench = Bench(timeout_ms=300)
    bench.submit(ONE)
    bench.hear(reply(ONE, 0, 7), at=1908.3)
    assert bench.state.quiet_ms == pytest.approx(1.5 * (1908.3 - 8 * CHAR))


def test_both_questions_of_an_instrument_get_their_turn_when_answers_are_lost():
    bench = Bench(timeout_ms=300, questions=(ONE, OTHER))
    bench.run(2100)  # the doubt of the start
    told = []
    for _ in range(4):
        job = bench.submit(ONE, OTHER)
        bench.run(bench.now + 400)  # ONE is lost
        assert isinstance(job.error, NoAnswer)
        job = bench.submit(ONE, OTHER)
        while not job.done:
            bench.run(bench.now + 50)
            if len(bench.sent) > len(told):
                told.append(bench.sent[-1][1])
                bench.hear(reply(ONE if told[-1] == ONE.encode() else OTHER, 0, 1), at=bench.now + 20)
    assert told.count(OTHER.encode()) == 4


def test_a_start_puts_an_address_with_mistakable_questions_in_doubt():
    bench = Bench(questions=(ONE, OTHER))
    bench.submit(ONE)
    bench.run(1999)
    assert bench.sent == []
    bench.hear(reply(OTHER, 0, 99), at=1999.5)  # owed to a process that was killed
    bench.run(2100)
    assert bench.asked() == [ONE.encode()]
    sure = Bench(questions=(ONE, LONGER))
    sure.submit(ONE)
    assert len(sure.sent) == 1


def test_a_reopened_port_puts_it_in_doubt_again():
    bench = Bench(questions=(ONE, OTHER))
    bench.run(5000)
    bench.core.reopened(bench.now)
    bench.submit(ONE)
    bench.run(6999)
    assert bench.sent == []
    bench.run(7100)
    assert len(bench.sent) == 1


@pytest.mark.parametrize("retries", [0, 1])
def test_damage_is_reported_as_what_was_due_and_what_came(retries):
    bench = Bench(retries=retries)
    job = bench.submit(ONE)
    damaged = bytearray(reply(ONE, 0, 209))
    damaged[4] ^= 1
    bench.hear(bytes(damaged), at=30)
    bench.run(120)
    if retries:
        assert len(bench.sent) == 2
        bench.hear(reply(ONE, 0, 210), at=150)
        assert job.result == [(0, 210)]
    else:
        assert isinstance(job.error, WireError)
        assert job.error.field == "CRC"
    assert bench.state.wire_errors == {"CRC": 1}
    assert len(bench.state.debts) == 1, "a damaged frame settles no debt"


def test_a_truncated_answer_ends_at_its_wire_length_and_a_margin():
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(reply(ONE, 0, 209)[:6], at=30)
    bench.run(30 + 3 * CHAR + 49)
    assert not job.done
    bench.run(30 + 3 * CHAR + 51)
    assert str(job.error) == "length: expected the whole answer, got its first 6 bytes"


def test_noise_before_and_behind_an_answer_does_no_harm():
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(b"\x00\xff" + reply(ONE, 0, 209) + b"\xfe", at=30)
    assert job.result == [(0, 209)]
    assert bench.core.noise_bytes == 3


def test_a_false_start_does_not_hide_the_answer_behind_it():
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(b"\x01\x03", at=25)  # noise that looks like the beginning
    bench.hear(b"\x04" + reply(ONE, 0, 209)[:-2], at=40)  # ... so that the frame seems whole and is wrong
    bench.hear(reply(ONE, 0, 209)[-2:], at=42)
    bench.run(200)
    assert job.result == [(0, 209)]


def test_an_answer_of_another_address_is_refused_by_name():
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(reply(NEIGHBOUR, 0, 5), at=30)
    bench.run(400)
    assert str(job.error) == "address: expected 0x01, got 0x02"


def test_echo_is_removed_where_the_adapter_gives_one():
    bench = Bench(echo=True)
    job = bench.submit(ONE)
    bench.hear(ONE.encode()[:3], at=3)
    bench.hear(ONE.encode()[3:] + reply(ONE, 0, 209), at=30)
    assert job.result == [(0, 209)]
    assert bench.core.noise_bytes == 0


def test_a_missing_echo_does_no_harm():
    bench = Bench(echo=True)
    job = bench.submit(ONE)
    bench.hear(reply(ONE, 0, 209), at=30)
    assert job.result == [(0, 209)]


def test_a_refusal_reaches_the_conversation():
    bench = Bench(retries=3)
    job = bench.submit(ONE)
    bench.hear(refusal(ONE, 2), at=30)
    assert isinstance(job.error, Refused)
    assert str(job.error) == "refused with 0x02 (illegal data address)"
    bench.run(1000)
    assert len(bench.sent) == 1, "an illegal address is not asked again"


def test_a_busy_instrument_is_asked_again_later():
    bench = Bench(retries=1)
    job = bench.submit(ONE)
    bench.hear(refusal(ONE, 6), at=30)
    bench.run(129)
    assert len(bench.sent) == 1
    bench.run(131)
    bench.hear(reply(ONE, 0, 1), at=150)
    assert job.result == [(0, 1)]


def test_a_late_refusal_is_not_taken_for_another_question():
    bench = Bench(timeout_ms=300)
    bench.submit(ONE)
    bench.run(400)
    job = bench.submit(LONGER)
    bench.hear(refusal(ONE, 4), at=430)  # the same function: nothing tells whose it is
    assert not job.done
    bench.hear(reply(LONGER, 1, 2, 3), at=450)
    assert job.result == [(1, 2, 3)]


def test_a_dead_address_is_probed_at_growing_intervals_without_retries():
    bench = Bench(timeout_ms=100, retries=1)
    while bench.now < 60_000:
        bench.submit(ONE)
        bench.run(bench.now + 500)
    times = [at for at, _ in bench.sent]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(gaps) <= 8_700, "a return is seen within ten seconds"
    assert min(gaps[8:]) >= 8_000
    bench.run(bench.state.resume_at - 100)
    job = bench.submit(ONE)
    assert str(job.error).startswith("dead: next probe in ")


def test_a_late_frame_wakes_a_dead_address():
    bench = Bench(timeout_ms=100)
    while not bench.state.dead:
        bench.submit(ONE)
        bench.run(bench.now + 500)
    bench.hear(reply(ONE, 0, 1))
    assert not bench.state.dead
    sent = len(bench.sent)
    bench.run(bench.now + 10)
    bench.submit(ONE)
    assert len(bench.sent) == sent + 1


def test_a_line_that_is_never_silent_is_reported_and_not_talked_into():
    bench = Bench()
    bench.hear(b"\x55")
    job = bench.submit(ONE)
    while not job.done and bench.now < 5000:
        bench.hear(b"\x55", at=bench.now + 2)
    assert bench.sent == []
    assert str(job.error) == "line: expected silence, got noise that does not stop"
    assert bench.now < 1200


def test_noise_after_a_long_idle_time_is_no_babble():
    bench = Bench()
    bench.core.receive(b"\x55", bench.now)
    bench.now = 60_000.0  # nobody wanted to be woken meanwhile
    bench.core.receive(b"\x55", bench.now)
    job = bench.submit(ONE)
    bench.hear(reply(ONE, 0, 1), at=bench.now + 40)
    assert job.result == [(0, 1)]


def test_garbage_without_end_ends_the_exchange():
    bench = Bench()
    job = bench.submit(ONE)
    while not job.done and bench.now < 5000:
        bench.hear(b"\x01", at=bench.now + 2)
    assert isinstance(job.error, WireError)
    assert bench.now < 500


def test_losing_the_port_ends_everything_and_remembers_the_debt():
    bench = Bench()
    running, waiting = bench.submit(ONE), bench.submit(NEIGHBOUR)
    bench.core.fail_all(OSError("unplugged"))
    assert running.done
    assert waiting.done
    assert [debt.request for debt in bench.state.debts] == [ONE]
    assert bench.core.depth == 0


def test_a_driver_that_fails_ends_its_own_conversation_only():
    def broken():
        yield ONE
        raise KeyError("a driver's fault")

    bench = Bench()
    job = bench.core.submit(1, broken(), bench.now)
    bench.pump()
    other = bench.submit(NEIGHBOUR)
    bench.hear(reply(ONE, 0, 1), at=20)
    assert isinstance(job.error, KeyError)
    bench.run(30)
    bench.hear(reply(NEIGHBOUR, 0, 2), at=60)
    assert other.result == [(0, 2)]

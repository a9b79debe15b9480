"""One exchange of a line's core, in virtual time."""

import pytest

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.wire.modbus_rtu import ReadRegisters
from hal.line_core import Timing
from tests.hal.virtual_line import CHAR, LONGER, NEIGHBOUR, ONE, Bench, refusal, reply


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


@pytest.mark.parametrize("retries", [0, 1])
def test_damage_is_reported_as_what_was_due_and_what_came(retries):
    bench = Bench(retries=retries)
    bench.state.first_byte_ms = 20.0
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


def test_after_a_silence_the_others_have_their_turn_before_the_question_is_asked_again():
    bench = Bench(retries=1)
    bench.submit(ONE)
    bench.submit(NEIGHBOUR)
    bench.run(320)
    bench.hear(reply(NEIGHBOUR, 0, 5), at=350)
    bench.run(360)
    assert bench.asked() == [ONE.encode(), NEIGHBOUR.encode(), ONE.encode()]


def test_noise_before_the_usual_time_of_an_answer_does_not_end_its_window():
    """Only what comes when answers usually come is taken for the answer, damaged."""
    for learned_ms, waits in ((None, True), (200.0, True), (20.0, False)):
        bench = Bench()
        bench.state.first_byte_ms = learned_ms
        job = bench.submit(ONE)
        bench.hear(b"\xff" * 30, at=60)
        bench.hear(reply(ONE, 0, 209), at=230)
        assert (job.error is None) == waits, learned_ms


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


def test_a_line_that_is_never_silent_is_reported_and_not_talked_into():
    bench = Bench()
    bench.hear(b"\x55")
    job = bench.submit(ONE)
    while not job.done and bench.now < 5000:
        bench.hear(b"\x55", at=bench.now + 2)
    assert bench.sent == []
    assert str(job.error) == "line: expected silence, got noise that does not stop"
    assert bench.now < 1200


def test_noise_whose_gaps_are_too_short_to_be_used_is_babble():
    """The line is silent for a moment, but each time more noise comes before the runner's timer does."""
    bench = Bench()
    bench.hear(b"\x55")
    job = bench.submit(ONE)
    while not job.done and bench.now < 5000:
        bench.now += 1.2 * bench.core.timing.silence_ms
        bench.core.receive(b"\x55", bench.now)
        bench.pump()
    assert bench.sent == []
    assert str(job.error) == "line: expected silence, got noise that does not stop"


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

"""What is on the line and none of ours: another master, the adapter's echo, answers sent twice."""

import pytest

from drivers.exchange import NoAnswer
from drivers.wire.modbus_pdu import WriteCoil, WriteRegister
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, with_crc
from hal.foreign import QUIET_MS
from tests.hal.virtual_line import CHAR, NEIGHBOUR, ONE, OTHER, Bench, reply

FOREIGN = ReadRegisters(5, 3, 100, 2)  # address 5 is nobody of ours
SET = RtuRequest(1, WriteRegister(7, 300))


def whats(bench):
    return [what for what, _ in bench.core.news]


def test_a_foreign_question_makes_a_second_master_at_once():
    bench = Bench()
    bench.hear(FOREIGN.encode(), at=50)
    assert bench.core.news == [("second master", "function 3 asked of address 5")]
    job = bench.submit(ONE)
    bench.run(100)
    bench.hear(reply(ONE, 0, 1), at=150)
    assert job.result == [(0, 1)]
    assert job.second_master


def test_its_question_and_answer_inside_our_window_are_noticed_before_the_answer_is_taken():
    """The other master asks our own instrument: what comes next looks like our answer."""
    other = ReadRegisters(1, 3, 100, 2)
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(other.encode() + reply(other, 9, 9), at=60)
    assert job.result == [(9, 9)], "nothing in the frame says otherwise"
    assert job.second_master, "but the line does"


def test_it_is_reported_once_and_its_end_once():
    bench = Bench()
    for at in range(5):
        bench.hear(FOREIGN.encode(), at=100 + 1000 * at)
    assert whats(bench) == ["second master"]
    last = bench.now
    while bench.now < last + QUIET_MS + 2000:
        job = bench.submit(ONE)
        bench.hear(reply(ONE, 0, 1), at=bench.now + 50)
        assert job.second_master == (bench.now < last + QUIET_MS), bench.now
        bench.run(bench.now + 950)
    assert bench.core.news[1:] == [("second master gone", "none was heard for 120 s")]


def test_one_stray_answer_is_none_three_are():
    bench = Bench()
    for at in (1, 2):
        bench.hear(reply(FOREIGN, 1, 2), at=1000 * at)
    assert bench.core.news == []
    assert bench.core.foreign.frames == 2
    bench.hear(reply(FOREIGN, 1, 2), at=3000)
    assert bench.core.news == [("second master", "function 3 answered by address 5")]


def test_stray_answers_far_apart_are_strays():
    bench = Bench()
    for at in range(6):
        bench.hear(reply(FOREIGN, 1, 2), at=1000 + at * 0.6 * QUIET_MS)
    assert bench.core.news == []


def test_a_foreign_frame_in_pieces_is_whole():
    bench = Bench()
    frame = FOREIGN.encode()
    bench.hear(b"\xff" + frame[:3], at=50)
    bench.hear(frame[3:], at=55)
    assert whats(bench) == ["second master"]
    bench = Bench()
    bench.hear(frame[:3], at=50)
    bench.hear(frame[3:], at=150)
    assert whats(bench) == [], "bytes a tenth of a second apart are no frame"


def test_a_foreign_question_does_not_end_our_window():
    """It is no damaged answer of ours, as so many bytes of garbage would be."""
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(FOREIGN.encode() * 2, at=30)
    bench.hear(reply(ONE, 0, 1), at=250)
    assert job.result == [(0, 1)]


def test_damaged_foreign_frames_and_noise_are_no_master():
    bench = Bench()
    frame = bytearray(FOREIGN.encode())
    frame[3] ^= 1
    for at in range(20):
        bench.hear(bytes(frame) + b"\x00\xff\x55", at=100 + 300 * at)
    assert bench.core.news == []


def test_a_very_late_answer_is_our_own():
    """Given up after the quiet time, it is still known: no second master, but a longer quiet time."""
    bench = Bench(questions=(ONE, OTHER))
    bench.run(2100)
    for _ in range(4):
        bench.submit(ONE)
        asked = bench.now
        bench.run(asked + 4000)
        bench.submit(NEIGHBOUR)
        bench.run(asked + 5000)
        bench.hear(reply(ONE, 0, 1), at=asked + 5100)
    assert bench.core.news == []
    assert bench.state.late == 4
    assert bench.state.quiet_ms > 7500


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.parametrize("echoes", [True, False])
def test_any_setting_works_with_any_adapter(expected, echoes):
    bench = Bench(echo=expected)
    for _ in range(3):
        job, at = bench.submit(ONE), bench.now
        if echoes:
            bench.hear(ONE.encode()[:2], at=at + 2)
            bench.hear(ONE.encode()[2:], at=at + 8)
        bench.hear(reply(ONE, 0, 209)[:2], at=at + 20)  # as the question begins, too
        bench.hear(reply(ONE, 0, 209)[2:], at=at + 30)
        assert job.result == [(0, 209)]
        bench.run(at + 100)
    assert bench.core.noise_bytes == 0
    assert bench.core.echo.heard is echoes
    assert whats(bench) == (["echo"] if echoes and not expected else [])


@pytest.mark.parametrize("request_", [SET, RtuRequest(1, WriteCoil(7, True))])
def test_an_unexpected_echo_is_not_taken_for_the_confirmation_of_a_write(request_):
    """The answer to a write repeats it, as the echo does. A read before has told of the echo."""
    bench = Bench(retries=1)
    bench.submit(ONE)
    bench.hear(ONE.encode() + reply(ONE, 0, 1), at=30)
    job = bench.submit(request_)
    bench.hear(request_.encode(), at=bench.now + 10)
    assert not job.done
    bench.run(bench.now + 1000)
    assert isinstance(job.error, NoAnswer)
    assert bench.asked().count(request_.encode()) == 1


def test_a_write_is_confirmed_behind_its_echo():
    bench = Bench(echo=True)
    job = bench.submit(SET)
    bench.hear(SET.encode(), at=10)
    assert not job.done
    bench.hear(SET.encode(), at=30)
    assert job.result == [(7, 300)]


def test_a_write_is_confirmed_where_the_echo_set_never_comes():
    bench = Bench(echo=True)
    bench.submit(ONE)
    bench.hear(reply(ONE, 0, 1), at=30)  # that told: no echo
    job = bench.submit(SET)
    bench.hear(SET.encode(), at=bench.now + 30)
    assert job.result == [(7, 300)]


def test_an_answer_that_begins_as_its_question_and_stops_ends_in_time():
    bench = Bench()
    job = bench.submit(ONE)
    bench.hear(ONE.encode()[:2], at=305)
    bench.run(800)
    assert job.done
    assert "length" in str(job.error)


def test_the_copy_of_an_answer_is_not_the_next_question_s():
    """Sent twice by a repeater, right behind: the second begins before the next question has left."""
    bench = Bench(questions=(ONE, OTHER))
    bench.run(2100)
    job = bench.submit(ONE, OTHER)
    bench.hear(reply(ONE, 0, 1), at=2130)
    answer_end = bench.now
    bench.run(2140)
    assert bench.asked() == [ONE.encode(), OTHER.encode()]
    bench.hear(reply(ONE, 0, 1), at=answer_end + TWO_FRAMES_MS)
    assert not job.done
    bench.hear(reply(OTHER, 0, 2), at=2190)
    assert job.result == [(0, 1), (0, 2)]
    assert bench.core.news == []


TWO_FRAMES_MS = 9 * CHAR + 3.5 * CHAR


def test_an_early_answer_is_an_answer_where_the_line_is_not_paced_as_set():
    """Behind a serial server: there, quick says nothing, and equal values are no copies."""
    bench = Bench(questions=(ONE, OTHER))
    bench.run(2100)
    for _ in range(2):
        job = bench.submit(ONE, OTHER)
        bench.hear(reply(ONE, 0, 1), at=bench.now + 1)
        bench.run(bench.now + 4)
        bench.hear(reply(ONE, 0, 1), at=bench.now + 1)  # which is OTHER's, too
        assert job.result == [(0, 1), (0, 1)]
        bench.run(bench.now + 50)


def test_a_copy_while_nobody_is_asked_is_none_of_a_stranger():
    bench = Bench()
    for at in range(5):
        bench.submit(ONE)
        bench.hear(reply(ONE, 0, 1) * 2, at=1000 * at + 50)
    assert bench.core.foreign.frames == 0


def test_a_write_of_somebody_else_is_said():
    bench = Bench()
    bench.hear(with_crc(bytes.fromhex("0506000A0001")), at=10)
    assert bench.core.news == [("second master", "function 6 asked of address 5")]

"""The rule of doubt, in virtual time: whose answer a frame is, and who may be asked meanwhile."""

import itertools

import pytest

from drivers.exchange import NoAnswer
from tests.hal.virtual_line import CHAR, LONGER, NEIGHBOUR, ONE, OTHER, Bench, refusal, reply


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


def test_a_late_frame_of_a_neighbour_shortens_nobody_s_window():
    bench = Bench(timeout_ms=300)
    bench.submit(NEIGHBOUR)
    bench.run(400)
    job = bench.submit(ONE)
    bench.hear(reply(NEIGHBOUR, 0, 5)[:3], at=430)  # it trickles in
    bench.hear(reply(NEIGHBOUR, 0, 5)[3:], at=440)
    bench.hear(reply(ONE, 0, 7), at=690)
    assert job.result == [(0, 7)]


def test_a_late_frame_that_straddles_the_end_of_a_window_is_not_torn():
    """Torn, it would settle nothing, and its pieces would look like a stranger's frame."""
    bench = Bench(timeout_ms=300)
    bench.submit(NEIGHBOUR)
    bench.run(400)
    job = bench.submit(ONE)
    end = bench.core.window_end
    last = end + 9 * CHAR + 50  # however it trickles, ours is over then
    late = reply(NEIGHBOUR, 0, 5)
    for at in range(8):
        bench.hear(late[at : at + 1], at=end - 5 + 9 * at)
    assert not job.done, "the frame began in its window"
    bench.hear(late[8:], at=last + 10)
    assert isinstance(job.error, NoAnswer)
    assert bench.core.addresses[2].late == 1
    assert bench.core.foreign.frames == 0

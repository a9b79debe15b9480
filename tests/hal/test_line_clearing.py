"""Clearing an address by a question whose answer can be mistaken for no other, in virtual time."""

import random

import pytest

from drivers.exchange import NoAnswer
from drivers.wire.modbus_rtu import ReadRegisters
from tests.hal.virtual_line import LONGER, NEIGHBOUR, ONE, OTHER, Bench, refusal, reply

PROBE = ReadRegisters(address=1, function=3, start=8, count=1)


def bench_of(**settings):
    bench = Bench(questions=(ONE, OTHER), clearing=PROBE, **settings)
    bench.core.addresses[1].doubted = False  # as if it had been cleared since the start
    return bench


def in_doubt(**settings):
    """ONE was asked in vain."""
    bench = bench_of(**settings)
    assert isinstance(bench.submit(ONE).error, NoAnswer) or bench.run(400) is None
    return bench


def test_another_question_is_asked_as_soon_as_the_probe_is_answered():
    bench = in_doubt()
    job = bench.submit(OTHER)
    assert bench.asked() == [ONE.encode(), PROBE.encode()]
    bench.hear(reply(PROBE, 7), at=430)
    bench.run(450)
    assert bench.asked()[2:] == [OTHER.encode()]
    bench.hear(reply(OTHER, 0, 5), at=480)
    assert job.result == [(0, 5)]


def test_the_answer_owed_is_dropped_however_late_it_comes():
    bench = in_doubt(retries=0)
    for minutes in range(1, 4):
        job = bench.submit(OTHER)
        bench.run(minutes * 60_000.0)
        assert isinstance(job.error, NoAnswer), "as long as the probe stays unanswered"
    assert OTHER.encode() not in bench.asked()
    bench.run(bench.state.resume_at)
    job = bench.submit(OTHER)
    bench.hear(reply(ONE, 0, 1), at=bench.now + 30)  # three minutes late
    assert not job.done
    bench.hear(reply(PROBE, 7), at=bench.now + 30)
    bench.run(bench.now + 10)
    assert bench.asked()[-1] == OTHER.encode()


def test_the_same_question_needs_no_probe():
    bench = in_doubt()
    job = bench.submit(ONE)
    assert bench.asked() == [ONE.encode()] * 2
    bench.hear(reply(ONE, 0, 5), at=440)
    assert job.result == [(0, 5)]


def test_a_probe_that_stays_unanswered_is_asked_again_and_then_fails_its_question():
    bench = bench_of(retries=1)
    bench.submit(ONE)
    bench.run(700)
    bench.state.misses = 0  # else it were dead now, and not asked twice
    job = bench.submit(OTHER)
    bench.run(1400)
    assert bench.asked()[2:] == [PROBE.encode()] * 2
    assert isinstance(job.error, NoAnswer)


def test_an_answered_probe_asked_twice_hides_no_debt_between():
    """Its older answer proves nothing of what was asked between the two."""
    bench = bench_of()
    bench.submit(LONGER)  # not of the declared ones: stands for any probe that was lost
    bench.run(400)
    bench.submit(ONE)
    bench.run(800)
    assert [debt.request for debt in bench.state.debts] == [LONGER, ONE]
    bench.submit(LONGER)
    bench.hear(reply(LONGER, 1, 2, 3), at=830)  # the first one's, or the second's
    assert [debt.request for debt in bench.state.debts] == [ONE, LONGER]


def test_a_refused_probe_is_given_up_for_the_quiet_time():
    bench = Bench(questions=(ONE, OTHER), clearing=PROBE)
    job = bench.submit(OTHER)
    assert bench.asked() == [PROBE.encode()]
    bench.hear(refusal(PROBE, 3), at=30)
    assert bench.state.clearing is None
    assert bench.state.refuses_clearing
    bench.run(1999)
    assert len(bench.sent) == 1
    bench.run(2001)
    assert bench.asked()[1:] == [OTHER.encode()]
    bench.hear(reply(OTHER, 0, 5), at=2040)
    assert job.result == [(0, 5)]


def test_a_busy_instrument_is_probed_again():
    bench = Bench(questions=(ONE, OTHER), clearing=PROBE, retries=1)
    bench.submit(OTHER)
    bench.hear(refusal(PROBE, 6), at=30)
    bench.run(140)
    assert bench.asked() == [PROBE.encode()] * 2
    bench.hear(refusal(PROBE, 6), at=170)
    assert bench.state.clearing is PROBE, "busy is not refused"


def test_a_busy_instrument_settles_nothing_that_it_may_still_be_working_on():
    """Busy is said out of turn: the slow answer to the question before is still to come."""
    bench = bench_of(retries=1)
    bench.submit(ONE)
    bench.run(700)
    job = bench.submit(OTHER)
    bench.hear(refusal(PROBE, 6), at=730)
    assert [debt.request for debt in bench.state.debts] == [ONE, ONE, PROBE]
    bench.run(840)
    assert bench.asked()[2:] == [PROBE.encode()] * 2
    bench.hear(reply(ONE, 0, 1), at=850)
    assert not job.done


def test_after_a_start_the_probe_clears_at_once():
    bench = Bench(questions=(ONE, OTHER), clearing=PROBE)
    job = bench.submit(ONE, OTHER)
    bench.hear(reply(OTHER, 0, 99), at=20)  # owed to a process that was killed
    bench.hear(reply(PROBE, 7), at=40)
    bench.run(60)
    bench.hear(reply(ONE, 0, 1), at=90)
    bench.run(110)
    bench.hear(reply(OTHER, 0, 2), at=140)
    assert bench.asked() == [PROBE.encode(), ONE.encode(), OTHER.encode()]
    assert job.result == [(0, 1), (0, 2)]


def test_a_question_of_its_own_length_clears_as_the_probe_does():
    bench = Bench(questions=(ONE, OTHER, LONGER))
    bench.submit(LONGER, OTHER)
    assert bench.asked() == [LONGER.encode()], "after a start it need not wait"
    bench.hear(reply(LONGER, 1, 2, 3), at=30)
    bench.run(50)
    assert bench.asked()[1:] == [OTHER.encode()]


def test_neighbours_go_on_meanwhile():
    bench = in_doubt()
    bench.submit(OTHER)
    job = bench.submit(NEIGHBOUR)
    bench.run(760)  # the probe in vain
    bench.hear(reply(NEIGHBOUR, 0, 4), at=800)
    assert job.result == [(0, 4)]


@pytest.mark.parametrize("unfit", [LONGER, None])
def test_where_nothing_can_be_told_apart_there_is_no_probe(unfit):
    bench = Bench(questions=(ONE, OTHER, LONGER), clearing=unfit)
    assert bench.state.clearing is None
    sure = Bench(questions=(ONE, LONGER), clearing=PROBE)
    assert sure.state.clearing is None, "where nothing can be mistaken, none is needed"


class LateInstrument:
    """Answers in order: one answer in five any time late, one in ten never. ONE holds 1, OTHER 2."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.bench = Bench(questions=(ONE, OTHER), clearing=PROBE, retries=1)
        self.coming = []  # (when, bytes)
        self.last_at, self.seen = 0.0, 0
        self.polls = []  # (what should be said, job)

    def answer(self):
        for at, data in self.bench.sent[self.seen :]:
            request = next(each for each in (ONE, OTHER, PROBE) if each.encode() == data)
            late_ms = self.random.expovariate(1 / 3000) if self.random.random() < 0.2 else 0
            self.last_at = max(self.last_at + 10, at + 20 + late_ms)
            if self.random.random() < 0.9:
                values = [1 if request is ONE else 2] * request.count
                self.coming.append((self.last_at, reply(request, *values)))
        self.seen = len(self.bench.sent)

    def run(self, until):
        bench = self.bench
        while bench.now < until:
            if not bench.core.depth:
                order = self.random.sample((ONE, OTHER), 2)
                due = [(1, 1) if each is ONE else (2, 2) for each in order]
                self.polls.append((due, bench.submit(*order)))
            self.answer()
            times = [at for at, _ in self.coming[:1]] + [bench.now + 50]
            bench.run(max(min(times), bench.now))
            while self.coming and self.coming[0][0] <= bench.now:
                bench.hear(self.coming.pop(0)[1])


@pytest.mark.parametrize("seed", range(20))
def test_lateness_without_any_bound_gives_no_wrong_value(seed):
    instrument = LateInstrument(seed)
    instrument.run(600_000)
    good = [(due, job.result) for due, job in instrument.polls if job.done and job.error is None]
    assert len(good) > 100
    assert [(due, got) for due, got in good if due != got] == []
    assert instrument.bench.state.late > 20, "nothing came late: the test shows nothing"

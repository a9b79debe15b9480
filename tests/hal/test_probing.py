"""Dead instruments beside living ones, in virtual time: who waits for whom, and for how long."""

import itertools
import statistics

import pytest

from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState, Debt
from hal.line_core import LineCore, Timing

TIMING = Timing(9600, 10)
LATENCY_MS = 5.0
ANSWER = 25  # bytes: 10 registers


def asks(request):
    return (yield request)


class Line:
    """`count` instruments, those in `alive` answer; every_ms 0 polls back to back."""

    def __init__(self, count, *, dead=(), every_ms=0.0, timeout_ms=500.0, known=True):
        self.now = 0.0
        self.core = LineCore(TIMING)
        self.every_ms = every_ms
        self.alive = set(range(1, count + 1)) - (set() if known else set(dead))
        self.answers = {address: [] for address in range(1, count + 1)}
        self.sent = []  # (when, address)
        self.reply = None  # (when, bytes)
        self.due = {}
        for address in self.answers:
            self.core.attach(AddressState(address, timeout_ms, 1), 0.0)
            self.due[address] = 0.0
        if known:  # they have been heard once, so their latency is learned
            self.run(3000.0)
        self.alive -= set(dead)

    def poll(self, address):
        self.due[address] = float("inf")  # under way
        self.core.addresses[address].due_at = self.now
        self.core.submit(address, asks(ReadRegisters(address, 3, 0, 10)), self.now)

    def step(self):
        data = self.core.step(self.now)
        if data:
            address = data[0]
            self.sent.append((self.now, address))
            if address in self.alive:
                body = bytes((address, 3, 20)) + bytes(20)
                wire_ms = (len(data) + ANSWER) * TIMING.char_ms
                self.reply = (self.now + wire_ms + LATENCY_MS, with_crc(body))
        for job in self.core.finished:
            address = job.state.address
            if job.error is None:
                self.answers[address].append(self.now)
            self.due[address] = max(self.now + (0.0 if self.every_ms else 0.01), self._slot(address))
            if job.error is not None and not self.every_ms:
                self.due[address] = self.now + 250.0  # back to back over a dead address must not spin
            job.state.due_at = self.due[address]
        self.core.finished = []

    def _slot(self, address):
        return (self.now // self.every_ms + 1) * self.every_ms if self.every_ms else self.now

    def run(self, until):
        while self.now < until:
            for address, due in self.due.items():
                if due <= self.now:
                    self.poll(address)
            self.step()
            times = [min(self.due.values()), self.core.next_at(self.now) or until, until]
            if self.reply is not None:
                times.append(self.reply[0])
            self.now = max(self.now, min(times))
            if self.reply is not None and self.reply[0] <= self.now:
                (_, data), self.reply = self.reply, None
                self.core.receive(data, self.now)

    def intervals(self, since):
        gaps = []
        for times in self.answers.values():
            late = [at for at in times if at >= since]
            gaps += [b - a for a, b in itertools.pairwise(late)]
        return gaps

    def probes(self, since):
        return [(at, address) for at, address in self.sent if at >= since and address not in self.alive]


def settled(line, minutes=5):
    start = line.now + 30_000  # the first silences, until they are known to be dead
    line.run(start + minutes * 60_000)
    return start


@pytest.mark.parametrize("known", [True, False])
def test_four_dead_of_sixteen_cost_the_living_at_most_a_twentieth(known):
    alone = Line(12)
    together = Line(16, dead=(3, 7, 11, 16), known=known)
    before, after = alone.intervals(settled(alone)), together.intervals(settled(together))
    assert statistics.median(after) <= 1.05 * statistics.median(before)
    assert statistics.mean(after) <= 1.06 * statistics.mean(before)


@pytest.mark.parametrize("known", [True, False])
def test_nobody_waits_longer_than_two_intervals_for_dead_ones(known):
    alone = Line(12)
    together = Line(16, dead=(3, 7, 11, 16), known=known)
    before = statistics.median(alone.intervals(settled(alone)))
    assert max(together.intervals(settled(together))) <= 2 * before


def test_under_contention_each_dead_one_still_gets_its_turn():
    line = Line(16, dead=(3, 7, 11, 16), known=False)
    start = settled(line)
    probes = line.probes(start)
    assert {address for _, address in probes} == {3, 7, 11, 16}
    counts = [sum(address == dead for _, address in probes) for dead in (3, 7, 11, 16)]
    assert max(counts) - min(counts) <= 2, counts


def test_probes_keep_to_their_share_of_a_busy_line():
    line = Line(16, dead=(3, 7, 11, 16), known=False)
    start = settled(line)
    times = [*(at for at, _ in line.sent), line.now]
    took_ms = sum(times[times.index(at) + 1] - at for at, _ in line.probes(start))
    assert took_ms <= 0.05 * (line.now - start)


def test_on_a_line_with_idle_time_a_return_is_seen_within_ten_seconds():
    line = Line(8, dead=(2, 5), every_ms=1000.0, known=False)
    settled(line, minutes=2)
    line.alive = set(range(1, 9))
    back = line.now
    line.run(back + 10_000)
    assert line.answers[2]
    assert line.answers[5]


def test_in_idle_time_a_probe_ends_before_the_next_poll():
    line = Line(4, dead=(2,), every_ms=1000.0, known=False)
    start = settled(line, minutes=2)
    late = [at % 1000 for address in (1, 3, 4) for at in line.answers[address] if at >= start]
    assert max(late) < 250, "a poll had to wait for a probe"


def test_a_probe_that_does_not_fit_between_two_polls_is_no_idle_probe():
    line = Line(4, dead=(2,), every_ms=1000.0, timeout_ms=1500.0, known=False)
    start = settled(line, minutes=2)
    assert 7 <= len(line.probes(start)) <= 9, "half of 1.5 s each, 5 % of 120 s"
    assert max(line.intervals(start)) <= 2000


@pytest.mark.parametrize(
    ("first_byte_ms", "own_ms", "waits_ms"),
    [
        (None, None, 500.0),
        (5.0, None, 55.0),
        (480.0, None, 500.0),
        (None, 2000.0, 2000.0),  # a question with a time of its own
        (5.0, 2000.0, 55.0),
        (1200.0, 2000.0, 1250.0),
        (1980.0, 2000.0, 2000.0),
    ],
)
def test_a_probe_of_a_known_address_ends_sooner_than_a_question(first_byte_ms, own_ms, waits_ms):
    core, request = LineCore(TIMING), ReadRegisters(1, 3, 0, 10)
    request.timeout_ms = own_ms
    state = AddressState(1, 500.0, 1)
    core.attach(state, 0.0)
    state.first_byte_ms, state.misses = first_byte_ms, 3
    core.submit(1, asks(request), 0.0)
    assert core.step(0.0) == request.encode()
    assert core.next_at(0.0) == pytest.approx(8 * TIMING.char_ms + waits_ms)


def test_a_probe_waits_what_was_learned_and_a_margin():
    request = ReadRegisters(1, 3, 0, 10)
    assert AddressState(1, 500.0, 1).probe_timeout_ms(request) == 500.0
    line = Line(1)
    learned = line.core.addresses[1]
    assert learned.first_byte_ms == pytest.approx(LATENCY_MS)
    assert learned.probe_timeout_ms(request) == pytest.approx(LATENCY_MS + 50.0)


def test_one_slow_answer_fades():
    state = AddressState(1, 500.0, 1)
    question = ReadRegisters(1, 3, 0, 10)
    state.on_answered(Debt(question, question.encode(), 0.0), 300.0, 26.0)
    slow = state.first_byte_ms
    for at in range(200):
        state.on_answered(Debt(question, question.encode(), float(at)), at + 31.0, 26.0)
    assert slow == pytest.approx(274.0)
    assert state.first_byte_ms == pytest.approx(5.0)

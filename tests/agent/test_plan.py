"""The bus budget against arithmetic by hand, against the line's own core, and against a line that
serves polls in virtual time."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.model import InstrumentSettings, LineSettings
from agent.plan import TURNAROUND_MS, LinePlan, Poll, plan_line, plan_lines
from agent.remedies import Remedies, remedies
from drivers import catalogue
from drivers.wire.modbus_rtu import with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from hal.port import Framing

LINE = LineSettings("a", "/dev/ttyUSB0", 9600, 8, "N", 1)


def profile(*blocks):
    """A register map read by as many questions, of so many registers each (even numbers)."""
    starts = range(0, 1000 * len(blocks), 1000)
    channels = [
        {"name": f"v{start + at}", "table": "holding", "register": start + at, "type": "int32", "unit": "ppm"}
        for start, count in zip(starts, blocks, strict=True)
        for at in range(0, count, 2)
    ]
    return {
        "profile": {"name": "map", "vendor": "-", "model": "-", "protocol": "modbus"},
        "channel": channels,
    }


def instrument(address=1, every_ms=1000, blocks=(10,), **more):
    given = {"id": f"i-{address}", "line": "a", "driver": "map.toml", "profile": profile(*blocks)}
    return InstrumentSettings(**given | {"address": address, "every_ms": every_ms} | more)


def poll(every_ms, *exchanges_ms, name="x"):
    """A poll by its exchanges alone, for what depends on nothing else."""
    return Poll(name, every_ms, len(exchanges_ms), 1, sum(exchanges_ms), 0, 0, max(exchanges_ms), 0, 0)


# -- by hand --------------------------------------------------------------------------------------


def test_ascii_takes_twice_the_characters():
    """17 characters ask, 11 and four a register answer: 68 of 1.041667 ms; turnaround and silence as ever."""
    plan = plan_line(LINE, [instrument(mode="ascii")])
    assert plan.polls[0].bytes == 17 + 11 + 4 * 10
    assert plan.cycle_ms == pytest.approx(68 * 1.0416667 + TURNAROUND_MS + 3.645833, abs=1e-5)


def test_a_device_server_s_line_is_the_wire_behind_it():
    assert plan_line(replace(LINE, port="rtu+tcp://10.0.0.7:4001"), [instrument()]) == plan_line(
        LINE, [instrument()]
    )


def test_modbus_tcp_has_turnarounds_alone_and_no_speed_that_helps():
    line = replace(LINE, port="tcp://10.0.0.7:502")
    plan = plan_line(line, [instrument(255, every_ms=10)])
    one = plan.polls[0]
    assert (one.bytes, one.wire_ms, one.silence_ms) == (12 + 9 + 20, 0, 0)
    assert (one.latency_ms, plan.cycle_ms) == (TURNAROUND_MS, TURNAROUND_MS)
    assert remedies(line, [instrument(255, every_ms=10)]) == Remedies(20, None, None)


def test_sixteen_instruments_of_ten_registers_at_9600():
    """A character of 10 bits takes 1.041667 ms. Question 8 bytes, answer 5 + 2 * 10 = 25: 34.375 ms;
    turnaround 2 ms (no answer may come after the timeout); silence 3.5 characters, 3.645833 ms."""
    plan = plan_line(LINE, [instrument(n, timeout_ms=2) for n in range(1, 17)])
    one = plan.polls[0]
    assert (one.requests, one.bytes, one.turnaround_ms) == (1, 33, 2)
    assert one.wire_ms == pytest.approx(34.375)
    assert one.silence_ms == pytest.approx(3.645833, abs=1e-6)
    assert one.poll_ms == pytest.approx(40.02, abs=0.005)
    assert one.latency_ms == pytest.approx(2 + 25 * 1.0416667, abs=1e-5)
    assert plan.cycle_ms == pytest.approx(640.333, abs=0.001)
    assert plan.load == pytest.approx(0.640333, abs=1e-6)
    assert plan.unmet == ()


def test_slow_registers_load_the_line_by_their_share_and_count_whole_at_worst():
    """Blocks of 10 registers, each 40.02 ms at 9600 (see above); the second at every tenth poll only."""
    slow = profile(10, 10)
    for row in slow["channel"]:
        if row["register"] >= 1000:
            row["every"] = 10
    plan = plan_line(LINE, [instrument(profile=slow, timeout_ms=2)])
    one = plan.polls[0]
    assert (one.requests, one.poll_ms) == (2, pytest.approx(80.04, abs=0.01))
    assert one.mean_ms == pytest.approx(40.02 * 1.1, abs=0.01)
    assert plan.load == pytest.approx(one.mean_ms / 1000)
    assert plan.cycle_ms == plan.response_ms(one) == one.poll_ms


def test_above_19200_baud_silence_is_fixed_and_parity_counts():
    """11 bits at 38400: 0.286458 ms; 33 of them 9.453 ms, assumed turnaround 20 ms, silence 1.75 ms."""
    (one,) = plan_line(replace(LINE, baud=38400, parity="E"), [instrument()]).polls
    assert one.silence_ms == 1.75
    assert one.poll_ms == pytest.approx(31.203, abs=0.001)


def test_bayern_hessen_is_expected_by_its_values_and_not_by_its_bound():
    """Question STX DA014 ETX and two digits: 9 bytes. Answer 8 and 31 a value: 70. 79 at 9600: 82.292 ms."""
    settings = {"values": ["tsp", "pm10"], "unit": "ug/m3", "measuring": 0}
    given = instrument(14, driver="thermo-5030i", profile=None, settings=settings)
    (one,) = plan_line(LINE, [given]).polls
    assert one.bytes == 79
    assert one.poll_ms == pytest.approx(82.292 + 20 + 3.646, abs=0.001)


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2), (2, 3), (10, 3)])
def test_a_dead_instrument_costs_its_timeout_and_its_retries(retries, tries):
    """One try: 8 characters, 500 ms, silence: 511.979 ms. After three silent ones it is only probed."""
    plan = plan_line(LINE, [instrument(1, retries=retries), instrument(2, timeout_ms=100, retries=0)])
    assert plan.polls[0].dead_ms == pytest.approx(tries * 511.979, abs=0.003)
    assert plan.costliest_dead.id == "i-1"
    assert plan.dead_cycle_ms == pytest.approx(plan.polls[1].poll_ms + tries * 511.979, abs=0.003)


def test_back_to_back_takes_no_load_but_its_turn():
    plan = LinePlan("a", (poll(100, 40), poll(0, 40)))
    assert (plan.load, plan.unmet) == (0.4, ())
    # Two questions wait for one of it each.
    plan = LinePlan("a", (poll(119, 40, 40), poll(0, 30)))
    assert plan.response_ms(plan.polls[0]) == 140
    assert plan.unmet == (plan.polls[0],)


def test_one_slow_neighbour_costs_one_question_and_not_its_whole_poll():
    plan = LinePlan("a", (poll(100, 40), poll(10_000, 40, 40, 40, 40)))
    assert plan.cycle_ms == 200
    assert plan.response_ms(plan.polls[0]) == 80
    assert plan.unmet == ()


def test_instruments_are_planned_on_their_own_line_alone():
    lines = (LINE, replace(LINE, id="b"))
    first, second = plan_lines(lines, [instrument(1), instrument(1, line="b"), instrument(2, line="b")])
    assert [first.id, *(each.id for each in first.polls)] == ["a", "i-1"]
    assert [second.id, *(each.id for each in second.polls)] == ["b", "i-1", "i-2"]
    empty = plan_line(LINE, [])
    assert (empty.cycle_ms, empty.load, empty.unmet, empty.dead_cycle_ms) == (0, 0, (), 0)


# -- against the line's own core ------------------------------------------------------------------


@pytest.mark.parametrize(("baud", "framing"), [(9600, "8N1"), (38400, "8E1"), (19200, "7O2")])
def test_the_core_takes_exactly_the_time_that_was_planned(baud, framing):
    line = LineSettings("a", "/dev/ttyUSB0", baud, int(framing[0]), framing[1], int(framing[2]))
    settings = instrument(1, blocks=(10, 4), retries=5)
    (planned,) = plan_line(line, [settings]).polls
    timing = Timing(baud, Framing(framing).bits)
    for answers, due_ms in ((True, planned.poll_ms), (False, planned.dead_ms)):
        core = LineCore(timing)
        core.attach(AddressState(1, settings.timeout_ms, settings.retries), 0.0)
        driver = catalogue.create(settings.profile, 1, {})
        job, now = core.submit(1, driver.measure(), 0.0), 0.0
        registers = iter((10, 4))
        while not job.done:
            asked = core.step(now)
            if asked and answers:
                count = next(registers)
                answer = with_crc(bytes((1, 3, 2 * count)) + bytes(2 * count))
                now += (len(asked) + len(answer)) * timing.char_ms + TURNAROUND_MS
                core.receive(answer, now)
            now = max(now, core.next_at(now) or now)
        assert (job.error is None) is answers
        assert core.busy_ms == pytest.approx(due_ms)


# -- against a line in virtual time ---------------------------------------------------------------

exchanges = st.lists(st.integers(5, 60), min_size=1, max_size=5)
intervals = st.one_of(st.just(0), st.integers(20, 1500))
stations = st.lists(st.tuples(intervals, exchanges), min_size=1, max_size=6)


def worst_ms(polls, due, until):
    """The longest time from due to done, by poll. First come, first served, question by question."""
    due, released = list(due), [None] * len(polls)
    worst, queue, now = [0] * len(polls), [], 0
    while now < until:
        for at in sorted(range(len(polls)), key=lambda at: due[at]):
            if released[at] is None and due[at] <= now:
                released[at] = due[at]
                queue.append((at, 0))
        if not queue:
            now = min(due)
            continue
        at, question = queue.pop(0)
        every, costs = polls[at]
        now += costs[question]
        for other in sorted(range(len(polls)), key=lambda other: due[other]):
            if released[other] is None and due[other] <= now:  # it was there before the next question
                released[other] = due[other]
                queue.append((other, 0))
        if question + 1 < len(costs):
            queue.append((at, question + 1))
            continue
        worst[at] = max(worst[at], now - released[at])
        due[at] = due[at] + every if every else now
        while due[at] < now:  # a poll that comes too late is skipped
            due[at] += every
        released[at] = None
    return worst


@given(stations, st.integers(0, 2**32))
def test_no_poll_ever_takes_longer_than_planned(rows, seed):
    plan = LinePlan("a", tuple(poll(every, *costs) for every, costs in rows))
    phases = [random.Random(seed + at).randrange(1 + every) for at, (every, _) in enumerate(rows)]
    for due in (phases, [0] * len(rows)):
        for each, worst in zip(plan.polls, worst_ms(rows, due, 4000), strict=True):
            assert worst <= plan.response_ms(each)


@given(st.lists(st.integers(5, 60), min_size=1, max_size=6))
def test_the_plan_is_no_more_cautious_than_the_line_is_slow(costs):
    """All due at once: somebody waits for the whole cycle, so that is the shortest interval."""
    cycle = sum(costs)
    plan = LinePlan("a", tuple(poll(cycle, cost) for cost in costs))
    assert max(worst_ms([(cycle, [cost]) for cost in costs], [0] * len(costs), 1000)) == plan.cycle_ms
    assert plan.unmet == ()
    assert len(LinePlan("a", tuple(poll(cycle - 1, cost) for cost in costs)).unmet) == len(costs)


@given(stations)
def test_an_overloaded_line_always_misses_something(rows):
    plan = LinePlan("a", tuple(poll(every, *costs) for every, costs in rows))
    assert plan.unmet or plan.load <= 1 + 1e-9


# -- arithmetic that holds for any station --------------------------------------------------------

instruments = st.lists(
    st.builds(
        instrument,
        every_ms=st.one_of(st.just(0), st.integers(1, 5000)),
        blocks=st.lists(st.sampled_from((2, 10, 60)), min_size=1, max_size=3),
        timeout_ms=st.integers(1, 2000),
        retries=st.integers(0, 10),
    ),
    max_size=5,
)
bauds = st.sampled_from((300, 9600, 19200, 38400, 115200))


@given(instruments, bauds)
def test_a_cycle_is_its_sum_and_nothing_is_negative(given_instruments, baud):
    plan = plan_line(replace(LINE, baud=baud), given_instruments)
    assert plan.cycle_ms == pytest.approx(
        sum(each.wire_ms + each.silence_ms + each.turnaround_ms for each in plan.polls)
    )
    for each in plan.polls:
        assert min(each.wire_ms, each.silence_ms, each.turnaround_ms, each.dead_ms, each.longest_ms) > 0
        assert each.poll_ms <= plan.response_ms(each) + 1e-9
        assert each.longest_ms <= each.poll_ms + 1e-9
        assert 0 < each.latency_ms < each.longest_ms


@given(instruments, st.integers(1, 5000), bauds)
def test_one_more_instrument_makes_a_line_busier(given_instruments, every_ms, baud):
    line = replace(LINE, baud=baud)
    before = plan_line(line, given_instruments)
    after = plan_line(line, [*given_instruments, instrument(99, every_ms)])
    assert after.load > before.load
    assert after.cycle_ms > before.cycle_ms
    assert {each.id for each in before.unmet} <= {each.id for each in after.unmet}


# -- what would help ------------------------------------------------------------------------------


def test_remedies_by_hand():
    """Four polls of 58.02 ms every 100 ms: 232.08 ms a cycle. At 19200 baud 17.19 + 20 + 1.82 = 39.01
    each; 115200: 2.86 + 20 + 1.75 = 24.61 each, 98.46 a cycle; 57600: 27.48 each, 109.92. Two polls of
    58.02 ms do not fit into 100 ms, so every one gets a line of its own."""
    polled = [instrument(n, 100) for n in range(1, 5)]
    assert remedies(LINE, polled) == Remedies(every_ms=240, baud=115200, lines=4)
    assert remedies(LINE, [replace(each, every_ms=120) for each in polled]).lines == 2
    assert remedies(LINE, [replace(each, every_ms=240) for each in polled]) is None


def test_what_does_not_help_is_not_offered():
    hopeless = [instrument(1, every_ms=20)]  # the turnaround alone
    assert remedies(LINE, hopeless) == Remedies(every_ms=60, baud=None, lines=None)


@given(instruments, bauds)
def test_each_remedy_by_itself_suffices(given_instruments, baud):
    line = replace(LINE, baud=baud)
    named = [replace(each, id=f"i-{at}") for at, each in enumerate(given_instruments)]
    unmet = {each.id for each in plan_line(line, named).unmet}
    found = remedies(line, named)
    assert (found is None) == (not unmet)
    if found is None:
        return
    relaxed = [
        replace(each, every_ms=max(each.every_ms, found.every_ms)) if each.id in unmet else each
        for each in named
    ]
    assert not plan_line(line, relaxed).unmet
    if found.baud is not None:
        assert found.baud > baud
        assert not plan_line(replace(line, baud=found.baud), named).unmet
    alone = all(not plan_line(line, [each]).unmet for each in named)
    assert (found.lines is not None) == alone
    if found.lines is not None:
        assert 2 <= found.lines <= len(named)

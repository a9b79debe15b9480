"""Polls on their deadlines, in virtual time, over a line whose port is in memory."""

import asyncio

import pytest

from agent.config.model import InstrumentSettings
from agent.polling import Poller
from drivers.registers import RegisterDriver
from drivers.sample import Sample, with_cause
from drivers.wire.modbus_rtu import crc16
from hal.line import Line
from hal.line_core import Timing
from hal.port import MemoryPort

PROFILE = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [{"name": "v", "table": "holding", "register": 8, "type": "uint16", "unit": "ppm"}],
}


def frame(*body):
    check = crc16(bytes(body))
    return bytes(body) + bytes((check & 0xFF, check >> 8))


ANSWER = frame(1, 3, 2, 0, 42)


class Instrument(MemoryPort):
    """Answers each question so many seconds after it; None: never."""

    def __init__(self, answers=None, after_s=0.01):
        super().__init__()
        self.answers, self.after_s = answers or (lambda asked: ANSWER), after_s

    def write(self, data):
        super().write(data)
        answer = self.answers(len(self.written))
        if answer is not None:
            asyncio.get_running_loop().call_later(self.after_s, self.feed, answer)


class Plain:
    """A driver that handles no failure itself."""

    channels = (("v", "ppm"),)

    def questions(self):
        return RegisterDriver(1, PROFILE, {}).questions()

    def measure(self):
        (value,) = yield self.questions()[0]
        return [Sample("v", float(value), "ppm", "N", ())]


class Station:
    """What polling for `for_s` gave: the samples with their times, the poller afterwards."""

    def __init__(self, virtually, port, for_s, *, opened=True, driver=None, **settings):
        self.driver = driver or RegisterDriver(1, PROFILE, {})
        self.taken = []
        virtually(
            self._poll(port, for_s, opened, {"every_ms": 1000, "timeout_ms": 200, "retries": 0, **settings})
        )

    async def _poll(self, port, for_s, opened, settings):
        line = Line("a", port, Timing(9600, 10))
        self.poller = Poller(
            InstrumentSettings("pid", "a", "rig", 1, **settings),
            self.driver,
            line,
            self._take,
        )
        runs = [line.run(), self.poller.run()] if opened else [self.poller.run()]
        tasks = [asyncio.create_task(run) for run in runs]
        await asyncio.sleep(for_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, name, samples, at):
        assert name == "pid"
        assert len(self.taken) < 1000, "it spins"
        self.taken.append((at - 1000, *samples))

    @property
    def flags(self):
        return [sample.flag for _, sample in self.taken]


def test_polls_keep_their_deadlines_whatever_an_answer_takes(virtually):
    station = Station(virtually, Instrument(after_s=0.15), 9.5)
    times = [at for at, _ in station.taken]
    assert len(times) == 10
    assert all(abs(at - n - times[0]) < 1e-6 for n, at in enumerate(times)), "no drift"
    assert station.taken[0][1] == ("v", 42.0, "ppm", "N", ())
    assert (station.poller.polls, station.poller.good, station.poller.skipped) == (10, 10, 0)


def test_polls_that_come_too_late_are_skipped_and_counted_and_never_pile_up(virtually):
    port = Instrument(after_s=2.5)
    station = Station(virtually, port, 29.9, timeout_ms=4000)
    assert station.poller.polls == 10, "each third deadline is kept"
    assert station.poller.skipped == 20
    assert len(port.written) == 10
    starts = [round(at - station.taken[0][0]) for at, _ in station.taken]
    assert starts == [3 * n for n in range(len(starts))], "they stay on the raster"


@pytest.mark.parametrize(
    ("answer", "flag", "words"),
    [
        (None, "B", "no answer in 200 ms"),
        (ANSWER[:-1] + b"\0", "B", "CRC"),
        (frame(1, 0x83, 2), "D", "refused with 0x02"),
        (frame(1, 0x83, 4), "D", "refused with 0x04"),
        (frame(1, 0x83, 10), "B", "refused with 0x0A"),
        (frame(1, 0x83, 11), "B", "refused with 0x0B"),
    ],
)
def test_a_failed_poll_is_a_row_without_a_value_that_says_why(virtually, answer, flag, words):
    station = Station(virtually, Instrument(lambda asked: answer), 0.9)
    ((_, sample),) = station.taken
    assert (sample.channel, sample.value, sample.unit, sample.flag) == ("v", None, "ppm", flag)
    assert words in sample.conditions[0]


@pytest.mark.parametrize(
    ("answer", "flag"),
    [(None, "B"), (frame(1, 0x83, 2), "D"), (frame(1, 0x83, 10), "B"), (frame(1, 0x83, 11), "B")],
)
def test_what_a_driver_leaves_to_its_poller(virtually, answer, flag):
    station = Station(virtually, Instrument(lambda asked: answer), 0.9, driver=Plain())
    ((_, sample),) = station.taken
    assert sample == ("v", None, "ppm", flag, (station.poller.trouble,))
    assert station.poller.trouble
    assert (station.poller.polls, station.poller.good) == (1, 0)


def test_trouble_is_forgotten_when_an_answer_comes(virtually):
    station = Station(virtually, Instrument(lambda asked: ANSWER if asked > 1 else None), 1.9)
    assert station.flags == ["B", "N"]
    assert station.poller.trouble == ""


SLOW = {
    **PROFILE,
    "status": [
        {
            "name": "state",
            "table": "holding",
            "register": 50,
            "type": "uint16",
            "every": 3,
            "values": [{"is": 0, "flag": "N"}, {"is": 1, "flag": "M", "condition": "warming up"}],
        }
    ],
}


def test_a_slow_status_is_read_in_its_turn_and_anew_after_a_power_cut(virtually):
    """From the eighth question on nothing answers, and after two polls the instrument warms up."""

    class Restarted(Instrument):
        def write(self, data):
            MemoryPort.write(self, data)
            at = len(self.written)
            if not 8 <= at <= 9:
                answer = ANSWER if data[3] == 8 else frame(1, 3, 2, 0, int(at > 9))
                asyncio.get_running_loop().call_later(self.after_s, self.feed, answer)

    port = Restarted()
    station = Station(virtually, port, 14.5, driver=RegisterDriver(1, SLOW, {}))
    asked = [data[3] for data in port.written]
    assert asked[:11] == [8, 50, 8, 8, 8, 50, 8, 8, 8, 8, 50]
    assert station.flags[:7] == ["N"] * 5 + ["B"] * 2
    assert set(station.flags[7:]) == {"M"}


def test_back_to_back(virtually):
    station = Station(virtually, Instrument(after_s=0.01), 1.0, every_ms=0)
    assert 40 < station.poller.polls < 100
    assert station.poller.skipped == 0
    assert set(station.flags) == {"N"}


def test_back_to_back_does_not_spin_without_a_port(virtually):
    station = Station(virtually, Instrument(), 10, opened=False, every_ms=0)
    assert 30 < station.poller.polls <= 41
    assert "port memory is not open yet" in station.poller.trouble


def test_back_to_back_does_not_spin_over_an_address_that_rests(virtually):
    """A dead address is refused at once by the line: that must not become a busy loop."""
    port = Instrument(lambda asked: None)
    station = Station(virtually, port, 10, every_ms=0)
    assert station.poller.state.dead
    assert len(port.written) < 10
    assert station.poller.polls < 50


def test_what_is_refused_at_once_is_not_late(virtually):
    """A fast poll in vain keeps its deadlines: nothing was skipped."""
    station = Station(virtually, Instrument(), 9.95, opened=False, every_ms=100)
    assert (station.poller.polls, station.poller.skipped) == (100, 0)


@pytest.mark.parametrize("every_ms", [1000, 3000, 60_000])
def test_a_dead_instrument_that_returns_is_back_within_ten_seconds(virtually, every_ms):
    """Whenever its next poll is due; and then it is polled on its raster again."""
    port = Instrument(lambda asked: ANSWER if asyncio.get_running_loop().time() > 1000 + 333 else None)
    station = Station(virtually, port, 600.0, every_ms=every_ms, retries=1)
    good = [at for at, sample in station.taken if sample.flag == "N"]
    assert 333 < good[0] < 343
    assert all(at % (every_ms / 1000) < 0.5 for at in good[1:]), "on its raster"
    assert station.poller.skipped == 0


def test_while_another_master_talks_every_reading_is_d_and_keeps_its_value(virtually):
    foreign = frame(5, 3, 0, 0, 0, 2)
    station = Station(virtually, Instrument(lambda asked: foreign + ANSWER if asked == 2 else ANSWER), 130)
    samples = [sample for _, sample in station.taken]
    assert samples[0] == ("v", 42.0, "ppm", "N", ())
    doubted = samples[1 : 1 + 120]
    assert set(doubted) == {("v", 42.0, "ppm", "D", ("second master",))}
    assert set(samples[123:]) == {("v", 42.0, "ppm", "N", ())}, "quiet again"


@pytest.mark.parametrize(
    ("flag", "conditions", "stands"),
    [("N", (), "D"), ("T", ("over range",), "D"), ("B", ("x",), "B"), ("M", (), "M"), ("D", ("y",), "D")],
)
def test_a_cause_more_never_hides_the_others(flag, conditions, stands):
    sample = with_cause(Sample("v", 1.0, "ppm", flag, conditions), "D", "second master")
    assert (sample.flag, sample.conditions) == (stands, (*conditions, "second master"))


def test_each_channel_keeps_the_frames_of_the_last_poll_that_read_it(virtually):
    """The second poll asks `v` alone, the third nothing answers: what was read stays."""
    slow = {"name": "w", "table": "holding", "register": 20, "type": "uint16", "unit": "ppm", "every": 2}
    driver = RegisterDriver(1, {**PROFILE, "channel": [*PROFILE["channel"], slow]}, {})
    first, second = frame(1, 3, 2, 0, 42), frame(1, 3, 2, 0, 43)
    answers = {1: first, 2: second, 3: ANSWER}
    station = Station(virtually, Instrument(answers.get), 8, driver=driver)
    ask_v, ask_w = frame(1, 3, 0, 8, 0, 1), frame(1, 3, 0, 20, 0, 1)
    exchanges = station.poller.exchanges
    assert list(exchanges["w"].frames) == [(ask_v, first), (ask_w, second)]
    assert list(exchanges["v"].frames) == [(ask_v, ANSWER)]
    assert exchanges["v"].at > exchanges["w"].at
    assert station.poller.trouble.startswith("no answer")

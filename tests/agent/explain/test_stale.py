"""Why there is no newer value: each thing that can stand between, in its words."""

import pytest

from agent.config.model import InstrumentSettings, LineSettings
from agent.explain.stale import Source, reasons
from agent.plan import plan_line
from agent.polling import Poller
from drivers.registers import RegisterDriver
from hal.doubt import Debt
from hal.errors import PortError
from hal.line import Line
from hal.line_core import Timing
from hal.port import MemoryPort

CHANNEL = {"table": "holding", "type": "uint16", "unit": "ppm"}
PROFILE = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [
        {"name": "v", "register": 8, **CHANNEL},
        {"name": "w", "register": 20, "every": 10, **CHANNEL},
    ],
}
WIRE = LineSettings("a", "/dev/ttyUSB0", 9600, 8, "N", 1)
NEXT = "the next poll is due in 0.5 s (every 1s)"


class Rig:
    """A line whose port is open, its poller between two polls. Time stands at `now`, in loop seconds."""

    def __init__(self, now, name="v", **settings):
        given = {
            "id": "pid",
            "line": "a",
            "driver": "rig",
            "profile": PROFILE,
            "address": 1,
            "every_ms": 1000,
        }
        settings = InstrumentSettings(**given | settings)
        self.now = now
        self.line = Line("a", MemoryPort(), Timing(9600, 10))
        self.line.is_open = True
        driver = RegisterDriver(1, PROFILE, {})
        self.poller = Poller(settings, driver, self.line, lambda *_: None)
        self.poller.state.clearing = None
        self.poller.state.doubted = False
        self.poller.state.due_at = (now + 0.5) * 1000
        self.source = Source(self.poller, self.line, plan_line(WIRE, [settings]), name)

    def silent(self, times):
        for _ in range(times):
            self.poller.state.on_silent(self.poller.driver.questions()[0], self.now * 1000)

    def reasons(self, stuck=None):
        return list(reasons(self.source, stuck or {}, self.now))


@pytest.fixture
def reasons_of(virtually):
    """reasons_of(do, **of): what is said once do(rig) was done."""

    def run(do, stuck=None, **of):
        async def main():
            rig = Rig(1000.0, **of)
            do(rig)
            return rig.reasons(stuck)

        return virtually(main())

    return run


def test_a_value_that_is_only_not_due_yet(reasons_of):
    assert reasons_of(lambda rig: None) == [NEXT]


def test_a_line_without_a_port(reasons_of):
    def lose(rig):
        rig.line.is_open = False
        rig.line.trouble = str(PortError("port /dev/ttyUSB0", "there is no such device", "plug it in"))
        rig.poller.trouble = "line a: port /dev/ttyUSB0: there is no such device"

    said = "line a has no port: port /dev/ttyUSB0: there is no such device"
    assert reasons_of(lose) == [said, NEXT], "said once, not once more as the failed poll's reason"


def test_a_port_that_never_was_there(reasons_of):
    def closed(rig):
        rig.line.is_open = False

    assert reasons_of(closed)[0] == "line a has no port: port memory is not open yet"


def test_a_second_master(reasons_of):
    def talk(rig):
        rig.line.core.foreign.active = True
        rig.line.core.foreign.seen.append("address 9 is asked")

    assert reasons_of(talk)[0] == "another master talks on line a: address 9 is asked; values are flagged D"


def test_silence_and_what_it_leads_to(reasons_of):
    def twice(rig):
        rig.silent(2)
        rig.poller.trouble = "no answer in 500 ms"

    assert reasons_of(twice) == [
        "2 questions in a row without an answer; dead from the third on",
        "the last poll failed: no answer in 500 ms",
        NEXT,
    ]


def test_a_dead_instrument_and_its_next_probe(reasons_of):
    def five(rig):
        rig.silent(5)
        rig.poller.trouble = "dead: next probe in 2.0 s"

    said = "pid is dead: 5 questions in a row without an answer; probed in 4.0 s"
    assert reasons_of(five) == [said, NEXT]

    def due(rig):
        five(rig)
        rig.now += 60

    said = "pid is dead: 5 questions in a row without an answer; probed as soon as the line has time for it"
    assert reasons_of(due)[0] == said


def test_an_answer_that_is_owed(reasons_of):
    def owe(rig):
        question = rig.poller.driver.questions()[0]
        rig.poller.state.owes(Debt(question, question.encode(), 999_500.0))
        rig.poller.state.last_asked_at = 999_500.0

    said = "an answer is owed: what could be mistaken for it is not asked for 1.5 s"
    assert reasons_of(owe) == [said, NEXT]


def test_registers_that_are_read_seldom(reasons_of):
    assert reasons_of(lambda rig: None, name="w") == ["its registers are read at every 10th poll only", NEXT]


def test_a_line_that_cannot_keep_up(reasons_of):
    said = reasons_of(lambda rig: None, every_ms=20)
    assert said[0].startswith("line a cannot keep its interval: a poll takes ")


def test_a_poll_that_waits(reasons_of):
    def wait(rig):
        rig.poller.asking_since = rig.now - 3

    assert reasons_of(wait) == ["a poll is under way for 3 s, with 0 others on its line"]


def test_a_task_that_stands_still(reasons_of):
    said = reasons_of(lambda rig: None, stuck={"instrument pid": 70.0, "line b": 5.0})
    assert said[0] == "the agent's task instrument pid has stood still for 1 min 10 s"
    assert len(said) == 2

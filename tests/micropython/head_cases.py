"""examples/detector_head/main.py as it stands, on a board in virtual time. Runs on both interpreters."""

import sys

from drivers.wire.modbus_rtu import ReadRegisters
from tests.micropython.scripted import PERIOD, ScriptedPin, ScriptedUart, World

__all__ = ["CASES", "STARTS", "Board"]

READING = bytes.fromhex(  # PyPMS, tests/captured_data/PMSx003.hexdump: 8 ug/m3 of PM2.5 and PM10
    "424D001C00000008000800000008000800D20046002D001E00000000970002C5"
)
OTHER = bytes.fromhex("424D001C00000007000700000007000700BD003F002A001B000000009700029F")
WARMING_UP = bytes.fromhex("424D001C") + bytes(24) + bytes.fromhex("97000142")
ASK = ReadRegisters(20, 4, 0, 7)
SECOND = 1000000
LOOK_US = 1000


class Ended(Exception):
    """The time of the case is over; the program itself has no end."""


class Board:
    """Stands for the module `machine`, and for time.ticks_us."""

    OUT = 1

    def __init__(self, start_us, seconds):
        self.world = World(start_us, look_us=LOOK_US)
        self.end_us = start_us + seconds * SECOND
        self.dull_us = (0, 0)  # where nothing happens, and every look takes longer
        self.line = ScriptedUart(self.world, 9600)
        self.sensor = ScriptedUart(self.world, 9600)
        self.direction = ScriptedPin(self.world)
        self.Pin = self  # Pin(...) and Pin.OUT
        self.feeds = 0

    def UART(self, number, baud, tx, rx, rxbuf):
        assert (number, baud, rxbuf) in ((0, 9600, 512), (1, 9600, 512))
        return (self.line, self.sensor)[number]

    def __call__(self, number, mode, value):
        assert (number, mode, value) == (2, self.OUT, 0)
        return self.direction

    def WDT(self, timeout):
        assert timeout == 8000
        return self

    def feed(self):
        self.feeds += 1

    def ticks_us(self):
        if self.world.now_us > self.end_us:
            raise Ended
        begin_us, end_us = self.dull_us
        self.world.look_us = 400 * LOOK_US if begin_us < self.world.now_us < end_us else LOOK_US
        return self.world.ticks()

    def run(self, load):
        """load() imports main.py anew; then it runs until its time is over. The answers, parsed."""
        sys.modules["machine"] = self
        program = load(self.ticks_us)
        try:
            program.main()
        except Ended:
            pass
        assert [level for _, level in self.direction.log] == [1, 0] * len(self.line.sent)
        return [ASK.parse(answer) for _, answer in self.line.sent]


def case_readings_become_registers(load, start_us):
    board = Board(start_us, 5)
    for second in range(4):
        board.sensor.say(second * SECOND, OTHER if second == 3 else READING)
        board.line.say(second * SECOND + 600000, ASK.encode())
    answers = board.run(load)
    assert answers == [
        (0, 8, 8, 0, 0, 1, 0),
        (0, 8, 8, 0, 0, 2, 0),
        (0, 8, 8, 0, 0, 3, 0),
        (0, 7, 7, 0, 0, 4, 0),
    ], answers
    assert board.feeds > 100


def case_before_the_first_reading(load, start_us):
    board = Board(start_us, 3)
    board.line.say(100000, ASK.encode())
    board.sensor.say(1000000, WARMING_UP)
    board.line.say(2000000, ASK.encode())
    answers = board.run(load)
    assert answers == [(0, 0, 0, 2, 65535, 0, 0), (0, 0, 0, 1, 0, 1, 0)], answers


def case_a_silent_sensor_is_said_and_its_reading_ages(load, start_us):
    board = Board(start_us, 20)
    board.sensor.say(0, READING)
    board.line.say(4 * SECOND, ASK.encode())
    board.line.say(8 * SECOND, ASK.encode())
    board.sensor.say(15 * SECOND, OTHER)
    board.line.say(18 * SECOND, ASK.encode())
    answers = board.run(load)
    assert answers == [
        (0, 8, 8, 0, 3, 1, 0),
        (0, 8, 8, 2, 7, 1, 1),
        (0, 7, 7, 0, 2, 2, answers[2][6]),
    ], answers


def case_a_reading_ages_although_nobody_asks(load, start_us):
    """For longer than the ticks take to wrap, 18 minutes."""
    board = Board(start_us, 1502)
    board.sensor.say(0, READING)
    board.line.say(1500 * SECOND, ASK.encode())
    board.dull_us = (start_us + 10 * SECOND, start_us + 1490 * SECOND)
    (answer,) = board.run(load)
    assert answer[:3] == (0, 8, 8)
    assert 1499 <= answer[4] <= 1500, answer


def case_a_disturbed_sensor_is_said(load, start_us):
    board = Board(start_us, 12)
    for second in range(11):
        damaged = bytearray(READING)
        damaged[9] ^= 1
        board.sensor.say(second * SECOND, bytes(damaged))
    board.line.say(10 * SECOND, ASK.encode())
    (answer,) = board.run(load)
    assert answer[:6] == (0, 0, 0, 3, 65535, 0), answer
    assert answer[6] > 0


def case_questions_that_are_not_for_it(load, start_us):
    board = Board(start_us, 4)
    board.line.say(0, ReadRegisters(21, 4, 0, 7).encode())
    damaged = bytearray(ASK.encode())
    damaged[5] ^= 1
    board.line.say(SECOND, bytes(damaged))
    board.line.say(2 * SECOND, b"\xff" + ASK.encode())  # a glitch as the master's driver comes on
    assert len(board.run(load)) == 1


CASES = (
    case_readings_become_registers,
    case_before_the_first_reading,
    case_a_silent_sensor_is_said_and_its_reading_ages,
    case_a_reading_ages_although_nobody_asks,
    case_a_disturbed_sensor_is_said,
    case_questions_that_are_not_for_it,
)
STARTS = (0, PERIOD - 2 * SECOND)

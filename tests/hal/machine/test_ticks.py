"""Ticks as MicroPython has them, and a board's program that finds them."""

import subprocess
import sys
from pathlib import Path

import pytest

from hal import machine
from hal.machine import ticks

ROOT = Path(__file__).parents[3]


class Clock:
    def __init__(self, seconds):
        self.seconds = seconds

    def monotonic(self):
        return self.seconds


def test_ticks_wrap():
    clock = Clock(2**30 / 1e6 - 0.000001)
    machine.use(machine.Board(clock=clock))
    before = ticks.ticks_us()
    assert before == 2**30 - 1
    clock.seconds += 0.000005
    assert ticks.ticks_us() == 4
    assert ticks.ticks_diff(ticks.ticks_us(), before) == 5
    assert ticks.ticks_diff(before, ticks.ticks_us()) == -5
    assert ticks.ticks_ms() == 1073742


@pytest.mark.parametrize(
    ("now", "delta", "later"),
    [(0, 5, 5), (2**30 - 1, 1, 0), (3, -5, 2**30 - 2), (0, 2**29 - 1, 2**29 - 1)],
)
def test_ticks_add(now, delta, later):
    assert ticks.ticks_add(now, delta) == later
    assert ticks.ticks_diff(later, now) == delta


@pytest.mark.parametrize("delta", [2**29, -(2**29)])
def test_half_a_period_is_too_far(delta):
    with pytest.raises(OverflowError):
        ticks.ticks_add(0, delta)


def test_pauses_are_the_boards():
    class Board(machine.Board):
        def wait(self, seconds):
            waited.append(seconds)

    waited = []
    machine.use(Board())
    ticks.sleep_ms(20)
    ticks.sleep_us(1500)
    ticks.sleep_ms(-1)
    assert waited == [0.02, 0.0015, 0.0]


def test_a_boards_program_finds_machine_and_its_ticks():
    program = """
from hal import machine
machine.install(machine.Board(uarts={3: "/dev/null"}))
import machine as found
from time import sleep_ms, sleep_us, ticks_add, ticks_diff, ticks_ms, ticks_us
began = ticks_us()
sleep_us(1000)
assert ticks_diff(ticks_us(), began) >= 1000
assert found is machine and found.board.board().uarts == {3: "/dev/null"}
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

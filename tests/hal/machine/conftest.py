"""The board is one for the whole process: each test gets its own, and leaves none behind."""

import pytest

from hal import machine
from hal.machine.board import board


@pytest.fixture(autouse=True)
def own_board():
    before = board()
    yield
    machine.use(before)

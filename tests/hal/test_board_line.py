"""A board's line: the cases that also run on MicroPython, and the same code over real ptys."""

import functools
import threading
from contextlib import contextmanager

import pytest
from pymodbus.client import ModbusSerialClient

from hal import machine
from hal.board_line import BoardLine
from hal.board_slave import BoardSlave
from hal.clock import Clock
from hal.job import Timing
from tests.crossover import Crossover
from tests.hardware_sim.conftest import Served
from tests.micropython.board_cases import CASES, PROFILE, STARTS, poll, slave

BAUD = 19200


@pytest.mark.parametrize("start_us", STARTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__[5:])
def test_in_virtual_time(case, start_us):
    case(start_us)


CLOCK = Clock()
PATIENT_MS = 3000  # a busy machine is no late instrument
PAUSE = functools.partial(threading.Event().wait, 0.0005)  # else two loops contend for the interpreter
# The bench's instruments of the cases' PROFILE: what they say, and at which addresses.
BENCH = {
    "seed": 1,
    "line": [{"id": "a", "baud": BAUD}],
    "instrument": [
        {
            "id": f"rig-{address}",
            "line": "a",
            "address": address,
            "driver": "rig",
            "profile": PROFILE,
            "values": {"voc": voc, "dust": dust},
            "turnaround_ms": 2,
        }
        for address, voc, dust in ((1, 12.5, 88), (2, 0.25, 7))
    ],
}


def ticks():
    """What time.ticks_us would show."""
    return int(CLOCK.monotonic() * 1e6) % (1 << 30)


@pytest.fixture
def uart():
    made = []

    def open_uart(path):
        made.append(machine.UART(path, BAUD))
        return made[-1]

    yield open_uart
    for device in made:
        device.deinit()


def test_the_cases_code_reads_the_emulated_bench_through_machine_uart(uart):
    with Served(BENCH).running() as served:
        line = BoardLine(uart(served.path()), Timing(BAUD, 10), ticks)
        found = poll(line, (1, 2), 3, PAUSE, timeout_ms=PATIENT_MS)
        stats = served.stats()
    assert found == 3 * [
        (1, [("voc", 12.5, "N"), ("dust", 88, "N")]),
        (2, [("voc", 0.25, "N"), ("dust", 7, "N")]),
    ]
    assert len(served.log) == 12
    assert stats["silence_violations"] == 0, stats


def test_a_late_answer_over_a_pty_is_no_value(uart):
    faults = [{"kind": "late", "share": 1.0, "by_ms": 150}]
    late = {**BENCH, "instrument": [{**BENCH["instrument"][0], "faults": faults}]}
    with Served(late).running() as served:
        line = BoardLine(uart(served.path()), Timing(BAUD, 10), ticks)
        assert poll(line, (1,), 1, PAUSE) == [(1, "NoAnswer")]


def board(uart, modbus):
    return BoardSlave(uart, Timing(BAUD, 10), ticks, modbus.answer, stale_ms=PATIENT_MS)


@contextmanager
def serving(board):
    """A board's loop in a thread."""
    ended = threading.Event()

    def loop():
        while not ended.wait(0.0005):
            board.turn()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_pymodbus_reads_a_board_over_two_ptys(uart):
    with Crossover() as cable, serving(board(uart(cable.paths[0]), slave(17, 12.5, 88))):
        client = ModbusSerialClient(cable.paths[1], baudrate=BAUD, timeout=2, retries=0)
        assert client.connect()
        for _ in range(5):
            assert client.read_input_registers(8, count=2, device_id=17).registers == [0x4148, 0]
            assert client.read_holding_registers(40, count=1, device_id=17).registers == [88]
        assert client.read_input_registers(49, count=2, device_id=17).exception_code == 2
        client.close()


def test_a_board_reads_a_board_over_two_ptys(uart):
    """Both sides are the code that runs on MicroPython."""
    with Crossover() as cable, serving(board(uart(cable.paths[0]), slave(1, 12.5, 88))):
        line = BoardLine(uart(cable.paths[1]), Timing(BAUD, 10), ticks)
        assert poll(line, (1,), 3, PAUSE, timeout_ms=PATIENT_MS) == 3 * [
            (1, [("voc", 12.5, "N"), ("dust", 88, "N")])
        ]

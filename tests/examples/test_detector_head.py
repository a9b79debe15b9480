"""The detector head of examples/: in virtual time, and over real ptys with other people's masters."""

import asyncio
import importlib.util
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from pymodbus.client import ModbusSerialClient

from drivers import catalogue
from hal.job import Timing
from hal.line import Line
from hal.port import Framing
from hal.serial_port import SerialPort
from tests.crossover import Crossover
from tests.micropython.head_cases import CASES, READING, STARTS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "detector_head"


@pytest.fixture
def load(monkeypatch):
    """Imports main.py anew, on the board that the case has put in place of `machine`."""
    monkeypatch.setitem(sys.modules, "machine", None)

    def load_main(ticks_us):
        monkeypatch.setattr(time, "ticks_us", ticks_us, raising=False)
        spec = importlib.util.spec_from_file_location("detector_head", FOLDER / "main.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load_main


@pytest.mark.parametrize("start_us", STARTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__[5:])
def test_in_virtual_time(case, start_us, load):
    case(load, start_us)


# A process that stands for the board: its UARTs are ptys, its chip and its watchdog are written to a file.
ON_THE_GATEWAY = """
import fcntl, runpy, sys
from gpiod.line import Value
from hal import machine
from hal.watchdog import WDIOC_SETTIMEOUT

sensor, line, program, log = sys.argv[1:]

class Chip:
    def set_value(self, offset, value):
        with open(log, "a") as file:
            file.write(f"{offset}={int(value == Value.ACTIVE)} ")

real = fcntl.ioctl  # a watchdog that takes any time-out
fcntl.ioctl = lambda handle, what, *rest: rest[0] if what == WDIOC_SETTIMEOUT else real(handle, what, *rest)
open(log + ".watchdog", "w").close()
machine.install(machine.Board(
    uarts={0: line, 1: sensor}, watchdog=log + ".watchdog", request_line=lambda *arguments: Chip()
))
runpy.run_path(program, run_name="__main__")
"""


@pytest.fixture
def head(tmp_path):
    """(device of the RS-485 line, a function that lets the sensor speak, the log of pin 2)."""
    log = tmp_path / "pin"
    with Crossover() as sensor, Crossover() as line:
        command = [sys.executable, "-c", ON_THE_GATEWAY, sensor.paths[0], line.paths[0]]
        process = subprocess.Popen([*command, FOLDER / "main.py", log], cwd=ROOT, stderr=subprocess.PIPE)
        handle = os.open(sensor.paths[1], os.O_WRONLY | os.O_NOCTTY)
        try:
            watchdog = Path(f"{log}.watchdog")
            until(lambda: process.poll() is not None or (watchdog.exists() and watchdog.stat().st_size))
            assert process.poll() is None, process.stderr.read().decode()
            yield line.paths[1], lambda: os.write(handle, READING), log
        finally:
            os.close(handle)
            process.kill()
            process.wait()
            process.stderr.close()


def until(condition):
    end = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < end, "the condition never came to hold"
        time.sleep(0.01)


def test_pymodbus_reads_the_head(head):
    path, speak, log = head
    client = ModbusSerialClient(path, baudrate=9600, timeout=3, retries=2)
    assert client.connect()

    def registers():
        return client.read_input_registers(0, count=7, device_id=20).registers

    assert registers() == [0, 0, 0, 2, 65535, 0, 0]
    speak()
    until(lambda: registers()[5] == 1)
    assert registers()[:4] == [0, 8, 8, 0]
    assert client.read_input_registers(7, count=1, device_id=20).exception_code == 2
    assert client.write_register(0, 1, device_id=20).exception_code == 1
    client.close()
    until(lambda: log.read_text().endswith("2=0 "))  # the answer is heard before the driver is off
    switched = log.read_text().split()
    assert switched == ["2=1", "2=0"] * (len(switched) // 2)
    assert len(switched) >= 10


@pytest.mark.needs("mbpoll")
def test_mbpoll_reads_the_head(head):
    path, speak, _ = head
    speak()
    command = [
        "mbpoll",
        "-m",
        "rtu",
        "-a20",
        "-b9600",
        "-Pnone",
        "-t3",
        "-0",
        "-r0",
        "-c4",
        "-1",
        "-q",
        "-o3",
    ]

    def read():
        done = subprocess.run([*command, path], capture_output=True, text=True, timeout=20, check=False)
        return [row.split()[:2] for row in done.stdout.splitlines() if row.startswith("[")]

    until(lambda: read() == [["[0]:", "0"], ["[1]:", "8"], ["[2]:", "8"], ["[3]:", "0"]])


def test_the_agents_own_line_reads_the_head_by_its_profile(head):
    path, speak, _ = head
    profile = tomllib.loads((FOLDER / "fenceline-pm-head.toml").read_text())

    async def polled(count):
        loop = asyncio.get_running_loop()
        line = Line("a", SerialPort(path, 9600, Framing("8N1"), loop), Timing(9600, 10))
        task = asyncio.create_task(line.run())
        driver = catalogue.create(profile, 20, {})
        line.attach(20, driver.questions(), timeout_ms=3000, retries=3)
        while not line.is_open:  # noqa: ASYNC110 - the device fulfils it
            await asyncio.sleep(0.01)
        found = []
        while len(found) < count:
            samples = (await line.converse(20, driver.measure())).result
            if samples[0].flag == "N" or not found:
                found.append([(s.channel, s.value, s.unit, s.flag, s.conditions) for s in samples])
                speak()
        task.cancel()
        return found

    silent, measuring = asyncio.run(asyncio.wait_for(polled(2), 30))
    assert {row[3:] for row in silent} == {("D", ("sensor silent",))}
    assert measuring == [
        ("pm1", 0, "ug/m3", "N", ()),
        ("pm25", 8, "ug/m3", "N", ()),
        ("pm10", 8, "ug/m3", "N", ()),
    ]


def test_the_gateway_takes_the_profile(tmp_path):
    """`fenceline check` of the station file that docs/micropython.md shows."""
    page = (ROOT / "docs" / "micropython.md").read_text()
    (shown,) = [block for block in blocks_of(page) if block.startswith("[station]")]
    (tmp_path / "fenceline-pm-head.toml").write_text((FOLDER / "fenceline-pm-head.toml").read_text())
    (tmp_path / "station.toml").write_text(shown)
    command = [sys.executable, "-m", "tools.cli", "check", "--config", tmp_path / "station.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def blocks_of(page):
    """The indented blocks of a Markdown page."""
    blocks, block = [], []
    for row in [*page.splitlines(), "end"]:
        if row.startswith("    ") or (block and not row.strip()):
            block.append(row[4:])
        elif block:
            blocks.append("\n".join(block).rstrip() + "\n")
            block = []
    return blocks

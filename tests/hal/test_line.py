"""The line on real ptys against the emulated bench, and on a port in memory."""

import asyncio
import fcntl
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.exchange import NoAnswer, WireError
from drivers.registers import RegisterDriver
from hal.clock import Clock
from hal.errors import PortError
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing, MemoryPort
from hal.serial_port import SerialPort
from hal.tty import holder_of
from hardware_sim.bench import Bench
from hardware_sim.wire import run

PROFILE = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [{"name": "v", "table": "holding", "register": 8, "type": "float32", "unit": "ppm"}],
}
TWO_QUESTIONS = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [
        {"name": "old", "table": "holding", "register": 100, "type": "float32", "unit": "ppm"},
        {"name": "new", "table": "holding", "register": 300, "type": "float32", "unit": "ppm"},
    ],
}


def bench_of(*instruments, baud=19200, **line):
    rows = [
        {
            "id": f"i{at}",
            "line": "a",
            "address": at + 1,
            "driver": "rig",
            "settings": {},
            "turnaround_ms": 2.0,
            "noise": {},
            "faults": [],
            **row,
        }
        for at, row in enumerate(instruments)
    ]
    lines = [{"id": "a", "baud": baud, "framing": "8N1", "link": None, "echo": False, **line}]
    return Bench({"seed": 1, "line": lines, "instrument": rows}, Clock())


async def open_line(path, baud=19200, echo=False, report=lambda what, detail: None):
    framing = Framing("8N1")
    port = SerialPort(path, baud, framing, asyncio.get_running_loop())
    line = Line("a", port, Timing(baud, framing.bits), echo=echo, report=report)
    task = asyncio.create_task(line.run())
    await until(lambda: line.is_open or line.trouble)
    return line, task


async def until(condition, timeout_s=10.0):
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - devices and processes fulfil it
            await asyncio.sleep(0.005)


def on_a_bench(bench, use, **settings):
    """Run `use(line)` with a line opened on the bench's pty."""

    async def main():
        await bench.start()
        line, task = await open_line(bench.lines["a"].path, **settings)
        try:
            return await asyncio.wait_for(use(line), 30)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await bench.stop()

    return run(main())


def driver_on(line, address, profile=PROFILE, **settings):
    driver = RegisterDriver(address, profile, {})
    line.attach(address, driver.questions(), **{"timeout_ms": 300.0, **settings})
    return driver


def test_values_come_through_a_real_pty():
    async def use(line):
        driver = driver_on(line, 1)
        answer = await line.converse(1, driver.measure())
        assert 0 <= asyncio.get_running_loop().time() - answer.at < 1
        return answer.result

    (sample,) = on_a_bench(bench_of({"profile": PROFILE, "values": {"v": 12.5}}), use)
    assert sample == ("v", 12.5, "ppm", "N", ())


@pytest.mark.parametrize("echo", [True, False])
def test_echo_of_a_two_wire_adapter(echo):
    async def use(line):
        driver = driver_on(line, 1)
        return [(await line.converse(1, driver.measure())).result[0].value for _ in range(5)]

    bench = bench_of({"profile": PROFILE, "values": {"v": 12.5}}, echo=True)
    assert on_a_bench(bench, use, echo=echo) == [12.5] * 5


def test_the_silence_between_frames_is_kept():
    async def use(line):
        driver = driver_on(line, 1)
        for _ in range(20):
            await line.converse(1, driver.measure())

    bench = bench_of({"profile": PROFILE, "values": {"v": 12.5}}, baud=9600)
    on_a_bench(bench, use, baud=9600)
    assert bench.stats()["lines"]["a"]["silence_violations"] == 0


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "dead"}, NoAnswer),
        ({"kind": "crc"}, WireError),
        ({"kind": "truncated"}, WireError),
        ({"kind": "inside"}, WireError),
        ({"kind": "foreign"}, WireError),
    ],
)
def test_faults_are_told_apart_and_the_neighbour_goes_on(fault, failure):
    async def use(line):
        bad, good = driver_on(line, 1, retries=0, timeout_ms=100.0), driver_on(line, 2)
        results = []
        for _ in range(3):
            with pytest.raises(failure):
                await line.converse(1, bad.measure())
            results.append((await line.converse(2, good.measure())).result[0].value)
        return results

    broken = {"profile": PROFILE, "values": {"v": 1.0}, "faults": [fault]}
    assert on_a_bench(bench_of(broken, {"profile": PROFILE, "values": {"v": 7.5}}), use) == [7.5] * 3


@pytest.mark.parametrize("kind", ["noise", "long", "twice"])
def test_noise_around_a_whole_answer_does_no_harm(kind):
    async def use(line):
        driver = driver_on(line, 1)
        return [(await line.converse(1, driver.measure())).result[0].value for _ in range(5)]

    noisy = {"profile": PROFILE, "values": {"v": 7.5}, "faults": [{"kind": kind}]}
    assert on_a_bench(bench_of(noisy), use) == [7.5] * 5


def test_late_answers_are_never_taken_for_the_other_register():
    """The trap in which masters return the old register's value as the new one's."""

    async def use(line):
        driver = driver_on(line, 1, TWO_QUESTIONS, timeout_ms=100.0, retries=1, quiet_ms=600.0)
        seen = []
        for _ in range(25):
            try:
                samples = (await line.converse(1, driver.measure())).result
            except NoAnswer:
                continue
            seen += [(s.channel, s.value) for s in samples if s.flag == "N"]
        return set(seen), line.core.addresses[1].late

    late = {
        "profile": TWO_QUESTIONS,
        "values": {"old": 1.0, "new": 2.0},
        "faults": [{"kind": "late", "share": 0.3, "by_ms": 150.0}],
    }
    seen, counted = on_a_bench(bench_of(late), use)
    assert seen == {("old", 1.0), ("new", 2.0)}
    assert counted > 0, "no late answer was produced: the test shows nothing"


def test_a_wrong_baud_rate_is_silence():
    async def use(line):
        driver = driver_on(line, 1, timeout_ms=100.0, retries=0)
        with pytest.raises(NoAnswer):
            await line.converse(1, driver.measure())

    on_a_bench(bench_of({"profile": PROFILE, "values": {"v": 1.0}}, baud=9600), use, baud=19200)


def test_a_port_that_vanishes_and_returns_is_survived(tmp_path):
    """A stable link whose pty goes away and comes back as another one, as an adapter does."""
    link = tmp_path / "adapter"
    said = []

    async def main():
        first = bench_of({"profile": PROFILE, "values": {"v": 1.0}}, link=str(link))
        await first.start()
        line, task = await open_line(str(link), report=lambda what, detail: said.append(what))
        driver = driver_on(line, 1)
        before = (await line.converse(1, driver.measure())).result[0].value
        await first.stop()
        await until(lambda: not line.is_open)
        with pytest.raises(PortError, match=r"line a: port .*adapter"):
            await line.converse(1, driver.measure())
        second = bench_of({"profile": PROFILE, "values": {"v": 2.0}}, link=str(link))
        await second.start()
        await until(lambda: line.is_open)
        after = (await line.converse(1, driver.measure())).result[0].value
        task.cancel()
        await second.stop()
        return before, after

    assert run(main()) == (1.0, 2.0)
    assert said == ["port lost", "port open"]


def test_another_reader_of_the_port_is_no_lost_device():
    """Two programs on one port take each other's bytes; the device is still there."""

    async def main():
        master, slave = pty.openpty()
        heard, lost = [], []
        port = SerialPort(os.ttyname(slave), 9600, Framing("8N1"), asyncio.get_running_loop())
        port.open(heard.append, lost.append)
        os.write(master, b"x")
        os.read(slave, 1)  # the other one was quicker
        port._readable()  # as the loop calls it where select had said "readable" before
        os.write(master, b"y")
        await until(lambda: heard)
        os.close(slave)
        os.close(master)
        await until(lambda: lost)
        return heard, [error.what for error in lost]

    heard, lost = run(main())
    assert heard == [b"y"]
    assert len(lost) == 1
    assert lost[0].startswith("lost: ")


def test_losing_the_port_ends_the_conversation_under_way():
    async def main():
        port = MemoryPort()
        line = Line("a", port, Timing(9600, 10))
        task = asyncio.create_task(line.run())
        await until(lambda: line.is_open)
        driver = driver_on(line, 1, timeout_ms=60_000.0)
        asked = asyncio.create_task(line.converse(1, driver.measure()))
        await until(lambda: port.written)
        port.lose()
        with pytest.raises(PortError, match="lost"):
            await asked
        task.cancel()

    run(main())


def test_a_port_that_is_not_there_is_named():
    async def main():
        line, task = await open_line("/dev/ttyNOSUCH9")
        with pytest.raises(PortError) as caught:
            await line.converse(1, driver_on(line, 1).measure())
        task.cancel()
        return str(caught.value)

    text = run(main())
    assert "port /dev/ttyNOSUCH9: there is no such device" in text
    assert "hint: `ls -l /dev/serial/by-id`" in text


HOLD = """
import serial, sys
port = serial.Serial(sys.argv[1], exclusive=True)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_port_in_use_is_refused_with_the_pid():
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        assert holder_of(Path(path)) == holder.pid

        async def main():
            line, task = await open_line(path)
            task.cancel()
            return line.trouble

        assert f"port {path}: in use by process {holder.pid}" in run(main())
    finally:
        holder.communicate()
        os.close(master)
        os.close(slave)


def test_holder_of_reads_the_kernels_table(tmp_path):
    file = tmp_path / "port"
    file.touch()
    assert holder_of(file) is None
    assert holder_of(file, tmp_path / "missing") is None
    handle = os.open(file, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert holder_of(file) == os.getpid()
    os.close(handle)


@pytest.mark.parametrize("text", ["8N3", "9N1", "8X1", "", "8N", "8N11"])
def test_what_is_no_framing(text):
    with pytest.raises(ValueError, match="expected data bits, parity and stop bits"):
        Framing(text)


@pytest.mark.parametrize(("text", "bits"), [("8N1", 10), ("8E1", 11), ("7E1", 10), ("8N2", 11)])
def test_bits_of_a_character(text, bits):
    assert Framing(text).bits == bits


def test_parity_is_kept_for_the_timing_where_a_pty_refuses_it():
    async def main():
        master, slave = pty.openpty()
        port = SerialPort(os.ttyname(slave), 9600, Framing("7E1"), asyncio.get_running_loop())
        port.open(lambda data: None, lambda error: None)
        opened = (port._serial.bytesize, port._serial.parity)
        port.write(b"\xff")
        got = os.read(master, 1)
        port.close()
        os.close(master)
        os.close(slave)
        return got, opened

    assert run(main()) == (b"\xff", (8, "N"))

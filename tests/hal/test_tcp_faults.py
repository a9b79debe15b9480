"""Lines over real sockets to emulated instruments that fail: nothing wrong is ever taken for a value."""

import asyncio
from random import Random

import pytest

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.registers import RegisterDriver
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpFraming
from hal.clock import Clock
from hal.errors import PortError
from hal.job import NETWORK_MARGIN_MS, TcpTiming, Timing
from hal.line import Line
from hal.tcp_port import TcpPort, tcp_address
from hardware_sim.bench import Bench
from hardware_sim.wire import run

BAUD = 115200
TWO_QUESTIONS = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [
        {"name": "old", "table": "holding", "register": 100, "type": "float32", "unit": "ppm"},
        {"name": "new", "table": "holding", "register": 300, "type": "float32", "unit": "ppm"},
    ],
}
TRUTH = {"old": 1.0, "new": 2.0}


async def polled(medium, faults, polls):
    """(values of flag N by channel, how often; the addresses' states) of two such instruments."""
    rows = [
        {
            "id": f"i{address}",
            "line": "a",
            "address": address,
            "driver": "rig",
            "profile": TWO_QUESTIONS,
            "values": {name: value * 10**address for name, value in TRUTH.items()},
            "turnaround_ms": 1.0,
            "faults": faults,
        }
        for address in (1, 2)
    ]
    line = {"id": "a", "baud": BAUD, "listen": f"{medium}://127.0.0.1:0"}
    bench = Bench({"seed": 3, "line": [line], "instrument": rows}, Clock())
    await bench.start()
    port = TcpPort(tcp_address(bench.lines["a"].path), asyncio.get_running_loop())
    timing = TcpTiming() if medium == "tcp" else Timing(BAUD, 10, NETWORK_MARGIN_MS)
    wire = Line("a", port, timing, silent_limit_s=30.0)
    task = asyncio.create_task(wire.run())
    framing = TcpFraming(first=Random(1).randrange(65536)) if medium == "tcp" else RtuRequest
    drivers = [RegisterDriver(address, TWO_QUESTIONS, {}, framing) for address in (1, 2)]
    for driver in drivers:
        wire.attach(driver.address, driver.questions(), timeout_ms=40.0, retries=0, quiet_ms=200.0)
    seen = {}

    async def poll(driver):
        for _ in range(polls):
            try:
                samples = (await wire.converse(driver.address, driver.measure())).result
            except (NoAnswer, WireError, Refused, PortError):
                await asyncio.sleep(0.02)  # a dead address says so at once
                continue
            for sample in samples:
                if sample.flag == "N":
                    key = (driver.address, sample.channel, sample.value)
                    seen[key] = seen.get(key, 0) + 1

    try:
        async with asyncio.timeout(50):
            await asyncio.gather(*(poll(driver) for driver in drivers))
    finally:
        task.cancel()
        await bench.stop()
    return seen, list(wire.core.addresses.values())


def check(seen):
    """Only what each instrument truly says in each register, and all of it."""
    expected = {(address, name, value * 10**address) for address in (1, 2) for name, value in TRUTH.items()}
    assert set(seen) == expected
    assert min(seen.values()) >= 3, "every question has had its turn"


@pytest.mark.parametrize("medium", ["tcp", "rtu+tcp"])
def test_late_answers(medium):
    """Later than the window, some of them later than the next question's."""
    faults = [{"kind": "late", "share": 0.15, "by_ms": 60.0}, {"kind": "late", "share": 0.1, "by_ms": 110.0}]
    seen, states = run(polled(medium, faults, polls=40 if medium == "tcp" else 25))
    check(seen)
    assert sum(state.late for state in states) > 5, "no late answer was produced: the test shows nothing"


@pytest.mark.parametrize("kind", ["dead", "truncated", "long", "noise", "foreign"])
@pytest.mark.parametrize("medium", ["tcp", "rtu+tcp"])
def test_what_goes_wrong_else(medium, kind):
    seen, states = run(polled(medium, [{"kind": kind, "share": 0.2}], polls=12))
    check(seen)
    if kind in ("dead", "truncated"):
        assert sum(state.silent + sum(state.wire_errors.values()) for state in states) > 1


def test_damage_behind_a_device_server():
    seen, states = run(polled("rtu+tcp", [{"kind": "crc", "share": 0.3}], polls=12))
    check(seen)
    assert sum(sum(state.wire_errors.values()) for state in states) > 3

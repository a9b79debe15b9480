"""Drivers of protocols of their own on a real line: emulator, pty, port, line and conversation together."""

import asyncio

import pytest

from drivers import catalogue
from hal.clock import Clock
from hal.line import Line
from hal.port import Framing, SerialTiming
from hal.serial_port import SerialPort
from hardware_sim.bench import Bench
from hardware_sim.wire import run
from tests.hal.tcp_server import until

CASES = {
    "cai-hfid": ({"values": ["thc"], "unit": "ppm", "errors": ["current"]}, {"thc": 12.5}, 0, None),
    "teledyne-4020": ({"unit": "ppm"}, {"thc": 3.25}, 0, None),
    "casella-microdust-pro": ({"channel": "tsp", "unit": "mg/m3"}, {"dust": 2.87}, 0, "start"),
    "tsi-dusttrak-drx-8533": ({"model": "8533"}, {"tsp": 0.125}, 0, "start"),
    "anrongxin-lss2014": ({}, {"tsp": 3.5}, 7, None),
    "siemens-ultramat-23": (
        {"host": 1, "components": ["no"], "unit": "mg/m3", "crc_begins": "ack"},
        {"no": 120.5},
        1,
        None,
    ),
    "sensirion-sps30": ({}, {"pm25": 12.0}, 0, "start"),
}


async def measured(name, settings, values, address, operation):
    instrument = {
        "id": "x",
        "line": "a",
        "driver": name,
        "address": address,
        "settings": settings,
        "values": values,
    }
    bench = Bench({"line": [{"id": "a", "baud": 9600}], "instrument": [instrument]}, Clock())
    await bench.start()
    loop = asyncio.get_running_loop()
    framing = Framing("8N1")
    port = SerialPort(bench.lines["a"].path, 9600, framing, loop)
    line = Line("a", port, SerialTiming(9600, framing))
    driver = catalogue.create(name, address, settings)
    line.attach(address, driver.questions(), timeout_ms=5000.0)
    task = asyncio.create_task(line.run())
    try:
        await until(lambda: line.is_open)
        outcome = None
        if operation:
            outcome = (await line.converse(address, getattr(driver, operation)())).result
        samples = (await line.converse(address, driver.measure())).result
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bench.stop()
    return outcome, samples


@pytest.mark.parametrize("name", CASES)
def test_it_is_measured(name):
    settings, values, address, operation = CASES[name]
    outcome, samples = run(measured(name, settings, values, address, operation))
    assert outcome is None or outcome.result in ("accepted", "seen"), outcome
    ((_, value),) = values.items()
    said = {sample.value: sample.flag for sample in samples}
    assert said[value] == "N", samples

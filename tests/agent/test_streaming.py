"""An instrument that speaks on its own, as the agent sees it: checked, polled, silent, back."""

import asyncio
import sys
import types

import pytest

from agent.config import examine
from agent.config.model import InstrumentSettings
from agent.polling import Poller
from drivers import catalogue
from drivers.sample import Sample
from drivers.wire.gill import WindStream
from hal.line import Line
from hal.line_core import Timing
from hal.port import MemoryPort

LINE = b"\x02Q,229,002.74,M,00,\x0316\r\n"  # Gill WindSonic manual p. 28
STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "data"
[mqtt]
host = "127.0.0.1"
[[line]]
id = "mast"
port = "/dev/ttyUSB0"
baud = 9600
framing = "8N1"
[[instrument]]
id = "wind"
line = "mast"
driver = "test-wind"
every = "1s"
"""
OTHER = """\
[[instrument]]
id = "pid"
line = "mast"
driver = "evikon-e2638-pid"
address = 3
every = "1s"
"""


class Wind:
    channels = (("speed", "m/s"),)

    def __init__(self, address, settings):
        self.request = WindStream()

    def questions(self):
        return (self.request,)

    def measure(self):
        wind = yield self.request
        return [Sample("speed", wind.speed, "m/s", "N", ())]


@pytest.fixture(autouse=True)
def streaming_driver(monkeypatch):
    module = types.ModuleType("test_wind")
    module.Wind, module.__file__ = Wind, __file__
    module.SETTINGS, module.ABOUT = (), {"protocol": "gill", "class": "meteorology"}
    module.ADDRESSES, module.SHARED_LINE = None, False
    monkeypatch.setitem(sys.modules, "test_wind", module)
    monkeypatch.setitem(catalogue.PYTHON_DRIVERS, "test-wind", ("test_wind", "Wind"))


def errors(path, text):
    path.write_text(text)
    return [str(finding) for finding in examine(path)[1] if finding.severity == "error"]


def test_it_is_refused_beside_another_instrument_and_fine_alone(tmp_path):
    station = tmp_path / "station.toml"
    assert errors(station, STATION) == []
    refused = errors(station, STATION + OTHER)
    assert [text for text in refused if "test-wind cannot share line mast with others" in text]
    assert "give it a line of its own" in "".join(refused)


def test_it_has_no_address(tmp_path):
    refused = errors(tmp_path / "station.toml", STATION + "address = 1\n")
    assert "instruments of test-wind have no address" in "".join(refused)


def test_every_driver_that_listens_or_has_no_address_says_that_it_cannot_share():
    for name in catalogue.names():
        about = catalogue.describe(name)
        if about.kind == "python" and about.addresses is None:
            assert not about.shared_line, name
        if about.kind == "python" and not about.settings:
            driver = catalogue.create(name, (about.addresses or (0, 0))[0], {})
            if any(question.listening for question in driver.questions()):
                assert not about.shared_line, name


class Talker(MemoryPort):
    """Sends its line every second, but for a silence in between."""

    def open(self, received, lost):
        super().open(received, lost)
        self.count = 0
        asyncio.get_running_loop().call_later(0.3, self.speak)

    def speak(self):
        self.count += 1
        if not 10 <= self.count < 30:
            self.feed(LINE[:7])
            self.feed(LINE[7:])
        asyncio.get_running_loop().call_later(1.0, self.speak)


def polled(virtually, for_s, every_ms):
    """(what was taken as (seconds, sample), the port, the line) of so long a polling."""
    taken = []

    async def main():
        loop = asyncio.get_running_loop()
        began = loop.time()
        port = Talker()
        line = Line("mast", port, Timing(9600, 10))
        settings = InstrumentSettings(
            "wind", "mast", "test-wind", 0, every_ms=every_ms, timeout_ms=300, retries=1
        )

        def take(instrument, samples, at):
            taken.append((at - began, samples[0]))

        poller = Poller(settings, Wind(0, {}), line, take)
        tasks = [asyncio.create_task(line.run()), asyncio.create_task(poller.run())]
        await asyncio.sleep(for_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return port, line

    return taken, *virtually(main())


@pytest.mark.parametrize("every_ms", [0, 1000])
def test_each_line_is_one_reading_silence_is_told_and_the_return_is_seen_at_once(virtually, every_ms):
    taken, port, line = polled(virtually, 39.5, every_ms)
    good = [at for at, sample in taken if sample.flag == "N"]
    heard = [n + 0.3 for n in (*range(9), *range(29, 40))]
    # The very first poll may come before the port is open.
    assert [round(at, 1) for at in good] in (heard, heard[1:])
    silent = [(at, sample) for at, sample in taken if sample.conditions == ("nothing heard in 3000 ms",)]
    assert len(silent) >= 5
    assert all(sample.flag == "B" for _, sample in silent)
    assert port.written == []
    assert line.core.noise_bytes == 0

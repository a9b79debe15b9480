"""What the stop command does, against emulated modules and a chip of the test's own."""

import asyncio
import socket

import pytest

from agent.lock import Locked, lock_data_dir
from agent.outputs.safe import find_outputs, let_go, lock_out_the_agent
from hal.clock import Clock
from hal.gpio import GpioError
from hardware_sim.bench import Bench
from hardware_sim.wire import run
from tests.hal.test_gpio import Box

STATION = """
[station]
data_dir = "data"
[[line]]
id = "a"
port = "{folder}/a"
[[line]]
id = "b"
port = "{folder}/b"
baud = 19200
[[output]]
id = "siren"
driver = "waveshare-relay-8"
line = "a"
address = 10
coil = 1
[[output]]
id = "contact"
driver = "icpdas-i-7067"
line = "b"
address = 1
coil = 2
[[output]]
id = "beacon"
chip = "/dev/gpiochip0"
pin = "GPIO2"
active = "low"
"""


def after_letting_go(tmp_path, load_gpiod, text=STATION):
    (tmp_path / "station.toml").write_text(text.format(folder=tmp_path))
    found = find_outputs(tmp_path / "station.toml")

    async def main():
        rows = [
            {"id": "m", "line": "a", "address": 10, "driver": "relay-module", "settings": {"coils": 8}},
            {"id": "d", "line": "b", "address": 1, "driver": "dcon-relays", "settings": {"coils": 7}},
        ]
        lines = [{"id": "a", "link": f"{tmp_path}/a"}, {"id": "b", "baud": 19200, "link": f"{tmp_path}/b"}]
        bench = Bench({"line": lines, "instrument": rows}, Clock())
        modbus, dcon = (bench.lines[name].slaves[0].instrument for name in ("a", "b"))
        modbus.coils.states.update({0: True, 1: True})
        dcon.outputs = 0b0101
        await bench.start()
        try:
            outcomes = await asyncio.to_thread(let_go, found, 5.0, load_gpiod)
        finally:
            await bench.stop()
        return found, {each.output: each.trouble for each in outcomes}, modbus, dcon

    return run(main())


def test_every_relay_lets_go_and_nobody_else_s_does(tmp_path):
    box = Box()
    _, outcomes, modbus, dcon = after_letting_go(tmp_path, lambda: box)
    assert outcomes == {"siren": "", "contact": "", "beacon": ""}
    assert modbus.coils.written == [(1, False)], "relay 0 is not in the file"
    assert dcon.written == [(2, False)]
    assert dcon.watch_s is None, "a host watchdog is the running agent's business"
    assert box.levels == [True], "active low: let go is a high level"
    assert 2 not in box.holders, "the pin is given back"


def test_a_relay_is_told_whatever_is_read_of_it_first(tmp_path):
    """What is read may be an answer that was owed to the killed agent, from before it switched."""
    text = STATION.replace("coil = 1\n", "coil = 5\n").replace("coil = 2\n", "coil = 6\n")
    _, outcomes, modbus, dcon = after_letting_go(tmp_path, Box, text)
    assert set(outcomes.values()) == {""}
    assert modbus.coils.written == [(5, False)]
    assert dcon.written == [(6, False)]


def test_what_fails_is_named_and_keeps_nothing_else_energised(tmp_path):
    def missing():
        raise GpioError("gpio", "the library gpiod (version 2) cannot be loaded", "install it")

    text = STATION.replace("address = 10", "address = 11")
    _, outcomes, _, dcon = after_letting_go(tmp_path, missing, text)
    assert outcomes["contact"] == ""
    assert outcomes["siren"].startswith(("no answer", "dead"))
    assert outcomes["beacon"] == "gpio: the library gpiod (version 2) cannot be loaded"
    assert dcon.outputs == 0b0001


@pytest.mark.parametrize(
    ("spoil", "usable", "unusable"),
    [
        (lambda text: text, ("siren", "contact", "beacon"), ()),
        (lambda text: text.replace("[station]", "[staton]"), ("siren", "contact", "beacon"), ()),
        (lambda text: text.replace("baud = 19200", 'baud = "fast"'), ("siren", "beacon"), ("contact",)),
        (lambda text: text.replace("coil = 1\n", ""), ("contact", "beacon"), ("siren",)),
        (lambda text: text.replace('id = "siren"\n', ""), ("contact", "beacon"), ("[[output]] 1",)),
        (lambda text: text.replace('pin = "GPIO2"', "pin = -1"), ("siren", "contact"), ("beacon",)),
    ],
)
def test_each_output_is_read_for_itself(tmp_path, spoil, usable, unusable):
    (tmp_path / "station.toml").write_text(spoil(STATION.format(folder=tmp_path)))
    found = find_outputs(tmp_path / "station.toml")
    assert found.is_readable
    assert tuple(each.id for each in found.outputs) == usable
    assert found.unusable == unusable


def test_a_file_that_is_no_toml_is_not_readable(tmp_path):
    (tmp_path / "station.toml").write_text("[[output]\n")
    found = find_outputs(tmp_path / "station.toml")
    assert (found.is_readable, found.outputs) == (False, ())
    assert found.findings


def test_a_running_agent_keeps_its_relays(tmp_path):
    lock_out_the_agent(None)
    lock_out_the_agent(tmp_path / "missing")
    lock_data_dir(tmp_path)
    with pytest.raises(Locked, match="another agent works here"):
        lock_out_the_agent(tmp_path)


@pytest.mark.parametrize("scheme", ["tcp", "rtu+tcp"])
def test_a_module_behind_the_network_lets_go_too(tmp_path, scheme):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = f"{scheme}://127.0.0.1:{probe.getsockname()[1]}"
    text = f"""
[[line]]
id = "a"
port = "{port}"
[[output]]
id = "siren"
driver = "waveshare-relay-8"
line = "a"
address = 10
coil = 1
"""
    (tmp_path / "station.toml").write_text(text)
    found = find_outputs(tmp_path / "station.toml")

    async def main():
        row = {"id": "m", "line": "a", "address": 10, "driver": "relay-module", "settings": {"coils": 8}}
        bench = Bench({"line": [{"id": "a", "listen": port}], "instrument": [row]}, Clock())
        module = bench.lines["a"].slaves[0].instrument
        module.coils.states[1] = True
        await bench.start()
        try:
            return await asyncio.to_thread(let_go, found, 5.0, pytest.fail), module.coils.written
        finally:
            await bench.stop()

    (outcome,), written = run(main())
    assert (outcome.output, outcome.trouble) == ("siren", "")
    assert written == [(1, False)]

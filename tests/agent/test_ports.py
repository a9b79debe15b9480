"""The agent over serial ports as stations have them: an adapter that comes back under another name,
instruments of different speeds on one line."""

import asyncio

import pytest

import tools.commands.status
from agent.app import Agent
from agent.lines import make_line
from agent.plan import plan_lines
from agent.status import LoadMeter, line_rows
from hal import usb
from hal.clock import Clock
from hal.errors import PortError
from hardware_sim.bench import Bench
from hardware_sim.wire import run

HEAD = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
utc = "trusted"
[journal]
commit_every = "50ms"
"""
INSTRUMENT = """
[[instrument]]
id = "{id}"
line = "a"
driver = "honeywell-raeguard3"
settings = {{ divisor = 10 }}
address = {address}
every = "0s"
timeout = "200ms"
"""


def bench_of(station, **line):
    rows = [
        {
            "id": each.id,
            "line": "a",
            "address": each.address,
            "driver": each.driver,
            "profile": each.profile,
            "settings": each.settings,
            "baud": each.baud,
            "framing": each.framing,
            "turnaround_ms": 2.0,
            "values": {"voc": 10.0 * each.address},
        }
        for each in station.instruments
    ]
    return Bench({"line": [{"id": "a", **line}], "instrument": rows}, Clock())


async def until(condition):
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - threads and ptys fulfil it
            await asyncio.sleep(0.01)


def test_an_adapter_that_comes_back_under_another_name(station_of, plugged_in, monkeypatch):
    monkeypatch.setattr(usb, "SYSTEM", plugged_in.usb)
    line = '[[line]]\nid = "a"\nport = "usb:FT1"\nbaud = 115200\n'

    async def main():
        first, second = (bench_of(station, baud=115200) for _ in range(2))
        await first.start()
        plugged_in.plug("ttyUSB0", "FT1", first.lines["a"].path)
        agent = Agent(station, Clock("trusted"))
        running = asyncio.create_task(agent.run())
        await until(lambda: agent.judge.readings > 0 if hasattr(agent, "judge") else False)
        shown = [await agent._status({})]
        plugged_in.unplug("ttyUSB0")
        await first.stop()
        await until(lambda: "no adapter" in agent.lines["a"].trouble)
        shown.append(await agent._status({}))
        await second.start()
        plugged_in.plug("ttyUSB3", "FT1", second.lines["a"].path, socket="1-1.4")
        await until(lambda: agent.lines["a"].is_open)
        good = agent.pollers[0].good
        await until(lambda: agent.pollers[0].good > good)
        shown.append(await agent._status({}))
        agent.stop()
        await running
        await second.stop()
        return shown

    station = station_of(HEAD + line + INSTRUMENT.format(id="pid", address=7))
    shown = run(main())
    before, gone, after = (status["lines"][0] for status in shown)
    assert before["port"] == gone["port"] == after["port"] == "usb:FT1"
    assert (before["open"], gone["open"], after["open"]) == (True, False, True)
    assert gone["device"] is None
    assert (before["device"], after["device"]) == (f"{plugged_in.dev}/ttyUSB0", f"{plugged_in.dev}/ttyUSB3")
    (text,) = [row for row in tools.commands.status.text(shown[2]) if row.startswith("line a")]
    assert text.startswith(f"line a (usb:FT1, now {after['device']}): load")


def test_each_instrument_is_asked_at_its_own_speed(station_of, tmp_path):
    line = f'[[line]]\nid = "a"\nport = "{tmp_path}/tty"\nbaud = 19200\n'
    slow = INSTRUMENT.format(id="slow", address=2) + 'baud = 4800\nframing = "8E1"\n'
    station = station_of(
        HEAD + line + INSTRUMENT.format(id="one", address=1) + slow + INSTRUMENT.format(id="three", address=3)
    )

    async def main():
        bench = bench_of(station, baud=19200, link=f"{tmp_path}/tty")
        await bench.start()
        agent = Agent(station, Clock("trusted"))
        running = asyncio.create_task(agent.run())
        await until(lambda: hasattr(agent, "control") and min(p.good for p in agent.pollers) >= 5)
        status = await agent._status({})
        agent.stop()
        await running
        stats = bench.stats()["lines"]["a"]
        await bench.stop()
        return status, stats

    status, stats = run(main())
    assert (stats["wrong_baud"], stats["not_understood"], stats["silence_violations"]) == (0, 0, 0)
    totals = status["lines"][0]["errors"]
    assert (totals["silent"], totals["damaged"]) == (0, 0)
    voc = {row["id"]: row["channels"][0]["value"] for row in status["instruments"]}
    assert voc == {"one": 10.0, "slow": 20.0, "three": 30.0}
    rows = {row["id"]: row for row in status["instruments"]}
    assert (rows["slow"]["baud"], rows["slow"]["framing"], rows["one"]["baud"]) == (4800, "8E1", None)
    assert rows["slow"]["latency_ms"] > 20, "9 characters of 11 bits take 20.6 ms at 4800"
    assert any("honeywell-raeguard3, 4800, 8E1)" in row for row in tools.commands.status.text(status))


def test_the_plan_reckons_with_each_instruments_speed(station_of):
    line = '[[line]]\nid = "a"\nport = "/dev/null"\nbaud = 19200\n'
    slow = INSTRUMENT.format(id="slow", address=2) + 'baud = 4800\nframing = "8E1"\n'
    station = station_of(HEAD + line + INSTRUMENT.format(id="one", address=1) + slow)
    (plan,) = plan_lines(station.lines, station.instruments)
    one, two = plan.polls
    assert one.bytes == two.bytes
    assert one.wire_ms == pytest.approx(one.bytes * 10 / 19.2)
    assert two.wire_ms == pytest.approx(two.bytes * 11 / 4.8)
    # Its silence stands before its question, too, in place of the other's.
    assert one.silence_ms == pytest.approx(35 / 19.2)
    assert two.silence_ms == pytest.approx(2 * 3.5 * 11 / 4.8 - 35 / 19.2)


def test_what_a_line_of_the_file_says_reaches_its_port(station_of, tmp_path):
    """Direction: a pty refuses it for real. Damage: counted, told to the line, and shown."""
    lines = "".join(
        f'[[line]]\nid = "{name}"\nport = "{tmp_path}/tty"\n{more}\n'
        for name, more in (("a", ""), ("b", 'direction = "rts"\nlow_latency = false'))
    )

    async def main():
        bench = bench_of(station, link=f"{tmp_path}/tty")
        await bench.start()
        loop = asyncio.get_running_loop()
        plain, switched = (make_line(settings, loop) for settings in station.lines)
        with pytest.raises(PortError, match="its driver cannot switch the direction by RTS"):
            switched.port.open(print, print)
        assert not switched.port._wants_low_latency
        plain.port._hand_over(b"\xff\x00a\xff\x00\x00")
        row = line_rows([plain], {"a": LoadMeter(0.0)}, {"a": plan_lines(station.lines, ())[0]}, 1.0)[0]
        await bench.stop()
        return plain, row

    station = station_of(HEAD + lines.replace(f'"{tmp_path}/tty"', '"/dev/null"', 1))
    plain, row = run(main())
    assert (row["parity_errors"], row["breaks"]) == (1, 1)
    shown = "  damaged on the wire: 1 bytes (parity or framing), 1 breaks"
    assert shown in list(tools.commands.status._line(row, []))
    assert plain.core._garbage == 2

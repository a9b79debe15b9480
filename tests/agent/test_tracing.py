"""The control socket's `trace`: what it hands out, to whom, and when it lets go."""

import asyncio

import pytest

import agent.tracing
from agent.config import load
from agent.tracing import Tracing
from drivers.wire.modbus_rtu import ReadRegisters
from hal.line import Line
from hal.line_core import Timing
from hal.port import MemoryPort
from hal.tap import CAPACITY

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
[[line]]
id = "a"
port = "/dev/ttyNONE"
baud = 115200
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 1
"""
ASK = ReadRegisters(1, 3, 8, 2)
REPLY = bytes.fromhex("01 03 04 00 00 00 D1 3A 6F")  # RAEGuard 3 manual p.81: 209


@pytest.fixture
def station(tmp_path):
    (tmp_path / "station.toml").write_text(STATION)
    return load(tmp_path / "station.toml")


def on_a_line(station, use):
    """Run `use(tracing, line, exchange)` with a line in memory; exchange() asks and is answered."""

    async def main():
        port = MemoryPort()
        line = Line("a", port, Timing(115200, 10))
        line.attach(1, [ASK], timeout_ms=100)
        task = asyncio.create_task(line.run())
        while not line.is_open:  # noqa: ASYNC110 - its task fulfils it
            await asyncio.sleep(0)

        async def exchange():
            def talk():
                return (yield ASK)

            asked = len(port.written)
            waiting = asyncio.create_task(line.converse(1, talk()))
            while len(port.written) == asked:  # noqa: ASYNC110 - the line fulfils it
                await asyncio.sleep(0)
            port.feed(REPLY)
            return await waiting

        try:
            async with asyncio.timeout(20):
                await use(Tracing(station, {"a": line}, boot=7), line, exchange)
        finally:
            task.cancel()

    asyncio.run(main())


def test_records_from_the_first_question_on_and_each_once(station):
    async def use(tracing, line, exchange):
        await exchange()
        assert line.core.tap is None, "nobody has asked yet"
        first = await tracing.trace({"line": "a"})
        assert (first["records"], first["next"], first["more"]) == ([], 0, False)
        assert (first["line"], first["port"], first["baud"], first["framing"]) == (
            "a",
            "/dev/ttyNONE",
            115200,
            "8N1",
        )
        assert first["instruments"] == [{"id": "pid", "address": 1, "driver": "honeywell-raeguard3"}]
        await exchange()
        again = await tracing.trace({"line": "a", "tap": first["tap"], "since": first["next"]})
        asked, answered = again["records"]
        assert (asked["dir"], asked["verdict"], asked["hex"]) == ("out", "asked", ASK.encode().hex())
        assert (answered["dir"], answered["verdict"], answered["hex"]) == ("in", "answered", REPLY.hex())
        assert answered["address"] == 1
        assert {"t", "end", "gap_ms", "rtt_ms"} <= answered.keys()
        assert again["next"] == 2
        last = await tracing.trace({"line": "a", "tap": first["tap"], "since": 2})
        assert last["records"] == []

    on_a_line(station, use)


def test_a_client_that_is_too_slow_loses_records_and_can_count_them(station):
    async def use(tracing, line, exchange):
        first = await tracing.trace({"line": "a"})
        for at in range(CAPACITY // 2 + 5):
            line.core.tap.asked(1, ASK.encode(), at, 1.0)
            line.core.tap.asked(1, ASK.encode(), at, 1.0)
        answer = await tracing.trace({"line": "a", "tap": first["tap"], "since": 0})
        assert answer["first"] == 10
        assert (len(answer["records"]), answer["next"], answer["more"]) == (500, 510, True)

    on_a_line(station, use)


def test_the_tap_comes_off_when_nobody_asks_any_more(station, monkeypatch):
    monkeypatch.setattr(agent.tracing, "IDLE_S", 0.05)

    async def use(tracing, line, exchange):
        first = await tracing.trace({"line": "a"})
        while line.core.tap is not None:  # noqa: ASYNC110 - a timer fulfils it
            await asyncio.sleep(0.005)
        again = await tracing.trace({"line": "a", "tap": first["tap"], "since": 1})
        assert again["tap"] != first["tap"]
        await exchange()
        anew = await tracing.trace({"line": "a", "tap": first["tap"], "since": 1})
        assert (anew["first"], len(anew["records"])) == (0, 2), "its numbers begin anew"

    on_a_line(station, use)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"line": "b"}, "no line 'b': lines are a"),
        ({}, "no line None: lines are a"),
        ({"line": ["a"]}, r"no line \['a'\]: lines are a"),
        ({"line": "a", "since": -1}, "since: -1 is no record number"),
        ({"line": "a", "since": "0"}, "since: '0' is no record number"),
        ({"line": "a", "since": True}, "since: True is no record number"),
    ],
)
def test_nonsense_is_refused(station, request_, message):
    async def use(tracing, line, exchange):
        with pytest.raises(ValueError, match=message):
            await tracing.trace(request_)
        assert line.core.tap is None or request_.get("line") == "a"

    on_a_line(station, use)

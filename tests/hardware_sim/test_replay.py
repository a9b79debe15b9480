"""A captured line replayed on a real pty: a real driver reads what was recorded, and each recorded
fault comes back as the fault that it was."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.catalogue import create
from drivers.exchange import NoAnswer, WireError
from drivers.wire.modbus_rtu import ReadRegisters
from hal.clock import Clock
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing
from hal.serial_port import SerialPort
from hardware_sim.bench import Bench
from hardware_sim.capture import Capture, Entry, Header, entry_line, header_line
from hardware_sim.replay import Burst, outcomes
from hardware_sim.tables import BenchError
from hardware_sim.wire import run

CHAR = 10 / 19.2  # ms
ASK = bytes.fromhex("01 03 00 08 00 02 45 C9")  # RAEGuard 3 manual p.81
REPLY = bytes.fromhex("01 03 04 00 00 00 D1 3A 6F")  # ibid.: 209
SECOND = bytes.fromhex("01 03 04 00 00 00 D2 7A 6E")
HEADER = Header("gas", 19200, "8N1", 1_795_420_800_000)
TIMEOUT_MS = 100.0


def asked(at: float, address: int = 1) -> Entry:
    return Entry(at, at + 8 * CHAR, "asked", ASK, address)


def heard(at: float, data: bytes, verdict: str, rtt: float | None = None) -> Entry:
    return Entry(at, at + len(data) * CHAR, verdict, data, 1, None, rtt)


def saved(folder: Path, *entries: Entry) -> str:
    path = folder / "capture.jsonl"
    path.write_text("".join(f"{row}\n" for row in [header_line(HEADER), *map(entry_line, entries)]))
    return str(path)


def on_replay(path: str, use: Callable[[Line], Awaitable[None]]) -> Bench:
    bench = Bench({"line": [{"id": "a", "replay": path}]}, Clock())

    async def main() -> None:
        await bench.start()
        port = SerialPort(bench.lines["a"].path, 19200, Framing("8N1"), asyncio.get_running_loop())
        line = Line("a", port, Timing(19200, 10))
        task = asyncio.create_task(line.run())
        try:
            async with asyncio.timeout(20):
                while not line.is_open:  # noqa: ASYNC110 - the port fulfils it
                    await asyncio.sleep(0.005)
                await use(line)
        finally:
            task.cancel()
            await bench.stop()

    run(main())
    return bench


def test_a_driver_reads_what_was_recorded_in_order_and_from_the_first_again(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        asked(0),
        heard(20, REPLY, "answered"),
        asked(1000),
        heard(1020, SECOND, "answered"),
    )
    values = []

    async def use(line: Line) -> None:
        driver = create("honeywell-raeguard3", 1, {"divisor": 10})
        state = line.attach(1, driver.questions(), timeout_ms=TIMEOUT_MS)
        for _ in range(3):
            answer = await line.converse(1, driver.measure())
            values.append(answer.result[0].value)
        assert state.latency_ms == pytest.approx(20 - 8 * CHAR + 9 * CHAR, abs=15)

    bench = on_replay(path, use)
    assert values == [20.9, 21.0, 20.9]
    assert bench.lines["a"].baud == 19200, "as captured"
    assert bench.stats()["lines"]["a"]["faults"] == {}


async def one(line: Line, failures: list[Any]) -> None:
    question = ReadRegisters(1, 3, 8, 2)
    line.attach(1, [question], timeout_ms=TIMEOUT_MS, retries=0)

    def talk() -> Any:
        return (yield question)

    try:
        failures.append((await line.converse(1, talk())).result)
    except (NoAnswer, WireError) as failure:
        failures.append(failure)


def test_a_recorded_late_answer_is_late_again_and_never_a_value(tmp_path: Path) -> None:
    asked_at, other_at = asked(0), asked(200)
    late = heard(300, REPLY, "late", 300 + 9 * CHAR - asked_at.end_ms)
    path = saved(tmp_path, asked_at, heard_nothing(110), other_at, heard_nothing(310), late)
    found: list[Any] = []

    async def use(line: Line) -> None:
        await one(line, found)
        while not line.core.addresses[1].late:  # noqa: ASYNC110 - the emulated line fulfils it
            await asyncio.sleep(0.005)
        owed = line.core.addresses[1]
        assert owed.quiet_ms >= 1.5 * 250, "the line learned how late it was"

    bench = on_replay(path, use)
    assert [type(each) for each in found] == [NoAnswer]
    assert bench.stats()["lines"]["a"]["faults"] == {"late": 1}


def heard_nothing(at: float) -> Entry:
    return Entry(at, at, "silent", b"", 1)


def test_a_recorded_crc_error_is_one_again(tmp_path: Path) -> None:
    broken = REPLY[:-1] + b"\x00"
    path = saved(tmp_path, asked(0), heard(20, broken, "damaged"))
    found: list[Any] = []

    async def use(line: Line) -> None:
        await one(line, found)

    bench = on_replay(path, use)
    assert [str(each)[:4] for each in found] == ["CRC:"]
    assert bench.stats()["lines"]["a"]["faults"] == {"damaged": 1}


def test_a_question_never_seen_and_a_recorded_silence_stay_silent(tmp_path: Path) -> None:
    path = saved(tmp_path, asked(0), heard_nothing(110), asked(200), heard(220, REPLY, "answered"))
    found: list[Any] = []

    async def use(line: Line) -> None:
        line.attach(2, [], timeout_ms=TIMEOUT_MS, retries=0)

        def talk() -> Any:
            yield ReadRegisters(2, 3, 8, 2)

        with pytest.raises(NoAnswer):
            await line.converse(2, talk())
        await one(line, found)
        await one(line, found)

    bench = on_replay(path, use)
    assert [type(each) for each in found] == [NoAnswer, tuple]
    stats = bench.stats()["lines"]["a"]
    assert stats["faults"] == {"silent": 1}
    assert stats["not_understood"] == 1


def test_bursts_without_a_pause_are_one_and_echo_is_not_replayed() -> None:
    entries = (
        heard(0, b"\x55", "noise"),  # before any question: belongs to none
        asked(10),
        heard(10, ASK, "echo"),
        heard(30, b"\xff", "noise"),
        heard(30 + CHAR, REPLY, "answered"),
        heard(90, b"\x00", "noise"),
    )
    (found,) = outcomes(Capture(HEADER, entries))[ASK]
    assert found == (
        Burst(pytest.approx(20 - 8 * CHAR), b"\xff" + REPLY, "noise"),
        Burst(pytest.approx(80 - 8 * CHAR), b"\x00", "noise"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "line a: replay: {path}:1: not a capture"),
        (header_line(HEADER), "line a: replay: {path}: no question in it, so nothing can be answered"),
    ],
)
def test_a_bad_capture_is_refused_by_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text + "\n")
    with pytest.raises(BenchError) as raised:
        Bench({"line": [{"id": "a", "replay": str(path)}]}, Clock())
    assert str(raised.value).startswith(message.format(path=path))


def test_no_instrument_beside_a_replay(tmp_path: Path) -> None:
    path = saved(tmp_path, asked(0), heard(20, REPLY, "answered"))
    row = {"id": "x", "line": "a", "address": 1, "driver": "thermo-5030i"}
    with pytest.raises(BenchError, match=r"line a replays a capture"):
        Bench({"line": [{"id": "a", "replay": path}], "instrument": [row]}, Clock())

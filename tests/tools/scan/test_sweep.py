"""A scan over real ptys: who is found, what is said of the rest, and that nothing is ever written."""

import asyncio
import os
import pty
import tty
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU

from drivers import catalogue
from drivers.identification import PROTOCOLS
from hal.clock import Clock
from hal.errors import PortError
from hardware_sim.bench import Bench
from hardware_sim.faults import Fault, Faults, seeded
from hardware_sim.wire import Slave, run
from tools.scan.lines import open_line
from tools.scan.settings import Plan, Setting, protocols_of
from tools.scan.sweep import Babble, Outcome, Sweep

FAST = Setting(115200, "8N1")
DUST = {"driver": "boling-dust", "settings": {"unit": "mg/m3"}}
PID = {"driver": "honeywell-raeguard3", "settings": {"divisor": 10}}
TSP = {"driver": "thermo-5030i", "settings": {"values": ["tsp", "flow"], "unit": "ug/m3", "measuring": 0}}
ADAM = {"driver": "adam-4017", "settings": {"unit": "mA", "checksum": "off"}}
DECODER = DecodePDU(is_server=True)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.scan.sweep.LISTEN_S", 0.05)


def bench_of(*rows: dict[str, Any], baud: int = 115200) -> Bench:
    instruments = [
        {
            "id": f"i{at}",
            "line": "a",
            "profile": catalogue.load_profile(row["driver"])
            if catalogue.describe(row["driver"]).kind == "profile"
            else None,
            "turnaround_ms": 2.0,
            **row,
        }
        for at, row in enumerate(rows)
    ]
    return Bench({"line": [{"id": "a", "baud": baud}], "instrument": instruments}, Clock())


def plan_of(
    *settings: Setting, addresses: Any = range(1, 6), protocols: str = "modbus", timeout_ms: float = 80
) -> Plan:
    return Plan(settings or (FAST,), list(addresses), protocols_of(protocols), timeout_ms)


def scanned(
    bench: Bench,
    plan: Plan,
    before: Callable[[Sweep], Awaitable[None]] | None = None,
    told: Callable[..., None] = lambda *_: None,
    **choices: bool,
) -> tuple[Outcome, bytes]:
    """The outcome, and every byte that reached the line."""
    sent = bytearray()

    async def main() -> Outcome:
        await bench.start()
        port = bench.lines["a"]._port
        assert port is not None
        whole = port.read

        def read() -> bytes:
            data = whole()
            sent.extend(data)
            return data

        port.read = read  # type: ignore[method-assign]
        path = bench.lines["a"].path

        sweep = Sweep(plan, partial(open_line, path), told, **choices)
        try:
            async with asyncio.timeout(30):
                if before is not None:
                    await before(sweep)
                return await sweep.run()
        finally:
            await bench.stop()

    return run(main()), bytes(sent)


def seen(outcome: Outcome) -> list[tuple[str, int | None]]:
    return [(hit.protocol, hit.address) for hit in outcome.hits]


def test_instruments_of_three_protocols_at_one_setting() -> None:
    bench = bench_of(
        {**PID, "address": 2}, {**DUST, "address": 4}, {**TSP, "address": 5}, {**ADAM, "address": 1}
    )
    outcome, _ = scanned(bench, plan_of(protocols="modbus,bayern-hessen,c-link,ak,dcon"))
    assert seen(outcome) == [("modbus", 2), ("modbus", 4), ("bayern-hessen", 5), ("dcon", 1)]
    assert outcome.hits.pop().found == ((("name", "4017P"),), ("adam-4017",), ())
    for hit, driver in zip(outcome.hits, ("honeywell-raeguard3", "boling-dust", "thermo-5030i"), strict=True):
        assert driver in hit.found.could_be
    assert dict(outcome.hits[2].found.facts)["values"] == "2"
    assert all(hit.latency_ms is not None and hit.latency_ms > 2 for hit in outcome.hits)
    assert all(hit.notes == () for hit in outcome.hits)
    assert outcome.notes == []


def test_nothing_but_reads_reaches_the_line() -> None:
    """Every byte that a scan with all protocols sends, to those who answer and those who do not."""
    bench = bench_of({**PID, "address": 2}, {**DUST, "address": 4}, {**TSP, "address": 5})
    outcome, sent = scanned(bench, plan_of(protocols=",".join(each.name for each in PROTOCOLS)))
    assert len(outcome.hits) == 3
    kinds = set()
    while sent:
        kind, size = request_at(sent)
        kinds.add(kind)
        sent = sent[size:]
    assert kinds - {1, 2} == {3, 4, 43, "DA", "flags", "AKEN", "$AAM", "umb 23", "shdlc D0"}


def request_at(sent: bytes) -> tuple[Any, int]:
    """What stands there and its bytes, told without the code under test. Fails for anything else."""
    for text, kind, size in ((b"\x02DA", "DA", 9), (b"\x02 AKEN K0\x03", "AKEN", 10)):
        if sent.startswith(text):
            return kind, size
    if sent[1:7] == b"flags\r" and sent[0] > 128:
        return "flags", 7
    if sent[:1] == b"$":
        assert sent[3:4] == b"M"
        return "$AAM", sent.index(b"\r") + 1
    if sent[:2] == b"\x01\x10" and sent[7] == 2:
        assert sent[8] == 0x23
        return "umb 23", 12 + sent[6]
    if sent[0] == 0x7E:
        assert sent[2] == 0xD0
        return "shdlc D0", sent.index(b"\x7e", 1) + 1
    size = DECODER.lookupPduClass(sent).calculateRtuFrameSize(sent)
    _, pdu = FramerRTU(DECODER).handleFrame(sent[:size], 0, 0)
    assert pdu is not None, sent[:20].hex(" ")
    assert pdu.function_code in {1, 2, 3, 4, 43}
    return pdu.function_code, size


def test_one_at_another_speed_and_the_rest_is_left_out() -> None:
    """A pty carries the speed; parity it refuses, so 8E1 shows in the timing and the report alone."""
    settings = [Setting(9600, "8N1"), Setting(19200, "8E1"), Setting(4800, "8N1")]
    bench = bench_of({**PID, "address": 3}, baud=19200)
    outcome, _ = scanned(bench, plan_of(*settings, addresses=[3]))
    assert [(hit.setting, hit.address) for hit in outcome.hits] == [(settings[1], 3)]
    assert outcome.skipped == [settings[2]]
    assert [setting for setting, _, _ in outcome.tried] == settings[:2]
    every, _ = scanned(
        bench_of({**PID, "address": 3}, baud=19200), plan_of(*settings, addresses=[3]), every=True
    )
    assert every.skipped == []
    assert len(every.tried) == 3


def test_the_first_is_enough() -> None:
    bench = bench_of({**PID, "address": 2}, {**DUST, "address": 4})
    outcome, _ = scanned(bench, plan_of(), first=True)
    assert seen(outcome) == [("modbus", 2)]


def test_two_instruments_at_one_address_are_noticed() -> None:
    bench = bench_of({**PID, "address": 2}, {**DUST, "address": 4})
    line = bench.lines["a"]
    twin = line.slaves[0]
    assert isinstance(twin, Slave)
    line.slaves.append(Slave("twin", twin.instrument, 0.004, Faults((), seeded(1, "twin"))))
    outcome, _ = scanned(bench, plan_of())
    assert seen(outcome) == [("modbus", 2), ("modbus", 4)]
    assert "more bytes behind its answer: a second instrument at this address?" in outcome.hits[0].notes[0]
    assert outcome.hits[1].notes == ()


def test_one_that_is_slower_than_the_time_out_is_found() -> None:
    bench = bench_of({**PID, "address": 2, "turnaround_ms": 130.0})
    outcome, _ = scanned(bench, plan_of())
    assert seen(outcome) == [("modbus", 2)]
    assert outcome.notes == [], "its late answer is no damage to its neighbour's"
    assert outcome.hits[0].latency_ms is not None
    assert outcome.hits[0].latency_ms > 120


def test_damage_each_time_is_said() -> None:
    bench = bench_of({**PID, "address": 2})
    slave = bench.lines["a"].slaves[0]
    assert isinstance(slave, Slave)
    slave.faults = Faults((Fault("truncated"),), seeded(1, "x"))
    outcome, _ = scanned(bench, plan_of(addresses=[2]))
    assert outcome.hits == []
    assert "115200 8N1, modbus address 2: something answers, damaged" in outcome.notes[0]


def test_a_model_that_says_so_itself() -> None:
    """AQT530 through an emulator that answers 43/14 by pymodbus."""
    aqt = {"driver": "vaisala-aqt530", "settings": {"temperature_unit": "degC"}, "address": 1}
    outcome, _ = scanned(bench_of(aqt, {**PID, "address": 2}), plan_of(addresses=[1, 2]))
    assert [hit.found.fits for hit in outcome.hits] == [("vaisala-aqt530",), ()]
    facts = dict(outcome.hits[0].found.facts)
    assert (facts["vendor"], facts["model"], facts["serial number"]) == ("Vaisala", "AQT530", "emulated")


def test_modbus_tcp_and_a_device_server() -> None:
    """The same instruments behind tcp:// and rtu+tcp://, as the emulator listens there."""
    for kind, medium in (("tcp", "tcp"), ("rtu+tcp", "rtu+tcp")):
        bench = Bench(
            {
                "line": [{"id": "a", "baud": 115200, "listen": f"{kind}://127.0.0.1:0"}],
                "instrument": [
                    {
                        "id": "pid",
                        "line": "a",
                        "address": 2,
                        "profile": catalogue.load_profile("honeywell-raeguard3"),
                        "driver": "honeywell-raeguard3",
                        "settings": {"divisor": 10},
                    }
                ],
            },
            Clock(),
        )
        setting = Setting(115200, "8N1", medium)

        async def main(bench: Bench = bench, setting: Setting = setting) -> Outcome:
            await bench.start()
            try:
                plan = plan_of(setting, protocols="modbus,bayern-hessen", addresses=[1, 2], timeout_ms=200)
                async with asyncio.timeout(20):
                    return await Sweep(plan, partial(open_line, bench.lines["a"].path)).run()
            finally:
                await bench.stop()

        outcome = run(main())
        assert seen(outcome) == [("modbus", 2)]
        assert outcome.hits[0].found.could_be == ("honeywell-raeguard2", "honeywell-raeguard3")


def test_nobody_there() -> None:
    asked: list[int] = []
    outcome, _ = scanned(bench_of(), plan_of(), told=lambda *row: asked.append(row[3]))
    assert (outcome.hits, outcome.notes, outcome.interrupted) == ([], [], False)
    assert outcome.tried == [(FAST, 15, 0)], "five addresses, three questions each"
    assert asked == list(range(15))


def test_stopping_in_the_middle_keeps_what_was_found() -> None:
    bench = bench_of({**PID, "address": 2}, {**DUST, "address": 4})

    async def stop_at_3(sweep: Sweep) -> None:
        sweep._told = lambda setting, protocol, address, asked: address == 3 and sweep.stop.set()

    outcome, _ = scanned(bench, plan_of(), before=stop_at_3)
    assert seen(outcome) == [("modbus", 2)]
    assert outcome.interrupted


@pytest.fixture
def talked_on() -> Iterator[tuple[str, int]]:
    """A pty, and the end that somebody else writes to."""
    far, near = pty.openpty()
    tty.setraw(near)
    yield os.ttyname(near), far
    os.close(far)
    os.close(near)


def sweep_on(path: str, plan: Plan, heard: bytes, far: int, **choices: bool) -> Outcome:
    async def main() -> Outcome:
        loop = asyncio.get_running_loop()

        def answer() -> None:
            os.read(far, 4096)
            os.write(far, heard)

        sweep = Sweep(plan, partial(open_line, path), **choices)
        loop.call_later(0.02, os.write, far, heard)
        loop.add_reader(far, answer)
        async with asyncio.timeout(30):
            return await sweep.run()

    return run(main())


def test_somebody_who_talks_is_not_talked_over(
    talked_on: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.scan.sweep.LISTEN_S", 0.3)
    path, far = talked_on
    with pytest.raises(Babble) as raised:
        sweep_on(path, plan_of(), b"$WIMWV,120,R,3.2,M,A\r\n", far)
    assert raised.value.data == b"$WIMWV,120,R,3.2,M,A\r\n"
    outcome = sweep_on(path, plan_of(addresses=[1]), b"$WIMWV,120,R,3.2,M,A\r\n", far, anyway=True)
    assert outcome.hits == []


def test_what_fits_nothing_hints_at_another_speed(talked_on: tuple[str, int]) -> None:
    """What an instrument's answer at another speed looks like."""
    path, far = talked_on
    outcome = sweep_on(path, plan_of(addresses=[1]), b"\xfe\x80\xf8", far, anyway=True)
    assert outcome.hits == []
    assert outcome.tried[0][2] >= 9
    assert "another speed, framing or protocol" in outcome.notes[0]


def test_a_missing_port_is_named() -> None:
    async def main() -> None:
        await Sweep(plan_of(), partial(open_line, "/dev/ttyNONE")).run()

    with pytest.raises(PortError, match="port /dev/ttyNONE: there is no such device"):
        run(main())


def test_a_port_that_goes_away_in_the_middle_leaves_what_was_found(talked_on: tuple[str, int]) -> None:
    path, _ = talked_on
    far, near = pty.openpty()
    tty.setraw(near)

    async def main() -> Outcome:
        sweep = Sweep(plan_of(), partial(open_line, os.ttyname(near)))

        def pull(setting: Setting, protocol: str, address: int | None, asked: int) -> None:
            if asked == 4:
                os.close(far)

        sweep._told = pull
        async with asyncio.timeout(20):
            return await sweep.run()

    outcome = run(main())
    os.close(near)
    assert f"{path[:9]}" in outcome.trouble
    assert outcome.tried[0][1] >= 4

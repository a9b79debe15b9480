"""A bench from its dict, through real ptys, held against the log of what was truly said."""

import time
from pathlib import Path
from typing import Any

import pytest
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU

from hal.clock import Clock
from hardware_sim.bench import Bench, BenchError
from hardware_sim.instruments import EMULATORS
from hardware_sim.wire import run

FRAMER = FramerRTU(DecodePDU(is_server=False))
ASK = FRAMER.encode(bytes.fromhex("03 0000 0002"), 3, 0)
GOOD = FRAMER.encode(bytes.fromhex("03 04 000C 0022"), 3, 0)  # 12 and 34
VALUES = {"v0": 12, "v1": 34}
SAID = {"v0": 12.0, "v1": 34.0}


def intact(frame: bytes) -> bool:
    return FRAMER.check_CRC(frame[:-2], int.from_bytes(frame[-2:], "big"))


def test_the_log_says_what_was_said_and_when(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of({"values": VALUES}))
    raw = master(served.path())
    before_ms = time.time() * 1000
    answer = raw.ask(ASK, len(GOOD))
    after_ms = time.time() * 1000
    (entry,) = served.answers(1)
    assert answer == GOOD
    assert set(entry) == {"t", "mono", "instrument", "values", "fault", "request", "reply", "late_ms"}
    assert (entry["instrument"], entry["values"], entry["fault"]) == ("rig", SAID, None)
    assert (entry["request"], entry["reply"]) == (ASK.hex(), GOOD.hex())
    assert before_ms + 5 + 17 * 10 / 9.6 - 1 <= entry["t"] <= after_ms + 1
    assert entry["mono"] / 1000 <= raw.arrivals[-1][0]
    assert served.bench.stats()["instruments"] == {"rig": {"answers": 1}}


@pytest.mark.parametrize(
    ("fault", "values"),
    [
        ({"kind": "crc"}, {}),
        ({"kind": "truncated"}, {}),
        ({"kind": "long"}, SAID),
        ({"kind": "noise"}, SAID),
        ({"kind": "foreign"}, {}),
        ({"kind": "exception", "code": 6}, {}),
        ({"kind": "late", "by_ms": 40}, SAID),
    ],
)
def test_each_fault(serve: Any, master: Any, bench_of: Any, fault: Any, values: Any) -> None:
    served = serve(bench_of({"values": VALUES, "faults": [fault]}))
    raw = master(served.path())
    frame = raw.ask(ASK, 64, timeout_s=0.15)
    waited_s = raw.arrivals[0][0] - raw.sent_at
    (entry,) = served.answers(1)
    assert (entry["fault"], entry["values"], entry["reply"]) == (fault["kind"], values, frame.hex())
    assert served.stats()["faults"] == {fault["kind"]: 1}
    seen = {
        "crc": len(frame) == len(GOOD) and not intact(frame),
        "truncated": GOOD.startswith(frame) and len(frame) < len(GOOD),
        "long": frame.startswith(GOOD) and len(frame) > len(GOOD),
        "noise": frame.endswith(GOOD) and len(frame) > len(GOOD),
        "foreign": intact(frame) and frame[0] == 4 and frame[1:-2] == GOOD[1:-2],
        "exception": frame == FRAMER.encode(bytes.fromhex("83 06"), 3, 0),
        "late": frame == GOOD and waited_s >= 8 * 10 / 9600 + 0.045,
    }
    assert seen[fault["kind"]]


def test_a_dead_instrument_says_nothing_within_its_window(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of({"values": VALUES, "faults": [{"kind": "dead", "until_s": 0.8}]}))
    raw = master(served.path())
    assert raw.ask(ASK, 64, timeout_s=0.85) == b""
    assert raw.ask(ASK, len(GOOD)) == GOOD
    assert [entry["fault"] for entry in served.answers(1)] == [None]
    assert served.stats()["faults"] == {"dead": 1}


def test_two_protocols_on_one_line(serve: Any, master: Any, bench_of: Any) -> None:
    dust = {
        "id": "dust",
        "address": 2,  # STX too, as a Modbus address
        "driver": "thermo-5030i",
        "profile": None,
        "settings": {"values": ["tsp"], "unit": "µg/m³"},
        "values": {"tsp": 25.78},
    }
    served = serve(bench_of({"values": VALUES}, dust, {"id": "second", "address": 2}))
    raw = master(served.path())
    assert raw.ask(ASK, len(GOOD)) == GOOD
    time.sleep(served.bench.lines["a"].silence_s)
    frame = raw.ask(b"\x02DA002\r", 36)
    assert frame == b"\x02MD01 002 +2578+01 00 00 0000000000\r"
    time.sleep(served.bench.lines["a"].silence_s)
    assert raw.ask(FRAMER.encode(ASK[1:-2], 2, 0), len(GOOD))[0] == 2
    log = served.answers(3)
    assert [entry["instrument"] for entry in log] == ["rig", "dust", "second"]
    assert log[1]["values"] == {"tsp": 25.78}


def test_scripts_run_and_noise_repeats_with_the_seed(bench_of: Any) -> None:
    def said(seed: int, *times_s: float) -> list[dict[str, Any]]:
        ramp = {"values": {"v0": [[0, 100], [0.001, 20000]], "v1": 300}, "noise": {"v1": 40}}
        instrument = Bench(bench_of(ramp, seed=seed), Clock()).lines["a"].slaves[0].instrument
        return [instrument.answer(ASK, time_s).values for time_s in times_s]

    first = said(1, 1, 1.1, 2, 3)
    assert [values["v0"] for values in first] == [20000] * 4
    assert len({values["v1"] for values in first}) == 4
    assert said(1, 3) == first[3:]
    assert said(2, 1, 1.1, 2, 3) != first


def test_lines_run_side_by_side_and_have_links(
    serve: Any, master: Any, bench_of: Any, tmp_path: Path
) -> None:
    bench = bench_of({}, {"id": "other", "line": "b"})
    bench["line"] = [{"id": name, "link": str(tmp_path / name)} for name in ("a", "b")]
    served = serve(bench)
    masters = [master(str(tmp_path / name)) for name in ("a", "b")]
    for raw in masters:
        raw.send(ASK)
    assert [len(raw.read(len(GOOD))) for raw in masters] == [len(GOOD)] * 2
    assert {entry["instrument"] for entry in served.answers(2)} == {"rig", "other"}


def test_a_link_that_cannot_be_made_leaves_nothing_open(bench_of: Any, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("occupied")
    bench = bench_of()
    bench["line"] = [{"id": name, "link": str(tmp_path / name)} for name in ("a", "b")]

    async def start() -> None:
        await Bench(bench, Clock()).start()

    with pytest.raises(BenchError, match=r"^line b: link: cannot create .*: File exists"):
        run(start())
    assert not (tmp_path / "a").is_symlink()


def line(**row: Any) -> dict[str, Any]:
    return {"line": [{"id": "a", **row}]}


KNOWN = ", ".join(EMULATORS)
NAN = float("nan")


@pytest.mark.parametrize(
    ("lines", "change", "what"),
    [
        ({"line": [{}]}, {}, "line 0: id: missing"),
        ({"line": [3]}, {}, "line 0: 3 is not a table"),
        ({"line": [{"id": "a"}, {"id": "a"}]}, {}, "line a: id: 'a' stands twice"),
        (line(baud="9600"), {}, "line a: baud: '9600' is not a whole number"),
        (line(framing="8X1"), {},
         "line a: framing: '8X1' is no framing: 7 or 8, then N, E or O, then 1 or 2"),
        (line(ecco=True), {},
         "line a: ecco: unknown key\n  hint: known are baud, echo, framing, id, link, listen, replay"),
        (line(), {"line": "b"}, "instrument rig: line: 'b' is no line of this bench\n  hint: lines are a"),
        (line(), {"address": 248}, "instrument rig: address: 248 is not within 1..247"),
        (line(), {"address": None}, "instrument rig: address: missing"),
        (line(), {"turnaround_ms": -1}, "instrument rig: turnaround_ms: -1 is not within 0..inf"),
        (line(), {"turnaround": 1}, "instrument rig: turnaround: unknown key\n  hint: known are address, "
         "baud, behaviour, driver, events, faults, framing, id, line, mode, noise, profile, settings, "
         "turnaround_ms, units, values"),
        (line(), {"values": {"v10": 1}}, "instrument rig: values: v10: the instrument has no such value\n"
         "  hint: it has v0, v1, v2, v3, v4, v5, v6, v7, v8, v9"),
        (line(), {"values": {"v1": "x"}}, "instrument rig: values: v1: 'x' is neither a number nor points "
         "[[seconds, value], ...]"),
        (line(), {"values": {"v1": NAN}}, "instrument rig: values: v1: this channel has no `invalid` value "
         "to say nan with"),
        (line(), {"noise": {"v1": 1}},
         "instrument rig: noise: v1: noise needs a value to lie upon\n"
         "  hint: give values.v1 too"),
        (line(), {"values": {"v1": 1}, "noise": {"v1": -1}},
         "instrument rig: noise: v1: -1 is not within 0..inf"),
        (line(), {"faults": [{"kind": "dead"}, {"kind": "slow"}]},
         "instrument rig: faults[1]: kind: 'slow' is none of dead, late, crc, truncated, long, noise, "
         "inside, twice, "
         "foreign, exception"),
        (line(), {"profile": None}, "instrument rig: driver: no emulator for 'rig-slave'\n"
         f"  hint: a profile, or one of {KNOWN}"),
        (line(), {"profile": None, "driver": "thermo-5030i", "settings": {"values": ["tsp"]},
                  "faults": [{"kind": "exception", "code": 2}]},
         "instrument rig: faults[0]: kind: only a Modbus instrument answers an exception\n"
         "  hint: use `dead` here"),
        (line(), {"profile": {"profile": {"name": "x", "protocol": "modbus"}, "channel": [
            {"name": "v", "table": "coils", "register": 0, "type": "uint16", "unit": "ppm"}]}},
         "instrument rig: profile: channel[0].table: 'coils' is none of holding, input, coil, discrete"),
        (line(), {"profile": {"profile": {"name": "x", "protocol": "modbus"},
            "setting": [{"name": "divisor", "type": "number", "help": "-"}], "channel": [{"name": "v",
            "table": "input", "register": 0, "type": "uint16", "unit": "ppm", "divisor": "$divisor"}]}},
         "instrument rig: settings: setting `divisor` is missing"),
    ],
)  # fmt: skip
def test_messages(bench_of: Any, lines: Any, change: Any, what: str) -> None:
    with pytest.raises(BenchError) as caught:
        Bench({**bench_of(change), **lines}, Clock())
    assert str(caught.value) == what


def test_an_id_or_address_that_is_taken(bench_of: Any) -> None:
    with pytest.raises(BenchError) as caught:
        Bench(bench_of({}, {}), Clock())
    assert str(caught.value) == "instrument rig: id: 'rig' stands twice"
    with pytest.raises(BenchError) as caught:
        Bench(bench_of({}, {"id": "twin"}), Clock())
    assert str(caught.value) == "instrument twin: address: 3 is rig's on line a already"

"""The pace of the wire, by a master that is nothing but a file descriptor."""

import os
import time
from itertools import pairwise
from typing import Any

import pytest
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU

from hardware_sim.tables import BenchError
from hardware_sim.wire import EmulatedLine, bits_per_character, silence_s

FRAMER = FramerRTU(DecodePDU(is_server=False))
ASK = FRAMER.encode(bytes.fromhex("03 0000 000A"), 3, 0)  # ten registers of address 3
ANSWER_BYTES = 25
ELSEWHERE = FRAMER.encode(bytes.fromhex("03 0000 000A"), 9, 0)


@pytest.mark.parametrize(
    ("framing", "bits"), [("8N1", 10), ("8E1", 11), ("8O2", 12), ("7E1", 10), ("7N2", 10)]
)
def test_bits_per_character(framing: str, bits: int) -> None:
    assert bits_per_character(framing) == bits


@pytest.mark.parametrize("framing", ["", "8N", "9N1", "8X1", "8N3", "8N11"])
def test_what_is_no_framing(framing: str) -> None:
    with pytest.raises(BenchError) as caught:
        EmulatedLine("a", framing=framing)
    due = f"line a: framing: {framing!r} is no framing: 7 or 8, then N, E or O, then 1 or 2"
    assert str(caught.value) == due


def test_silence_is_3_5_characters_and_fixed_above_19200() -> None:
    assert silence_s(9600) == pytest.approx(0.0036458, abs=1e-6)
    assert silence_s(19200, "8E1") == pytest.approx(0.0020052, abs=1e-6)
    assert silence_s(19201) == silence_s(115200, "8E1") == 0.00175


@pytest.mark.parametrize(("baud", "framing"), [(9600, "8N1"), (19200, "8N1"), (9600, "8E1")])
def test_no_byte_comes_faster_than_the_wire(
    serve: Any, master: Any, bench_of: Any, baud: int, framing: str
) -> None:
    served = serve(bench_of({"turnaround_ms": 7}, baud=baud, framing=framing))
    raw = master(served.path(), baud)
    character_s = bits_per_character(framing) / baud
    chunks = 0
    for _ in range(5):
        assert len(raw.ask(ASK, ANSWER_BYTES)) == ANSWER_BYTES
        begins = raw.sent_at + len(ASK) * character_s + 0.007
        chunks = max(chunks, len(raw.arrivals))
        for came, size in raw.arrivals:
            assert came >= begins + size * character_s - 1e-6
        assert raw.arrivals[-1][0] < begins + ANSWER_BYTES * character_s + 1.0
        time.sleep(served.bench.lines["a"].silence_s)
    assert chunks >= 3  # in small chunks, as a UART hands them over; a busy machine may read two as one
    log = served.answers(5)
    assert all(0 <= entry["late_ms"] < 1000 for entry in log)
    # Absolute times: each answer's end lies where its own request puts it.
    ends = [entry["mono"] for entry in log]
    gaps = [later - sooner for sooner, later in pairwise(ends)]
    theory_ms = ((len(ASK) + ANSWER_BYTES) * character_s + 0.007) * 1000
    assert min(gaps) >= theory_ms


def test_a_polite_master_violates_nothing(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of({"turnaround_ms": 2}, baud=19200))
    raw = master(served.path(), 19200)
    for _ in range(5):
        raw.ask(ASK, ANSWER_BYTES)
        time.sleep(served.bench.lines["a"].silence_s)
    served.answers(5)
    stats = served.stats()
    assert (stats["requests"], stats["answers"], stats["silence_violations"]) == (5, 5, 0)
    assert (stats["received_bytes"], stats["sent_bytes"]) == (5 * len(ASK), 5 * ANSWER_BYTES)
    assert stats["silence_min_ms"] >= 1.8
    assert stats["busy_s"] == pytest.approx(5 * 33 * 10 / 19200, abs=1e-5)
    assert 0.2 < stats["utilisation"] <= 1.0


def test_a_hasty_master_is_counted(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of(baud=600))  # 3.5 characters are 58 ms: nobody is that slow by chance
    raw = master(served.path(), 600)
    for _ in range(3):
        raw.ask(FRAMER.encode(bytes.fromhex("03 0000 0001"), 3, 0), 7)
    served.answers(3)
    stats = served.stats()
    assert stats["silence_violations"] == 2
    assert stats["silence_min_ms"] <= stats["silence_median_ms"] < 58
    assert stats["utilisation"] > 1


def test_a_request_into_an_answer_is_a_violation_without_silence(
    serve: Any, master: Any, bench_of: Any
) -> None:
    served = serve(bench_of({"turnaround_ms": 0}, baud=1200))
    raw = master(served.path(), 1200)
    raw.ask(ASK, 8)  # the first chunk only
    answers = raw.ask(ELSEWHERE + ASK, 2 * ANSWER_BYTES - 8)
    assert len(answers) == 2 * ANSWER_BYTES - 8
    first, second = served.answers(2)
    # Both requests had to wait for the wire.
    assert second["mono"] - first["mono"] >= (2 * len(ASK) + ANSWER_BYTES) * 10_000 / 1200 - 0.001
    stats = served.stats()
    assert stats["requests"] == 3
    assert stats["silence_violations"] == 1
    assert stats["silence_min_ms"] == 0


def test_two_requests_in_one_burst_each_end_in_their_own_place(
    serve: Any, master: Any, bench_of: Any
) -> None:
    rows = [{"turnaround_ms": 0, "address": address, "id": str(address)} for address in (3, 9)]
    served = serve(bench_of(*rows, baud=1200))
    raw = master(served.path(), 1200)
    answers = raw.ask(ELSEWHERE + ASK, 2 * ANSWER_BYTES)
    assert (answers[0], answers[ANSWER_BYTES]) == (9, 3)
    # The first was due while the second request was on the wire: it follows one silence behind that.
    behind_ms = (2 * len(ASK) + ANSWER_BYTES + 3.5) * 10_000 / 1200
    assert served.answers(2)[0]["mono"] >= raw.sent_at * 1000 + behind_ms


def test_echo_comes_first_and_at_the_pace_of_the_wire(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of(echo=True))
    raw = master(served.path())
    heard = raw.ask(ASK, len(ASK) + ANSWER_BYTES)
    assert heard[: len(ASK)] == ASK
    assert heard[len(ASK) :][:3] == bytes((3, 3, 20))
    assert raw.arrivals[0][0] >= raw.sent_at + len(ASK) * 10 / 9600 - 1e-6


def test_another_speed_is_not_understood(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of(baud=9600))
    raw = master(served.path(), 19200)
    assert raw.ask(ASK, 1, timeout_s=0.1) == b""
    stats = served.stats()
    assert (stats["requests"], stats["wrong_baud"], stats["last_wrong_baud"]) == (0, 1, 19200)
    right = master(served.path(), 9600)
    assert len(right.ask(ASK, ANSWER_BYTES)) == ANSWER_BYTES


def test_a_request_that_breaks_off_harms_no_later_one(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of(baud=1200))
    raw = master(served.path(), 1200)
    assert raw.ask(ASK[:5], 1, timeout_s=0.15) == b""
    assert len(raw.ask(ASK, ANSWER_BYTES)) == ANSWER_BYTES
    raw.send(ASK[:3])
    raw.send(ASK[3:])  # written in two pieces, but without a gap on the wire
    assert len(raw.read(ANSWER_BYTES)) == ANSWER_BYTES
    stats = served.stats()
    assert (stats["requests"], stats["not_understood"]) == (2, 1)


def test_a_damaged_request_and_a_stranger_get_no_answer(
    serve: Any, master: Any, bench_of: Any, until: Any
) -> None:
    served = serve(bench_of())
    raw = master(served.path())
    heard = 0
    for words in (ASK[:-1] + b"\x00", ELSEWHERE, bytes(600)):
        heard += len(words)
        raw.send(words)
        until(lambda due=heard: served.stats()["received_bytes"] == due)  # each by itself, however busy
        assert raw.read(1, 0.05) == b""
    assert len(raw.ask(ASK, ANSWER_BYTES, timeout_s=3)) == ANSWER_BYTES
    until(lambda: served.stats()["answers"] == 1)  # counted once it has left
    stats = served.stats()
    assert (stats["requests"], stats["not_understood"]) == (2, 2)


def test_the_master_may_hang_up_and_return(serve: Any, master: Any, bench_of: Any) -> None:
    served = serve(bench_of())
    for _ in range(3):
        raw = master(served.path())
        assert len(raw.ask(ASK, ANSWER_BYTES)) == ANSWER_BYTES
        raw.send(ASK)
        os.close(raw.fd)  # in the middle of an exchange
        raw.fd = os.open("/dev/null", os.O_RDONLY)
    served.answers(6)
    assert served.stats()["answers"] == 6


def test_an_unplugged_line_drops_what_was_on_its_way(
    serve: Any, master: Any, bench_of: Any, until: Any
) -> None:
    served = serve(bench_of({"turnaround_ms": 50}))
    raw = master(served.path())
    raw.send(ASK)
    until(lambda: served.stats()["requests"] == 1)
    served.call(served.bench.lines["a"].stop)
    with pytest.raises(OSError, match="Input/output error"):
        raw.send(ASK)
    served.call(time.sleep, 0.1)  # the loop stands still past the answer's time, then has it all due
    served.call(int)
    assert served.log == []


def test_answers_of_a_late_instrument_keep_their_order(serve: Any, master: Any, bench_of: Any) -> None:
    first = FRAMER.encode(bytes.fromhex("03 0000 0001"), 3, 0)
    second = FRAMER.encode(bytes.fromhex("03 0001 0001"), 3, 0)
    late = [{"kind": "late", "by_ms": 400, "until_s": 5}]
    values = {"v0": 11, "v1": 22}
    served = serve(bench_of({"values": values, "faults": late}, {"id": "healthy", "address": 9}))
    raw = master(served.path())
    raw.send(first)
    time.sleep(0.03)  # its time-out: the line is free for others
    assert raw.ask(ELSEWHERE, ANSWER_BYTES)[0] == 9
    time.sleep(0.01)
    raw.send(second)
    assert raw.read(14) == FRAMER.encode(bytes.fromhex("03 02 000B"), 3, 0) + FRAMER.encode(
        bytes.fromhex("03 02 0016"), 3, 0
    )
    log = served.answers(3)
    assert [(entry["instrument"], entry["fault"]) for entry in log] == [
        ("healthy", None),
        ("rig", "late"),
        ("rig", "late"),
    ]
    assert [entry["values"] for entry in log[1:]] == [{"v0": 11.0}, {"v1": 22.0}]
    assert log[2]["mono"] - log[1]["mono"] >= 400  # one behind the other, each late by itself

"""Emulated lines that listen on TCP, through real sockets."""

import socket
import time
from contextlib import closing, suppress
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import WireError
from drivers.registers import resolve
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_pdu import ReadBits, ReadRegisters
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpRequest
from hal.clock import Clock
from hardware_sim.bench import Bench, BenchError
from hardware_sim.faults import damaged
from hardware_sim.modbus import ModbusInstrument
from hardware_sim.modbus_server import FRAMINGS
from hardware_sim.scripts import Script
from hardware_sim.wire import run

TWO = ReadRegisters(3, 0, 2)
VALUES = {"v0": 12, "v1": 34}
RTU, TCP = RtuRequest(3, TWO), TcpRequest(3, TWO, 0x1501)


def connected(served: Any) -> socket.socket:
    host, _, port = served.path().partition("://")[2].rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=5)


def ask(link: socket.socket, question: bytes, size: int) -> bytes:
    link.sendall(question)
    got = b""
    while len(got) < size and (data := link.recv(size - len(got))):
        got += data
    return got


def test_a_device_server_s_line_keeps_its_pace(serve: Any, bench_of: Any) -> None:
    served = serve(bench_of({"values": VALUES}, listen="rtu+tcp://127.0.0.1:0"))
    assert served.path().startswith("rtu+tcp://127.0.0.1:")
    with closing(connected(served)) as link:
        began = time.monotonic()
        assert RTU.parse(ask(link, RTU.encode(), 9)) == (12, 34)
    assert time.monotonic() - began >= 17 * 10 / 9600 + 0.005, "17 characters at 9600 8N1, and the turnaround"
    (entry,) = served.answers(1)
    assert entry["values"] == {"v0": 12.0, "v1": 34.0}


def test_modbus_tcp_has_no_pace_and_answers_under_the_question_s_number(serve: Any, bench_of: Any) -> None:
    served = serve(bench_of({"address": 255, "values": VALUES}, listen="tcp://[::1]:0"))
    request = TcpRequest(255, TWO, 0x1501)
    with closing(connected(served)) as link:
        assert request.parse(ask(link, request.encode(), 13)) == (12, 34)
    assert served.stats()["silence_violations"] == 0


def test_a_question_in_two_segments_and_two_questions_in_one(serve: Any, bench_of: Any) -> None:
    served = serve(bench_of({"values": VALUES}, listen="tcp://127.0.0.1:0"))
    with closing(connected(served)) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(TCP.encode()[:7])
        time.sleep(0.05)  # longer than any silence between frames of a serial line
        assert TCP.parse(ask(link, TCP.encode()[7:], 13)) == (12, 34)
        both = ask(link, TcpRequest(3, TWO, 1).encode() + TcpRequest(3, TWO, 2).encode(), 26)
        assert {both[:2], both[13:15]} == {b"\0\1", b"\0\2"}


def test_one_client_at_a_time(serve: Any, bench_of: Any) -> None:
    served = serve(bench_of({"values": VALUES}, listen="tcp://127.0.0.1:0"))
    with closing(connected(served)) as first, closing(connected(served)) as second:
        assert ask(first, TCP.encode(), 13)
        assert second.recv(1) == b"", "turned away"
    for _ in range(5):
        with closing(connected(served)) as link:
            assert TCP.parse(ask(link, TCP.encode(), 13)) == (12, 34)


def test_a_dead_unit_and_one_that_is_nobody_are_silent(serve: Any, bench_of: Any) -> None:
    dead = {"id": "d", "address": 4, "faults": [{"kind": "dead"}]}
    served = serve(bench_of({"values": VALUES}, dead, listen="tcp://127.0.0.1:0"))
    with closing(connected(served)) as link:
        for unit in (4, 5):
            link.sendall(TcpRequest(unit, TWO, 7).encode())
        assert TCP.parse(ask(link, TCP.encode(), 13)) == (12, 34)


@pytest.mark.parametrize(
    ("line", "instrument", "what"),
    [
        ({"listen": "http://127.0.0.1:1"}, {}, "line a: listen: 'http://127.0.0.1:1' is none of"),
        (
            {"listen": "tcp://127.0.0.1:x"},
            {},
            "line a: listen: cannot listen at tcp://127.0.0.1:x: invalid lit",
        ),
        ({"listen": "tcp://192.0.2.1:1502"}, {}, "cannot listen at tcp://192.0.2.1:1502: Cannot assign"),
        ({}, {"mode": "tcp"}, "instrument rig: mode: 'tcp' is none of rtu, ascii"),
        (
            {"listen": "tcp://127.0.0.1:0"},
            {"faults": [{"kind": "crc"}]},
            "instrument rig: faults[0]: kind: TCP lets no damaged byte through\n"
            "  hint: use `truncated` or `dead` here",
        ),
        (
            {"listen": "tcp://127.0.0.1:0"},
            {"profile": None, "driver": "thermo-5030i", "settings": {"values": ["tsp"], "unit": "ug/m3"}},
            "instrument rig: line: a tcp:// line carries Modbus TCP alone\n  hint: use rtu+tcp://",
        ),
        ({"listen": "tcp://127.0.0.1:0"}, {"address": 256}, "address: 256 is not within 0..255"),
    ],
)
def test_messages(bench_of: Any, line: dict[str, Any], instrument: dict[str, Any], what: str) -> None:
    async def main() -> None:
        await Bench(bench_of(instrument, **line), Clock()).start()

    with pytest.raises(BenchError) as caught:
        run(main())
    assert what in str(caught.value)


def test_a_port_in_use(serve: Any, bench_of: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        listen = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(BenchError, match=r"Address already in use\n  hint: name a free port"):
            run(Bench(bench_of(listen=listen), Clock()).start())


BITS = {
    "profile": {"name": "p", "protocol": "modbus", "max_bits": 12, "max_gap": 4},
    "channel": [
        {"name": "pump", "table": "coil", "register": 3, "type": "bit", "unit": "1"},
        {"name": "fan", "table": "coil", "register": 8, "type": "bit", "unit": "1"},
        {"name": "door", "table": "discrete", "register": 0, "type": "bit", "unit": "1"},
    ],
    "status": [
        {
            "name": "lamp",
            "table": "discrete",
            "register": 1,
            "type": "bit",
            "values": [{"is": 0, "flag": "D"}, {"is": 1, "flag": "N"}],
        }
    ],
}


@pytest.mark.parametrize(
    ("framing", "ask"),
    [("rtu", RtuRequest), ("ascii", AsciiRequest), ("tcp", lambda address, pdu: TcpRequest(address, pdu, 9))],
)
def test_bits_of_a_profile_in_every_framing(framing: str, ask: Any) -> None:
    scripts = {"pump": Script([[0, 0], [10, 1]], "w"), "door": Script(1, "w")}
    device = ModbusInstrument(3, resolve(BITS, {}), scripts, "w", framing)
    for pdu, elapsed_s, value, said in (
        (ReadBits(1, 3, 6), 0, (False,) * 6, {"pump": 0.0, "fan": 0.0}),
        (ReadBits(1, 3, 1), 10, (True,), {"pump": 1.0}),
        (ReadBits(2, 0, 2), 0, (True, True), {"door": 1.0}),  # a status says its normal state
    ):
        request = ask(3, pdu)
        question = request.encode()
        assert FRAMINGS[framing].request_length(question) == len(question)
        answer = device.answer(question, elapsed_s)
        assert answer is not None
        assert (request.parse(answer.frame), answer.values) == (value, said)
    for pdu, code in ((ReadBits(1, 3, 13), 3), (ReadBits(1, 2, 1), 2), (ReadRegisters(3, 0, 1), 1)):
        answer = device.answer(ask(3, pdu).encode(), 0)
        assert answer is not None
        with pytest.raises(Exception, match=f"refused with 0x0{code}"):
            ask(3, pdu).parse(answer.frame)


@given(seed=st.integers(0, 2**32), address=st.integers(1, 247), words=st.tuples(*[st.integers(0, 65535)] * 2))
def test_damage_is_never_only_a_digit_in_lower_case(seed: int, address: int, words: tuple[int, int]) -> None:
    """In Modbus ASCII that is the same digit, and no damage."""
    request = AsciiRequest(address, TWO)
    body = bytes((address, 3, 4)) + b"".join(word.to_bytes(2, "big") for word in words)
    frame = FRAMINGS["ascii"].framer.encode(body[1:], address, 0)
    assert request.parse(frame) == words
    hurt = damaged("crc", frame, Random(seed))
    with suppress(WireError):
        assert request.parse(hurt) is None


@given(noise=st.binary(max_size=40))
def test_noise_is_a_question_in_no_framing(noise: bytes) -> None:
    assert FRAMINGS["ascii"].request_length(b":" + noise) == 0 or noise.isascii()
    size = FRAMINGS["tcp"].request_length(noise)
    assert size == 0 or (
        noise[2:4] == b"\0\0" and size == 6 + int.from_bytes(noise[4:6], "big") <= len(noise)
    )


@pytest.mark.parametrize(("framing", "frame"), [("ascii", AsciiRequest(3, TWO)), ("tcp", TCP)])
def test_every_prefix_of_a_request_is_incomplete(framing: str, frame: Any) -> None:
    whole = frame.encode()
    length = FRAMINGS[framing].request_length
    assert [length(whole[:size]) for size in range(len(whole))] == [0] * len(whole)
    assert length(whole + b"\x00") == len(whole)

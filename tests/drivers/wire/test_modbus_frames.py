"""Frames without their questions, against the vendors' and the specification's literal ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.wire.modbus_frames import ANSWER, REQUEST, frame_at, pdu_of, say_answer, say_request
from drivers.wire.modbus_rtu import with_crc

ASK = bytes.fromhex("01 03 00 08 00 02 45 C9")  # RAEGuard 3 manual p.81
REPLY = bytes.fromhex("01 03 04 00 00 00 D1 3A 6F")  # ibid.: 209
REFUSAL = with_crc(bytes.fromhex("01 83 02"))

# PDUs of MODBUS Application Protocol V1.1b3, clauses 6.1 to 6.21: request, its words, answer, its words.
SPEC = [
    ("0100130013", "read coils 19..37", "0103CD6B05", "CD 6B 05"),
    ("0200C40016", "read discrete inputs 196..217", "0203ACDB35", "AC DB 35"),
    ("03006B0003", "read holding 107..109", "0306022B00000064", "555 0 100"),
    ("0400080001", "read input 8", "0402000A", "10"),
    ("0500ACFF00", "WRITE coil 172 on", "0500ACFF00", "done: WRITE coil 172 on"),
    ("0600010003", "WRITE holding 1 = 3", "0600010003", "done: WRITE holding 1 = 3"),
    ("0F0013000A02CD01", "WRITE coils 19..28: CD 01", "0F0013000A", "done: WRITE coils 19..28"),
    ("100001000204000A0102", "WRITE holding 1..2 = 10 258", "1000010002", "done: WRITE holding 1..2"),
    (
        "16000400F20025",
        "WRITE holding 4 and 0x00F2 or 0x0025",
        "16000400F20025",
        "done: WRITE holding 4 and 0x00F2 or 0x0025",
    ),
    (
        "1700030006000E00030600FF00FF00FF",
        "WRITE holding 14..16 = 255 255 255, read 3..8",
        "170C00FE0ACD00010003000D00FF",
        "254 2765 1 3 13 255",
    ),
    (
        "2B0E0100",
        "identification, object 0",
        "2B0E01010000030016436F6D70616E79206964656E74696669636174696F6E"
        "010F50726F6475637420636F64652058580205" + b"V2.11".hex(),
        # The specification prints 0D as the second length; its text has 0F characters.
        "vendor Company identification, product code Product code XX, revision V2.11",
    ),
]


@pytest.mark.parametrize(("ask", "asks", "answer", "says"), SPEC)
def test_every_function_of_the_specification_in_words(ask: str, asks: str, answer: str, says: str) -> None:
    request, reply = with_crc(b"\x11" + bytes.fromhex(ask)), with_crc(b"\x11" + bytes.fromhex(answer))
    found, heard = frame_at(request + b"\x00"), frame_at(reply + b"\x00")
    assert found is not None
    assert heard is not None
    assert (found[0], heard[0]) == (len(request), len(reply))
    assert REQUEST in found[1]
    assert ANSWER in heard[1]
    assert pdu_of(request) == (0x11, bytes.fromhex(ask))
    assert (say_request(bytes.fromhex(ask)), say_answer(bytes.fromhex(answer))) == (asks, says)


def test_question_and_answer_are_told_apart() -> None:
    assert frame_at(ASK) == (8, (REQUEST,))
    assert frame_at(REPLY) == (9, (ANSWER,))
    assert frame_at(REFUSAL) == (5, (ANSWER,))
    assert say_answer(REFUSAL[1:-2]) == "exception 2 illegal data address"
    same = with_crc(bytes.fromhex("01 06 00 01 00 03"))
    assert frame_at(same) == (8, (REQUEST, ANSWER))


@pytest.mark.parametrize("frame", [ASK, REPLY, REFUSAL])
def test_every_prefix_may_still_grow_and_every_flipped_bit_is_no_frame(frame: bytes) -> None:
    assert {frame_at(frame[:size]) for size in range(1, len(frame))} == {None}
    for bit in range(len(frame) * 8):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        found = frame_at(bytes(damaged))
        assert found is None or found[0] == 0


def test_the_other_framings() -> None:
    assert pdu_of(b":010300080002F2\r\n") == (1, bytes.fromhex("0300080002"))
    assert pdu_of(b":010300080002F3\r\n") is None
    assert pdu_of(bytes.fromhex("000100000006010300080002")) == (1, bytes.fromhex("0300080002"))
    assert pdu_of(b"DA014") is None


def test_many_values_are_shortened() -> None:
    assert say_answer(bytes([3, 40]) + bytes(range(40))).endswith("3599 ... (20)")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_none_and_are_said(data: bytes) -> None:
    found = frame_at(data)
    assert found is None or 0 <= found[0] <= len(data)
    pdu_of(data)
    assert say_request(data) or True
    assert isinstance(say_answer(data), str)

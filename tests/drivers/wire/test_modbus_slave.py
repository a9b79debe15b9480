"""A device that is asked: held against our own questions and against pymodbus, which shares no code."""

import math
import struct
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
    WriteMultipleRegistersRequest,
    WriteSingleRegisterRequest,
)

from drivers.exchange import Refused, WireError
from drivers.wire import modbus_pdu
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, with_crc
from drivers.wire.modbus_slave import ILLEGAL_ADDRESS, Registers, RtuSlave

PEER = FramerRTU(DecodePDU(is_server=False))


def head(write=None):
    inputs, holdings = Registers(20, first=100), Registers(2)
    for at in range(20):
        inputs.put(100 + at, [at * 3000])
    holdings.put(0, [7, 65535])
    return RtuSlave(17, inputs, holdings, write)


def peer_asks(request):
    """The frame that pymodbus's client sends to device 17."""
    request.dev_id = 17
    return PEER.buildFrame(request)


def peer_reads(answer):
    """What pymodbus's client makes of an answer."""
    used, pdu = PEER.handleFrame(answer, 17, 0)
    assert used == len(answer)
    return pdu


@pytest.mark.parametrize(
    ("request_", "registers"),
    [
        (ReadInputRegistersRequest(address=100, count=3), [0, 3000, 6000]),
        (ReadInputRegistersRequest(address=119, count=1), [57000]),
        (ReadHoldingRegistersRequest(address=0, count=2), [7, 65535]),
    ],
)
def test_pymodbus_reads(request_, registers):
    assert peer_reads(head().answer(peer_asks(request_))).registers == registers


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ReadInputRegistersRequest(address=99, count=2), 2),
        (ReadInputRegistersRequest(address=119, count=2), 2),
        (ReadHoldingRegistersRequest(address=2, count=1), 2),
        (ReadHoldingRegistersRequest(address=65535, count=1), 2),
        (WriteSingleRegisterRequest(address=0, registers=[1]), 1),
        (WriteMultipleRegistersRequest(address=0, registers=[1]), 1),
    ],
)
def test_pymodbus_is_refused(request_, code):
    pdu = peer_reads(head().answer(peer_asks(request_)))
    assert pdu.isError()
    assert pdu.exception_code == code


def test_pymodbus_writes():
    written = []
    slave = head(lambda start, words: written.append((start, words)))
    pdu = peer_reads(slave.answer(peer_asks(WriteSingleRegisterRequest(address=5, registers=[65535]))))
    assert (pdu.address, pdu.registers) == (5, [65535])
    pdu = peer_reads(slave.answer(peer_asks(WriteMultipleRegistersRequest(address=6, registers=[1, 2, 3]))))
    assert (pdu.address, pdu.count) == (6, 3)
    assert written == [(5, (65535,)), (6, (1, 2, 3))]


@given(
    function=st.sampled_from([3, 4]),
    start=st.integers(0, 65535),
    count=st.integers(1, 125),
    first=st.integers(0, 65535),
    words=st.lists(st.integers(0, 65535), min_size=1, max_size=300),
)
def test_our_own_question_reads_what_stands_there(function, start, count, first, words):
    if start + count > 65536:
        return
    table = Registers(len(words), first)
    table.put(first, words)
    slave = RtuSlave(9, table, table)
    question = ReadRegisters(9, function, start, count)
    there = first <= start and start + count <= first + len(words)
    if there:
        assert question.parse(slave.answer(question.encode())) == tuple(words[start - first :][:count])
    else:
        with pytest.raises(Refused) as caught:
            question.parse(slave.answer(question.encode()))
        assert caught.value.code == ILLEGAL_ADDRESS


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in import_module("tests.frames.modbus_rtu").FRAMES
        if row[0] == "request" and isinstance(row[2], ReadRegisters) and row[2].address <= 247
    ],
    ids=lambda row: row[3].hex(),
)
def test_literal_questions_are_answered(row):
    question, frame = row[2], row[3]
    table = Registers(question.count, question.start)
    table.put(question.start, range(question.count))
    slave = RtuSlave(question.address, table, table)
    assert question.parse(slave.answer(frame)) == tuple(range(question.count))


READ = ReadRegisters(17, 4, 100, 3).encode()
ANSWER = head().answer(READ)


@given(st.binary(max_size=300))
def test_nothing_makes_it_raise(data):
    head().answer(data)
    head().answer(with_crc(b"\x11" + data))
    head(lambda start, words: None).answer(with_crc(b"\x11\x10" + data))


@given(at=st.integers(0, len(READ) * 8 - 1))
def test_a_damaged_question_gets_no_answer(at):
    damaged = bytearray(READ)
    damaged[at // 8] ^= 1 << at % 8
    assert head().answer(damaged) == b""


@given(size=st.integers(0, len(READ) - 1))
def test_a_part_of_a_question_gets_no_answer(size):
    assert head().answer(READ[:size]) == b""


@given(noise=st.binary(max_size=200))
def test_a_reading_is_found_behind_other_bytes(noise):
    assert head().answer(noise + READ) == ANSWER


def test_a_write_is_never_found_behind_other_bytes():
    written = []
    slave = head(lambda start, words: written.append(start))
    assert slave.answer(b"\0" + RtuRequest(17, modbus_pdu.WriteRegister(1, 3)).encode()) == b""
    assert written == []


def test_who_is_not_asked_says_nothing():
    assert head().answer(ReadRegisters(18, 4, 100, 3).encode()) == b""


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        head().answer(ReadRegisters(17, 4, 0, 1).encode()),  # an exception
        head(lambda start, words: None).answer(RtuRequest(17, modbus_pdu.WriteRegisters(1, [3])).encode()),
    ],
    ids=bytes.hex,
)
def test_its_own_answer_heard_back_is_no_question(answer):
    assert head(lambda start, words: None).answer(answer) == b""


def test_a_broadcast_is_carried_out_and_not_answered():
    written = []
    slave = head(lambda start, words: written.append((start, words)))
    assert slave.answer(with_crc(bytes.fromhex("00 06 0001 0003"))) == b""
    assert written == [(1, (3,))]


def raising(error):
    def write(start, words):
        raise error

    return write


@pytest.mark.parametrize(
    ("question", "write", "code"),
    [
        ("11 04 0064 0000", None, 3),
        ("11 04 0064 007E", None, 3),
        ("11 10 0001 0000 00", print, None),  # no data at all is no question
        ("11 10 0001 0002 02 0001", print, 3),
        ("11 10 0001 0000 02 0001", print, 3),
        ("11 06 0001 0003", raising(Refused(3)), 3),
        ("11 06 0001 0003", raising(RuntimeError("the head's own fault")), 4),
        ("11 2B 0E 01 00", None, 1),
        ("11 01 0000 0001", None, 1),
    ],
)
def test_exceptions(question, write, code):
    answer = head(write).answer(with_crc(bytes.fromhex(question)))
    function = int(question[3:5], 16)
    assert answer == (b"" if code is None else with_crc(bytes((17, function | 0x80, code))))


def test_a_table_that_is_not_there_is_an_illegal_function():
    slave = RtuSlave(17, holdings=Registers(1))
    with pytest.raises(Refused) as caught:
        ReadRegisters(17, 4, 0, 1).parse(slave.answer(ReadRegisters(17, 4, 0, 1).encode()))
    assert caught.value.code == 1


def test_it_counts():
    slave = head()
    slave.answer(READ)
    slave.answer(ReadRegisters(17, 4, 0, 1).encode())
    slave.answer(READ[:-1] + b"\0")
    assert (slave.answered, slave.refused, slave.damaged) == (2, 1, 1)


def test_registers():
    table = Registers(4, first=10)
    table.put_float(12, 50.0)
    assert table.read(10, 4) == [0, 0, 0x4248, 0]
    table.put_float(10, float("nan"))
    (number,) = struct.unpack(">f", struct.pack(">HH", *table.read(10, 2)))
    assert math.isnan(number)
    for register, words in ((9, [1]), (13, [1, 2]), (10, [65536]), (10, [-1])):
        with pytest.raises(ValueError, match=r"not here|not within"):
            table.put(register, words)
    assert table.read(12, 2) == [0x4248, 0]


def test_a_table_is_written_whole_or_not_at_all():
    table = Registers(2)
    with pytest.raises(ValueError, match="65536 is not within"):
        table.put(0, [1, 65536])
    assert table.read(0, 2) == [0, 0]


@pytest.mark.parametrize("address", [0, 248])
def test_an_address_that_cannot_be(address):
    with pytest.raises(ValueError, match=f"Modbus address {address}"):
        RtuSlave(address)


def test_the_oracle_would_notice():
    with pytest.raises(WireError):
        ReadRegisters(17, 4, 100, 4).parse(ANSWER)
    assert PEER.handleFrame(ANSWER[:-1] + b"\0", 17, 0)[1] is None

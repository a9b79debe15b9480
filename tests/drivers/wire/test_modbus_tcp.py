import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.modbus_pdu import ReadRegisters, WriteRegister
from drivers.wire.modbus_tcp import TcpRequest

PDU = ReadRegisters(3, 8, 2)
REQUEST = TcpRequest(17, PDU, transaction=0x1501)
REPLY = bytes.fromhex("15 01 00 00 00 07 11 03 04 00 00 00 D1")  # unit, function, count, 4 bytes: 7
HEADER = 8 + 1  # up to the byte count: what is there to be checked


def test_request_by_hand():
    assert REQUEST.encode() == bytes.fromhex("15 01 00 00 00 06 11 03 00 08 00 02")
    write = TcpRequest(255, WriteRegister(1, 3), 0xFFFF)
    assert write.encode() == bytes.fromhex("FF FF 00 00 00 06 FF 06 00 01 00 03")
    assert not write.repeatable


def test_reply():
    assert REQUEST.parse(REPLY) == (0, 209)
    assert REQUEST.parse(bytearray(REPLY) + b"\x15") == (0, 209)
    assert REQUEST.length(REPLY + b"\x15") == len(REPLY) == REQUEST.longest


def test_every_prefix_is_incomplete_never_wrong():
    assert {REQUEST.parse(REPLY[:n]) for n in range(len(REPLY))} == {None}


def test_one_flipped_bit_in_the_header_is_refused():
    for bit in range(8 * HEADER):
        damaged = bytearray(REPLY)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WireError):
            REQUEST.parse(damaged)


def test_the_transaction_makes_answers_unmistakable():
    assert REQUEST.shape != TcpRequest(17, PDU, 0x1502).shape
    assert REQUEST.shape != TcpRequest(17, ReadRegisters(3, 8, 3), 0x1501).shape
    assert REQUEST.shape == TcpRequest(17, PDU, 0x1501).shape


def test_exception():
    with pytest.raises(Refused, match="gateway target device failed to respond"):
        REQUEST.parse(bytes.fromhex("15 01 00 00 00 03 11 83 0B"))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ("15 02", "transaction: expected 0x1501, got 0x1502"),
        ("15 01 00 01", "protocol: expected 0x00, got 0x01"),
        ("15 01 00 00 00 02", "length: expected 3..254, got 2"),
        ("15 01 00 00 00 FF", "length: expected 3..254, got 255"),
        ("15 01 00 00 FF FF", "length: expected 3..254, got 65535"),
        ("15 01 00 00 00 07 12", "unit: expected 0x11, got 0x12"),
        ("15 01 00 00 00 07 11 04", "function: expected 0x03, got 0x04"),
        ("15 01 00 00 00 08 11 03", "length: expected 7, got 8"),
        ("15 01 00 00 00 04 11 83 02 00", "length: expected 3, got 4"),
        ("15 01 00 00 00 07 11 03 02", "byte count: expected 0x04, got 0x02"),
    ],
)
def test_what_is_wrong_is_named(frame, message):
    with pytest.raises(WireError) as caught:
        REQUEST.parse(bytes.fromhex(frame))
    assert str(caught.value) == message


@given(st.binary(max_size=40))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    try:
        value = REQUEST.parse(REPLY[:4] + buf)
    except (WireError, Refused):
        return
    assert value is None or len(value) == 2


@pytest.mark.parametrize(
    ("unit", "transaction", "text"),
    [
        (-1, 0, "Modbus unit -1 is not within 0..255"),
        (256, 0, "Modbus unit 256 is not within 0..255"),
        (1, -1, "transaction -1 is not within 0..65535"),
        (1, 65536, "transaction 65536 is not within 0..65535"),
    ],
)
def test_what_cannot_be_asked(unit, transaction, text):
    with pytest.raises(ValueError, match=text):
        TcpRequest(unit, PDU, transaction)

"""Any whole valid frame is recognised, whoever sent it to whom: literal ones from manuals, and every
question and answer that pymodbus makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.ascii import FramerAscii
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    WriteMultipleCoilsRequest,
    WriteMultipleCoilsResponse,
    WriteSingleCoilRequest,
)
from pymodbus.pdu.register_message import (
    MaskWriteRegisterRequest,
    ReadHoldingRegistersRequest,
    ReadHoldingRegistersResponse,
    ReadWriteMultipleRegistersRequest,
    ReadWriteMultipleRegistersResponse,
    WriteMultipleRegistersRequest,
    WriteMultipleRegistersResponse,
    WriteSingleRegisterRequest,
)

from drivers.exchange import Request
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_rtu import RtuRequest

RTU, ASCII = FramerRTU(DecodePDU(is_server=True)), FramerAscii(DecodePDU(is_server=True))
ASKING = [
    ReadCoilsRequest(address=19, count=2000),
    ReadHoldingRegistersRequest(address=100, count=2),
    WriteSingleCoilRequest(address=7, bits=[True]),
    WriteSingleRegisterRequest(address=7, registers=[300]),
    WriteMultipleCoilsRequest(address=7, bits=[True] * 11),
    WriteMultipleCoilsResponse(address=7, count=11),
    WriteMultipleRegistersRequest(address=7, registers=[1, 2, 3]),
    WriteMultipleRegistersResponse(address=7, count=3),
    MaskWriteRegisterRequest(address=4, and_mask=0xF2, or_mask=0x25),
    ReadWriteMultipleRegistersRequest(read_address=3, read_count=6, write_address=14, write_registers=[1, 2]),
]
ANSWERING = [
    ReadHoldingRegistersResponse(registers=[0] * 125),
    ReadHoldingRegistersResponse(registers=[209]),
    ReadWriteMultipleRegistersResponse(registers=[1, 2]),
    ExceptionResponse(3, 2),
]


@pytest.mark.parametrize(("framer", "kind"), [(RTU, RtuRequest), (ASCII, AsciiRequest)])
@pytest.mark.parametrize("pdu", ASKING + ANSWERING, ids=lambda pdu: type(pdu).__name__)
def test_what_pymodbus_frames_is_recognised(framer, kind, pdu):
    pdu.dev_id = 5
    frame = framer.buildFrame(pdu)
    size, asks, what = kind.whole_frame(frame + b"\x00\x11")
    assert (size, asks) == (len(frame), pdu in ASKING)
    assert what.endswith("address 5")
    assert all(kind.whole_frame(frame[:end]) is None for end in range(len(frame)))


@pytest.mark.parametrize(
    ("frame", "what"),
    [  # Honeywell RAEGuard 3 manual, p. 81
        ("01030008000245C9", (8, True, "function 3 asked of address 1")),
        ("010304000000D13A6F", (9, False, "function 3 answered by address 1")),
    ],
)
def test_literal_frames(frame, what):
    assert RtuRequest.whole_frame(bytes.fromhex(frame)) == what


@given(frame=st.sampled_from(ASKING + ANSWERING), bit=st.integers(0, 10_000))
def test_one_flipped_bit_makes_it_no_frame(frame, bit):
    frame.dev_id = 5
    damaged = bytearray(RTU.buildFrame(frame))
    bit %= 8 * len(damaged)
    damaged[bit // 8] ^= 1 << bit % 8
    assert RtuRequest.whole_frame(bytes(damaged)) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_without_a_fault(data):
    for kind in (RtuRequest, AsciiRequest):
        found = kind.whole_frame(data)
        assert found is None or 4 <= found[0] <= len(data)


@given(st.text("0123456789ABCDEFGabcdef:\r\n", max_size=40))
def test_any_ascii_is_judged_without_a_fault(text):
    found = AsciiRequest.whole_frame((":" + text + "\r\n").encode())
    assert found is None or found[0] <= len(text) + 3


def test_a_protocol_without_a_check_recognises_nothing():
    assert Request.whole_frame(b"$01M\r") is None

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire import modbus_pdu
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, crc16, with_crc

ASK = bytes.fromhex("01 03 00 08 00 02 45 C9")  # Honeywell RAEGuard 3 manual p. 81
REPLY = bytes.fromhex("01 03 04 00 00 00 D1 3A 6F")  # ibid.: 209
REQUEST = ReadRegisters(address=1, function=3, start=8, count=2)

VENDOR_REQUESTS = [  # frame, the question it is
    ("01 03 00 08 00 02 45 C9", ReadRegisters(1, 3, 8, 2)),  # RAEGuard 3, concentration
    ("C9 03 00 00 00 1C 54 4B", ReadRegisters(201, 3, 0, 28)),  # Lanbao NMHC cabinet, 14 floats
    ("01 03 00 00 00 02 C4 0B", ReadRegisters(1, 3, 0, 2)),  # Boling dust, TSP
    ("01 03 00 02 00 02 65 CB", ReadRegisters(1, 3, 2, 2)),  # Boling dust, PM10
    ("01 03 01 F4 00 10 04 08", ReadRegisters(1, 3, 500, 16)),  # Renke RS-FSXCS, whole block
    ("01 03 01 FB 00 01 F4 07", ReadRegisters(1, 3, 507, 1)),  # SN-3003-FSXCS, PM2.5
    ("01 04 00 7E 00 02 11 D3", ReadRegisters(1, 4, 0x7E, 2)),  # QDJiaMing laser dust meter
    ("01 03 01 00 00 09 84 30", ReadRegisters(1, 3, 0x100, 9)),  # Singoan SGA
]
VENDOR_REPLIES = [  # frame, the question, the registers
    ("01 03 04 00 00 00 D1 3A 6F", ReadRegisters(1, 3, 8, 2), (0, 209)),
    ("01 03 04 00 00 00 42 7A 02", ReadRegisters(1, 3, 2, 2), (0, 66)),
    ("01 03 04 00 00 13 88 F7 65", ReadRegisters(1, 3, 6, 2), (0, 5000)),
    ("01 04 04 42 48 00 00 6F EA", ReadRegisters(1, 4, 0x7E, 2), (0x4248, 0)),
    ("01 03 06 00 01 00 00 00 00 1C B5", ReadRegisters(1, 3, 100, 3), (1, 0, 0)),
]


@pytest.mark.parametrize(("frame", "request_"), VENDOR_REQUESTS)
def test_requests_byte_for_byte(frame, request_):
    assert request_.encode() == bytes.fromhex(frame)


@pytest.mark.parametrize(("frame", "request_", "registers"), VENDOR_REPLIES)
def test_replies_as_vendors_print_them(frame, request_, registers):
    buf = bytes.fromhex(frame)
    assert request_.parse(buf) == registers
    assert request_.length(buf) == len(buf)


def test_a_request_whose_check_the_vendor_printed_wrong_is_not_ours():
    printed = bytes.fromhex("01 03 00 04 00 02 65 CB")  # Boling: the CRC of the PM10 line
    assert ReadRegisters(1, 3, 4, 2).encode() != printed
    assert crc16(printed) != 0


def test_a_placeholder_check_is_refused():
    buf = bytes.fromhex("C9 03 38" + "00" * 56 + "FF FF")  # Lanbao site driver: CRC printed as FF FF
    with pytest.raises(WireError, match="CRC"):
        ReadRegisters(201, 3, 0, 28).parse(buf)


def test_a_valid_frame_with_too_few_data_bytes_is_refused():
    # Printed for a Sick MCS100FT PLC: says 8 data bytes, brings 6, and its CRC is right.
    short = bytes.fromhex("01 03 08 16 23 16 24 16 25 82 7C")
    request = ReadRegisters(1, 3, 0, 4)
    assert request.parse(short) is None  # two bytes are still due; the line's deadline ends it
    with pytest.raises(WireError, match="byte count"):
        ReadRegisters(1, 3, 0, 3).parse(short)


def test_every_prefix_is_incomplete_never_wrong():
    assert {REQUEST.parse(REPLY[:n]) for n in range(len(REPLY))} == {None}


def test_bytes_behind_the_frame_are_left():
    assert REQUEST.parse(REPLY + b"\x00\x01") == (0, 209)
    assert REQUEST.length(REPLY + b"\x00\x01") == len(REPLY)


@given(bit=st.integers(0, len(REPLY) * 8 - 1), noise=st.binary(max_size=8))
def test_one_flipped_bit_never_becomes_a_value(bit, noise):
    damaged = bytearray(REPLY + noise)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(WireError):
        REQUEST.parse(damaged)


@given(
    address=st.integers(1, 247),
    function=st.sampled_from([3, 4]),
    registers=st.lists(st.integers(0, 65535), min_size=1, max_size=125),
)
def test_round_trip(address, function, registers):
    request = ReadRegisters(address, function, 0, len(registers))
    body = bytes((address, function, 2 * len(registers)))
    reply = with_crc(body + b"".join(value.to_bytes(2, "big") for value in registers))
    assert request.parse(reply) == tuple(registers)
    assert request.parse(bytearray(reply)) == tuple(registers)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    try:
        value = REQUEST.parse(buf)
    except (WireError, Refused):
        return
    assert value is None or (len(value) == 2 and REQUEST.length(buf) == 9)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (1, "refused with 0x01 (illegal function)"),
        (2, "refused with 0x02 (illegal data address)"),
        (6, "refused with 0x06 (server device busy)"),
        (10, "refused with 0x0A (gateway path unavailable)"),
        (11, "refused with 0x0B (gateway target device failed to respond)"),
        (77, "refused with 0x4D"),
    ],
)
def test_exceptions_are_named(code, text):
    with pytest.raises(Refused) as caught:
        REQUEST.parse(with_crc(bytes((1, 0x83, code))))
    assert str(caught.value) == text
    assert caught.value.later == (code == 6)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0, 3, 0, 1), "Modbus address 0 is not within 1..247"),
        ((248, 3, 0, 1), "Modbus address 248 is not within 1..247"),
        ((254, 3, 0, 1), "Modbus address 254 is not within 1..247"),
        ((256, 3, 0, 1), "Modbus address 256 is not within 1..247"),
        ((1, 6, 0, 1), "function 6 reads no registers: 3 or 4 do"),
        ((1, 3, 0, 126), "126 registers asked, a request carries 1..125"),
        ((1, 3, 65535, 2), "registers 65535..65536 are not within 0..65535"),
    ],
)
def test_what_cannot_be_asked(arguments, text):
    with pytest.raises(ValueError, match=text):
        ReadRegisters(*arguments)


ON = tuple(letter == "1" for letter in "1011001110")  # CD 01, lowest bit first
PRINTED = [  # the customary worked examples for device 17: question, request, answer
    (modbus_pdu.ReadBits(1, 0x13, 37), "11 01 00 13 00 25 0E 84", "11 01 05 CD 6B B2 0E 1B 45 E6"),
    (modbus_pdu.ReadBits(2, 0xC4, 22), "11 02 00 C4 00 16 BA A9", "11 02 03 AC DB 35 20 18"),
    (modbus_pdu.WriteCoil(0xAC, True), "11 05 00 AC FF 00 4E 8B", "11 05 00 AC FF 00 4E 8B"),
    (modbus_pdu.WriteRegister(1, 3), "11 06 00 01 00 03 9A 9B", "11 06 00 01 00 03 9A 9B"),
    (modbus_pdu.WriteCoils(0x13, ON), "11 0F 00 13 00 0A 02 CD 01 BF 0B", "11 0F 00 13 00 0A 26 99"),
    (
        modbus_pdu.WriteRegisters(1, (10, 0x102)),
        "11 10 00 01 00 02 04 00 0A 01 02 C6 F0",
        "11 10 00 01 00 02 12 98",
    ),
    (modbus_pdu.MaskWrite(4, 0xF2, 0x25), "11 16 00 04 00 F2 00 25 66 E2", "11 16 00 04 00 F2 00 25 66 E2"),
]


@pytest.mark.parametrize(("pdu", "frame", "answer"), PRINTED)
def test_other_functions_byte_for_byte(pdu, frame, answer):
    request, reply = RtuRequest(17, pdu), bytes.fromhex(answer)
    assert request.encode() == bytes.fromhex(frame)
    assert {request.parse(reply[:n]) for n in range(len(reply))} == {None}
    assert request.parse(reply + b"\x11") == pdu.parse(reply[1:-2])
    assert request.length(reply + b"\x11") == len(reply) == request.longest
    assert (request.shape, request.repeatable) == (pdu.shape, pdu.repeatable)


@pytest.mark.parametrize(("pdu", "frame", "answer"), PRINTED)
def test_no_flipped_bit_is_taken(pdu, frame, answer):
    reply = bytes.fromhex(answer)
    for bit in range(8 * len(reply)):
        damaged = bytearray(reply)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WireError):
            RtuRequest(17, pdu).parse(damaged)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (with_crc(b"\x02" + REPLY[1:-2]), "address: expected 0x01, got 0x02"),  # a neighbour's, undamaged
        (b"\x02", "address: expected 0x01, got 0x02"),
        (b"\x01\x04", "function: expected 0x03, got 0x04"),
        (b"\x01\x84", "function: expected 0x03, got 0x84"),
        (b"\x01\x03\x06", "byte count: expected 0x04, got 0x06"),
    ],
)
def test_what_is_wrong_is_named_as_soon_as_it_is_here(frame, message):
    with pytest.raises(WireError) as caught:
        REQUEST.parse(frame)
    assert str(caught.value) == message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.modbus_ascii import AsciiRequest, framed, lrc
from drivers.wire.modbus_pdu import ReadRegisters, WriteRegister, WriteRegisters

REQUEST = AsciiRequest(1, ReadRegisters(3, 8, 2))
REPLY = b":010304000000D127\r\n"  # 01+03+04+D1 = D9; 100 - D9 = 27
ONE_LETTER = REPLY.index(b"D")


def test_request_by_hand():
    assert REQUEST.encode() == b":010300080002F2\r\n"  # 01+03+08+02 = 0E; 100 - 0E = F2
    assert AsciiRequest(17, WriteRegister(1, 3)).encode() == b":110600010003E5\r\n"  # sum 1B


# Delta VFD-L manual, p. 63: 6000 to 0100H. VFD-S manual, p. 5-68: 6000 and 1000 from 0500H on.
DELTA = [
    (WriteRegister(0x100, 6000), b":01060100177071\r\n", b":01060100177071\r\n", (0x100, 6000)),
    (
        WriteRegisters(0x500, (6000, 1000)),
        b":01100500000204177003E872\r\n",
        b":011005000002E8\r\n",
        (0x500, 2),
    ),
]


@pytest.mark.parametrize(("pdu", "asked", "answered", "value"), DELTA)
def test_frames_of_a_vendor(pdu, asked, answered, value):
    request = AsciiRequest(1, pdu)
    assert request.encode() == asked
    assert request.parse(answered) == value


def test_the_bytes_and_their_check_add_up_to_nothing():
    assert lrc(b"") == 0
    assert lrc(b"\x01\xff") == 0
    assert lrc(bytes.fromhex("02 07")) == 0xF7


def test_reply():
    assert REQUEST.parse(REPLY) == (0, 209)
    assert REQUEST.parse(bytearray(REPLY)) == (0, 209)
    assert REQUEST.parse(REPLY.lower()) == (0, 209)
    assert len(REPLY) == REQUEST.longest
    assert REQUEST.parse(REPLY + b":01") == (0, 209)
    assert REQUEST.length(REPLY + b":01") == len(REPLY)
    assert REQUEST.length(REPLY[:-1]) is None


def test_every_prefix_is_incomplete_never_wrong():
    assert {REQUEST.parse(REPLY[:n]) for n in range(len(REPLY))} == {None}


@given(noise=st.binary(max_size=8))
def test_one_flipped_bit_is_refused_but_for_a_letter_s_case(noise):
    for bit in range(8 * len(REPLY)):
        damaged = bytearray(REPLY)
        damaged[bit // 8] ^= 1 << bit % 8
        if bit == 8 * ONE_LETTER + 5:  # `d` is the same digit, and the same value
            assert REQUEST.parse(damaged) == (0, 209)
            continue
        with pytest.raises(WireError):
            REQUEST.parse(damaged + noise)


def test_exception():
    with pytest.raises(Refused, match="illegal data address"):
        REQUEST.parse(b":0183027A\r\n")  # 01+83+02 = 86
    assert REQUEST.parse(b":0183027A\r") is None


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (b"010304", "start: expected 0x3A, got 0x30"),
        (b":02", "address: expected 0x01, got 0x02"),
        (b":0104", "function: expected 0x03, got 0x04"),
        (b":010306", "byte count: expected 0x04, got 0x06"),
        (b":01 3", "hex digit: expected 0..9, A..F, got 0x20"),
        (b":010304000000D127\rX", "LF: expected 0x0A, got 0x58"),
        (b":010304000000D1270", "CR LF: expected within 19 characters, got none"),
        (b":010304000000D128\r\n", "LRC: expected 0x27, got 0x28"),
        (b":010304000000D12\r\n", "hex digits: expected an even number, got 15"),
        (b":01FF\r\n", "function: expected 0x03, got 0xFF"),
        (b":0103\r\n", "hex digits: expected 8 or more, got 4"),
        (b":\r\n", "hex digits: expected 8 or more, got 0"),
        (framed(b"\x01\x03\x04\x00\x00"), "bytes in the answer: expected 6, got 4"),
    ],
)
def test_what_is_wrong_is_named(frame, message):
    with pytest.raises(WireError) as caught:
        REQUEST.parse(frame)
    assert str(caught.value) == message


@given(st.one_of(st.binary(max_size=40), st.text("0123456789ABCDEF\r\n:", max_size=40).map(str.encode)))
def test_any_bytes_end_in_one_of_the_stated_ways(buf):
    try:
        value = REQUEST.parse(b":" + buf)
    except (WireError, Refused):
        return
    assert value is None or len(value) == 2


@pytest.mark.parametrize("address", [0, 248])
def test_an_address_that_cannot_be_asked(address):
    with pytest.raises(ValueError, match=f"Modbus address {address} is not within 1..247"):
        AsciiRequest(address, ReadRegisters(3, 8, 2))


def test_what_the_line_sees_of_a_write():
    write = AsciiRequest(1, WriteRegister(1, 3))
    assert (write.shape, write.repeatable, write.longest) == ((6, 1, 3), False, 17)

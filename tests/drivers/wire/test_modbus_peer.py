"""Our codec against pymodbus, which shares no line with it: both directions, all three framings."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.framer import FramerAscii, FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu import bit_message as bits
from pymodbus.pdu import mei_message as mei
from pymodbus.pdu import register_message as registers

from drivers.exchange import Refused, WireError
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_identity import EXTENDED, INDIVIDUAL, ReadIdentity, identify
from drivers.wire.modbus_pdu import (
    MaskWrite,
    ReadBits,
    ReadRegisters,
    ReadWriteRegisters,
    WriteCoil,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
)
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpRequest

FRAMINGS = (
    (FramerRTU, lambda address, pdu, number: RtuRequest(address, pdu)),
    (FramerAscii, lambda address, pdu, number: AsciiRequest(address, pdu)),
    (FramerSocket, TcpRequest),
)
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


class Client(ModbusClientMixin):
    """pymodbus's client up to the wire: hands back the PDU it would send."""

    def execute(self, no_response_expected, request):
        return request


CLIENT = Client()
WORD = st.integers(0, 0xFFFF)
FLAGS = st.lists(st.booleans(), min_size=1, max_size=1968)


def padded(states):
    return states + [False] * (-len(states) % 8)


def span(draw, most):
    """A start and a count that stay within 0..65535."""
    count = draw(st.integers(1, most))
    return draw(st.integers(0, 65536 - count)), count


def words(draw, count):
    return [draw(WORD) for _ in range(count)] if count < 4 else [draw(WORD)] * (count - 2) + [1, 0xFFFE]


@st.composite
def reads(draw):
    """(our PDU, pymodbus's request, pymodbus's response, the value due), as every strategy here."""
    kind = draw(st.integers(1, 4))
    start, count = span(draw, 2000 if kind <= 2 else 125)
    if kind <= 2:
        states = draw(st.lists(st.booleans(), min_size=count, max_size=count))
        ask = CLIENT.read_coils if kind == 1 else CLIENT.read_discrete_inputs
        answer = (bits.ReadCoilsResponse if kind == 1 else bits.ReadDiscreteInputsResponse)(bits=states)
        return ReadBits(kind, start, count), ask(start, count=count), answer, tuple(states)
    values = words(draw, count)
    ask = CLIENT.read_holding_registers if kind == 3 else CLIENT.read_input_registers
    kinds = (registers.ReadHoldingRegistersResponse, registers.ReadInputRegistersResponse)
    answer = kinds[kind - 3](registers=values)
    return ReadRegisters(kind, start, count), ask(start, count=count), answer, tuple(values)


@st.composite
def coil_writes(draw):
    start, on = draw(WORD), draw(st.booleans())
    if draw(st.booleans()):
        answer = bits.WriteSingleCoilResponse(address=start, bits=[on])
        return WriteCoil(start, on), CLIENT.write_coil(start, on), answer, (start, 0xFF00 * on)
    states = draw(FLAGS)
    start = min(start, 65536 - len(states))
    answer = bits.WriteMultipleCoilsResponse(address=start, count=len(states))
    return WriteCoils(start, states), CLIENT.write_coils(start, states), answer, (start, len(states))


@st.composite
def register_writes(draw):
    kind = draw(st.sampled_from([6, 16, 22]))
    start, one, other = draw(WORD), draw(WORD), draw(WORD)
    if kind == 6:
        answer = registers.WriteSingleRegisterResponse(address=start, registers=[one])
        return WriteRegister(start, one), CLIENT.write_register(start, one), answer, (start, one)
    if kind == 22:
        answer = registers.MaskWriteRegisterResponse(address=start, and_mask=one, or_mask=other)
        asked = CLIENT.mask_write_register(address=start, and_mask=one, or_mask=other)
        return MaskWrite(start, one, other), asked, answer, (start, one, other)
    start, count = span(draw, 123)
    values = words(draw, count)
    answer = registers.WriteMultipleRegistersResponse(address=start, count=count)
    return WriteRegisters(start, values), CLIENT.write_registers(start, values), answer, (start, count)


@st.composite
def read_writes(draw):
    (start, count), (write_start, write_count) = span(draw, 125), span(draw, 121)
    values, written = words(draw, count), words(draw, write_count)
    asked = CLIENT.readwrite_registers(
        read_address=start, read_count=count, write_address=write_start, values=written
    )
    answer = registers.ReadWriteMultipleRegistersResponse(registers=values)
    return ReadWriteRegisters(start, count, write_start, written), asked, answer, tuple(values)


@st.composite
def identities(draw):
    code, start = draw(st.integers(1, 4)), draw(st.integers(0, 255))
    found = sorted(draw(st.dictionaries(st.integers(0, 255), st.binary(max_size=30), max_size=7)).items())
    if code == INDIVIDUAL:
        found = [(start, draw(st.binary(min_size=1, max_size=200)))]
    asked = CLIENT.read_device_information(read_code=code, object_id=start)
    answer = mei.ReadDeviceInformationResponse(read_code=code, information=dict(found))
    return ReadIdentity(code, start), asked, answer, (0x83, False, 0, tuple(found))


ALL = st.one_of(reads(), coil_writes(), register_writes(), read_writes(), identities())
FIELDS = ("address", "count", "bits", "registers", "and_mask", "or_mask", "read_address", "read_count")
FIELDS += ("write_address", "write_registers", "read_code", "object_id")


def fields(pdu):
    found = {name: getattr(pdu, name) for name in FIELDS if hasattr(pdu, name)}
    if pdu.function_code == 6:
        del found["count"]  # not on the wire: their client sets it, their decoder does not
    return found


@pytest.mark.parametrize(("framer", "ask"), FRAMINGS)
@given(exchange=ALL, address=st.integers(1, 247), number=st.integers(1, 0xFFFF))
def test_pymodbus_and_we_agree(framer, ask, exchange, address, number):
    ours, theirs, answer, value = exchange
    request = ask(address, ours, number)
    theirs.dev_id = answer.dev_id = address
    theirs.transaction_id = answer.transaction_id = number
    # Their client sends what we send.
    frame = request.encode()
    assert frame == framer(DecodePDU(is_server=False)).buildFrame(theirs)
    # Their server understands it.
    size, understood = framer(DecodePDU(is_server=True)).handleFrame(frame, address, 0)
    assert (size, type(understood), understood.dev_id) == (len(frame), type(theirs), address)
    assert fields(understood) == fields(theirs)
    # We understand their server.
    reply = framer(DecodePDU(is_server=True)).buildFrame(answer)
    assert request.parse(reply) == value
    assert request.length(reply) == len(reply) <= request.longest
    for size in range(0, len(reply), 1 + len(reply) // 16):
        assert request.parse(reply[:size]) is None


@pytest.mark.parametrize(("framer", "ask"), FRAMINGS)
@given(exchange=ALL, code=st.integers(1, 11))
def test_their_exceptions_are_our_refusals(framer, ask, exchange, code):
    ours = exchange[0]
    refusal = ExceptionResponse(ours.function, code, device_id=9, transaction=5)
    with pytest.raises(Refused) as caught:
        ask(9, ours, 5).parse(framer(DecodePDU(is_server=True)).buildFrame(refusal))
    assert caught.value.code == code


@pytest.mark.parametrize(("framer", "ask"), FRAMINGS[:2])
@given(exchange=ALL, data=st.data())
def test_no_flipped_bit_becomes_another_value(framer, ask, exchange, data):
    ours, _, answer, value = exchange
    answer.dev_id = 9
    reply = bytearray(framer(DecodePDU(is_server=True)).buildFrame(answer))
    bit = data.draw(st.integers(0, 8 * len(reply) - 1))
    was = reply[bit // 8]
    reply[bit // 8] ^= 1 << bit % 8
    try:
        got = ask(9, ours, 0).parse(reply)
    except WireError:
        return
    if framer is FramerAscii and bit % 8 == 5 and chr(was) in "ABCDEF":
        assert got == value  # a letter's case alone
    else:  # a length of objects that now asks for more bytes
        assert got is None
        assert ours.function == 43


def test_their_continuation_is_our_conversation():
    texts = {number: bytes((65 + number,)) * 90 for number in range(5)}
    talk = identify(lambda pdu: RtuRequest(3, pdu), EXTENDED)
    framer = FramerRTU(DecodePDU(is_server=True))
    asked, objects = [], None
    request = next(talk)
    while objects is None:
        _, understood = framer.handleFrame(request.encode(), 3, 0)
        asked.append(understood.object_id)
        rest = {number: text for number, text in texts.items() if number >= understood.object_id}
        answer = mei.ReadDeviceInformationResponse(EXTENDED, rest, dev_id=3)
        try:
            request = talk.send(request.parse(framer.buildFrame(answer)))
        except StopIteration as end:
            objects = end.value
    assert objects == tuple(texts.items())
    assert asked == [0, 2, 4]

"""The PDUs by the specification's own examples, and what cannot be asked.

The examples were held, byte for byte, against the transcriptions of other projects' tests that cite the
clause: each of them against one that covers 6.1 to 6.17 and 7, and those of 6.1, 6.2, 6.3, 6.11, 6.12
and 6.17 against a second one (pyModbusTCP's). All agree. The document itself was not at hand.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused, WireError
from drivers.wire.modbus_pdu import (
    EXCEPTIONS,
    Accepted,
    MaskWrite,
    ReadBits,
    ReadRegisters,
    ReadWriteRegisters,
    WriteCoil,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
)


def bits(*octets):
    """Booleans of octets written as the specification prints them, lowest bit first."""
    return tuple(bool(octet >> at & 1) for octet in octets for at in range(8))


SPEC = {  # MODBUS Application Protocol V1.1b3, clause: question, request, answer, value
    "6.1": (ReadBits(1, 0x13, 19), "01 00 13 00 13", "01 03 CD 6B 05", bits(0xCD, 0x6B, 0x05)[:19]),
    "6.2": (ReadBits(2, 0xC4, 22), "02 00 C4 00 16", "02 03 AC DB 35", bits(0xAC, 0xDB, 0x35)[:22]),
    "6.3": (
        ReadRegisters(3, 0x6B, 3),
        "03 00 6B 00 03",
        "03 06 02 2B 00 00 00 64",
        (0x22B, 0, 0x64),
    ),
    "6.4": (ReadRegisters(4, 8, 1), "04 00 08 00 01", "04 02 00 0A", (10,)),
    "6.5": (WriteCoil(0xAC, True), "05 00 AC FF 00", "05 00 AC FF 00", (0xAC, 0xFF00)),
    "6.6": (WriteRegister(1, 3), "06 00 01 00 03", "06 00 01 00 03", (1, 3)),
    "6.11": (
        WriteCoils(0x13, bits(0xCD, 0x01)[:10]),
        "0F 00 13 00 0A 02 CD 01",
        "0F 00 13 00 0A",
        (0x13, 10),
    ),
    "6.12": (WriteRegisters(1, (10, 0x102)), "10 00 01 00 02 04 00 0A 01 02", "10 00 01 00 02", (1, 2)),
    "6.16": (
        MaskWrite(4, 0xF2, 0x25),
        "16 00 04 00 F2 00 25",
        "16 00 04 00 F2 00 25",
        (4, 0xF2, 0x25),
    ),
    "6.17": (
        ReadWriteRegisters(3, 6, 0x0E, (0xFF, 0xFF, 0xFF)),
        "17 00 03 00 06 00 0E 00 03 06 00 FF 00 FF 00 FF",
        "17 0C 00 FE 0A CD 00 01 00 03 00 0D 00 FF",
        (0xFE, 0xACD, 1, 3, 13, 0xFF),
    ),
}
EXAMPLES = pytest.mark.parametrize(("pdu", "request_", "answer", "value"), SPEC.values(), ids=SPEC)


@EXAMPLES
def test_the_specification_s_examples(pdu, request_, answer, value):
    assert pdu.encode() == bytes.fromhex(request_)
    assert pdu.parse(bytes.fromhex(answer)) == value
    assert pdu.parse(bytearray.fromhex(answer)) == value
    assert pdu.length(bytes.fromhex(answer), 0) == len(bytes.fromhex(answer)) == pdu.longest


@EXAMPLES
def test_only_reads_are_repeatable(pdu, request_, answer, value):
    assert pdu.repeatable == (pdu.function <= 4)


@EXAMPLES
def test_every_exception_is_a_refusal(pdu, request_, answer, value):
    for code in range(1, 12):
        with pytest.raises(Refused) as caught:
            pdu.parse(bytes((pdu.function | 0x80, code)))
        assert (caught.value.code, caught.value.what) == (code, EXCEPTIONS.get(code, ""))
        assert caught.value.later == (code == 6)
        assert isinstance(caught.value, Accepted) == (code == 5)


def test_the_specification_s_exception():  # clause 7: a coil 1185 that is not there
    absent = ReadBits(1, 0x4A1, 1)
    assert absent.encode() == bytes.fromhex("01 04 A1 00 01")
    with pytest.raises(Refused, match="illegal data address"):
        absent.parse(b"\x81\x02")


def test_an_acknowledge_is_no_refusal_to_a_person():
    with pytest.raises(Accepted) as caught:
        WriteCoil(1, True).parse(b"\x85\x05")
    assert str(caught.value) == (
        "accepted and still being carried out (0x05): look at the state before asking again"
    )


@EXAMPLES
def test_another_function_and_another_length_are_refused(pdu, request_, answer, value):
    good = bytes.fromhex(answer)
    with pytest.raises(WireError, match="function"):
        pdu.parse(bytes((good[0] ^ 0x40,)) + good[1:])
    with pytest.raises(WireError, match="function"):
        pdu.parse(bytes((good[0] ^ 0xC0, 2)))  # another function's exception
    for wrong in (good[:-1], good + b"\x00", b"", good[:1] + b"\x00", bytes((good[0] | 0x80,))):
        with pytest.raises(WireError):
            pdu.parse(wrong)


ECHOES = [
    (WriteCoil(0xAC, True), "05 00 AD FF 00", "coil: expected 0xAC, got 0xAD"),
    (WriteCoil(0xAC, True), "05 00 AC 00 00", "state: expected 0xFF00, got 0x00"),
    (WriteCoil(0xAC, False), "05 00 AC FF 00", "state: expected 0x00, got 0xFF00"),
    (WriteRegister(1, 3), "06 00 02 00 03", "register: expected 0x01, got 0x02"),
    (WriteRegister(1, 3), "06 00 01 00 04", "value: expected 0x03, got 0x04"),
    (WriteCoils(19, (True,) * 10), "0F 00 14 00 0A", "first coil: expected 0x13, got 0x14"),
    (WriteCoils(19, (True,) * 10), "0F 00 13 00 09", "coils: expected 0x0A, got 0x09"),
    (WriteRegisters(1, (1, 2)), "10 00 00 00 02", "first register: expected 0x01, got 0x00"),
    (WriteRegisters(1, (1, 2)), "10 00 01 00 01", "registers: expected 0x02, got 0x01"),
    (MaskWrite(4, 0xF2, 0x25), "16 00 05 00 F2 00 25", "register: expected 0x04, got 0x05"),
    (MaskWrite(4, 0xF2, 0x25), "16 00 04 00 F3 00 25", "AND mask: expected 0xF2, got 0xF3"),
    (MaskWrite(4, 0xF2, 0x25), "16 00 04 00 F2 01 25", "OR mask: expected 0x25, got 0x125"),
]


@pytest.mark.parametrize(("pdu", "answer", "text"), ECHOES)
def test_an_echo_of_something_else_is_refused(pdu, answer, text):
    with pytest.raises(WireError) as caught:
        pdu.parse(bytes.fromhex(answer))
    assert str(caught.value) == text


DIFFERENT_ANSWERS = [
    (ReadBits(1, 0, 8), ReadBits(1, 0, 9)),
    (ReadBits(1, 0, 8), ReadBits(2, 0, 8)),
    (ReadBits(1, 0, 16), ReadRegisters(3, 0, 1)),
    (ReadRegisters(3, 0, 1), ReadWriteRegisters(0, 1, 0, (1,))),
    (WriteCoil(1, True), WriteCoil(1, False)),
    (WriteCoil(1, True), WriteCoil(2, True)),
    (WriteRegister(1, 3), WriteRegister(1, 4)),
    (WriteCoils(1, (True,)), WriteRegisters(1, (1,))),
    (WriteCoils(1, (True,)), WriteCoils(1, (True, True))),
    (WriteRegisters(1, (1,)), WriteRegisters(2, (1,))),
    (MaskWrite(1, 2, 3), MaskWrite(1, 2, 4)),
]
LIKE_ANSWERS = [
    (ReadBits(1, 0, 9), ReadBits(1, 5, 16)),  # two data bytes each
    (ReadRegisters(4, 0, 2), ReadRegisters(4, 7, 2)),
    (ReadWriteRegisters(0, 1, 0, (1,)), ReadWriteRegisters(9, 1, 3, (1, 2))),
    (WriteRegisters(1, (1, 2)), WriteRegisters(1, (3, 4))),  # the echo has no values
    (WriteCoils(1, (True,)), WriteCoils(1, (False,))),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT_ANSWERS)
def test_shapes_differ_where_answers_do(one, other):
    assert one.shape != other.shape
    hash(one.shape)


@pytest.mark.parametrize(("one", "other"), LIKE_ANSWERS)
def test_shapes_agree_where_answers_can_be_mistaken(one, other):
    assert one.shape == other.shape
    assert one.encode() != other.encode()


@given(count=st.integers(1, 2000), data=st.data())
def test_padding_bits_say_nothing(count, data):
    octets = data.draw(st.binary(min_size=(count + 7) // 8, max_size=(count + 7) // 8))
    got = ReadBits(1, 0, count).parse(bytes((1, len(octets))) + octets)
    assert got == bits(*octets)[:count]


CANNOT = [
    (ReadBits, (3, 0, 1), "function 3 reads no bits: 1 or 2 do"),
    (ReadBits, (1, 0, 0), "0 bits asked, a request carries 1..2000"),
    (ReadBits, (2, 0, 2001), "2001 bits asked, a request carries 1..2000"),
    (ReadBits, (1, 65535, 2), "bits 65535..65536 are not within 0..65535"),
    (ReadRegisters, (5, 0, 1), "function 5 reads no registers: 3 or 4 do"),
    (ReadRegisters, (3, 0, 126), "126 registers asked, a request carries 1..125"),
    (ReadRegisters, (3, -1, 1), "registers -1..-1 are not within 0..65535"),
    (WriteCoil, (65536, True), "coils 65536..65536 are not within 0..65535"),
    (WriteRegister, (-1, 0), "registers -1..-1 are not within 0..65535"),
    (WriteRegister, (0, 65536), "value 65536 is not within 0..65535"),
    (WriteRegister, (0, -1), "value -1 is not within 0..65535"),
    (WriteCoils, (0, ()), "0 coils asked, a request carries 1..1968"),
    (WriteCoils, (0, (True,) * 1969), "1969 coils asked, a request carries 1..1968"),
    (WriteCoils, (65530, (True,) * 7), "coils 65530..65536 are not within 0..65535"),
    (WriteRegisters, (0, ()), "0 registers asked, a request carries 1..123"),
    (WriteRegisters, (0, (0,) * 124), "124 registers asked, a request carries 1..123"),
    (WriteRegisters, (65535, (0, 0)), "registers 65535..65536 are not within 0..65535"),
    (WriteRegisters, (0, (0, 65536)), "value 65536 is not within 0..65535"),
    (MaskWrite, (0, 65536, 0), "mask 65536 is not within 0..65535"),
    (MaskWrite, (0, 0, -1), "mask -1 is not within 0..65535"),
    (MaskWrite, (65536, 0, 0), "registers 65536..65536 are not within 0..65535"),
    (ReadWriteRegisters, (0, 126, 0, (0,)), "126 registers asked, a request carries 1..125"),
    (ReadWriteRegisters, (0, 1, 0, (0,) * 122), "122 registers asked, a request carries 1..121"),
    (ReadWriteRegisters, (0, 1, 65535, (0, 0)), "registers 65535..65536 are not within 0..65535"),
    (ReadWriteRegisters, (0, 1, 0, (65536,)), "value 65536 is not within 0..65535"),
]


@pytest.mark.parametrize(("kind", "arguments", "text"), CANNOT)
def test_what_cannot_be_asked(kind, arguments, text):
    with pytest.raises(ValueError, match="^" + re.escape(text) + "$"):
        kind(*arguments)


def test_the_largest_questions_fit_the_largest_pdu():
    largest = [
        ReadBits(1, 65536 - 2000, 2000),
        ReadRegisters(3, 65536 - 125, 125),
        WriteCoils(65536 - 1968, (True,) * 1968),
        WriteRegisters(65536 - 123, (65535,) * 123),
        ReadWriteRegisters(65536 - 125, 125, 65536 - 121, (65535,) * 121),
    ]
    assert [len(pdu.encode()) for pdu in largest] == [5, 5, 252, 252, 252]
    assert [pdu.longest for pdu in largest] == [252, 252, 5, 5, 252]

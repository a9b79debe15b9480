import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.wire.binary import words
from drivers.wire.checks import CRC_A001, CRC_CCITT, crc16, crc_letters, to_zero, xor


@pytest.mark.parametrize(
    ("start", "table", "check"),
    [(0xFFFF, CRC_A001, 0x4B37), (0, CRC_A001, 0xBB3D), (0xFFFF, CRC_CCITT, 0x6F91)],
    ids=["CRC-16/MODBUS", "CRC-16/ARC", "CRC-16/MCRF4XX"],
)
def test_the_check_values_of_the_catalogue_of_crcs(start, table, check):
    assert crc16(b"123456789", start, table) == check


def test_what_vendors_printed():
    assert crc_letters(b"0r1") == b"Goe"  # Vaisala WXT530 manual p. 89
    assert to_zero(bytes.fromhex("68 01 04")) == 0x93  # Honeywell HPM datasheet, table 4
    assert xor(b"Q,229,002.74,M,00,") == 0x16  # Gill WindSonic manual p. 28


@given(st.binary(max_size=60))
def test_a_check_checks_itself(data):
    assert (sum(data) + to_zero(data)) % 256 == 0
    assert xor(data + bytes((xor(data),))) == 0
    for table in (CRC_A001, CRC_CCITT):
        crc = crc16(data, 0xFFFF, table)
        assert crc16(data + bytes((crc & 0xFF, crc >> 8)), 0xFFFF, table) == 0


@given(data=st.binary(min_size=1, max_size=60), at=st.integers(0, 59), other=st.integers(1, 255))
def test_any_single_wrong_byte_is_seen(data, at, other):
    wrong = bytearray(data)
    wrong[at % len(data)] ^= other
    assert xor(wrong) != xor(data)
    assert to_zero(wrong) != to_zero(data)
    assert crc_letters(wrong) != crc_letters(data)
    assert crc16(wrong, 0xFFFF, CRC_CCITT) != crc16(data, 0xFFFF, CRC_CCITT)


def test_words():
    assert words(b"\x01\x02\xff\xfe") == (0x102, 0xFFFE)
    assert words(b"") == ()

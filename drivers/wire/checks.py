"""Checks that several protocols share: of an answer's first bytes, and of whole blocks. Each of the
latter sees any single wrong byte of a frame."""

from typing import TYPE_CHECKING

from drivers.exchange import WireError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.exchange import Buffer

    Table = tuple[tuple[int, ...], tuple[int, ...]]

__all__ = ["CRC_A001", "CRC_CCITT", "check_head", "crc16", "crc_letters", "to_zero", "xor"]


def check_head(buf: "Buffer", head: "Sequence[int | None]", names: "Sequence[str]") -> None:
    """Raises WireError as soon as buf cannot begin with `head`, in which None stands for any byte.

    names: what the bytes of head are, as far as they have names.
    """
    for at, want in enumerate(head[: len(buf)]):
        if want is not None and buf[at] != want:
            name = names[at] if at < len(names) else "byte %d of the answer" % (at + 1)
            raise WireError(name, want, buf[at])


def xor(data: "Buffer") -> int:
    """Every byte exclusive-or'ed with the next, 0..255."""
    check = 0
    for byte in data:
        check ^= byte
    return check


def to_zero(data: "Buffer") -> int:
    """The byte that makes the sum of all bytes 0 modulo 256."""
    return -sum(data) & 0xFF


def _table(polynomial: int) -> "Table":
    """polynomial: bits reversed, since these CRCs take each byte's lowest bit first.

    Low and high bytes apart: an interpreter has ready-made objects for such small numbers, so that
    a check allocates nothing (a third faster than one table of 16-bit numbers).
    """
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ polynomial if crc & 1 else crc >> 1
        table.append(crc)
    return tuple([crc & 0xFF for crc in table]), tuple([crc >> 8 for crc in table])


CRC_A001 = _table(0xA001)  # Modbus (from 0xFFFF), SDI-12 (from 0)
CRC_CCITT = _table(0x8408)  # UMB (from 0xFFFF)


def crc16(data: "Buffer", start: int, table: "Table") -> int:
    """A CRC of 16 bits, lowest bit first."""
    low, high = start & 0xFF, start >> 8
    low_bytes, high_bytes = table
    for byte in data:
        at = low ^ byte
        low = high ^ low_bytes[at]
        high = high_bytes[at]
    return high << 8 | low


def crc_letters(data: "Buffer") -> bytes:
    """SDI-12's CRC as three printable characters: 0x40 and four, six and six bits.

    Source: SDI-12 1.4, 4.4.12; Vaisala WXT530 and Gill MaxiMet use the same.
    """
    crc = crc16(data, 0, CRC_A001)
    return bytes((0x40 | crc >> 12, 0x40 | crc >> 6 & 0x3F, 0x40 | crc & 0x3F))

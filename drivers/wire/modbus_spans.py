"""How long a Modbus PDU is of which one knows neither who sent it nor what was asked: for noticing
another master. What is not listed here (diagnostics, file records) is not recognised.

Source: MODBUS Application Protocol V1.1b3, clauses 6 and 7.
"""

from typing import TYPE_CHECKING

from drivers.wire.modbus_pdu import EXCEPTION_BIT, EXCEPTIONS

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["said", "spans"]

READ_BITS, READ_REGISTERS, WRITE_MANY = (1, 2), (3, 4), (15, 16)
WRITE_COIL, WRITE_REGISTER = 5, 6
MASK_WRITE, READ_WRITE, ENCAPSULATED = 22, 23, 43
KNOWN = (
    READ_BITS
    + READ_REGISTERS
    + WRITE_MANY
    + (WRITE_COIL, WRITE_REGISTER, MASK_WRITE, READ_WRITE, ENCAPSULATED)
)


def spans(buf: "Buffer", at: int) -> "list[tuple[int, bool]]":
    """What the PDU at buf[at] may be: (its bytes, whether it asks), none where it can be nothing.

    A write's answer repeats its question; both say that somebody writes, so both count as asking.
    """
    if len(buf) < at + 2:
        return []
    function = buf[at]
    if function & EXCEPTION_BIT:
        return [(2, False)] if function & 0x7F in KNOWN and buf[at + 1] in EXCEPTIONS else []
    found = []
    if function in READ_BITS + READ_REGISTERS:
        if 1 <= _word(buf, at + 3) <= (125 if function in READ_REGISTERS else 2000):
            found.append((5, True))
        found.append((2 + buf[at + 1], False))
    elif function == WRITE_COIL:
        if _word(buf, at + 3) in (0, 0xFF00):
            found.append((5, True))
    elif function == WRITE_REGISTER:
        found.append((5, True))
    elif function in WRITE_MANY:
        count = _word(buf, at + 3)
        size = 2 * count if function == 16 else (count + 7) // 8
        if 1 <= size <= 246:
            found.append((5, True))
            if len(buf) > at + 5 and buf[at + 5] == size:
                found.append((6 + size, True))
    elif function == MASK_WRITE:
        found.append((7, True))
    elif function == READ_WRITE:
        found.append((2 + buf[at + 1], False))
        if len(buf) > at + 9 and buf[at + 9] == 2 * _word(buf, at + 7):
            found.append((10 + buf[at + 9], True))
    elif function == ENCAPSULATED and buf[at + 1] == 14:
        found.append((4, True))
    return [(size, asks) for size, asks in found if len(buf) >= at + size]


def said(address: int, function: int, asks: bool) -> str:
    """The frame in words."""
    if function & EXCEPTION_BIT:
        return "function %d refused by address %d" % (function & 0x7F, address)
    return "function %d %s address %d" % (function, "asked of" if asks else "answered by", address)


def _word(buf: "Buffer", at: int) -> int:
    """-1 where it is not there yet."""
    return buf[at] << 8 | buf[at + 1] if len(buf) > at + 1 else -1

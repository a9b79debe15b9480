"""Which questions read a register map: neighbouring registers, or bits, coalesced within the device's limits.

Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.profile import BIT_TABLES
from drivers.register_values import decode, span_of
from drivers.wire.modbus_pdu import (
    MAX_BITS,
    MAX_REGISTERS,
    READ_COILS,
    READ_DISCRETE,
    READ_HOLDING,
    READ_INPUT,
    ReadBits,
    ReadRegisters,
)

if TYPE_CHECKING:
    from typing import Any

    from drivers.wire.modbus_pdu import Pdu

__all__ = ["FUNCTIONS", "ITEMS", "Block", "blocks", "groups", "raw_of", "spare"]

FUNCTIONS = {"coil": READ_COILS, "discrete": READ_DISCRETE, "holding": READ_HOLDING, "input": READ_INPUT}
ITEMS = {
    "coil": "coil",
    "discrete": "discrete input",
    "holding": "holding register",
    "input": "input register",
}


class Block:
    """Registers (or bits) that one question reads, and the fields that lie in them.

    every: at every n-th poll it is asked.
    """

    every = 1

    def __init__(self, field: "dict[str, Any]") -> None:
        self.table = field["table"]
        self.start = field["register"]
        self.end = field["register"] + span_of(field)
        self.fields = [field]

    def admits(self, field: "dict[str, Any]", most: int, max_gap: int, forbidden: "list[list[int]]") -> bool:
        """most: registers, or bits, that one question may ask for. forbidden: [first, last] of each span."""
        start: int = field["register"]
        end = start + span_of(field)
        near = start - self.end <= max_gap
        fits = max(end, self.end) - self.start <= most
        for first, last in forbidden:
            if self.end < start and self.end <= last and first < start:  # in the gap between
                return False
        return near and fits and bool(field["table"] == self.table)

    def add(self, field: "dict[str, Any]") -> None:
        self.end = max(self.end, field["register"] + span_of(field))
        self.fields.append(field)

    def splits_field(self, register: int) -> bool:
        """Whether a read that ends before this register ends within a field."""
        return any(field["register"] < register < field["register"] + span_of(field) for field in self.fields)

    def is_due(self, poll: int, kept: "dict[str, Any]") -> bool:
        """Whether the poll of this number asks it: in its turn, or where what it last said is not kept."""
        return poll % self.every == 0 or any(field["name"] not in kept for field in self.fields)

    def where(self) -> str:
        """As in "holding registers 8..11", "coil 3"."""
        last = self.end - 1
        if last == self.start:
            return "%s %d" % (ITEMS[self.table], last)
        return "%ss %d..%d" % (ITEMS[self.table], self.start, last)

    def pdu(self) -> "Pdu":
        kind = ReadBits if self.table in BIT_TABLES else ReadRegisters
        return kind(FUNCTIONS[self.table], self.start, self.end - self.start)


def blocks(fields: "list[dict[str, Any]]", limits: "dict[str, Any]") -> "list[Block]":
    """The fewest questions in register order that read all fields within the device's limits."""
    max_registers, max_bits = limits.get("max_registers", MAX_REGISTERS), limits.get("max_bits", MAX_BITS)
    found: list[Block] = []
    for field in sorted(fields, key=lambda field: (field["table"], field["register"])):
        bits = field["table"] in BIT_TABLES
        most = max_bits if bits else max_registers
        forbidden = [] if bits else limits.get("forbidden", [])
        if found and found[-1].admits(field, most, limits.get("max_gap", 0), forbidden):
            found[-1].add(field)
        else:
            found.append(Block(field))
    return found


def groups(fields: "list[dict[str, Any]]", limits: "dict[str, Any]") -> "list[Block]":
    """The questions of a whole poll: first those of every poll, then the seldom ones."""
    found: list[Block] = []
    for every in sorted({field.get("every", 1) for field in fields}):
        for block in blocks([field for field in fields if field.get("every", 1) == every], limits):
            block.every = every
            found.append(block)
    return found


def spare(found: "list[Block]") -> "Pdu | None":
    """A read of known registers whose answer has a length that none of these questions' has.

    Whole fields where that suffices, else a part of one: what it says is not looked at. None where
    every shorter length is taken.
    """
    taken = [block.pdu().shape for block in found]
    whole: list[Pdu | None] = []
    parts: list[Pdu | None] = []
    for block in [block for block in found if block.table not in BIT_TABLES]:
        for count in range(1, block.end - block.start):
            pdu = ReadRegisters(FUNCTIONS[block.table], block.start, count)
            if pdu.shape not in taken:
                (parts if block.splits_field(block.start + count) else whole).append(pdu)
    return (whole + parts + [None])[0]


def raw_of(fields: "list[dict[str, Any]]", start: int, read: "tuple[int, ...]") -> "dict[str, int | float]":
    """By name, the raw number of each field that lies whole within what was read from `start` on."""
    found = {}
    for field in fields:
        at = field["register"] - start
        end = at + span_of(field)
        if at >= 0 and end <= len(read):
            found[field["name"]] = decode(read[at:end], field["type"], field["order"])
    return found

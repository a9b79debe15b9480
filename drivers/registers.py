"""The driver of every instrument that is a register map: a profile, and nothing else.

Neighbouring registers, or bits, are coalesced into one question within the device's limits; what a
block says is decoded by type and order, scaled, and flagged by the profile's status registers.
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.profile import BIT, BIT_TABLES, TYPES, faults, masked, registers_of, resolve
from drivers.profile_commands import command_names
from drivers.register_commands import told, writes_of
from drivers.sample import OVER_RANGE, judged
from drivers.wire.modbus_pdu import (
    GATEWAY_CODES,
    MAX_BITS,
    MAX_REGISTERS,
    READ_COILS,
    READ_DISCRETE,
    READ_HOLDING,
    READ_INPUT,
    ReadBits,
    ReadRegisters,
)
from drivers.wire.modbus_rtu import RtuRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation
    from drivers.sample import Sample
    from drivers.wire.modbus_pdu import Pdu

    Framing = Callable[[int, Pdu], Request]  # RtuRequest, AsciiRequest, or a TcpFraming

__all__ = ["GATEWAY_CODES", "RegisterDriver", "decode", "faults", "resolve"]

FUNCTIONS = {"coil": READ_COILS, "discrete": READ_DISCRETE, "holding": READ_HOLDING, "input": READ_INPUT}
DECIMALS_MAX = 9  # a 32-bit register has no more digits
ITEMS = {
    "coil": "coil",
    "discrete": "discrete input",
    "holding": "holding register",
    "input": "input register",
}


class Block:
    """Registers (or bits) that one question reads, and the fields that lie in them."""

    def __init__(self, field: "dict[str, Any]") -> None:
        self.table = field["table"]
        self.start = field["register"]
        self.end = field["register"] + registers_of(field["type"])
        self.fields = [field]

    def admits(self, field: "dict[str, Any]", most: int, max_gap: int, forbidden: "list[list[int]]") -> bool:
        """most: registers, or bits, that one question may ask for. forbidden: [first, last] of each span."""
        start: int = field["register"]
        end = start + registers_of(field["type"])
        near = start - self.end <= max_gap
        fits = max(end, self.end) - self.start <= most
        for first, last in forbidden:
            if self.end < start and self.end <= last and first < start:  # in the gap between
                return False
        return near and fits and bool(field["table"] == self.table)

    def add(self, field: "dict[str, Any]") -> None:
        self.end = max(self.end, field["register"] + registers_of(field["type"]))
        self.fields.append(field)

    def splits_field(self, register: int) -> bool:
        """Whether a read that ends before this register ends within a field."""
        for field in self.fields:
            if field["register"] < register < field["register"] + registers_of(field["type"]):
                return True
        return False

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


def decode(registers: "tuple[int, ...] | list[int]", type_name: str, order: str) -> "int | float":
    """The number in these registers (0..65535 each, as received); 0 or 1 of a bit.

    order: ABCD high word and high byte first; CDAB low word first; BADC low byte first;
    DCBA both. 64-bit types follow the same two rules.
    """
    words = list(registers)
    if type_name == BIT and len(words) == 1:
        return int(words[0])
    if order in ("CDAB", "DCBA"):
        words.reverse()
    if order in ("BADC", "DCBA"):
        words = [word >> 8 | (word & 0xFF) << 8 for word in words]
    for name, count, layout in TYPES:
        if name == type_name and count == len(words):
            (number,) = struct.unpack(layout, struct.pack(">%dH" % count, *words))
            return shortest(number) if name == "float32" else number
    raise ValueError("%d registers are no %s" % (len(words), type_name))


def shortest(number: float) -> float:
    """The shortest decimal that is this float32: 12.3, not 12.300000190734863."""
    if number - number != 0:  # not a number, or infinite
        return number
    packed = struct.pack(">f", number)
    for digits in ("%.6g", "%.7g", "%.8g"):
        short = float(digits % number)
        # A short form may round past the largest float32, which cannot be packed.
        if abs(short) < 3.4e38 and struct.pack(">f", short) == packed:
            return short
    return number


class RegisterDriver:
    """One instrument described by a profile.

    address: Modbus 1..247, over TCP 0..255. settings: what the profile's source leaves open.
    framing: makes a Request of an address and a PDU; called for each question asked, since a
    TcpFraming numbers them. Raises ValueError for a missing setting or an address out of range.
    """

    def __init__(
        self,
        address: int,
        profile: "dict[str, Any]",
        settings: "dict[str, Any]",
        framing: "Framing" = RtuRequest,
    ) -> None:
        whole = resolve(profile, settings)
        self.address = address
        self._framing = framing
        self._channels = whole["channel"]
        self._statuses = whole["status"]
        self._commands = whole["command"]
        self._blocks = blocks(self._channels + self._statuses, whole["profile"])
        self._pdus = [block.pdu() for block in self._blocks]
        self.channels = tuple([(channel["name"], channel["unit"]) for channel in self._channels])
        self.questions()  # an address out of range is found now, not at the first poll

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return tuple([self._framing(self.address, pdu) for pdu in self._pdus])

    @property
    def clearing(self) -> "Request | None":
        """The question by which the line makes sure that nothing is owed any longer, if there is one.

        An answer of its length can answer nothing else, and instruments answer in order.
        """
        pdu = spare(self._blocks)
        return self._framing(self.address, pdu) if pdu is not None else None

    def measure(self) -> "Conversation":
        """One question a block; returns a Sample per channel.

        A refused or failed block flags its own channels and leaves the others alone; silence or
        damage before anything was answered ends the conversation.
        """
        raw: dict[str, int | float] = {}
        failed: dict[str, tuple[str, str]] = {}
        answered = False
        for block, pdu in zip(self._blocks, self._pdus):
            try:
                registers = yield self._framing(self.address, pdu)
            except Refused as refusal:
                answered = True
                flag = "B" if refusal.code in GATEWAY_CODES else "D"
                self._fail(failed, block, flag, "%s at %s" % (refusal, _where(block)))
                continue
            except (NoAnswer, WireError) as failure:
                if not answered:
                    raise
                self._fail(failed, block, "B", "%s at %s" % (failure, _where(block)))
                continue
            answered = True
            raw.update(raw_of(block.fields, block.start, registers))
        return self.samples(raw, failed)

    def raw_in(self, table: str, start: int, read: "tuple[int, ...]") -> "dict[str, int | float]":
        """The raw number of each channel and status that lies whole within what was read from `start` on."""
        return raw_of([f for f in self._channels + self._statuses if f["table"] == table], start, read)

    def samples(self, raw: "dict[str, int | float]", failed: "dict[str, tuple[str, str]]") -> "list[Sample]":
        """A Sample of each channel that is in `raw`, or in `failed` with its (flag, condition).

        A status that is in neither flags nothing: only who decodes a single frame leaves one out.
        """
        known = [channel for channel in self._channels if channel["name"] in raw or channel["name"] in failed]
        return [self._sample(channel, raw, failed) for channel in known]

    def command(self, name: str, value: "int | float | None" = None) -> "Operation":
        """Tell the instrument what the [[command]] rows of this name say, each sent once. See `told`.

        value: where the profile leaves it open, as for a span gas. Raises ValueError for a name or a
        value that there is not; the conversation raises Refused.
        """
        steps = [row for row in self._commands if row["name"] == name]
        if not steps:
            known = ", ".join(command_names(self._commands)) or "nothing"
            raise ValueError("%r is no command of this instrument: it can be told %s" % (name, known))
        writes = [self._framing(self.address, pdu) for pdu in writes_of(steps, value)]
        for write, row in zip(writes, steps):
            write.settle_ms = row["settle_ms"]
        read = [row["reads"] for row in steps if "reads" in row]
        looks = [
            (self._framing(self.address, Block(status).pdu()), Conditions(status))
            for status in self._statuses
            if status["name"] in read
        ]
        return told(writes, looks, [row["shows"] for row in steps if "shows" in row])

    def _fail(self, failed: "dict[str, tuple[str, str]]", block: Block, flag: str, why: str) -> None:
        for field in block.fields:
            failed[field["name"]] = (flag, why)

    def _sample(
        self, channel: "dict[str, Any]", raw: "dict[str, Any]", failed: "dict[str, tuple[str, str]]"
    ) -> "Sample":
        name = channel["name"]
        causes = []
        value = None
        if name in failed:
            causes.append(failed[name])
        else:
            value, cause = self._value(channel, raw, failed)
            if cause:
                causes.append(cause)
        for status in self._statuses:
            if name not in status.get("channels", (name,)):
                continue
            if status["name"] in failed:
                if failed[status["name"]] not in causes:  # as of one that says the channel's decimals
                    causes.append(failed[status["name"]])
            elif status["name"] in raw:
                causes.extend(stated(status, raw[status["name"]], channel["unit"]))
        return judged(name, value, channel["unit"], causes)

    def _value(
        self, channel: "dict[str, Any]", raw: "dict[str, Any]", failed: "dict[str, tuple[str, str]]"
    ) -> "tuple[float | None, tuple[str, str] | None]":
        """As `scaled`, with the decimals that the instrument says it has, where it says so."""
        places = channel.get("decimals")
        if places is None:
            return scaled(raw[channel["name"]], channel)
        if places in failed:
            return None, failed[places]
        if places not in raw:  # a single frame decoded, see `samples`
            return None, ("D", "its decimals, %s, are not known" % places)
        (mask,) = [status.get("mask") for status in self._statuses if status["name"] == places]
        decimals = masked(raw[places], mask)
        if decimals not in range(DECIMALS_MAX + 1):
            return None, ("D", "%s decimals" % decimals)
        return scaled(raw[channel["name"]], channel, 10 ** int(decimals))


def raw_of(fields: "list[dict[str, Any]]", start: int, read: "tuple[int, ...]") -> "dict[str, int | float]":
    """By name, the raw number of each field that lies whole within what was read from `start` on."""
    found = {}
    for field in fields:
        at = field["register"] - start
        end = at + registers_of(field["type"])
        if at >= 0 and end <= len(read):
            found[field["name"]] = decode(read[at:end], field["type"], field["order"])
    return found


def scaled(
    raw: "int | float", channel: "dict[str, Any]", counts: int = 1
) -> "tuple[float | None, tuple[str, str] | None]":
    """The value in the channel's unit and what is wrong with it: (value, (flag, condition)).

    counts: those of the register per one of what the channel's divisor counts, by its decimals.
    """
    if raw in channel.get("invalid", ()):
        return None, ("D", "instrument says no value")
    value = raw * channel["scale"] / (channel["divisor"] * counts) + channel["offset"]
    if value - value != 0:
        return None, ("D", "not a number")
    if "over" in channel and value >= channel["over"]:
        return value, ("T", OVER_RANGE)
    return value, None


def stated(status: "dict[str, Any]", raw: "int | float", unit: str) -> "list[tuple[str, str]]":
    """The flags and conditions that a status register's content stands for.

    unit: the channel's; a state that is about another one is a fault.
    """
    causes = []
    for state in status.get("bits", ()):
        if int(raw) >> state["bit"] & 1:
            causes.append(
                (state["flag"], state.get("condition", "%s bit %d" % (status["name"], state["bit"])))
            )
    if "values" in status:
        raw = masked(raw, status.get("mask"))
        for state in status["values"]:
            if raw == state["is"]:
                causes.append((state["flag"], state.get("condition", "")))
                if state.get("unit", unit) != unit:
                    causes.append(("D", "the instrument says %s, not %s" % (state["unit"], unit)))
                return causes
        # A state that the source does not name is not taken for a healthy one.
        number = "%.6g" % raw if isinstance(raw, float) else raw
        causes.append(("D", "%s %s is not in the profile" % (status["name"], number)))
    return causes


class Conditions:
    """Called with the registers of one status, read alone: the conditions that it stands for."""

    def __init__(self, status: "dict[str, Any]") -> None:
        self._status = status

    def __call__(self, words: "tuple[int, ...]") -> "tuple[str, ...]":
        raw = decode(words, self._status["type"], self._status["order"])
        return tuple([condition for _, condition in stated(self._status, raw, "") if condition])


def _where(block: Block) -> str:
    """As in "holding registers 8..11", "coil 3"."""
    last = block.end - 1
    if last == block.start:
        return "%s %d" % (ITEMS[block.table], last)
    return "%ss %d..%d" % (ITEMS[block.table], block.start, last)

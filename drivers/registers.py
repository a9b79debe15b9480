"""The driver of every instrument that is a register map: a profile, and nothing else.

Neighbouring registers, or bits, are coalesced into one question within the device's limits; what a
block says is decoded by type and order, scaled, and flagged by the profile's status registers. What the
profile calls slow (`every`) is read more seldom: decision 0019.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.profile import faults, resolve
from drivers.profile_commands import command_names
from drivers.register_blocks import Block, groups, raw_of, spare
from drivers.register_commands import told, writes_of
from drivers.register_values import counted, decode, masked, said_by
from drivers.sample import OVER_RANGE, judged
from drivers.wire.modbus_identity import INDIVIDUAL, ReadIdentity, printed
from drivers.wire.modbus_pdu import GATEWAY_CODES
from drivers.wire.modbus_rtu import RtuRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation, Outcome, Report
    from drivers.sample import Sample
    from drivers.wire.modbus_pdu import Pdu

    Framing = Callable[[int, Pdu], Request]  # RtuRequest, AsciiRequest, or a TcpFraming

__all__ = ["GATEWAY_CODES", "RegisterDriver", "decode", "faults", "resolve"]

DECIMALS_MAX = 9  # a 32-bit register has no more digits


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
        self._identity = whole["identity"]
        self._blocks = groups(self._channels + self._statuses, whole["profile"])
        self._pdus = [block.pdu() for block in self._blocks]
        self._kept: dict[str, int | float] = {}  # what the slow blocks last said
        self._poll = 0  # since all blocks were read anew
        self._told = False  # a command since the last poll: what was read before is not true any longer
        self.channels = tuple([(channel["name"], channel["unit"]) for channel in self._channels])
        self.questions()  # an address out of range is found now, not at the first poll

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks when it asks all, in order."""
        return tuple([self._framing(self.address, pdu) for pdu in self._pdus])

    @property
    def cadence(self) -> "tuple[int, ...]":
        """For each of `questions`, at every n-th poll it is asked."""
        return tuple([block.every for block in self._blocks])

    def cadence_of(self, name: str) -> int:
        """At every n-th poll this channel or status is read."""
        for block in self._blocks:
            if name in [field["name"] for field in block.fields]:
                return block.every
        return 1

    @property
    def clearing(self) -> "Request | None":
        """The question by which the line makes sure that nothing is owed any longer, if there is one.

        An answer of its length can answer nothing else, and instruments answer in order.
        """
        pdu = spare(self._blocks)
        return self._framing(self.address, pdu) if pdu is not None else None

    def measure(self) -> "Conversation":
        """One question a block that is due; returns a Sample per channel in these blocks.

        A refused or failed block flags its own channels and leaves the others alone; silence or
        damage before anything was answered ends the conversation.
        """
        kept, self._kept = self._kept, {}  # however this poll ends, unless well: the next one reads all anew
        if self._told:
            kept = {}
            self._told = False
        self._poll = self._poll + 1 if kept else 0
        raw: dict[str, int | float] = {}
        failed: dict[str, tuple[str, str]] = {}
        answered, heard_all = False, True
        for block, pdu in zip(self._blocks, self._pdus):
            if not block.is_due(self._poll, kept):
                continue
            try:
                registers = yield self._framing(self.address, pdu)
            except Refused as refusal:
                answered = True
                flag = "B" if refusal.code in GATEWAY_CODES else "D"
                self._fail(failed, block, flag, "%s at %s" % (refusal, block.where()))
                continue
            except (NoAnswer, WireError) as failure:
                if not answered:
                    raise
                heard_all = False
                self._fail(failed, block, "B", "%s at %s" % (failure, block.where()))
                continue
            answered = True
            raw.update(raw_of(block.fields, block.start, registers))
        samples = self.samples(raw, failed, kept)
        if heard_all:
            self._keep(raw, failed, kept)
        return samples

    def _keep(self, raw: "dict[str, Any]", failed: "dict[str, Any]", kept: "dict[str, Any]") -> None:
        """For the polls to come, what the slow blocks said. One that was refused is asked again next time."""
        for block in [block for block in self._blocks if block.every > 1]:
            for name in [field["name"] for field in block.fields]:
                if name in raw or (name in kept and name not in failed):
                    self._kept[name] = raw[name] if name in raw else kept[name]

    def raw_in(self, table: str, start: int, read: "tuple[int, ...]") -> "dict[str, int | float]":
        """The raw number of each channel and status that lies whole within what was read from `start` on."""
        return raw_of([f for f in self._channels + self._statuses if f["table"] == table], start, read)

    def samples(
        self,
        raw: "dict[str, int | float]",
        failed: "dict[str, tuple[str, str]]",
        kept: "dict[str, int | float] | None" = None,
    ) -> "list[Sample]":
        """A Sample of each channel that is in `raw`, or in `failed` with its (flag, condition).

        kept: statuses that were read at an earlier poll; they stand. A status that is nowhere flags
        nothing: only who decodes a single frame leaves one out.
        """
        known = [channel for channel in self._channels if channel["name"] in raw or channel["name"] in failed]
        if kept:
            for name in kept:
                if name not in raw and name not in failed:
                    raw[name] = kept[name]
        return [self._sample(channel, raw, failed) for channel in known]

    def identify(self) -> "Report":
        """What the profile's [[identity]] rows find in the instrument, as "serial number: 123".

        What the instrument refuses is said in its place; silence ends it.
        """
        said: list[str] = []
        for row in self._identity:
            pdu = ReadIdentity(INDIVIDUAL, row["object"]) if "object" in row else Block(row).pdu()
            try:
                answer = yield self._framing(self.address, pdu)
            except Refused as refusal:
                said.append("%s: %s" % (row["name"], refusal))
                continue
            if "object" in row:
                text = " ".join([printed(content) for _, content in answer.objects])
            else:
                text = "%s" % said_by(row, answer)
            said.append("%s: %s" % (row["name"], text))
        return tuple(said)

    def command(self, name: str, value: "Any" = None) -> "Operation":
        """Tell the instrument what the [[command]] rows of this name say, each sent once. See `told`.

        value: where the profile leaves it open: a number, as for a span gas, or a time as (year, month, day,
        hour, minute, second), in the instrument's own zone: drivers know no clock. Raises ValueError for a
        name or a value that there is not; the conversation raises Refused.
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
        return self._telling(told(writes, looks, [row["shows"] for row in steps if "shows" in row]))

    def _telling(self, operation: "Operation") -> "Generator[Request, Any, Outcome]":
        """Whatever came of it, what was read before is not true any longer."""
        try:
            return (yield from operation)
        finally:
            self._told = True

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
            return scaled(counted(raw[channel["name"]], channel), channel)
        if places in failed:
            return None, failed[places]
        if places not in raw:  # a single frame decoded, see `samples`
            return None, ("D", "its decimals, %s, are not known" % places)
        if raw[places] - raw[places] != 0:
            return None, ("D", "%s is not a number" % places)
        (mask,) = [status.get("mask") for status in self._statuses if status["name"] == places]
        decimals = masked(raw[places], mask)
        if decimals not in range(DECIMALS_MAX + 1):
            return None, ("D", "%s decimals" % decimals)
        return scaled(counted(raw[channel["name"]], channel), channel, 10 ** int(decimals))


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
    if raw - raw != 0:
        return [("D", "%s is not a number" % status["name"])]
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

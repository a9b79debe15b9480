"""What a profile lets an instrument be told: zero, span, calibrate, start. One write, then its state.

A write is sent once. What the instrument refuses is raised as Refused; exception 5 says that it works on
it, so its state is looked at; exception 6 that it is busy (`later`). Runs on MicroPython too.
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN, Outcome
from drivers.profile import BIT, TYPES
from drivers.profile_commands import fits
from drivers.wire.modbus_pdu import Accepted, WriteCoil, WriteRegister, WriteRegisters

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from drivers.exchange import Request
    from drivers.outcome import Operation
    from drivers.wire.modbus_pdu import Pdu

__all__ = ["encoded", "told", "write_of"]


def encoded(number: "int | float", type_name: str, order: str) -> "tuple[int, ...]":
    """The registers that hold the number: the inverse of drivers.registers.decode.

    Raises ValueError where the type cannot hold it.
    """
    for name, count, layout in TYPES:
        if name == type_name:
            if not fits(number, name):
                raise ValueError("%s does not fit into %s" % (number, name))
            packed = struct.pack(layout, number if name[:5] == "float" else int(number))
            words = list(struct.unpack(">%dH" % count, packed))
            if order in ("BADC", "DCBA"):
                words = [word >> 8 | (word & 0xFF) << 8 for word in words]
            if order in ("CDAB", "DCBA"):
                words.reverse()
            return tuple(words)
    raise ValueError("type %r cannot be written" % type_name)


def write_of(command: "dict[str, Any]", value: "int | float | None") -> "Pdu":
    """The write of a [[command]] row; `value` where the row leaves it to the caller. Raises ValueError."""
    name = command["name"]
    if ("value" in command) == (value is not None):
        what = "takes no value: the profile says it" if value is not None else "needs a value"
        raise ValueError("%s %s" % (name, what))
    number = command["value"] if value is None else value
    start = command["register"]
    if command["type"] == BIT:
        if number not in (0, 1):
            raise ValueError("a coil takes 0 or 1, not %s" % number)
        return WriteCoil(start, bool(number))
    words = encoded(number, command["type"], command["order"])
    if len(words) == 1 and command.get("function") != 16:
        return WriteRegister(start, words[0])
    return WriteRegisters(start, words)


def told(
    write: "Request",
    read: "Request | None" = None,
    shows: "str | None" = None,
    say: "Callable[[Any], tuple[str, ...]] | None" = None,
) -> "Operation":
    """Send the write, then read its state. say: the conditions that the answer to `read` stands for.

    shows: the condition by which the instrument shows that it does it. Returns an Outcome; raises Refused.
    """
    result = ACCEPTED
    try:
        yield write
    except Accepted:
        result = UNKNOWN
    except (NoAnswer, WireError):
        result = UNKNOWN
    if read is None or say is None:
        return Outcome(result, ())
    try:
        answer = yield read
    except (NoAnswer, WireError, Refused) as failure:
        return Outcome(result, ("its state was not read: %s" % failure,))
    conditions = say(answer)
    if result == UNKNOWN and shows in conditions:
        result = SEEN
    return Outcome(result, conditions)

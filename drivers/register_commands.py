"""What a profile lets an instrument be told: zero, span, calibrate, start. Writes, then its state.

A write is sent once. What the instrument refuses is raised as Refused, and ends it; exception 5 says that
it works on it, so its state is looked at; exception 6 that it is busy (`later`). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN, Outcome
from drivers.profile_commands import items_of
from drivers.register_values import BIT, words_of
from drivers.wire.modbus_pdu import Accepted, WriteCoil, WriteRegister, WriteRegisters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from drivers.exchange import Request
    from drivers.outcome import Operation
    from drivers.wire.modbus_pdu import Pdu

__all__ = ["told", "writes_of"]


def writes_of(steps: "list[dict[str, Any]]", value: "Any") -> "list[Pdu]":
    """The writes of a command's rows, in their order; `value` where one leaves it to the caller.

    Raises ValueError for a value that is missing, superfluous, or does not fit.
    """
    left_open = [item for row in steps for item in items_of(row) if "value" not in item]
    if bool(left_open) != (value is not None):
        what = "needs a value" if left_open else "takes no value: the profile says it"
        raise ValueError("%s %s" % (steps[0]["name"], what))
    return [_write(row, value) for row in steps]


def _write(row: "dict[str, Any]", value: "Any") -> "Pdu":
    start = row["register"]
    if row.get("type") == BIT:
        number = row.get("value", value)
        if number not in (0, 1):
            raise ValueError("a coil takes 0 or 1, not %s" % (number,))
        return WriteCoil(start, bool(number))
    words: tuple[int, ...] = ()
    for item in items_of(row):
        words += words_of(item, item.get("value", value))
    if len(words) == 1 and row.get("function") != 16:
        return WriteRegister(start, words[0])
    return WriteRegisters(start, words)


def told(
    writes: "list[Request]",
    looks: "Sequence[tuple[Request, Callable[[Any], tuple[str, ...]]]]",
    shows: "list[str]",
) -> "Operation":
    """Send the writes one after the other, then read each state that tells of them.

    looks: a read of a state, and what makes conditions of its answer. shows: those by which the
    instrument shows that it does it. Returns an Outcome; raises Refused.
    """
    result = ACCEPTED
    for write in writes:
        try:
            yield write
        except (Accepted, NoAnswer, WireError):
            result = UNKNOWN
    conditions: tuple[str, ...] = ()
    for read, say in looks:
        try:
            answer = yield read
        except (NoAnswer, WireError, Refused) as failure:
            conditions += ("its state was not read: %s" % failure,)
        else:
            conditions += say(answer)
    if result == UNKNOWN and any(condition in shows for condition in conditions):
        result = SEEN
    return Outcome(result, conditions)

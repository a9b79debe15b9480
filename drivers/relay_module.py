"""A relay module that speaks Modbus: one coil a relay, read with function 1, switched with function 5.

Its file is one table, and no Python is needed for another module:

    [relay]
    name = "acme-relay-4"
    coils = 4           # relays that it has
    first = 0           # the coil of its first relay, as on the wire
    protocol = "modbus" # or "dcon": see drivers.dcon_relays

Whoever switches reads back: a switch that got no answer is never sent again unseen.
"""

from typing import TYPE_CHECKING

from drivers.wire.modbus_pdu import READ_COILS, ReadBits, WriteCoil
from drivers.wire.modbus_rtu import RtuRequest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import Any

    from drivers.exchange import Request
    from drivers.registers import Framing

__all__ = ["COILS_MAX", "DCON", "DCON_COILS_MAX", "KEYS", "MODBUS", "ModbusRelays", "relay_faults"]

MODBUS, DCON = PROTOCOLS = ("modbus", "dcon")
DCON_COILS_MAX = 8  # its answer has one byte for them

COILS_MAX = 64  # more relays than any module of this kind has; a larger number is a slip
KEYS = (  # key, kind, required
    ("name", "string", True),
    ("vendor", "string", False),
    ("model", "string", False),
    ("coils", "integer", True),
    ("first", "integer", False),
    ("protocol", "string", False),
    ("confidence", "string", False),
    ("sources", "strings", False),
    ("notes", "string", False),
)


class ModbusRelays:
    """address 1..247; relay: the [relay] table; framing: as RegisterDriver's.

    Raises ValueError for an address out of range.
    """

    watch_s: "float | None" = None  # it has no host watchdog
    armed = False

    def __init__(self, address: int, relay: "dict[str, Any]", framing: "Framing" = RtuRequest) -> None:
        self.address = address
        self._framing = framing
        self.coils = relay["coils"]
        self._first = relay.get("first", 0)
        self._read = ReadBits(READ_COILS, self._first, self.coils)
        self.questions()  # an address out of range is found now

    def questions(self) -> "tuple[Request, ...]":
        """What is asked again and again."""
        return (self._framing(self.address, self._read),)

    def read(self) -> "Generator[Request, Any, Any]":
        """One exchange; returns whether each relay is energised, from the first on.

        Urgent as a switch: one that waits its turn would hold up the switch behind it.
        """
        request = self._framing(self.address, self._read)
        request.urgent = True
        states: tuple[bool, ...] = yield request
        return states

    def arm(self) -> "Generator[Request, Any, Any]":
        """Nothing to do."""
        return ()
        yield  # a generator that asks nothing

    feed = arm

    def switch(self, coil: int, on: bool) -> "Generator[Request, Any, Any]":
        """Energise the relay `coil` (0..coils - 1), or let it go. Returns when the module has said so."""
        request = self._framing(self.address, WriteCoil(self._first + coil, on))
        request.urgent = True
        yield request


def relay_faults(tables: "dict[str, Any]") -> "Iterator[tuple[tuple[str, ...], str, str]]":
    """Every fault of a relay module's file, as (table and key, what, hint)."""
    for table in tables:
        if table != "relay":
            yield (table,), "unknown table", "a relay module has one table, [relay]"
    relay = tables.get("relay")
    if not isinstance(relay, dict):
        yield ("relay",), "there must be one [relay] table", "with name and coils"
        return
    for key, what, hint in _relay_faults(relay):
        yield ("relay", key), what, hint


def _relay_faults(relay: "dict[str, Any]") -> "Iterator[tuple[str, str, str]]":
    kinds = {key: kind for key, kind, _ in KEYS}
    for key, value in relay.items():
        if key not in kinds:
            yield key, "unknown key", "known are " + ", ".join(sorted(kinds))
        elif not _is(kinds[key], value):
            yield (
                key,
                "not a %s" % {"integer": "whole number", "strings": "list of texts"}.get(kinds[key], "text"),
                "",
            )
    for key, _, required in KEYS:
        if required and key not in relay:
            yield key, "missing", "[relay] needs `%s`" % key
    coils, first = relay.get("coils", 1), relay.get("first", 0)
    if _is("integer", coils) and not 1 <= coils <= COILS_MAX:
        yield "coils", "%d is not within 1..%d" % (coils, COILS_MAX), ""
    elif _is("integer", first) and _is("integer", coils) and not 0 <= first <= 65536 - coils:
        yield "first", "coils %d..%d are not within 0..65535" % (first, first + coils - 1), ""
    protocol = relay.get("protocol", MODBUS)
    if _is("string", protocol) and protocol not in PROTOCOLS:
        yield "protocol", "%r is none of %s" % (protocol, ", ".join(PROTOCOLS)), ""
    elif protocol == DCON and _is("integer", coils) and _is("integer", first):
        if first + coils > DCON_COILS_MAX:
            yield "coils", "a DCON module has its relays within 0..%d" % (DCON_COILS_MAX - 1), ""


def _is(kind: str, value: object) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "strings":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, str) and bool(value)

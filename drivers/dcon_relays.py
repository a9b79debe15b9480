"""A relay module without inputs that speaks DCON and has a host watchdog: I-7065, I-7066, I-7067.

The host watchdog is what lets its relays go when the agent, the box or the line is gone: nobody
else has to do anything. Its answers to output commands name nobody, so it needs a line of its own.
Source: as drivers.wire.dcon_outputs.
"""

from typing import TYPE_CHECKING

from drivers.wire.dcon_outputs import (
    TIMED_OUT,
    ClearTimeout,
    HostIsWell,
    ReadOutputs,
    ReadReset,
    ReadSafeValue,
    ReadWatchdog,
    SetWatchdog,
    SwitchOutput,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from drivers.exchange import Request

__all__ = ["DconRelays"]


class DconRelays:
    """address 0..255; relay: the [relay] table; checked: the module's checksum is on; watch_s: after
    how many seconds (0.1..25.5) without a word from us it lets its relays go.

    armed: whether its host watchdog is known to be on, with that time.
    Raises ValueError for what is out of range.
    """

    def __init__(self, address: int, relay: "dict[str, Any]", checked: bool, watch_s: float) -> None:
        self.address = address
        self.coils = relay["coils"]
        self.watch_s: float | None = watch_s
        self.armed = False
        self._checked = checked
        self._first = relay.get("first", 0)
        self._set = SetWatchdog(address, round(watch_s * 10), checked)

    def questions(self) -> "tuple[Request, ...]":
        """What is asked again and again."""
        return (
            ReadReset(self.address, self._checked),
            ReadWatchdog(self.address, self._checked),
            ReadOutputs(self.address, self._checked),
        )

    def read(self) -> "Generator[Request, Any, Any]":
        """Returns whether each relay is energised. Where the watchdog has run out, it is cleared first.

        After a reset nobody knows whether the watchdog is on: it is no longer `armed`.
        """
        reset, status, outputs = self.questions()
        was_armed, self.armed = self.armed, False  # until it says that it has kept its power
        self.armed = was_armed and not (yield reset)
        if (yield status) & TIMED_OUT:
            yield ClearTimeout(self.address, self._checked)
        return self._relays((yield outputs))

    def switch(self, coil: int, on: bool) -> "Generator[Request, Any, Any]":
        """Energise the relay `coil` (0..coils - 1), or let it go. Returns when the module has said so."""
        request = SwitchOutput(self.address, self._first + coil, on, self._checked)
        request.urgent = True
        yield request

    def arm(self) -> "Generator[Request, Any, Any]":
        """Switch the host watchdog on; returns which relays its safe value would energise."""
        safe = yield ReadSafeValue(self.address, self._checked)
        yield self._set
        self.armed = True
        return self._relays(safe)

    def feed(self) -> "Generator[Request, Any, Any]":
        """Tell it that the host is well."""
        yield HostIsWell(self.address, self._checked)

    def _relays(self, bits: int) -> "tuple[bool, ...]":
        return tuple([bool(bits >> self._first + at & 1) for at in range(self.coils)])

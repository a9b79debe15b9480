"""A DCON relay module with a host watchdog, as the I-7067. This encoder shares nothing with the driver's.

Its watchdog runs on the bench's clock: `~**` sets it back; when it runs out, the outputs take the safe
value, output commands are answered `!`, and the status is set until `~AA1`.
Source: ICP DAS I-7000 DIO manual B1.2, 2.3, 2.8, 2.17-2.22.
"""

import re
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Instrument
from hardware_sim.source import Source
from hardware_sim.tables import Table

__all__ = ["DconRelays"]

REQUEST = re.compile(rb"(~\*\*[0-9A-F]{0,2}|[#$~][0-9A-F]{2}[0-9A-Z]+)\r")


def summed(text: str) -> str:
    return f"{text}{sum(map(ord, text)) % 256:02X}"


class DconRelays(Instrument):
    """settings: `coils`, `first`, and `checksum` true or false. Raises BenchError."""

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        table = Table(settings, f"{where}: settings")
        self._coils = range(
            table.whole("first", 0), table.whole("first", 0) + table.whole("coils", low=1, high=8)
        )
        self._summed = table.truth("checksum", False)
        table.close()
        self.address = address
        self.outputs = self.safe_value = 0
        self.written: list[tuple[int, bool]] = []  # every relay that was switched, in order
        self.timed_out = False
        self.watch_s: float | None = None  # while the host watchdog is on
        self._heard_s = 0.0
        self._was_reset = True  # since `$AA5` was asked

    @staticmethod
    def scriptable(settings: Mapping[str, Any]) -> list[str]:
        """Nothing: it is told what to do."""
        return []

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        return found.end() if found else 0

    def power_cycle(self) -> None:
        """Every relay lets go, and the host watchdog is off: the manual does not say that it stays on."""
        self.outputs, self.watch_s, self._was_reset = 0, None, True

    def pass_time(self, elapsed_s: float) -> None:
        """Let the host watchdog look at the clock."""
        if self.watch_s is not None and not self.timed_out and elapsed_s - self._heard_s > self.watch_s:
            self.timed_out, self.outputs = True, self.safe_value

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        self.pass_time(elapsed_s)
        text = request[:-1].decode()
        if self._summed:
            if text != summed(text[:-2]):
                return None
            text = text[:-2]
        if text == "~**":
            self._heard_s = elapsed_s
            return None
        if int(text[1:3], 16) != self.address:
            return None
        reply = self._reply(text[0] + text[3:], f"!{text[1:3]}", elapsed_s)
        return Answer((summed(reply) if self._summed else reply).encode() + b"\r")

    def _reply(self, command: str, named: str, elapsed_s: float) -> str:
        if found := re.fullmatch("#1([0-9A-F])0([01])", command):
            coil, on = int(found[1], 16), found[2] == "1"
            if coil not in self._coils:
                return "?"
            return self._switch(coil, on)
        if command == "$6":
            return f"!{self.outputs:02X}0000"
        if command == "$5":
            was, self._was_reset = self._was_reset, False
            return f"{named}{was:d}"
        if command == "~0":
            return f"{named}{4 if self.timed_out else 0:02X}"
        if command == "~1":
            self.timed_out, self._heard_s = False, elapsed_s
            return named
        if command == "~4S":
            return f"{named}{self.safe_value:02X}00"
        if found := re.fullmatch("~3([01])([0-9A-F]{2})", command):
            self.watch_s = int(found[2], 16) / 10 if found[1] == "1" else None
            self._heard_s = elapsed_s
            return named
        return "?" + named[1:]

    def _switch(self, coil: int, on: bool) -> str:
        if self.timed_out:
            return "!"
        self.outputs = self.outputs | 1 << coil if on else self.outputs & ~(1 << coil)
        self.written.append((coil, on))
        return ">"

    def as_foreign(self, frame: bytes) -> bytes:
        """The next module's answer; most do not tell it."""
        text = frame[: -3 if self._summed else -1].decode()
        if len(text) >= 3 and text[0] == "!" and len(text) != 7:
            text = f"!{(self.address + 1) % 256:02X}{text[3:]}"
        return (summed(text) if self._summed else text).encode() + b"\r"

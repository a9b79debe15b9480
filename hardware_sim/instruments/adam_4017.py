"""ADAM-4017 and I-7017 modules: eight analog inputs in engineering units over DCON.

`#AA` is answered `>` and eight times a sign, two digits, a point and three digits; `#AAN` one of
them; `$AA2` and `$AAM` with `!AA` and what they ask for. Source: Advantech ADAM-4000 manual,
chapter 5 and appendix F. This encoder shares nothing with the driver's.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Instrument
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table

__all__ = ["Adam4017"]

INPUTS = tuple(f"ai{at}" for at in range(8))
REQUEST = re.compile(rb"([#$])([0-9A-F]{2})([0-7M2]?)([0-9A-F]{2})?\r")
LARGEST = 99.999
NAME, TYPE_CURRENT, BAUD_9600 = "4017P", 0x0D, 0x06


def summed(text: str) -> str:
    """The text with its two digits of checksum."""
    return f"{text}{sum(map(ord, text)) % 256:02X}"


class Adam4017(Instrument):
    """settings: `unit` (the driver's; nothing on the wire says it), `checksum` "on" or "off".
    scripts: by ai0 .. ai7. Raises BenchError."""

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        table = Table(settings, f"{where}: settings")
        table.get("unit", "")
        self._summed = table.text("checksum", "off") == "on"
        table.close()
        if not 0 <= address <= 255:
            raise BenchError(f"{where}: address", f"{address} is not within 0..255")
        self.address = address
        self._scripts = {name: scripts.get(name) or Script(0.0, f"{where}: {name}") for name in INPUTS}
        for script in self._scripts.values():
            for value in script.points:
                if math.isnan(value) or abs(value) > LARGEST:
                    raise BenchError(
                        script.where, f"{value:g} cannot be said: it is not within -{LARGEST}..{LARGEST}"
                    )

    @staticmethod
    def scriptable(settings: Mapping[str, Any]) -> list[str]:
        """What can be scripted."""
        return list(INPUTS)

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        return found.end() if found else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """None to other addresses, and where the checksum is missing, wrong, or not agreed on."""
        text = request[:-1].decode()
        if self._summed:
            if text != summed(text[:-2]):
                return None
            text = text[:-2]
        if int(text[1:3], 16) != self.address:
            return None
        command = text[0] + text[3:]
        said: dict[str, float | None] = {}
        if command in ("#", *(f"#{at}" for at in range(8))):
            asked = INPUTS if command == "#" else (INPUTS[int(command[1])],)
            words = {name: f"{self._scripts[name].value(elapsed_s):+07.3f}" for name in asked}
            said = {name: float(word) for name, word in words.items()}
            reply = ">" + "".join(words.values())
        elif command == "$2":
            reply = f"!{text[1:3]}{TYPE_CURRENT:02X}{BAUD_9600:02X}{0x40 if self._summed else 0:02X}"
        elif command == "$M":
            reply = f"!{text[1:3]}{NAME}"
        else:
            return None
        return Answer((summed(reply) if self._summed else reply).encode() + b"\r", said)

    def as_foreign(self, frame: bytes) -> bytes:
        """The next module's answer: only those that begin with `!` tell it."""
        text = frame[: -3 if self._summed else -1].decode()
        if text[0] == "!":
            text = f"!{(self.address + 1) % 256:02X}{text[3:]}"
        return (summed(text) if self._summed else text).encode() + b"\r"

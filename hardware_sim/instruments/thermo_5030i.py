"""Thermo 5030i and 5028i SHARP particulate monitors, speaking Bayern-Hessen (Gesytec).

The question `STX DA014 ETX BCC`, or `STX DA014 CR` without check, is answered in the same form:
`STX MDnn` and for each value ` aaa +mmmm+ee ss ff serial`; BCC is the XOR of all characters, STX
and ETX included, as two hex digits. The address is padded with zeros or blanks, or left out. Source: Thermo
5030i manual p. 394-396, 5028i manual p. 320-322. This encoder shares nothing with the driver's.
"""

import math
import re
from collections.abc import Mapping
from functools import reduce
from operator import xor
from typing import Any

from hardware_sim.instrument import Answer, Instrument, Show
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table

__all__ = ["Thermo5030i", "block_check", "number"]

STX, ETX, CR = b"\x02", b"\x03", b"\r"
REQUEST = re.compile(rb"\x02(DA|ST)([0-9 ]{3})?( [A-Z])?(?:\x03([0-9A-Fa-f]{2})|\r)")
SERIAL = "0000000000"
STATUSES = ("operation", "error")


def block_check(frame: bytes) -> bytes:
    """The two hex digits behind ETX."""
    return f"{reduce(xor, frame, 0):02X}".encode()


def number(value: float) -> str:
    """25.78 is `+2578+01`: four digits d.ddd and a power of ten. |value| below 1e-99 is 0."""
    text = f"{value if abs(value) >= 1e-99 else 0.0:+.3e}"
    return text.replace(".", "").replace("e", "")


class Thermo5030i(Instrument):
    """One monitor. settings: `values`, the names of its values in the order of the answer, and
    `unit`; `measuring`, the operation status while it measures (0). scripts: by those names, and
    `operation` and `error`, the status bytes 0..255.
    Raises BenchError."""

    highest_address = 127

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        table = Table(settings, f"{where}: settings")
        names = table.rows("values")
        table.get("unit", "")  # the driver's; nothing on the wire says it
        measuring = table.whole("measuring", 0, 0, 255)
        table.close()
        if not names or not all(isinstance(name, str) and name for name in names):
            raise table.wrong("values", "names the values of the answer in order", 'values = ["tsp"]')
        if len(set(names)) < len(names) or set(names) & set(STATUSES):
            raise table.wrong("values", f"{names!r}: each name once, and none of {', '.join(STATUSES)}")
        if not 0 <= address <= self.highest_address:
            raise BenchError(f"{where}: address", f"{address} is not within 0..{self.highest_address}")
        self.address = address
        self._measuring = measuring
        self._names = [str(name) for name in names]
        self._scripts = {
            name: scripts.get(name) or Script(measuring if name == "operation" else 0.0, f"{where}: {name}")
            for name in (*self._names, *STATUSES)
        }
        for name, script in self._scripts.items():
            _check_range(script, 0, 255) if name in STATUSES else _check_range(script, -9.999e99, 9.999e99)

    def shows(self) -> tuple[Show, ...]:
        """The manuals name no bits: each stands for itself."""
        bits = [1 << at for at in range(8)]
        operations = [self._measuring ^ bit for bit in bits]
        return (
            *(Show(f"operation status {status:02X}", "operation", status) for status in operations),
            *(Show(f"error status {bit:02X}", "error", bit, bits=True) for bit in bits),
        )

    def values(self) -> tuple[str, ...]:
        return tuple(self._names)

    @staticmethod
    def scriptable(settings: Mapping[str, Any]) -> list[str]:
        """What can be scripted of an instrument with these settings."""
        return [*settings.get("values", ()), *STATUSES]

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        if found is None:
            return 0
        check = found[4]
        return found.end() if check is None or block_check(found[0][:-2]) == check.upper() else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """None to other addresses and to ST commands, which change state and are not answered."""
        found = REQUEST.fullmatch(request)
        assert found is not None, "request_length checked the frame"
        command, address, argument, check = found.groups()
        if command != b"DA" or argument or (address and int(address) != self.address):
            return None
        said = {name: number(self._value(name, elapsed_s)) for name in self._names}
        items = [f" {self.address + at:03d} {text}" for at, text in enumerate(said.values())]
        body = _body(items, *(self._status(name, elapsed_s) for name in STATUSES))
        frame = STX + body + (CR if check is None else ETX)
        return Answer(
            frame if check is None else frame + block_check(frame),
            {name: float(f"{text[:2]}.{text[2:5]}e{text[5:]}") for name, text in said.items()},
        )

    def _value(self, name: str, elapsed_s: float) -> float:
        return self._scripts[name].value(elapsed_s)

    def _status(self, name: str, elapsed_s: float) -> int:
        return max(0, min(255, round(self._scripts[name].value(elapsed_s))))

    def as_foreign(self, frame: bytes) -> bytes:
        """The next monitor's answer: every value's address one higher."""
        shifted = re.sub(rb" (\d{3}) (?=[+-])", lambda found: b" %03d " % (int(found[1]) + 1), frame)
        return shifted if frame.endswith(CR) else shifted[:-2] + block_check(shifted[:-2])


def _body(items: list[str], operation: int, error: int) -> bytes:
    status = f" {operation:02X} {error:02X} {SERIAL}"
    return f"MD{len(items):02d}{''.join(item + status for item in items)}".encode()


def _check_range(script: Source, low: float, high: float) -> None:
    for value in script.points:
        if math.isnan(value) or not low <= value <= high:
            raise BenchError(script.where, f"{value:g} cannot be said: it is not within {low:g}..{high:g}")

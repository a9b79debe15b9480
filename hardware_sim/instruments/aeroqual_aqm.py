"""Aeroqual AQM station: sensors by their codes, zero and span calibration (CALIBRATION_S), zero air.

Source: IQM 60 user guide p. 30-40. This encoder shares nothing with the driver's.
"""

import struct
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.activity import Activity
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["CALIBRATION_S", "AeroqualAqm"]

CALIBRATION_S = 60.0
SPAN_BYTES = 13
SCRUBBER = {0x14: True, 0x15: False}


class AeroqualAqm(Scripted):
    """scripts: by its values, and `pump` (1: failed). Zero air, or a zero calibration, makes all gases 0."""

    keys = ("values",)
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._codes = {int(str(row).split()[1]): str(row).split()[0] for row in self.settings["values"]}
        self._zero_air = False
        self._doing = Activity("measuring")

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*(str(row).split()[0] for row in settings.get("values", ())), "pump"]

    @staticmethod
    def request_length(buf: bytes) -> int:
        size = SPAN_BYTES if buf[2:3] == b"\x13" else 4
        sound = len(buf) >= size and sum(buf[:4]) % 256 == 0 and sum(buf[4:size]) % 256 == 0
        return size if buf[:1] == b"\x55" and sound else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        code = request[2]
        if request[1] != self.address:
            return None
        if code == 0xFB:
            return Answer(self._framed(code, b"\x31IQM60" + bytes((0, 30, 8, 25, 11, 126))))
        if code in SCRUBBER:
            self._zero_air = SCRUBBER[code]
        elif code in (0x12, 0x13):
            self._doing.begin("zero" if code == 0x12 else "span", elapsed_s, CALIBRATION_S)
        elif code not in self._codes:
            return None
        else:
            return self._reading(code, elapsed_s)
        return Answer(self._framed(code, b""))

    def _reading(self, code: int, elapsed_s: float) -> Answer:
        zero = self._zero_air or self._doing.now(elapsed_s) == "zero"
        value = 0.0 if zero else round(self.value(self._codes[code], elapsed_s), 3)
        status = 0x04 * self.state("pump", elapsed_s) | 0x10 * zero
        data = struct.pack("<f", value) + bytes((status, 0, 30, 8, 25, 11, 126))
        return Answer(self._framed(code, data), {self._codes[code]: value})

    def _framed(self, code: int, data: bytes) -> bytes:
        body = bytes((0xAA, self.address, code)) + data
        return body + bytes((-sum(body) % 256,))

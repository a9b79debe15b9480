"""Aeroqual AQM station: sensors by their codes, zero and span calibration (CALIBRATION_S), zero air.

Source: IQM 60 user guide p. 30-40. This encoder shares nothing with the driver's.
"""

import struct
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.activity import Activity
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["CALIBRATION_S", "AeroqualAqm"]

CALIBRATION_S = 60.0
SPAN_BYTES = 13
ZERO_AIR = 0x10
SHOWS = (
    Show("pump failed", "pump", 1),
    Show("NO2 scrubber too cold", "status", 0x08, bits=True),
    Show("zero air on", "status", ZERO_AIR, bits=True, flag="C"),
)
SCRUBBER = {0x14: True, 0x15: False}


class AeroqualAqm(Scripted):
    """scripts: by its values, `pump` (1: failed), and `status` (bits that are set anyhow). Zero air, or
    a zero calibration, makes all gases 0."""

    keys = ("values",)
    states = ("pump", "status")
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._codes = {int(str(row).split()[1]): str(row).split()[0] for row in self.settings["values"]}
        self._zero_air = False
        self._doing = Activity("measuring")

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*(str(row).split()[0] for row in settings.get("values", ())), *cls.states]

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

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
            self._switch(SCRUBBER[code], elapsed_s)
        elif code in (0x12, 0x13):
            name = "zero" if code == 0x12 else "span"
            self._doing.begin(name, elapsed_s, self.takes_s(name, elapsed_s, CALIBRATION_S))
        elif code not in self._codes:
            return None
        else:
            return self._reading(code, elapsed_s)
        return Answer(self._framed(code, b""))

    def _switch(self, zero_air: bool, elapsed_s: float) -> None:
        self._zero_air = zero_air
        if self.life is not None and zero_air:
            self.life.begin("zero_gas", elapsed_s)
        elif self.life is not None:
            self.life.end(elapsed_s)

    def _reading(self, code: int, elapsed_s: float) -> Answer:
        zero = self._zero_air or self._doing.now(elapsed_s) == "zero"
        value = round(self.on_gas(self._codes[code], elapsed_s, 0.0 if zero else None), 3)
        status = 0x04 * self.state("pump", elapsed_s) | self.state("status", elapsed_s)
        if self.life is None:  # a life's states say it themselves
            status |= ZERO_AIR * zero
        data = struct.pack("<f", value) + bytes((status, 0, 30, 8, 25, 11, 126))
        return Answer(self._framed(code, data), {self._codes[code]: value})

    def _framed(self, code: int, data: bytes) -> bytes:
        body = bytes((0xAA, self.address, code)) + data
        return body + bytes((-sum(body) % 256,))

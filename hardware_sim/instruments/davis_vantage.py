"""A Davis Vantage console: it sleeps until a line feed wakes it, and AWAKE_S after the last word to it.

Source: as of its driver. This encoder shares nothing with the driver's.
"""

import binascii
import math
import struct
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["AWAKE_S", "DavisVantage"]

AWAKE_S = 120.0
WAKE, LOOP = b"\n", b"LOOP 1\n"


class DavisVantage(Scripted):
    """scripts: by the driver's channels, in its units; nan: a sensor that is not there."""

    usual = {
        "pressure": 29.9,
        "temperature": 68.0,
        "humidity": 50.0,
        "wind_speed": 5.0,
        "mean_wind_speed": 5.0,
        "wind_direction": 270.0,
        "uv": 1.0,
        "radiation": 200.0,
    }
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._awake_until_s = -1.0

    @staticmethod
    def request_length(buf: bytes) -> int:
        return next((len(question) for question in (WAKE, LOOP) if buf.startswith(question)), 0)

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        asleep = elapsed_s > self._awake_until_s
        if request == LOOP and asleep:
            return None
        self._awake_until_s = elapsed_s + AWAKE_S
        if request == WAKE:
            return Answer(b"\n\r")
        counts: dict[str, int] = {}
        said: dict[str, float | None] = {}
        for name, per_unit, most in (
            ("pressure", 1000, 0xFFFF),
            ("temperature", 10, 0x7FFF),
            ("humidity", 1, 0xFF),
            ("wind_speed", 1, 0xFF),
            ("mean_wind_speed", 1, 0xFF),
            ("wind_direction", 1, 0x7FFF),
            ("uv", 10, 0xFF),
            ("radiation", 1, 0x7FFF),
        ):
            value = self.value(name, elapsed_s)
            there = not math.isnan(value)
            counts[name] = min(most - 1, round(value * per_unit)) if there else most
            said[name] = counts[name] / per_unit if there else None
        packet = bytearray(97)
        packet[:3] = b"LOO"
        struct.pack_into("<H", packet, 7, counts["pressure"])
        struct.pack_into("<h", packet, 12, counts["temperature"])
        struct.pack_into(
            "<BBH", packet, 14, counts["wind_speed"], counts["mean_wind_speed"], counts["wind_direction"]
        )
        packet[33], packet[43] = counts["humidity"], counts["uv"]
        struct.pack_into("<H", packet, 44, counts["radiation"])
        check = binascii.crc_hqx(bytes(packet), 0)
        return Answer(b"\x06" + bytes(packet) + check.to_bytes(2, "big"), said)

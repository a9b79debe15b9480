"""Cubic PM1006K: it answers for as long as it is powered, if it was asked within ASKED_BY_S of its power-up.

Source: as of its driver. This encoder shares nothing with the driver's.
"""

from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["ASKED_BY_S", "CubicPm1006k"]

ASKED_BY_S = 5.0
MOST = 0xFFFF  # what its two bytes hold: in thicker dust it stays there
QUESTION = bytes.fromhex("11020B01E1")


class CubicPm1006k(Scripted):
    """scripts: `pm25` in ug/m3."""

    usual = {"pm25": 0.0}
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._answers: bool | None = None

    @staticmethod
    def request_length(buf: bytes) -> int:
        return len(QUESTION) if buf.startswith(QUESTION) else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        if self._answers is None:
            self._answers = elapsed_s <= ASKED_BY_S
        if not self._answers:
            return None
        value = max(0, min(MOST, round(self.value("pm25", elapsed_s))))
        data = bytes(2) + value.to_bytes(2, "big") + bytes((0, 0, 3, 0xCB, 0, 0, 0, 0, 1, 0, 0, 0))
        body = bytes((0x16, 1 + len(data), 0x0B)) + data
        return Answer(body + bytes((-sum(body) % 256,)), {"pm25": float(value)})

"""Grimm EDM 180 in mass mode: a line of masses every 6 s, and its state before each of them.

The instrument says its state once a minute; here it comes with every line, so that a bench shows at once what
happens. Source: HagenTelg/forge, simulator of grimm110xopc. This encoder shares nothing with the driver's.
"""

from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Unasked
from hardware_sim.source import Source

__all__ = ["Grimm180"]

MASSES = ("pm10", "pm25", "pm1")
ERRORS = (
    ("pump high", 1),
    ("pump low", 2),
    ("flow error", 3),
    ("pump current high", 4),
    ("battery low", 8),
    ("battery drained", 16),
    ("nozzle fault", 32),
    ("memory card fault", 64),
    ("self-test failed", 128),
)


class Grimm180(Unasked):
    """scripts: `pm10`, `pm25`, `pm1` in ug/m3, and `error`."""

    usual = {**dict.fromkeys(MASSES, 0.0), "error": 0.0}
    states = ("error",)
    speaks_every_s = 3.0

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._says_masses = False

    def shows(self) -> tuple[Show, ...]:
        return tuple(Show(condition, "error", code) for condition, code in ERRORS)

    def speak(self, elapsed_s: float) -> Answer:
        masses, self._says_masses = self._says_masses, not self._says_masses
        if not masses:
            state = f"P: 26 11 25 8 30 0 20 {self.state('error', elapsed_s)} 70 40 0 0 0 0 0\r"
            return Answer(state.encode())
        tenths = [max(0, round(self.value(name, elapsed_s) * 10)) for name in MASSES]
        line = f"N{int(elapsed_s / 6) % 10}, " + " ".join(f"{tenth:4d}" for tenth in tenths) + "\r"
        return Answer(line.encode(), {name: tenth / 10 for name, tenth in zip(MASSES, tenths, strict=True)})

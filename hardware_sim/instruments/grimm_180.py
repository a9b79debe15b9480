"""Grimm EDM 180 in mass mode: every 6 s its masses and counts, once a minute its state before them.

Source: HagenTelg/forge, simulator of grimm110xopc. This encoder shares nothing with the driver's.
"""

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Unasked

__all__ = ["Grimm180"]

MASSES = ("pm10", "pm25", "pm1")
LINES_OF_A_MINUTE = 10


class Grimm180(Unasked):
    """scripts: `pm10`, `pm25`, `pm1` in ug/m3, and `error`."""

    usual = {**dict.fromkeys(MASSES, 0.0), "error": 0.0}
    speaks_every_s = 6.0

    def speak(self, elapsed_s: float) -> Answer:
        index = round(elapsed_s / 6.0) % LINES_OF_A_MINUTE
        state = f"P: 26 11 25 8 30 0 20 {self.state('error', elapsed_s)} 70 40 0 0 0 0 0\rK: 0 0 0 0\r"
        tenths = [max(0, round(self.value(name, elapsed_s) * 10)) for name in MASSES]
        masses = f"N{index}, " + " ".join(f"{tenth:4d}" for tenth in tenths) + "\r"
        text = (state if index == 0 else "") + masses + f"C{index}:      100      90      80\r"
        return Answer(text.encode(), {name: tenth / 10 for name, tenth in zip(MASSES, tenths, strict=True)})

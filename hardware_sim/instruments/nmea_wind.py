"""Anemometers that say NMEA wind sentences: on their own once a second, and a Vaisala WMT700 also when asked.

With invalid data both fields are empty. Source: Vaisala WMT700 user guide M211095EN p. 144-149. This encoder
shares nothing with the drivers'.
"""

from collections.abc import Mapping
from functools import reduce
from operator import xor
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["NmeaWind", "VaisalaWmt700"]

LETTERS = {"m/s": "M", "km/h": "K", "kn": "N"}


def sentence(text: str) -> bytes:
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n".encode()


class Wind(Scripted):
    """scripts: `wind_speed` in the set unit, `wind_direction`, `invalid` (1: its data are)."""

    usual = {"wind_speed": 0.0, "wind_direction": 0.0, "invalid": 0.0}
    states = ("invalid",)
    has_check = True

    def shows(self) -> tuple[Show, ...]:
        return (Show("invalid data", "invalid", 1),)

    def says(self, talker: str, reference: str, elapsed_s: float) -> Answer:
        unit = LETTERS[self.settings["unit"]]
        if self.state("invalid", elapsed_s):
            said: dict[str, float | None] = {"wind_speed": None, "wind_direction": None}
            return Answer(sentence(f"{talker}MWV,,{reference},,{unit},V"), said)
        speed = f"{self.value('wind_speed', elapsed_s):.2f}"
        direction = f"{round(self.value('wind_direction', elapsed_s)) % 360}"
        frame = sentence(f"{talker}MWV,{direction},{reference},{speed},{unit},A")
        return Answer(frame, {"wind_speed": float(speed), "wind_direction": float(direction)})


class NmeaWind(Wind):
    keys = ("unit", "talker", "reference")
    speaks_every_s = 1.0

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 0

    def answer(self, request: bytes, elapsed_s: float) -> None:
        raise AssertionError("it is never asked")

    def speak(self, elapsed_s: float) -> Answer:
        return self.says(self.settings["talker"], self.settings["reference"], elapsed_s)


class VaisalaWmt700(Wind):
    keys = ("unit", "mode", "id")

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self.speaks_every_s = 1.0 if self.settings["mode"] == "sends" else None

    @staticmethod
    def request_length(buf: bytes) -> int:
        end = buf.find(b"\r\n")
        text = buf[1 : max(end - 3, 1)].decode("latin-1")
        asks = text[:3] == "WIP" and text[4:] == "Q," and buf[: end + 2] == sentence(text)
        return end + 2 if asks else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        own = request[4:5].decode() == self.settings["id"]
        return self.says("P" + self.settings["id"], "R", elapsed_s) if own else None

    def speak(self, elapsed_s: float) -> Answer:
        return self.says("WI", "R", elapsed_s)

"""Particulate modules on their own line: Plantower, Nova SDS011, Sensirion SPS30, Honeywell HPMA115, Winsen
ZH03, Cubic PM2012. Each has a fan that can stand (`start`, `stop`); a Plantower says zeros for WARM_UP_S.

Sources as of their drivers; PyPMS's captures are the form. These encoders share nothing with the drivers'.
"""

import struct
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted, until
from hardware_sim.source import Source

__all__ = ["CubicPm2012", "HoneywellHpma115", "NovaSds011", "PlantowerPms", "SensirionSps30", "WinsenZh03"]

WARM_UP_S = 30.0
MASSES = ("pm1", "pm25", "pm4", "pm10")
MOST = 0xFFFF  # what two bytes hold: in thicker dust a module stays there


class Module(Scripted):
    """scripts: `pm1`, `pm25`, `pm4`, `pm10` in ug/m3. It begins awake. questions: what it understands."""

    usual = dict.fromkeys(MASSES, 0.0)
    has_check = True
    questions: dict[bytes, str] = {}

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._awake_s: float | None = -WARM_UP_S
        if self.settings.get("mode") == "sends":
            self.speaks_every_s = 1.0

    @classmethod
    def request_length(cls, buf: bytes) -> int:
        return next((len(question) for question in cls.questions if buf.startswith(question)), 0)

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        asked = self.questions[request]
        if asked == "read":
            return self.reading(elapsed_s) if self._awake_s is not None else None
        if asked in ("start", "stop"):
            self._awake_s = elapsed_s if asked == "start" else None
        frame = self.acknowledged(asked)
        return Answer(frame) if frame else None

    def speak(self, elapsed_s: float) -> Answer | None:
        return self.reading(elapsed_s) if self._awake_s is not None else None

    def masses(self, names: tuple[str, ...], elapsed_s: float) -> dict[str, int]:
        return {name: max(0, min(MOST, round(self.value(name, elapsed_s)))) for name in names}

    def reading(self, elapsed_s: float) -> Answer:
        raise NotImplementedError

    def acknowledged(self, asked: str) -> bytes:
        """The frame that confirms a command; b"" where none does."""
        return b""


def plantower(words: list[int]) -> bytes:
    body = b"BM" + struct.pack(">H", 2 * len(words) + 2) + struct.pack(f">{len(words)}H", *words)
    return body + struct.pack(">H", sum(body))


class PlantowerPms(Module):
    """scripts: also `warming` (0, 1), and `error`, the code in its frame (a PMS3003 has none)."""

    keys = ("model", "mode")
    usual = {**dict.fromkeys(("pm1", "pm25", "pm10"), 0.0), "warming": until(WARM_UP_S), "error": 0.0}
    states = ("warming", "error")
    questions = {
        bytes.fromhex("424DE200000171"): "read",
        bytes.fromhex("424DE400010174"): "start",
        bytes.fromhex("424DE400000173"): "stop",
    }

    def reading(self, elapsed_s: float) -> Answer:
        said = self.masses(("pm1", "pm25", "pm10"), elapsed_s)
        rested = self._awake_s is not None and elapsed_s - self._awake_s >= WARM_UP_S
        warm = rested and not self.state("warming", elapsed_s)
        values = list(said.values()) if warm else [0, 0, 0]
        error = self.state("error", elapsed_s)
        tail = [0, 0, 0x51] if self.settings["model"] == "PMS3003" else [9 * warm] * 6 + [0x9700 | error]
        return Answer(plantower([*values, *values, *tail]), dict(said) if warm else {})

    def acknowledged(self, asked: str) -> bytes:
        return bytes.fromhex("424D0004E4000177") if asked == "stop" else b""

    def shows(self) -> tuple[Show, ...]:
        codes = () if self.settings["model"] == "PMS3003" else (1, 128)
        errors = (Show(f"error code {code}", "error", code) for code in codes)
        return (Show("warming up", "warming", 1), *errors)


def nova(kind: int, data: bytes) -> bytes:
    return bytes((0xAA, kind)) + data + bytes((sum(data) % 256, 0xAB))


def nova_question(operation: int, action: int, value: int) -> bytes:
    body = bytes((operation, action, value)) + bytes(10) + b"\xff\xff"
    return b"\xaa\xb4" + body + bytes((sum(body) % 256, 0xAB))


class NovaSds011(Module):
    keys = ("mode",)
    questions = {
        nova_question(4, 0, 0): "read",
        nova_question(6, 1, 1): "start",
        nova_question(6, 1, 0): "stop",
        nova_question(6, 0, 0): "state",
        nova_question(8, 0, 0): "period",
        nova_question(7, 0, 0): "version",
    }

    def reading(self, elapsed_s: float) -> Answer:
        said = {name: max(0, min(MOST, round(self.value(name, elapsed_s) * 10))) for name in ("pm25", "pm10")}
        frame = nova(0xC0, struct.pack("<HH", *said.values()) + b"\xa1\x60")
        return Answer(frame, {name: tenths / 10 for name, tenths in said.items()})

    def acknowledged(self, asked: str) -> bytes:
        works = int(self._awake_s is not None)
        data = {
            "start": (6, 1, 1, 0),
            "stop": (6, 1, 0, 0),
            "state": (6, 0, works, 0),
            "period": (8, 0, 0, 0),
            "version": (7, 15, 7, 10),
        }[asked]
        return nova(0xC5, bytes(data) + b"\xa1\x60")


class HoneywellHpma115(Module):
    keys = ("model",)
    questions = {
        bytes.fromhex("68010493"): "read",
        bytes.fromhex("68010196"): "start",
        bytes.fromhex("68010295"): "stop",
    }

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """Asked while its fan stands, it says no."""
        return super().answer(request, elapsed_s) or Answer(b"\x96\x96")

    def reading(self, elapsed_s: float) -> Answer:
        names = ("pm25", "pm10") if self.settings["model"] == "S0" else MASSES
        said = self.masses(names, elapsed_s)
        data = struct.pack(f">{len(names)}H", *said.values()) + (b"" if len(names) == 2 else bytes(4))
        body = bytes((0x40, 1 + len(data), 4)) + data
        return Answer(body + bytes((-sum(body) % 256,)), dict(said))

    def acknowledged(self, asked: str) -> bytes:
        return b"\xa5\xa5"


def winsen(body: bytes) -> bytes:
    return b"\xff" + body + bytes((-sum(body) % 256,))


class WinsenZh03(Module):
    keys = ("mode",)
    questions = {
        winsen(bytes((1, 0x86, 0, 0, 0, 0, 0))): "read",
        winsen(bytes((1, 0xA7, 0, 0, 0, 0, 0))): "start",
        winsen(bytes((1, 0xA7, 1, 0, 0, 0, 0))): "stop",
    }

    def reading(self, elapsed_s: float) -> Answer:
        said = self.masses(("pm1", "pm25", "pm10"), elapsed_s)
        if self.settings["mode"] == "sends":
            return Answer(plantower([0, 0, 0, *said.values(), 0, 0, 0]), dict(said))
        data = struct.pack(">3H", said["pm25"], said["pm10"], said["pm1"])
        return Answer(winsen(b"\x86" + data), dict(said))

    def acknowledged(self, asked: str) -> bytes:
        return winsen(bytes((0xA7, 1, 0, 0, 0, 0, 0)))


class CubicPm2012(Module):
    keys = ("calibration",)
    questions = {
        bytes.fromhex("11020B07DB"): "read",
        bytes.fromhex("11011ED0"): "version",
        bytes.fromhex("11011FCF"): "serial",
    }

    def reading(self, elapsed_s: float) -> Answer:
        said = self.masses(("pm1", "pm25", "pm10"), elapsed_s)
        data = struct.pack(">13I", *said.values(), *said.values(), *[9] * 6, 0)
        return Answer(self._framed(0x0B, data), dict(said))

    def acknowledged(self, asked: str) -> bytes:
        if asked == "version":
            return self._framed(0x1E, b"PM2012 V1.0  ")
        return self._framed(0x1F, bytes(range(10)))

    @staticmethod
    def _framed(command: int, data: bytes) -> bytes:
        body = bytes((0x16, 1 + len(data), command)) + data
        return body + bytes((-sum(body) % 256,))


STUFFED = {0x7E: b"\x7d\x5e", 0x7D: b"\x7d\x5d", 0x11: b"\x7d\x31", 0x13: b"\x7d\x33"}


class SensirionSps30(Scripted):
    """scripts: `pm1` .. `pm10` in ug/m3, `fault` (1: its status has an error), `stopped` (1: it does not
    measure, whatever it was told). It begins stopped."""

    usual = {**dict.fromkeys(MASSES, 0.0), "fault": 0.0, "stopped": 0.0}
    states = ("fault", "stopped")
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._measures = False
        self._read_at_s = -1.0

    def shows(self) -> tuple[Show, ...]:
        return (Show("not measuring", "stopped", 1), Show("the sensor's status has an error", "fault", 1))

    @staticmethod
    def request_length(buf: bytes) -> int:
        end = buf.find(b"\x7e", 1)
        return end + 1 if buf[:1] == b"\x7e" and end > 0 else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        content = request[1:-1]
        for byte, stuffed in STUFFED.items():
            if byte != 0x7D:
                content = content.replace(stuffed, bytes((byte,)))
        content = content.replace(b"\x7d\x5d", b"\x7d")
        if len(content) < 4 or content[0] != self.address or ~sum(content[:-1]) & 0xFF != content[-1]:
            return None
        command, state, data = content[1], 0, b""
        said: dict[str, float | None] = {}
        measures = self._measures and not self.state("stopped", elapsed_s)
        if (command == 0x00) == measures and command in (0x00, 0x01, 0x03, 0x56):
            state = 0x43
        elif command in (0x00, 0x01):
            self._measures = command == 0x00
        elif command == 0x03 and int(elapsed_s) > self._read_at_s:
            self._read_at_s = int(elapsed_s)
            said = {name: round(self.value(name, elapsed_s), 1) for name in MASSES}
            data = struct.pack(">10f", *said.values(), 1.0, 2.0, 3.0, 4.0, 5.0, 0.5)
        state |= 0x80 * self.state("fault", elapsed_s)
        body = bytes((self.address, command, state, len(data))) + data
        body += bytes((~sum(body) & 0xFF,))
        return Answer(b"\x7e" + b"".join(STUFFED.get(byte, bytes((byte,))) for byte in body) + b"\x7e", said)

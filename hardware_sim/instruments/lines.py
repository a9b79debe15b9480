"""Instruments that send lines on their own: Teledyne 4020 and 4030, Baseline 9000, Microdust Pro, BaoYing.

A zero or a span of theirs takes CALIBRATION_S. Sources: Teledyne 4020 manual p. 41-42 and 4030 FAQ;
Datalogger2 Baseline9000Collector.scala; Microdust Pro manual p. 55;
rtuacq_protocol_voc_SHBaoYing.c. These encoders share nothing with the drivers'.
"""

from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.activity import Activity
from hardware_sim.instruments.scripted import Scripted, Unasked
from hardware_sim.source import Source

__all__ = [
    "BaoyingVoc",
    "Baseline9000",
    "CasellaMicrodust",
    "GillMaximet",
    "GillWindsonic",
    "Teledyne4020",
    "Teledyne4030",
]

CALIBRATION_S = 60.0
TOP = 10.0  # of the 4020's range 1
BASELINE = {0x12: "calibrate", 0x0B: "zero", 0x0C: "span", 0x0E: "zero", 0x0F: "span"}  # CH4, then NMHC


class Teledyne4020(Scripted):
    """scripts: `thc` in the set unit, `mode` (the place in MODES, 0: what it does by itself). It begins in
    ANLZ; alarms at 50 % and 80 % of its range."""

    MODES = ("ANLZ", "ZERO", "SPAN")
    keys = ("unit",)
    usual = {"thc": 0.0, "mode": 0.0, "alarms": 0.0}
    states = ("mode", "alarms")
    speaks_every_s = 2.0

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._doing = Activity("ANLZ")

    def shows(self) -> tuple[Show, ...]:
        modes = (Show("zero calibration", "mode", 1, flag="C"), Show("span calibration", "mode", 2, flag="C"))
        return (*modes, *(Show(f"alarm AL-{at}", "alarms", 1 << at, bits=True) for at in (1, 2)))

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 3 if buf[:3] in (b"az\r", b"as\r") else 0

    def answer(self, request: bytes, elapsed_s: float) -> None:
        mode = "ZERO" if request == b"az\r" else "SPAN"
        self._doing.begin(mode, elapsed_s, self.takes_s(mode.lower(), elapsed_s, CALIBRATION_S))

    def speak(self, elapsed_s: float) -> Answer:
        mode = self.MODES[self.state("mode", elapsed_s)]
        if mode == "ANLZ":
            mode = self._doing.now(elapsed_s)
        value = self.on_gas("thc", elapsed_s, {"ZERO": 0.0, "SPAN": 0.9 * TOP}.get(mode))
        set_alarms = self.state("alarms", elapsed_s)
        alarms = "".join(
            f" AL-{at}" for at, share in ((1, 0.5), (2, 0.8)) if value > share * TOP or set_alarms >> at & 1
        )
        word, unit = f"{value:.2f}", self.settings["unit"]
        line = f"{word} {unit} R-1 (0- {TOP:.2f} {unit}) {mode}{alarms if mode == 'ANLZ' else ''}\r"
        return Answer(line.encode(), {"thc": float(word)})


class Teledyne4030(Unasked):
    """scripts: by the components' names in small letters, and `state`, the place in STATES. One component a
    second, in turn."""

    STATES = ("AL", "AL1", "AL2", "AL12", "SPAN")
    keys = ("components", "unit")
    states = ("state",)
    speaks_every_s = 1.0

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*(str(name).lower() for name in settings.get("components", ())), "state"]

    def shows(self) -> tuple[Show, ...]:
        alarms = ("alarm 1", "alarm 2", "alarms 1 and 2")
        shown = (Show(condition, "state", at) for at, condition in enumerate(alarms, 1))
        return (*shown, Show("span", "state", 4, flag="C"))

    def speak(self, elapsed_s: float) -> Answer:
        names = self.settings["components"]
        name = names[round(elapsed_s) % len(names)]
        unit = self.settings["unit"]
        word = f"{self.value(name.lower(), elapsed_s):.{0 if unit == 'ppb' else 2}f}"
        state = self.STATES[self.state("state", elapsed_s)]
        return Answer(f"{name} {word} {unit} R2 {state}\r\n\x00".encode(), {name.lower(): float(word)})


class Baseline9000(Scripted):
    """scripts: `ch4`, `nmhc`. It is silent until told to speak (0x11), and again behind a calibration."""

    keys = ("fields", "unit")
    usual = {"ch4": 0.0, "nmhc": 0.0}
    speaks_every_s = 1.0

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._speaks = False

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 1 if buf and (buf[0] in BASELINE or buf[0] in (0x10, 0x11, 0x13)) else 0

    def answer(self, request: bytes, elapsed_s: float) -> None:
        if request[0] != 0x10:
            self._speaks = request[0] == 0x11
        if request[0] in BASELINE:
            self.takes_s(BASELINE[request[0]], elapsed_s, CALIBRATION_S)

    def speak(self, elapsed_s: float) -> Answer | None:
        if not self._speaks:
            return None
        ch4, nmhc = f"{self.value('ch4', elapsed_s):.2f}", f"{self.value('nmhc', elapsed_s):.2f}"
        words = ["1", f"{elapsed_s:.0f}", ch4, "0.10", nmhc, *["0"] * (self.settings["fields"] - 5)]
        said = {"ch4": float(ch4), "nmhc": float(nmhc), "thc": round(float(ch4) + float(nmhc), 6)}
        return Answer("\t".join(words).encode() + b"\r", dict(said))


class CasellaMicrodust(Scripted):
    """scripts: `dust` in the set unit. `X` starts a line a second, `Z` stops it."""

    keys = ("channel", "unit")
    usual = {"dust": 0.0}
    speaks_every_s = 1.0

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._speaks = False

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 1 if buf[:1] in (b"X", b"Z") else 0

    def answer(self, request: bytes, elapsed_s: float) -> None:
        self._speaks = request == b"X"

    def speak(self, elapsed_s: float) -> Answer | None:
        word = f"{self.value('dust', elapsed_s):.2f}"
        return Answer(f"{word}\r\n".encode(), {"dust": float(word)}) if self._speaks else None


class BaoyingVoc(Unasked):
    """scripts: by its quantities, and `flag`, the place of its letter in FLAGS (0 is N)."""

    FLAGS = "NFMSDCTB"
    usual = {
        **dict.fromkeys(("ch4", "thc", "nmhc", "benzene", "toluene", "xylene"), 0.0),
        **{"differential_pressure": -20.0, "velocity": 12.0, "temperature": 60.0, "flow": 20000.0},
        **{"pressure": -0.1, "humidity": 8.0, "standard_flow": 16000.0, "flag": 0.0},
    }
    states = ("flag",)
    speaks_every_s = 5.0

    def shows(self) -> tuple[Show, ...]:
        conditions = (
            "stopped",
            "maintenance",
            "set by hand",
            "instrument fault",
            "calibrating",
            "over range",
        )
        return tuple(
            Show(condition, "flag", at, flag=self.FLAGS[at])
            for at, condition in enumerate((*conditions, "no communication with its analyser"), 1)
        )

    def speak(self, elapsed_s: float) -> Answer:
        names = [name for name in self.usual if name != "flag"]
        words = [f"{self.value(name, elapsed_s):.3f}" for name in names]
        flag = self.FLAGS[self.state("flag", elapsed_s)]
        text = f"#1,{','.join(words[:9])},Z,{','.join(words[9:])},{flag},0,0*"
        return Answer(text.encode(), {name: float(word) for name, word in zip(names, words, strict=True)})


class GillWindsonic(Scripted):
    """scripts: `wind_speed` in m/s, `wind_direction`, `status`. Below 0.05 m/s it says no direction."""

    keys = ("unit", "mode")
    states = ("status",)
    usual = {"wind_speed": 0.0, "wind_direction": 0.0, "status": 0.0}
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self.speaks_every_s = 1.0 if self.settings["mode"] == "sends" else None

    def shows(self) -> tuple[Show, ...]:
        conditions = {
            51: "building its average",
            1: "axis 1 failed: too few samples on the U axis",
            2: "axis 2 failed: too few samples on the V axis",
            4: "both axes failed: too few samples",
            8: "checksum of the settings memory",
            9: "checksum of the program memory",
        }
        return tuple(Show(condition, "status", number) for number, condition in conditions.items())

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 2 if buf[:1] == b"?" and len(buf) > 1 else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        return self.speak(elapsed_s) if request[1:].decode("latin-1") == self.settings["unit"] else None

    def speak(self, elapsed_s: float) -> Answer:
        speed = f"{self.value('wind_speed', elapsed_s):06.2f}"
        calm = float(speed) < 0.05
        direction = "" if calm else f"{round(self.value('wind_direction', elapsed_s)) % 360:03d}"
        text = f"{self.settings['unit']},{direction},{speed},M,{self.state('status', elapsed_s):02d},"
        said: dict[str, float | None] = {"wind_speed": float(speed)}
        said["wind_direction"] = None if calm else float(direction)
        return Answer(gill(text), said)


def gill(text: str) -> bytes:
    """STX text ETX, the XOR of the text in two hex digits, CR LF."""
    check = 0
    for sign in text.encode():
        check ^= sign
    return f"\x02{text}\x03{check:02X}\r\n".encode()


class GillMaximet(Unasked):
    """scripts: by the names of its values, and `status`, as four hex digits say it."""

    keys = ("unit", "fields", "values", "status")
    states = ("status",)
    has_check = True
    speaks_every_s = 1.0

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*(str(row).split()[0] for row in settings.get("values", ())), "status"]

    def shows(self) -> tuple[Show, ...]:
        """The driver names none: each bit stands for itself."""
        return tuple(Show(f"status {1 << at:04X}", "status", 1 << at, bits=True) for at in range(16))

    def speak(self, elapsed_s: float) -> Answer:
        words = [""] * self.settings["fields"]
        said: dict[str, float | None] = {}
        for row in self.settings["values"]:
            name, place, _ = str(row).split()
            words[int(place) - 1] = f"{self.value(name, elapsed_s):+07.2f}"
            said[name] = float(words[int(place) - 1])
        words[self.settings["status"] - 1] = f"{self.state('status', elapsed_s):04X}"
        return Answer(gill(f"{self.settings['unit']},{','.join(words)},"), said)

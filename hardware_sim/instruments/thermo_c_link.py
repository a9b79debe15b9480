"""Thermo gas analysers over C-Link: concentrations, gas mode, flags, calibrations; refusal in service mode.

Source: Thermo 42i, 48i manuals, appendix B; 5030i manual, table B-1 (refusals). This encoder shares nothing
with the drivers'.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["Thermo42iCLink", "Thermo43iCLink", "Thermo48iCLink", "Thermo49iCLink"]

SPAN_VALUE = 80.0
SET_UP = 0x0C100000  # compensations and ozonator on, as a 49i says when all is well
CALIBRATIONS = {"43i": (), "42i": (), "48i": ("co bkg",), "49i": ("o3 bkg", "o3 coef")}
OPERATIONS = {"zero": "zero_gas", "span": "span_gas", "co bkg": "zero", "o3 bkg": "zero", "o3 coef": "span"}
MODES = ("sample", "zero", "span")
BY_MODE = (Show("zero gas", "mode", 1, flag="C"), Show("span gas", "mode", 2, flag="C"))
FLAGS_49I = (  # from the lowest bit on
    *("bench temperature low", "bench temperature high", "lamp temperature low", "lamp temperature high"),
    *("ozonator temperature low", "ozonator temperature high", "pressure low", "pressure high"),
    *("flow A low", "flow A high", "flow B low", "flow B high"),
    *("intensity A low", "intensity A high", "intensity B low", "intensity B high"),
)
NAMES = {"instr name": "instr name\nGas Analyzer", "program no": "program no iSeries 49i 01.00.01.074"}


class ThermoCLink(Scripted):
    """scripts: by the gases, `flags` beside those of a sound one, `service` (1: in service mode), and `mode`
    (a place in MODES, 0: as it was told)."""

    model = ""
    gases: ClassVar[tuple[str, ...]] = ()
    keys = ("unit", "format")
    states = ("flags", "service", "mode")

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._mode, self._remote = "sample", False
        self._clock = {"date": "01-01-00", "time": "00:00:00"}  # it stands until it is set again
        self.has_check = self.settings["format"] != "00"

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*cls.gases, *cls.states]

    def shows(self) -> tuple[Show, ...]:
        return BY_MODE

    @staticmethod
    def request_length(buf: bytes) -> int:
        end = buf.find(b"\r")
        words = buf[1:end] if buf[:1] > b"\x7f" else buf[:end]
        return end + 1 if end > 0 and words and all(0x20 <= byte <= 0x7E for byte in words) else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        lead = bytes((128 + self.address,)) if self.address else b""
        if not request.startswith(lead) or (not lead and request[0] > 0x7F):
            return None
        command = request[len(lead) : -1].decode().lower()
        said: dict[str, float | None] = {}
        text = (
            self._set(command, elapsed_s) if command[:4] == "set " else self._said(command, elapsed_s, said)
        )
        return Answer(self._framed(text), said)

    def _said(self, command: str, elapsed_s: float, said: dict[str, float | None]) -> str:
        if command in self.gases:
            gas = {"zero": 0.0, "span": SPAN_VALUE}.get(self._mode)
            value = self.on_gas(command, elapsed_s, gas)
            word = f"{value:.3E}".replace("E+0", "E+").replace("E-0", "E-")
            said[command] = float(word)
            return f"{command} {word} {self.settings['unit']}"
        if command == "gas mode":
            shown = self.state("mode", elapsed_s)
            return f"gas mode {MODES[shown] if shown or self.life is not None else self._mode}"
        if command == "flags":
            return f"flags {SET_UP | self.state('flags', elapsed_s):08X}"
        if command in self._clock:
            return f"{command} {self._clock[command]}"
        return NAMES.get(command, f"{command} bad cmd")

    def _set(self, command: str, elapsed_s: float) -> str:
        what = command[4:]
        if what == "mode remote":
            self._remote = True
            return f"{command} ok"
        if self.state("service", elapsed_s):
            return f"{command} can't, mode is service"
        if not self._remote:
            return f"{command} can't, wrong settings"
        if what[:5] in ("date ", "time "):
            self._clock[what[:4]] = what[5:]
            return f"{command} ok"
        if what in MODES:
            self._mode = what
            if what == "sample" and self.life is not None:
                self.life.end(elapsed_s)
        elif what[:4] != "cal " or what[4:] not in CALIBRATIONS[self.model]:
            return f"{command} bad cmd"
        if what != "sample":
            self.takes_s(OPERATIONS[what.removeprefix("cal ")], elapsed_s, 0.0)
        return f"{command} ok"

    def _framed(self, text: str) -> bytes:
        body = text.encode()
        if self.settings["format"] == "00":
            return body + b"\r"
        check = sum(body) + (10 if self.settings["format"] == "01 with LF" else 0)
        return body + f"\nsum {check:04x}\r".encode()


class Thermo42iCLink(ThermoCLink):
    model, gases = "42i", ("no", "nox")


class Thermo43iCLink(ThermoCLink):
    model, gases = "43i", ("so2",)


class Thermo48iCLink(ThermoCLink):
    model, gases = "48i", ("co",)


class Thermo49iCLink(ThermoCLink):
    model, gases = "49i", ("o3",)

    def shows(self) -> tuple[Show, ...]:
        return (
            *BY_MODE,
            *(Show(condition, "flags", 1 << at, bits=True) for at, condition in enumerate(FLAGS_49I)),
            Show("service mode", "flags", 1 << 29, bits=True),
            Show("service mode", "service", 1),
            Show("concentration alarm low", "flags", 1 << 30, bits=True),
            Show("concentration alarm high", "flags", 1 << 31, bits=True),
        )

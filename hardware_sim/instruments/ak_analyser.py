"""Analysers that speak AK: CAI's HFID and Servomex's NOx, which have no address, and Emerson's with one.

`STX . CODE Kn [data] ETX` is answered `STX _ CODE status [data] ETX`; a bus address stands in place of
`_`. It begins in manual mode and
measures; SREM lets itself be commanded. A calibration takes CALIBRATION_S, is not to be disturbed (BS)
and takes the offset (`drift`) away that the script has put there by then. Without a flame its values are
invalid (`#`) and ASTF says 1. Source: CAI 700M HFID manual p. 153-155. This encoder shares nothing with
the driver's.
"""

import re
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Instrument, Show
from hardware_sim.instruments.activity import Activity
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import BenchError, Table

__all__ = ["AkAnalyser", "BusAnalyser", "CaiHfid", "PlainAnalyser"]

REQUEST = re.compile(rb"\x02[^\x02\x03]([A-Z0-9]{4}) K(\d{1,2})((?: [^\x03]*)?)\x03", re.DOTALL)
CALIBRATION_S = 30.0
PURGE_S = 20.0
LASTING = {"SNAB": CALIBRATION_S, "SPAB": CALIBRATION_S, "SATK": 2 * CALIBRATION_S, "SSPL": PURGE_S}
GASES = ("SMGA", "SNGA", "SEGA", "STBY")
OPERATIONS = {"SNAB": "zero", "SPAB": "span", "SATK": "calibrate", "SNGA": "zero_gas", "SEGA": "span_gas"}
STATES = {  # that it can show, and their conditions; it is in the first one by itself
    "": "",
    **{"STBY": "standby", "SPAU": "paused", "SNGA": "zero gas", "SEGA": "span gas"},
    **{"SNAB": "zero calibration", "SPAB": "span calibration", "SATK": "automatic calibration"},
    **{"SSPL": "purging", "SHDE": "values held", "SGTS": "device test", "SRES": "reset"},
}
CALIBRATING = ("SNGA", "SEGA", "SNAB", "SPAB", "SATK")
CURRENT_ERRORS = {  # of CAI's present firmware
    **{1: "no flame", 2: "sample pressure", 3: "air pressure", 4: "fuel pressure"},
    **{5: "air injection pressure", 6: "fuel injection pressure", 7: "filter temperature"},
    **{8: "burner temperature", 9: "oven temperature", 10: "cutter temperature", 11: "pump temperature"},
    **{12: "sample pressure control", 13: "air pressure control", 14: "fuel pressure control"},
    **{15: "air injection pressure control", 16: "fuel injection pressure control"},
    **{17: "range overflow", 18: "converter overflow", 19: "converter underflow"},
    **{20: "range 1 not calibrated", 21: "range 2 not calibrated", 22: "range 3 not calibrated"},
    **{23: "range 4 not calibrated", 24: "low concentration warning", 25: "high concentration warning"},
    **{27: "general alarm", 29: "calibration alarm"},
}
OVERFLOW = "range overflow"


class AkAnalyser(Instrument):
    """settings: the driver's; `values` names what AKON says. scripts: by those names, `errors` (a number
    that ASTF lists, 0 none), `drift` (added to every value), `state` (a place in STATES, 0: what it does)
    and, where it has one, `flame` (0 is out)."""

    has_check = False
    identity = "AK ANALYSER"
    stamped = False  # a time in 1/10 s behind the values
    has_flame = False
    has_address = False

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        table = Table(settings, f"{where}: settings")
        self._names = [str(name) for name in table.rows("values")]
        for key in ("unit", "errors", "extra"):
            table.get(key, "")  # the driver's; nothing on the wire says it
        table.close()
        self._named = [str(row) for row in settings.get("errors", ())]
        if not self._names:
            raise BenchError(f"{where}: settings: values", "names the values of the answer in order")
        self.address = address
        usual = {"flame": 1.0}
        self._scripts = {
            name: scripts.get(name) or Script(usual.get(name, 0.0), f"{where}: {name}")
            for name in self.scriptable(settings)
        }
        self._doing = Activity("SMGA")
        self._remote = False
        self._corrected = 0.0
        self._clock = "000101 000000"  # it stands still until it is set

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        """What can be scripted."""
        states = ["errors", "drift", "state", *(["flame"] if cls.has_flame else [])]
        return [*settings.get("values", ()), *states]

    def values(self) -> tuple[str, ...]:
        return tuple(self._names)

    def shows(self) -> tuple[Show, ...]:
        """Its states, and the errors that the driver's settings name."""
        errors = {}
        if "current" in self._named:
            errors = {at: ("T" * (text == OVERFLOW), text) for at, text in CURRENT_ERRORS.items()}
        for number, flag, condition in [row.split(maxsplit=2) for row in self._named if " " in row]:
            errors[int(number)] = (flag, condition)
        shown = [
            Show(condition, "state", at, flag="C" * (code in CALIBRATING))
            for at, (code, condition) in enumerate(STATES.items())
            if code
        ]
        shown += [
            Show(condition, "flame", 0)
            if number == 1 and self.has_flame
            else Show(condition, "errors", number, flag=flag)
            for number, (flag, condition) in errors.items()
        ]
        return tuple(shown)

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        return found.end() if found else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        found = REQUEST.fullmatch(request)
        assert found is not None, "request_length checked the frame"
        if self.has_address and request[1] != self.address:
            return None
        code = found[1].decode()
        said: dict[str, float | None] = {}
        if code == "ESYZ" and self._remote:
            self._clock = found[3].decode().strip()
        if code == "AKON":
            text, said = self._values(elapsed_s)
        else:
            text = self._said(code, elapsed_s)
        errors = self._errors(elapsed_s)
        status = "0" if text == "" and code == "????" else f"{len(errors) % 10}"
        lead = bytes((self.address,)) if self.has_address else b"_"
        return Answer(b"\x02" + lead + f"{self._echo(code)} {status}{text and ' ' + text}\x03".encode(), said)

    def _echo(self, code: str) -> str:
        known = {"ASTZ", "ASTF", "AKON", "AKEN", "ASYZ", "ESYZ", "SREM", "SMAN", "SRES", *LASTING, *GASES}
        return code if code in known else "????"

    def _said(self, code: str, elapsed_s: float) -> str:
        """What follows the error status; carries out what acts."""
        if code == "ASTZ":
            return f"{'SREM' if self._remote else 'SMAN'} {self._now(elapsed_s)}"
        if code == "ASTF":
            return " ".join(map(str, self._errors(elapsed_s)))
        if code == "AKEN":
            return self.identity
        if code == "ASYZ":
            return self._clock
        if code == "ESYZ":
            return "" if self._remote else "K0 OF"
        if code in ("SREM", "SMAN"):
            self._remote = code == "SREM"
        elif code in LASTING or code in GASES:
            return self._act(code, elapsed_s)
        elif code == "SRES":
            self._settle("SMGA", elapsed_s)
        return ""

    def _now(self, elapsed_s: float) -> str:
        """What it does: what a state says, or else what it was told."""
        return list(STATES)[round(self._scripts["state"].at(elapsed_s))] or self._doing.now(elapsed_s)

    def _busy(self, elapsed_s: float) -> bool:
        return self._now(elapsed_s) in LASTING

    def _settle(self, code: str, elapsed_s: float) -> None:
        self._doing.settle(code)
        if self.life is not None:
            self.life.end(elapsed_s)

    def _act(self, code: str, elapsed_s: float) -> str:
        if not self._remote:
            return "K0 OF"
        if self._busy(elapsed_s) and code != "STBY":
            return "BS"
        if code in GASES:
            self._settle(code, elapsed_s)
            if code in OPERATIONS:
                self.takes_s(OPERATIONS[code], elapsed_s, 0.0)
        else:
            known = code in OPERATIONS
            usual_s = LASTING[code]
            lasts_s = self.takes_s(OPERATIONS[code], elapsed_s, usual_s) if known else usual_s
            self._doing.begin(code, elapsed_s, lasts_s)
            if code == "SNAB":
                self._corrected = self._scripts["drift"].value(elapsed_s)
        return ""

    def _errors(self, elapsed_s: float) -> list[int]:
        scripted = round(self._scripts["errors"].value(elapsed_s))
        return [*([1] if self._is_out(elapsed_s) else []), *([scripted] if scripted else [])]

    def _is_out(self, elapsed_s: float) -> bool:
        return self.has_flame and self._scripts["flame"].at(elapsed_s) < 0.5

    def _values(self, elapsed_s: float) -> tuple[str, dict[str, float | None]]:
        if self._busy(elapsed_s):
            return "BS", {}
        offset = self._scripts["drift"].value(elapsed_s) - self._corrected
        on_zero_gas = self.life is None and self._doing.now(elapsed_s) == "SNGA"
        words, said = [], {}
        for name in self._names:
            value = offset + (0.0 if on_zero_gas else self._scripts[name].value(elapsed_s))
            word = f"{value:.6g}" if abs(value) >= 1e-4 else "0"
            words.append(f"#{word}" if self._is_out(elapsed_s) else word)
            said[name] = None if self._is_out(elapsed_s) else float(word)
        stamp = [f"{round(elapsed_s * 10)}"] if self.stamped else []
        return " ".join(words + stamp), dict(said)

    def as_foreign(self, frame: bytes) -> bytes:
        """The next address's answer, or one to another code: nothing else in it says whose it is."""
        if self.has_address:
            return frame[:1] + bytes((4 + (self.address - 3) % 252,)) + frame[2:]
        return frame[:2] + (b"ATEM" if frame[2:6] != b"ATEM" else b"ADRU") + frame[6:]


class CaiHfid(AkAnalyser):
    """California Analytical's heated FID: a flame, and a time stamp behind the values."""

    identity = "700M HFID"
    stamped = True
    has_flame = True


class PlainAnalyser(AkAnalyser):
    """Servomex SERVOPRO NOx and the like: no address, no flame; `extra` words behind the values."""

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self.stamped = settings.get("extra", 0) == 1


class BusAnalyser(PlainAnalyser):
    """Emerson NGA 2000 and MLT on RS-485."""

    has_address = True

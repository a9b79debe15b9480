"""Thermo TEOM 1405 and 1405-DF, asked for one register at a time over AK.

`STX station AREG K0 245 ETX` is answered `STX station AREG status register value ETX CR LF`; a register
that it does not have, `SE`. The filter loads itself up with what it collects: 1 % for each 100 ug/m3 and
hour. Source: public TEOM drivers. This encoder shares nothing with the driver's.
"""

import re
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted

__all__ = ["Teom1405", "Teom1405Df"]

REQUEST = re.compile(rb"\x02([0-9])AREG K(\d{1,2}) (\d{1,3})\x03")
LOAD_PER_UG_S = 1 / 100 / 3600  # percent
HEALTH = {47: 50.0, 58: 50.0, 96: 0.35, 225: 3.0, 257: 250.1, 258: 0.012}


class Teom1405(Scripted):
    """scripts: `mass`, `status` (0: no error)."""

    keys: tuple[str, ...] = ("channel", "unit")
    registers = {245: "mass"}
    loads = {242: "mass"}
    usual = {"mass": 0.0, "status": 0.0}
    states = ("status",)

    def shows(self) -> tuple[Show, ...]:
        """The source numbers no errors: some that it may say."""
        return tuple(Show(f"error status {number}", "status", number) for number in (1, 2, 4, 8))

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        return found.end() if found else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        found = REQUEST.fullmatch(request)
        assert found is not None, "request_length checked the frame"
        if int(found[1]) != self.address:
            return None
        register = int(found[3])
        said: dict[str, float | None] = {}
        if register in self.registers:
            word = f"{self.value(self.registers[register], elapsed_s):.3f}"
            said = {self.registers[register]: float(word)}
        elif register in self.loads:
            collected = self.value(self.loads[register], elapsed_s) * LOAD_PER_UG_S * elapsed_s
            word = f"{min(100.0, max(0.0, collected)):.2f}"
        elif register in HEALTH:
            word = f"{HEALTH[register]:g}"
        else:
            return Answer(b"\x02%sAREG 0 SE\x03\r\n" % found[1])
        status = self.state("status", elapsed_s)
        return Answer(f"\x02{self.address}AREG {status} {register} {word}\x03\r\n".encode(), said)

    def as_foreign(self, frame: bytes) -> bytes:
        """The next station's."""
        return frame[:1] + b"%d" % ((self.address + 1) % 10) + frame[2:]


class Teom1405Df(Teom1405):
    """scripts: `pm25`, `pm_coarse`, `status`; PM10 is the sum of the two."""

    keys = ("unit",)
    registers = {245: "pm25", 329: "pm_coarse", 354: "pm10"}
    loads = {242: "pm25", 326: "pm_coarse"}
    usual = {"pm25": 0.0, "pm_coarse": 0.0, "status": 0.0}

    def value(self, name: str, elapsed_s: float) -> float:
        if name == "pm10":
            return super().value("pm25", elapsed_s) + super().value("pm_coarse", elapsed_s)
        return super().value(name, elapsed_s)

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return list(cls.usual)

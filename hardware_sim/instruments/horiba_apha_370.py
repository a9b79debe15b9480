"""HORIBA APHA-370: `SOH 0 id 0 id 0 0 command STX parameters FCS ETX`, answered in the same form.

It ignites its flame for IGNITION_S after the start and whenever it has gone out; without a flame it
measures nothing. Source: public drivers Datalogger2 HoribaCollector.scala, Horiba370Collector.scala; the
signs before a number are ours, since the source skips them. This encoder shares nothing with the driver's.
"""

import re
from collections.abc import Mapping
from functools import reduce
from operator import xor
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted, until
from hardware_sim.source import Source

__all__ = ["IGNITION_S", "Horiba370", "HoribaApha370"]

REQUEST = re.compile(rb"\x010(\d)0\d00([AR]\d{3})\x02([^\x03]*)([0-9a-f]{2})\x03")
IGNITION_S = 90.0
SPAN = {"ch4": 10.0, "nmhc": 10.0}
GASES = {"1": "zero_gas", "2": "span_gas"}
SHOWS = (Show("flame extinguished", "fuel", 0), Show("flame igniting", "igniting", 1))
EXTINGUISHED, IGNITING, BURNING = 0, 1, 2


def framed(head: bytes, parameters: str) -> bytes:
    """The frame with its FCS: the XOR of all before it, in two hex digits."""
    body = head + parameters.encode()
    return body + f"{reduce(xor, body):02x}".encode() + b"\x03"


class Horiba370(Scripted):
    """What all of them do alike: the frame, the pressures, and which gas is at the inlet."""

    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self.gas = "0"

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        return found.end() if found and framed(buf[:12], found[3].decode()) == found[0] else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        found = REQUEST.fullmatch(request)
        assert found is not None, "request_length checked the frame"
        if int(found[1]) != self.address:
            return None
        command, parameters = found[2].decode(), found[3].decode()
        said: dict[str, float | None] = {}
        if command == "R001":
            text = self.concentrations(elapsed_s, said)
        elif command == "R037":
            text = "00," + ",".join(f"{at},0,{100 - at}.0" for at in range(10))
        elif command == "A024" and parameters in ("0", "1", "2"):
            self._switch(parameters, elapsed_s)
            text = "00"
        else:
            more = self.more(command, elapsed_s)
            if more is None:
                return None
            text = more
        return Answer(framed(request[:12], text), said)

    def concentrations(self, elapsed_s: float, said: dict[str, float | None]) -> str:
        """The parameters of R001; what they say goes into `said`."""
        raise NotImplementedError

    def more(self, command: str, elapsed_s: float) -> str | None:
        """What one model answers beyond the others, None where it does not."""
        return None

    def _switch(self, gas: str, elapsed_s: float) -> None:
        self.gas = gas
        if self.life is None:
            return
        if gas in GASES:
            self.life.begin(GASES[gas], elapsed_s)
        else:
            self.life.end(elapsed_s)

    def as_foreign(self, frame: bytes) -> bytes:
        """An answer to another command: who answers is in no byte that a master judges."""
        return framed(frame[:7] + b"R999" + frame[11:12], frame[12:-3].decode())


class HoribaApha370(Horiba370):
    """scripts: `ch4`, `nmhc`, `fuel` (0: it has run out), and `igniting` (0, 1)."""

    keys = ("unit",)
    usual = {"ch4": 0.0, "nmhc": 0.0, "fuel": 1.0, "igniting": until(IGNITION_S)}
    states = ("fuel", "igniting")

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._lit_at_s = 0.0  # where fuel has been there since

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

    def more(self, command: str, elapsed_s: float) -> str | None:
        return f"00,{self._flame(elapsed_s)}" if command == "R010" else None

    def _flame(self, elapsed_s: float) -> int:
        if self.state("fuel", elapsed_s) == 0:
            self._lit_at_s = elapsed_s + IGNITION_S
            return EXTINGUISHED
        lit = elapsed_s >= self._lit_at_s and not self.state("igniting", elapsed_s)
        return BURNING if lit else IGNITING

    def concentrations(self, elapsed_s: float, said: dict[str, float | None]) -> str:
        burns = self._flame(elapsed_s) == BURNING
        for name in ("ch4", "nmhc"):
            measured = self.on_gas(name, elapsed_s, {"1": 0.0, "2": SPAN[name]}.get(self.gas))
            said[name] = round(measured, 2) if burns else 0.0
        said["thc"] = round(sum(value or 0.0 for value in said.values()), 2)
        words = [f"{at:02d}000{value:.2f}" for at, value in enumerate(said.values())]
        return "00,3," + ",".join([*words, "0", "0", "0"])

"""Gill MaxiMet set to SDI-12, with CRC: `aMC!` to `aMC3!` begin a measurement of MEASURE_S, `aD0!` reads it.

Source: Gill MaxiMet manual 1957-PS-021 p. 71-74. This encoder shares nothing with the driver's.
"""

import re
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.instruments.vaisala_wxt import sdi_crc
from hardware_sim.source import Source

__all__ = ["MEASURE_S", "GillMaximetSdi12"]

MEASURE_S = 3
COMMAND = re.compile(rb"[0-9](I|MC[1-3]?|D[01])!")
MEASURED = {  # by the measurement's number: a form for each block
    "": (("wind_direction", "+{:03.0f}"), ("wind_speed", "+{:06.2f}"), ("corrected_direction", "+{:03.0f}"),
         ("corrected_speed", "+{:06.2f}"), ("status", "+{:04.0f}")),
    "1": (("temperature", "{:+06.1f}"), ("humidity", "+{:03.0f}"), ("dew_point", "{:+06.1f}"),
          ("pressure", "+{:06.1f}"), ("status", "+{:04.0f}"), ("", "+999")),
    "2": (("wind_direction", "+{:03.0f}"), ("wind_speed", "+{:06.2f}"), ("status", "+{:04.0f}")),
    "3": (("rain_intensity", "+{:05.1f}"), ("rain", "+{:05.1f}"), ("status", "+{:04.0f}")),
}  # fmt: skip
SECOND_BLOCK = "+999+1.2+013.1"


class GillMaximetSdi12(Scripted):
    """scripts: by the channels, and `status`."""

    keys = ("measurements", "speed_unit", "temperature_unit", "pressure_unit", "rain_unit")
    usual = {
        **{name: 0.0 for forms in MEASURED.values() for name, _ in forms if name},
        **{"temperature": 20.0, "humidity": 50.0, "dew_point": 9.0, "pressure": 1013.0},
    }
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._begun: str | None = None

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = COMMAND.match(buf)
        return found.end() if found else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        text = request.decode()[:-1]
        own, command = str(self.address), text[1:]
        if text[0] != own:
            return None
        if command == "I":
            return Answer(f"{own}13GillInst00014490002\r\n".encode())
        if command.startswith("MC"):
            self._begun = command[2:]
            count = len(MEASURED[self._begun]) + 3 * (self._begun == "1")
            return Answer(f"{own}{MEASURE_S:03d}{count}\r\n".encode())
        said: dict[str, float | None] = {}
        body = own
        if self._begun == "1" and command == "D1":
            body += SECOND_BLOCK
        elif self._begun is not None and command == "D0":
            for name, form in MEASURED[self._begun]:
                word = form.format(self.value(name, elapsed_s) if name else 0.0)
                body += word
                if name and name != "status":
                    said[name] = float(word)
        return Answer(f"{body}{sdi_crc(body)}\r\n".encode(), said)

"""TSI DustTrak II and DRX: a command and CR is answered CR LF text CR LF; lists end with a comma.

It measures once it is started, begins stopped, and remembers the zero: `offset` is added to every value
until MZERO, which takes ZERO_S and stops the measurement, takes it away. Source: public drivers (class
DustTrax; drx_85xx); the texts other than `Running` are ours. This encoder shares nothing with the driver's.
"""

import re
from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["DustTrak", "DustTrakDrx"]

REQUEST = re.compile(rb"[A-Z]+\r")
ZERO_S = 60.0
FIELDS = {"8530": 13, "8532": 12, "8533": 17, "8534": 16}
MESSAGES = ("system error", "laser", "flow", "flow blocked")  # the same in all models
DRX_MESSAGES = (
    *("maximum concentration PM1", "maximum concentration PM2.5", "maximum concentration respirable"),
    *("maximum concentration PM10", "maximum concentration total", "filter concentration"),
)
IDLE = Show("not measuring: Idle", "stopped", 1)
FRACTIONS = ("pm1", "pm25", "pm4", "pm10", "tsp")


class DustTrak(Scripted):
    """scripts: `dust` in mg/m3, `offset`, `message` (the number of a message that is set, 0: none), `stopped`
    (1: it does not measure, whatever it was told)."""

    keys: tuple[str, ...] = ("model", "channel")
    measures: tuple[str, ...] = ("dust",)
    usual = {"dust": 0.0, "offset": 0.0, "message": 0.0, "stopped": 0.0}
    states = ("offset", "message", "stopped")

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._since_s: float | None = None  # it measures
        self._zero_until_s = -1.0
        self._corrected = 0.0

    def shows(self) -> tuple[Show, ...]:
        texts = (*MESSAGES, "message 5", "message 6")
        return (IDLE, *(Show(text, "message", at) for at, text in enumerate(texts, 1)))

    @staticmethod
    def request_length(buf: bytes) -> int:
        found = REQUEST.match(buf)
        return found.end() if found else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        said: dict[str, float | None] = {}
        command = request[:-1].decode()
        model = str(self.settings["model"])
        texts = {"RDMN": model, "RDSN": f"{model}0042", "RDBS": "3.14", "RSDATETIME": "1/2/2026,10:11:12"}
        if command in texts:
            text = texts[command]
        elif command == "RMMEAS":
            text, said = self._measured(elapsed_s)
        elif command == "RMMESSAGES":
            number = self.state("message", elapsed_s)
            text = "".join(f"{int(at == number)}," for at in range(1, FIELDS[model] + 1))
        elif command in ("MSTART", "MSTOP", "MZERO"):
            text = self._act(command, elapsed_s)
        elif command == "MSTATUS":
            runs = self._since_s is not None and not self.state("stopped", elapsed_s)
            text = "Running" if runs else "Idle"
        elif command == "RMZEROING":
            text = "Zeroing" if elapsed_s < self._zero_until_s else "Zero done"
        else:
            return None
        return Answer(f"\r\n{text}\r\n".encode(), said)

    def _act(self, command: str, elapsed_s: float) -> str:
        if elapsed_s < self._zero_until_s:
            return "FAIL"  # it is not to be disturbed
        self._since_s = elapsed_s if command == "MSTART" else None
        if command == "MZERO":
            self._zero_until_s = elapsed_s + self.takes_s("zero", elapsed_s, ZERO_S)
            self._corrected = self.value("offset", elapsed_s)
        return "OK"

    def _measured(self, elapsed_s: float) -> tuple[str, dict[str, float | None]]:
        seconds = 0 if self._since_s is None else int(elapsed_s - self._since_s)
        said: dict[str, float | None] = {}
        text = f"{seconds},"
        for name in self.measures:
            word = f"{self.value(name, elapsed_s) + self.value('offset', elapsed_s) - self._corrected:.3f}"
            text += f"{word},"
            said[name] = float(word)
        return text, said


class DustTrakDrx(DustTrak):
    """scripts: `pm1`, `pm25`, `pm4`, `pm10`, `tsp` in mg/m3, `offset`, `message`, `stopped`."""

    keys = ("model",)
    measures = FRACTIONS
    usual = {**dict.fromkeys(FRACTIONS, 0.0), "offset": 0.0, "message": 0.0, "stopped": 0.0}

    def shows(self) -> tuple[Show, ...]:
        """A fraction beyond its maximum is over range, that of the filter is not."""
        own = dict(zip(DRX_MESSAGES, FRACTIONS, strict=False))
        return (
            IDLE,
            *(
                Show(text, "message", at, flag="T", channels=(own[text],))
                if text in own
                else Show(text, "message", at)
                for at, text in enumerate((*MESSAGES, *DRX_MESSAGES), 1)
            ),
        )

"""DURAG F-701-20 beta dust monitor: `STX DA CR` is answered in the same form, without a check.

`STX MDnn` and for each value ` aaa +mmmm+ee ss ff serial`. By itself it checks its zero point and its
reference in the first minutes of each day (CYCLE_S), and gives the value it had before. Source: Datalogger2
VerewaF701Collector.scala (status bits); Thermo 5030i manual p. 394-396 (form). This encoder shares
nothing with the driver's.
"""

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.instruments.thermo_5030i import number

__all__ = ["CYCLE_S", "DuragF701"]

QUESTION = b"\x02DA\r"
CYCLE_S = 24 * 3600.0
ZERO_S, REFERENCE_S = 300.0, 600.0  # into each cycle but the first, the ends of the two checks
STANDBY, FILM, ZERO, REFERENCE, NOTHING, MEASURING = 0x01, 0x02, 0x04, 0x08, 0x40, 0x80
SHOWS = (
    Show("standby", "standby", 1),
    Show("film measurement", "operation", FILM),
    Show("zero point measurement", "operation", ZERO, flag="C"),
    Show("reference check", "operation", REFERENCE, flag="C"),
    Show("not measuring: operation status 40", "operation", NOTHING),
    Show("volume error", "error", 0x01, bits=True),
    Show("vacuum break", "error", 0x02, bits=True),
    Show("volume below 500 l", "error", 0x04, bits=True),
    Show("volume below 25 l", "error", 0x10, bits=True),
    Show("change battery", "error", 0x20, bits=True),
    Show("filter crack", "error", 0x40, bits=True),
    Show("error status 80", "error", 0x80, bits=True),
)


class DuragF701(Scripted):
    """scripts: `dust`, `standby` (1: it stands by), `error` (0..255) of the concentration, `operation` (its
    operation status, 0: as it does by itself)."""

    keys = ("items", "channel", "unit")
    usual = {"dust": 0.0, "standby": 0.0, "error": 0.0, "operation": 0.0}
    states = ("standby", "error", "operation")

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

    @staticmethod
    def request_length(buf: bytes) -> int:
        return len(QUESTION) if buf.startswith(QUESTION) else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        operation = self._operation(elapsed_s)
        measured_s = elapsed_s if operation == MEASURING else elapsed_s // CYCLE_S * CYCLE_S
        first = number(self.value("dust", measured_s))
        words = [f"MD{self.settings['items']:02d}"]
        for at in range(self.settings["items"]):
            value = first if at == 0 else number(1.0)
            error = self.state("error", elapsed_s) if at == 0 else 0
            words.append(f"{at:03d} {value} {operation:02X} {error:02X} 7010000042")
        said = {"dust": float(f"{first[:2]}.{first[2:5]}e{first[5:]}")}
        return Answer(b"\x02" + " ".join(words).encode() + b"\r", dict(said))

    def _operation(self, elapsed_s: float) -> int:
        if self.state("standby", elapsed_s):
            return STANDBY
        if scripted := self.state("operation", elapsed_s):
            return scripted
        into_s = elapsed_s % CYCLE_S if elapsed_s >= CYCLE_S else REFERENCE_S
        if into_s < ZERO_S:
            return ZERO
        return REFERENCE if into_s < REFERENCE_S else MEASURING

"""Met One BAM 1020: a record for each whole hour, the mean of what was in the air at its start.

`ESC Q CR` is answered by the last one. Source: BAM 1020 manual p. 90, 94; Datalogger2 MetOne1020.scala.
This encoder shares nothing with the driver's.
"""

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted

__all__ = ["HOUR_S", "Bam1020"]

QUESTION = b"\x1bQ\r"
HOUR_S = 3600.0


class Bam1020(Scripted):
    """scripts: `dust` in mg/m3, `volume` in m3."""

    keys = ("fields", "channel")
    usual = {"dust": 0.0, "volume": 0.7}

    @staticmethod
    def request_length(buf: bytes) -> int:
        return len(QUESTION) if buf.startswith(QUESTION) else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer:
        hours = int(elapsed_s // HOUR_S)
        began_s = max(0, hours - 1) * HOUR_S
        dust, volume = f"{self.value('dust', began_s):+07.3f}", f"{self.value('volume', began_s):+06.3f}"
        words = [f"03/{28 + hours // 24 % 3:02d}/07 {hours % 24:02d}:00:00", dust, volume]
        words += ["+00.0"] * (self.settings["fields"] - len(words))
        said = {"dust": float(dust), "volume": float(volume)}
        return Answer(", ".join(words).encode() + b"\r\n", dict(said))

"""Synspec GC955: a record for each analysis, which takes CYCLE_S; before the first is through, `No data`.

Source: public GC955 driver and simulator. This encoder shares nothing with the driver's.
"""

from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted

__all__ = ["CYCLE_S", "SynspecGc955"]

CYCLE_S = 900.0


class SynspecGc955(Scripted):
    """scripts: by the names of its values. A record carries what was in the air as its analysis began."""

    keys = ("fields", "values", "unit")

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [str(row).split()[0] for row in settings.get("values", ())]

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 3 if buf.startswith(b"LL\r") else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer:
        analyses = int(elapsed_s // CYCLE_S)
        if not analyses:
            return Answer(b"No data\x0f")
        began_s = (analyses - 1) * CYCLE_S
        hours, minutes = divmod(round(analyses * CYCLE_S / 60), 60)
        words = [f"{analyses}", "25-11-26", f"{hours % 24:02d}:{minutes:02d}"]
        words += [""] * (self.settings["fields"] - len(words))
        said: dict[str, float | None] = {}
        for row in self.settings["values"]:
            name, place = row.split()
            words[int(place) - 1] = f"{self.value(name, began_s):.3f}"
            said[name] = float(words[int(place) - 1])
        words = [word or "-" for word in words]
        return Answer("\t".join(words).encode() + b"\x0f", said)

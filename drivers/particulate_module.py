"""What particulate modules have in common: mass concentrations in ug/m3, and being put to sleep.

Source: see each module's own file. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.outcome import ACCEPTED, UNKNOWN, Outcome, sent_once
from drivers.sample import judged

if TYPE_CHECKING:
    from drivers.exchange import Request
    from drivers.outcome import Operation
    from drivers.sample import Sample

__all__ = ["MODE", "MODES", "ParticulateModule"]

MODES = ("sends", "asked")
MODE = {
    "name": "mode",
    "type": "string",
    "choices": list(MODES),
    "help": "whether it sends readings on its own, as from the factory, or was set to answer only",
}


class ParticulateModule:
    """A module alone on its line. names: of its mass concentrations, in the order that it says them."""

    def __init__(self, names: "tuple[str, ...]") -> None:
        self.address = None
        self.channels = tuple([(name, "ug/m3") for name in names])

    def samples(self, values: "tuple[float, ...]", causes: "list[tuple[str, str]]") -> "list[Sample]":
        """A Sample for each mass concentration."""
        return [
            judged(name, float(value), unit, causes) for (name, unit), value in zip(self.channels, values)
        ]

    def acted(self, command: "Request", state: str) -> "Operation":
        """Send what acts; state: what the module's acknowledgement means. It has no state to read back."""
        answered = yield from sent_once(command)
        return Outcome(ACCEPTED, (state,)) if answered else Outcome(UNKNOWN, ())

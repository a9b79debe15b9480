"""Emerson (Rosemount) NGA 2000 and MLT gas analysers over AK on RS-485, with a bus address.

What the numbers of its error list mean is written in no page at hand: an error is D with its number,
unless a setting names it.
Source: Emerson AK manual 90003752 p. 1-3..1-18 (frames, codes, refusals). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.ak_analyser import AkAnalyser, error_table

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "EmersonNga2000"]

ABOUT = {
    "name": "emerson-nga2000",
    "vendor": "Emerson (Rosemount)",
    "model": "NGA 2000, MLT",
    "class": "cems",
    "protocol": "ak",
    "sources": ["AK manual 90003752 p. 1-3..1-18"],
    "confidence": "A",
    "proven": "emulator only",
    "notes": "RS-485. Questions and refusals are printed in the manual; of an AKON answer only the form of a "
    "number is, so how many words stand in it is a setting.",
}
ADDRESSES = (4, 255)
SHARED_LINE = True
SETTINGS = (
    {
        "name": "values",
        "type": "list",
        "example": ["co", "no"],
        "help": 'names of the concentrations in the order of its AKON answer, for example ["co", "no"]',
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "%", "mg/m3"],
        "help": "the unit set on the analyser, for all its values; the answer does not carry it",
    },
    {
        "name": "extra",
        "type": "integer",
        "example": 0,
        "help": "how many words stand behind the values in its AKON answer, such as a time stamp: 0 for none",
    },
    {
        "name": "errors",
        "type": "list",
        "example": ["7 D flow"],
        "help": 'numbers of its error list that are known, as "number flag name", for example ["7 D flow"], '
        'or ["none"]; any other number is flagged D',
    },
)


class EmersonNga2000(AkAnalyser):
    """address: its bus address byte, 4..255. settings: see SETTINGS. Raises ValueError."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        channels = tuple([(name, settings["unit"]) for name in settings["values"]])
        super().__init__(
            channels, error_table(settings["errors"]), settings["extra"], self.bus_address(address)
        )
        self.questions()  # an address out of range is found now

    @staticmethod
    def bus_address(address: int) -> "int | None":
        """The byte that a question carries; None where the form has none."""
        return address

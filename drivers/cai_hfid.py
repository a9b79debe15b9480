"""California Analytical 600 and 700M HFID: heated flame ionisation detectors over AK.

Error numbers follow the firmware. `errors = ["current"]` takes the set of the present one, among them
1, no flame; what a unit means otherwise is written beside it, as `"17 T range overflow"`. A number that
is in neither is D with the number as its condition.
The last word of the values is a time stamp, which nobody needs: the line stamps them.
Source: CAI 700M HFID manual p. 153-155 (frames, codes); public driver CAI.py (errors, time stamp).
"""

from typing import TYPE_CHECKING

from drivers.ak_analyser import AkAnalyser, error_table

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ABOUT", "ADDRESSES", "CURRENT", "SETTINGS", "SHARED_LINE", "CaiHfid"]

ABOUT = {
    "name": "cai-hfid",
    "vendor": "California Analytical Instruments",
    "model": "600 HFID, 700M HFID",
    "class": "voc-fid",
    "protocol": "ak",
    "sources": ["700M HFID manual p. 153-155", "public driver CAI.py"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "RS-232 9600 8N1, or TCP port 7700 (a line of rtu+tcp://host:7700). In manual mode it is "
    "commanded by its own keys, and goes on measuring.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "values",
        "type": "list",
        "example": ["thc"],
        "help": 'names of the concentrations in the order of its AKON answer, for example ["thc"], or '
        '["thc", "ch4", "nmhc"] where it measures methane too',
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "ppmC", "mg/m3", "mgC/m3"],
        "help": "the unit set on the instrument; the answer does not carry it",
    },
    {
        "name": "errors",
        "type": "list",
        "example": ["current"],
        "help": '["current"] for the error numbers of present firmware; others as "number flag name", for '
        'example ["current", "30 D burner"]; ["none"] where nothing is known of them',
    },
)
CURRENT = (
    "1 D no flame",
    "2 D sample pressure",
    "3 D air pressure",
    "4 D fuel pressure",
    "5 D air injection pressure",
    "6 D fuel injection pressure",
    "7 D filter temperature",
    "8 D burner temperature",
    "9 D oven temperature",
    "10 D cutter temperature",
    "11 D pump temperature",
    "12 D sample pressure control",
    "13 D air pressure control",
    "14 D fuel pressure control",
    "15 D air injection pressure control",
    "16 D fuel injection pressure control",
    "17 T range overflow",
    "18 T converter overflow",
    "19 D converter underflow",
    "20 D range 1 not calibrated",
    "21 D range 2 not calibrated",
    "22 D range 3 not calibrated",
    "23 D range 4 not calibrated",
    "24 N low concentration warning",
    "25 N high concentration warning",
    "27 D general alarm",
    "29 D calibration alarm",
)


class CaiHfid(AkAnalyser):
    """It has no address. settings: `values`, `unit`, `errors`. Raises ValueError for an error of no form."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        errors = error_table([row for row in settings["errors"] if row != "current"])
        if "current" in settings["errors"]:
            known = error_table(list(CURRENT))
            known.update(errors)
            errors = known
        channels = tuple([(name, settings["unit"]) for name in settings["values"]])
        super().__init__(channels, errors, trailing=1)

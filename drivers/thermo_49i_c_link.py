"""Thermo 49i and 49C ozone analysers over C-Link: with what their flags say of temperatures, flows and lamps.

Source: 49i Primary Standard manual p. B-25 (calibrations); HagenTelg/forge, instrument thermo49 (commands,
form of the answers, flags). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.thermo_c_link import ADDRESSES, NOTES, SETTINGS, SHARED_LINE, ThermoCLink, of_gas

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation, Report
    from drivers.thermo_c_link import Causes

__all__ = ["ABOUT", "ADDRESSES", "FLAGS", "SETTINGS", "SHARED_LINE", "Thermo49iCLink"]

ABOUT = {
    "name": "thermo-49i-c-link",
    "vendor": "Thermo Scientific",
    "model": "49i, O3 (C-Link)",
    "class": "cems",
    "family": "thermo-49i",
    "protocol": "c-link",
    "sources": [
        "49i Primary Standard manual p. B-25 (calibrations)",
        "HagenTelg/forge: instrument thermo49 (commands, answers, flags)",
    ],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": NOTES,
}
FLAGS = (  # bit, flag, condition; those that only say how it is set up are left out
    (0x00000001, "D", "bench temperature low"),
    (0x00000002, "D", "bench temperature high"),
    (0x00000004, "D", "lamp temperature low"),
    (0x00000008, "D", "lamp temperature high"),
    (0x00000010, "D", "ozonator temperature low"),
    (0x00000020, "D", "ozonator temperature high"),
    (0x00000040, "D", "pressure low"),
    (0x00000080, "D", "pressure high"),
    (0x00000100, "D", "flow A low"),
    (0x00000200, "D", "flow A high"),
    (0x00000400, "D", "flow B low"),
    (0x00000800, "D", "flow B high"),
    (0x00001000, "D", "intensity A low"),
    (0x00002000, "D", "intensity A high"),
    (0x00004000, "D", "intensity B low"),
    (0x00008000, "D", "intensity B high"),
    (0x20000000, "M", "service mode"),
    (0x40000000, "N", "concentration alarm low"),
    (0x80000000, "N", "concentration alarm high"),
)
HEX = "0123456789abcdefABCDEF"


class Thermo49iCLink(ThermoCLink):
    """address: the instrument ID, 0..127. settings: `unit`, `format`."""

    gases = ("o3",)
    name_command = "program no"

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(address, settings)
        self._flags = self._report("flags")

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (self._mode, self._flags) + self._reports

    def measure(self) -> "Conversation":
        """The gas at the inlet, the flags, then the concentration."""
        causes = of_gas((yield self._mode))
        return (yield from self._concentrations(causes + of_flags((yield self._flags))))

    def status(self) -> "Report":
        """The gas at the inlet, and what its flags say."""
        mode = yield self._mode
        causes = of_flags((yield self._flags))
        return ("gas mode %s" % mode,) + tuple(["%s %s" % cause for cause in causes])

    def zero(self) -> "Operation":
        """`set cal o3 bkg`: calibrate the background, with zero gas at the inlet."""
        return (yield from self._calibrate("o3 bkg"))

    def span(self) -> "Operation":
        """`set cal o3 coef`: calibrate the coefficient, with the span gas that is set at the inlet."""
        return (yield from self._calibrate("o3 coef"))


def of_flags(text: str) -> "Causes":
    """What eight hex digits mean for a reading. Raises WireError."""
    if len(text) != 8 or not all(sign in HEX for sign in text):
        raise WireError("flags", "eight hex digits", text)
    bits = int(text, 16)
    return [(flag, condition) for bit, flag, condition in FLAGS if bits & bit]

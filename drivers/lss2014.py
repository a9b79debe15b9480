"""LSS2004 and LSS2014 stack dust meters: function 0x66 in a Modbus frame.

The source does not say what the fourth state means, nor what the alarm byte counts: the one is a fault,
the other a condition that leaves the flag alone.
Source: public driver rtuacq_protocol_tsp_AnRongXin_LSS2004_LSS2014.c. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.dust_66 import FAULT, MAINTENANCE, OK, ReadDust, ReadParameters

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Lss2014"]

ABOUT = {
    "name": "anrongxin-lss2014",
    "vendor": "Anrongxin",
    "model": "LSS2004, LSS2014",
    "class": "tsp",
    "protocol": "dust-66",
    "sources": ["Yimning/Daily-Code: protocol/rtuacq_protocol_tsp_AnRongXin_LSS2004_LSS2014.c (site driver)"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "The question is the site driver's byte for byte; of an answer only the layout is known.",
}
ADDRESSES = (1, 255)
SHARED_LINE = True
SETTINGS = ()
STATES = {OK: None, FAULT: ("D", "instrument fault"), MAINTENANCE: ("M", "maintenance")}


class Lss2014:
    """address 1..255. Raises ValueError for another."""

    channels = (("tsp", "mg/m3"),)

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self._request = ReadDust(address)

    def questions(self) -> "tuple[ReadDust, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange; returns the Sample of the dust."""
        dust = yield self._request
        state = STATES.get(dust.state, ("D", "state %d" % dust.state))
        causes = [] if state is None else [state]
        if dust.calibrating:
            causes.append(("C", "calibrating"))
        if dust.alarm:
            causes.append(("N", "alarm %d" % dust.alarm))
        value = dust.value
        if value - value != 0:  # not a number, or infinite
            value = None
            causes.append(("D", "not a number"))
        return [judged("tsp", value, "mg/m3", causes)]

    def status(self) -> "Report":
        """Measuring range and averaging time."""
        parameters = yield ReadParameters(self.address)
        return ("range %d mg/m3" % parameters.range, "averaging %s s" % parameters.seconds)

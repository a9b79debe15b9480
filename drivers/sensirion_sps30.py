"""Sensirion SPS30 over SHDLC: mass and number concentrations, and typical particle size.

It measures only once it is started; until then it refuses to be read, which is flagged F.
Source: Sensirion embedded-uart-sps and python-shdlc-driver; avaldebe/PyPMS (captures).
Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused
from drivers.outcome import ACCEPTED, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.wire.shdlc import CLEAN, STOP, ReadValues, ShdlcRequest, Start

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "SensirionSps30"]

ABOUT = {
    "name": "sensirion-sps30",
    "vendor": "Sensirion",
    "model": "SPS30",
    "class": "particulate-module",
    "protocol": "shdlc",
    "sources": ["Sensirion embedded-uart-sps (vendor's driver)", "avaldebe/PyPMS (captures)"],
    "confidence": "A",
    "proven": "independent implementation",
    "notes": "115200 8N1, address 0 from the factory. It measures once a second: polled more often, it has "
    "nothing new, which is flagged D.",
}
ADDRESSES = (0, 254)
SHARED_LINE = True
SETTINGS = ()
NOT_MEASURING = 0x43


class SensirionSps30:
    """address 0..254. Raises ValueError for another."""

    channels = (
        ("pm1", "ug/m3"),
        ("pm25", "ug/m3"),
        ("pm4", "ug/m3"),
        ("pm10", "ug/m3"),
        ("count_05", "1/cm3"),
        ("count_1", "1/cm3"),
        ("count_25", "1/cm3"),
        ("count_4", "1/cm3"),
        ("count_10", "1/cm3"),
        ("typical_size", "um"),
    )

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self._request = ReadValues(address)

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange."""
        causes: list[tuple[str, str]] = []
        values: tuple[float, ...] = ()
        try:
            device_error, values = yield self._request
        except Refused as refusal:
            if refusal.code != NOT_MEASURING:
                raise
            causes.append(("F", "not measuring"))
        else:
            if device_error:
                causes.append(("D", "the sensor's status has an error"))
            if not values:
                causes.append(("D", "nothing new was measured"))
        return [
            judged(name, values[at] if values else None, unit, causes)
            for at, (name, unit) in enumerate(self.channels)
        ]

    def start(self) -> "Operation":
        """Begin measuring."""
        return (yield from self._act(Start(self.address), "measuring"))

    def stop(self) -> "Operation":
        """End measuring."""
        return (yield from self._act(ShdlcRequest(self.address, STOP), "not measuring"))

    def purge(self) -> "Operation":
        """Blow out: the fan at full speed. It is refused while it does not measure."""
        return (yield from self._act(ShdlcRequest(self.address, CLEAN), "measuring"))

    def _act(self, command: "Request", state: str) -> "Operation":
        """What was not confirmed is read back: whether it measures is all that it tells."""
        if (yield from sent_once(command)):
            return Outcome(ACCEPTED, (state,))
        try:
            yield self._request
        except Refused:
            return Outcome(UNKNOWN, ("not measuring",))
        return Outcome(UNKNOWN, ("measuring",))

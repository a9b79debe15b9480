"""Lufft WS and Ventus weather stations over UMB: any of their channels, all in one question.

Which channel is what stands in the station's own list; the seen pages name one of them, 100, air
temperature in degC. So a setting says name, channel and unit.
Source: Lufft WS500-UMB manual p. 50-52; Ventus-UMB p. 40-42. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused
from drivers.sample import judged
from drivers.units import UNITS
from drivers.wire.text import digits
from drivers.wire.umb import NOT_READY, STATUS, ReadChannel, ReadChannels, device

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request

__all__ = ["ABOUT", "ADDRESSES", "FLAGS_OF", "SETTINGS", "SHARED_LINE", "LufftWsUmb"]

ABOUT = {
    "name": "lufft-ws-umb",
    "vendor": "Lufft",
    "model": "WS200 to WS800-UMB, Ventus-UMB",
    "class": "meteorology",
    "protocol": "umb",
    "sources": ["WS500-UMB manual p. 50-52", "Ventus-UMB manual p. 40-42"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "RS-485. The address is the device's number within its class.",
}
ADDRESSES = (1, 255)
SHARED_LINE = True
SETTINGS = (
    {
        "name": "class",
        "type": "integer",
        "choices": [7, 8],
        "help": "the UMB class of the device: 7 a weather station (WS), 8 a Ventus",
    },
    {
        "name": "values",
        "type": "list",
        "example": ["temperature 100 degC"],
        "help": 'each value as "name channel unit", from the station\'s list of channels, for example '
        '["temperature 100 degC"]',
    },
)
FLAGS_OF = {0x50: "T", 0x52: "T"}  # above its range; every other status is D


class LufftWsUmb:
    """address: the device's number, 1..255. settings: `class`, `values`. Raises ValueError."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        rows = [row.split(" ") for row in settings["values"]]
        for row in rows:
            if len(row) != 3 or not digits(row[1]) or row[2] not in UNITS:
                raise ValueError("value %r is not a name, a channel and a unit" % " ".join(row))
        self.channels = tuple([(name, unit) for name, _, unit in rows])
        station = device(settings["class"], address)
        numbers = [int(channel) for _, channel, _ in rows]
        self._single = len(numbers) == 1
        self._request: Request = (
            ReadChannel(station, numbers[0]) if self._single else ReadChannels(station, numbers)
        )

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange. A channel without a value says why; while the station starts, all are F."""
        try:
            said = yield self._request
        except Refused as refusal:
            if refusal.code != NOT_READY:
                raise
            return [judged(name, None, unit, [("F", STATUS[NOT_READY])]) for name, unit in self.channels]
        samples = []
        for (name, unit), measured in zip(self.channels, (said,) if self._single else said):
            causes, value = [], measured.value
            if measured.status:
                why = STATUS.get(measured.status, "status %02X" % measured.status)
                causes.append((FLAGS_OF.get(measured.status, "D"), why))
            if value is not None and value - value != 0:  # not a number, or infinite
                value = None
                causes.append(("D", "not a number"))
            samples.append(judged(name, None if value is None else float(value), unit, causes))
        return samples

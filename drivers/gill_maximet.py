"""Gill MaxiMet weather stations (GMX100 to GMX600): the lines of their own report, with status and check.

What a line holds is set on the station (REPORT), so settings say which field is what. An empty field is
a value that the station does not have. Any status but 0000 is a fault.
Source: Gill MaxiMet manual 1957-PS-021 p. 42-44, 74. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.sample import judged
from drivers.units import UNITS
from drivers.wire.gill import Listen, number
from drivers.wire.text import digits

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "GillMaximet"]

ABOUT = {
    "name": "gill-maximet",
    "vendor": "Gill Instruments",
    "model": "MaxiMet GMX100 to GMX600",
    "class": "meteorology",
    "protocol": "gill",
    "sources": ["MaxiMet manual 1957-PS-021 p. 42-44, 74"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "19200 8N1 from the factory, a line a second. It speaks on its own, so it is alone on its line.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "example": "Q",
        "help": "the letter that its lines begin with, Q from the factory",
    },
    {
        "name": "fields",
        "type": "integer",
        "example": 4,
        "help": "how many fields its line has between the letter and the check; another number is refused",
    },
    {
        "name": "values",
        "type": "list",
        "example": ["wind_speed 2 m/s"],
        "help": 'each value as "name field unit", fields counted from 1 behind the letter, for example '
        '["wind_direction 1 deg", "wind_speed 2 m/s"]',
    },
    {
        "name": "status",
        "type": "integer",
        "example": 4,
        "help": "the field that holds the status (0000), counted from 1",
    },
)
WELL = "0000"


class GillMaximet:
    """It has no address. settings: see SETTINGS. Raises ValueError for what does not fit."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        fields = settings["fields"]
        self._request = Listen(settings["unit"], fields)
        rows = [row.split(" ") for row in settings["values"]]
        for row in rows:
            if len(row) != 3 or not digits(row[1]) or not 1 <= int(row[1]) <= fields or row[2] not in UNITS:
                what = "value %r is not a name, a field within 1..%d and a unit"
                raise ValueError(what % (" ".join(row), fields))
        if not 1 <= settings["status"] <= fields:
            raise ValueError("status = %d is not within 1..%d" % (settings["status"], fields))
        self._status_at = settings["status"] - 1
        self._places = tuple([int(place) - 1 for _, place, _ in rows])
        self.channels = tuple([(name, unit) for name, _, unit in rows])

    def questions(self) -> "tuple[Listen, ...]":
        """What `measure` listens for."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """The next line."""
        fields = yield self._request
        status = fields[self._status_at]
        if len(status) != 4 or not all(sign in "0123456789ABCDEFabcdef" for sign in status):
            raise WireError("status", "four hex digits", status or "nothing")
        causes = [] if status == WELL else [("D", "status %s" % status)]
        samples = []
        for (name, unit), place in zip(self.channels, self._places):
            value = number(fields[place])
            own = [("D", "not available")] if value is None else []
            samples.append(judged(name, value, unit, causes + own))
        return samples

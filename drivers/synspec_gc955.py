"""Synspec GC955: gas chromatograph for BTEX and other hydrocarbons; `LL` asks for its last record.

What stands where in a record depends on the method, so a setting says it. A record is of its last
analysis: until the next one is through, the same values are read again.
Source: two public GC955 programs, a driver and a simulator. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.synspec import ReadRecord
from drivers.wire.text import digits, plain

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "SynspecGc955"]

ABOUT = {
    "name": "synspec-gc955",
    "vendor": "Synspec",
    "model": "GC955",
    "class": "voc-fid",
    "protocol": "synspec",
    "sources": ["public GC955 driver (LL, end mark, No data)", "public GC955 simulator (date and time)"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "It has no address, so it is alone on its line. PID or FID, as ordered. It says No data, "
    "which is a refusal, until its first analysis is through.",
}
ADDRESSES = None
SHARED_LINE = False
FIRST_VALUE = 4  # behind number, date and time; fields are counted from 1
SETTINGS = (
    {
        "name": "fields",
        "type": "integer",
        "example": 6,
        "help": "how many fields its record has (TABs plus one, a trailing TAB not counted), at least 4",
    },
    {
        "name": "values",
        "type": "list",
        "example": ["benzene 4", "toluene 5"],
        "help": 'each value as "name field", fields counted from 1, for example ["benzene 4", "toluene 7"]',
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppb", "ug/m3", "ppm", "mg/m3"],
        "help": "the unit of its method; the record may carry it, in no place that the source knows",
    },
)


class SynspecGc955:
    """It has no address. settings: `fields`, `values`, `unit`. Raises ValueError for what does not fit."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._request = ReadRecord(settings["fields"])
        places = []
        for row in settings["values"]:
            name, _, place = row.partition(" ")
            if not name or not digits(place) or not FIRST_VALUE <= int(place) <= settings["fields"]:
                raise ValueError(
                    "value %r is not a name and a field within %d..%d"
                    % (row, FIRST_VALUE, settings["fields"])
                )
            places.append((name, int(place) - 1))
        self._places = tuple(places)
        self.channels = tuple([(name, settings["unit"]) for name, _ in places])

    def questions(self) -> "tuple[ReadRecord, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange; an empty field is a value that the analysis did not give."""
        record = yield self._request
        samples = []
        for (name, unit), (_, place) in zip(self.channels, self._places):
            if record[place]:
                samples.append(judged(name, plain(record[place], name), unit, []))
            else:
                samples.append(judged(name, None, unit, [("D", "no value in the record")]))
        return samples

    def status(self) -> "Report":
        """Date and time of the last analysis, as the instrument writes them."""
        record = yield self._request
        return ("last analysis %s %s" % (record[1], record[2]),)

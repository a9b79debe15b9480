"""Vaisala WXT510, WXT520 and WXT530 weather transmitters, polled in ASCII with the CRC.

Which parameters a message holds and in which unit is set on the transmitter; the unit's letter stands
behind each value. Letters that the seen pages name are taken, any other is a fault that says which it is.
Source: Vaisala WXT530 user guide M211840EN p. 74-90; WXT520 user guide M210906EN p. 67-76; WXT510 user
guide p. 57, 65-66. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.outcome import ACCEPTED, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.wire.wxt import (
    COMPOSITE,
    INVALID,
    PTU,
    RAIN,
    SUPERVISOR,
    WIND,
    Query,
    ReadSettings,
    ResetRain,
)

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation, Report

__all__ = ["ABOUT", "ADDRESSES", "PARAMETERS", "SETTINGS", "SHARED_LINE", "VaisalaWxt", "letter"]

ABOUT = {
    "name": "vaisala-wxt-ascii",
    "vendor": "Vaisala",
    "model": "WXT510, WXT520, WXT530 series (ASCII)",
    "class": "meteorology",
    "family": "vaisala-wxt530",
    "protocol": "wxt-ascii",
    "sources": [
        "WXT530 user guide M211840EN p. 74-90",
        "WXT520 user guide M210906EN p. 67-76",
        "WXT510 user guide p. 57, 65-66",
    ],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "Set it to ASCII polled (M=P) and RS-485 (C=3) and, beside others, without error messages "
    "(aSU,S=N): they come from a transmitter that was not asked. Its address 0..9 is 0..9 here, A..Z is "
    "10..35, a..z is 36..61. Hail is left out: its unit, hits per square centimetre, is none of a channel's.",
}
ADDRESSES = (0, 61)
SHARED_LINE = True
PARAMETERS = (  # as the transmitter names it, its message, the channel, the letter of its unit, the unit
    ("Dn", WIND, "wind_direction_min", "D", "deg"),
    ("Dm", WIND, "wind_direction", "D", "deg"),
    ("Dx", WIND, "wind_direction_max", "D", "deg"),
    ("Sn", WIND, "wind_speed_min", "M", "m/s"),
    ("Sm", WIND, "wind_speed", "M", "m/s"),
    ("Sx", WIND, "wind_speed_max", "M", "m/s"),
    ("Ta", PTU, "temperature", "C", "degC"),
    ("Ua", PTU, "humidity", "P", "%"),
    ("Pa", PTU, "pressure", "H", "hPa"),
    ("Rc", RAIN, "rain", "M", "mm"),
    ("Rd", RAIN, "rain_duration", "s", "s"),
    ("Ri", RAIN, "rain_intensity", "M", "mm/h"),
    ("Rp", RAIN, "rain_intensity_peak", "M", "mm/h"),
    ("Th", SUPERVISOR, "heating_temperature", "C", "degC"),
    ("Vs", SUPERVISOR, "supply_voltage", "V", "V"),
    ("Vr", SUPERVISOR, "reference_voltage", "V", "V"),
)
SETTINGS = (
    {
        "name": "values",
        "type": "list",
        "example": ["Dm", "Sm", "Ta", "Ua", "Pa"],
        "help": "the parameters to read, of those that its messages are set to hold, as it names them: "
        + ", ".join(["%s (%s)" % (row[0], row[2]) for row in PARAMETERS]),
    },
    {
        "name": "messages",
        "type": "string",
        "choices": ["composite", "single"],
        "help": "composite: one question for all (aR0), whose parameters are set apart from those of the "
        "single messages; single: a question each for wind, pressure and temperature, rain, supervisor, "
        "as needed",
    },
)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CALM = ("Dn", "Dm", "Dx")  # without a value below 0.05 m/s too


def letter(address: int) -> str:
    """The transmitter's own address, of 0..61. Raises ValueError for another."""
    if not 0 <= address < len(LETTERS):
        raise ValueError("address %d is not within 0..%d" % (address, len(LETTERS) - 1))
    return LETTERS[address]


class VaisalaWxt:
    """address 0..61. settings: `values`, `messages`. Raises ValueError for what does not fit."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = letter(address)
        rows = []
        for name in settings["values"]:
            found = [row for row in PARAMETERS if row[0] == name]
            if not found:
                raise ValueError("value %r is none of %s" % (name, ", ".join([row[0] for row in PARAMETERS])))
            rows.append(found[0])
        if not rows:
            raise ValueError("values names no parameter")
        self._rows = tuple(rows)
        self.channels = tuple([(row[2], row[4]) for row in rows])
        messages = [m for m in (WIND, PTU, RAIN, SUPERVISOR) if m in [row[1] for row in rows]]
        if settings["messages"] == "composite":
            messages = [COMPOSITE]
        self._requests = tuple([Query(self.address, message, True, len(rows)) for message in messages])

    def questions(self) -> "tuple[Query, ...]":
        """The questions that `measure` asks, in order."""
        return self._requests

    def measure(self) -> "Conversation":
        """One exchange for each message; a Sample for each value."""
        said = {}
        for request in self._requests:
            for parameter in (yield request):
                said[parameter.name] = parameter
        samples = []
        for name, _, channel, mark, unit in self._rows:
            value, causes = None, []
            if name not in said:
                causes.append(("D", "%s is not in its message" % name))
            elif said[name].unit == INVALID:
                causes.append(("D", "calm or invalid" if name in CALM else "invalid"))
            elif said[name].unit != mark:
                causes.append(("D", "its unit is %s, not %s (%s)" % (said[name].unit, mark, unit)))
            else:
                value = said[name].value
            samples.append(judged(channel, value, unit, causes))
        return samples

    def identify(self) -> "Report":
        """`aXU`: name and software version."""
        settings = yield ReadSettings(self.address)
        return tuple(["%s %s" % (name, settings[key]) for key, name in (("N", "name"), ("V", "version"))])

    def reset_rain(self) -> "Operation":
        """`aXZRU`: rain and hail counters to zero."""
        answered = yield from sent_once(ResetRain(self.address))
        return Outcome(ACCEPTED if answered else UNKNOWN, ())

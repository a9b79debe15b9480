"""What Thermo gas analysers that speak C-Link have in common: concentrations with their unit, the gas at the
inlet, zero and span gas, and the calibrations that their manuals print.

An answer carries the command and no ID of the instrument: one of them on a line. Who changes something puts
the instrument into remote mode first; in service mode it refuses.
Source: Thermo 42i manual p. B-2..B-38, 48i manual p. B-5..B-36, 49i Primary Standard manual p. B-25, 410i
manual p. B-11 (form of a concentration); 48C manual p. B-4; HagenTelg/forge, thermo49 (set time). Runs on
MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.moment import two_digits
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.wire.c_link import CLinkReport, CLinkSet
from drivers.wire.text import decimal

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation, Report

    Causes = list[tuple[str, str]]

__all__ = ["ADDRESSES", "NOTES", "SETTINGS", "SHARED_LINE", "ThermoCLink"]

ADDRESSES = (0, 127)
SHARED_LINE = False
NOTES = (
    "RS-232, RS-485 or TCP 9880. Instrument ID 0 sends no first byte. Set reply format 01 on the instrument: "
    "without its sum a damaged digit is read as another. An answer names no instrument: it is alone on "
    "its line."
)
FORMATS = {"00": (False, False), "01": (True, False), "01 with LF": (True, True)}
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppb", "ppm"],
        "help": "the unit set on the instrument; its answers say it too, and a reading in another is refused",
    },
    {
        "name": "format",
        "type": "string",
        "choices": ["00", "01", "01 with LF"],
        "help": "the reply format set on the instrument: 00 without a sum, 01 with one; 01 with LF where the "
        "sum counts the line feed before it too, as one manual prints it",
    },
)
GAS_MODES: "dict[str, Causes]" = {"sample": [], "zero": [("C", "zero gas")], "span": [("C", "span gas")]}


class ThermoCLink:
    """address: the instrument ID, 0..127. settings: `unit`, `format`. A model says:

    gases: what is reported, by the command and the channel's name. name_command: what asks who it is.
    """

    gases: "tuple[str, ...]" = ()
    name_command = "instr name"

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self._checksum, self._newline = FORMATS[settings["format"]]
        self._unit = settings["unit"]
        self.channels = tuple([(gas, settings["unit"]) for gas in self.gases])
        self._mode = self._report("gas mode")
        self._reports = tuple([self._report(gas) for gas in self.gases])

    def _report(self, command: str) -> CLinkReport:
        return CLinkReport(self.address, command, self._checksum, self._newline)

    def _set(self, command: str) -> CLinkSet:
        return CLinkSet(self.address, "set " + command, self._checksum, self._newline)

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (self._mode,) + self._reports

    def measure(self) -> "Conversation":
        """The gas at the inlet, then each concentration."""
        causes = of_gas((yield self._mode))
        return (yield from self._concentrations(causes))

    def _concentrations(self, causes: "Causes") -> "Conversation":
        samples = []
        for (name, unit), request in zip(self.channels, self._reports):
            value, said = concentration((yield request))
            if said != self._unit:
                samples.append(judged(name, None, unit, causes + [("D", "the instrument says %s" % said)]))
            else:
                samples.append(judged(name, value, unit, causes))
        return samples

    def identify(self) -> "Report":
        """Who it says that it is."""
        text = yield self._report(self.name_command)
        return (" ".join(text.split()),)

    def status(self) -> "Report":
        """The gas at the inlet, and its eight hex digits of flags."""
        mode = yield self._mode
        flags = yield self._report("flags")
        return ("gas mode %s" % mode, "flags %s" % flags)

    def zero_gas(self) -> "Operation":
        """`set mode remote`, `set zero`: zero gas to the inlet."""
        return (yield from self._switch("zero"))

    def span_gas(self) -> "Operation":
        """`set mode remote`, `set span`: span gas to the inlet."""
        return (yield from self._switch("span"))

    def measure_gas(self) -> "Operation":
        """`set mode remote`, `set sample`: back to the sample."""
        return (yield from self._switch("sample"))

    def set_time(self, moment: "tuple[int, ...]") -> "Operation":
        """`set date`, `set time`: the instrument's clock; both are read back.

        moment: year 2000..2099, month, day, hour, minute, second. Raises ValueError for what is no time.
        """
        year, month, day, hour, minute, second = two_digits(moment)
        date, time = "%s-%s-%s" % (month, day, year), "%s:%s:%s" % (hour, minute, second)
        yield from sent_once(self._set("mode remote"))
        answered = yield from sent_once(self._set("date " + date))
        answered = (yield from sent_once(self._set("time " + time))) and answered
        told = ((yield self._report("date")), (yield self._report("time")))
        if answered:
            return Outcome(ACCEPTED, told)
        return Outcome(SEEN if told[0] == date and told[1][:5] == time[:5] else UNKNOWN, told)

    def _switch(self, mode: str) -> "Operation":
        yield from sent_once(self._set("mode remote"))
        answered = yield from sent_once(self._set(mode))
        now = yield self._mode
        if answered:
            return Outcome(ACCEPTED, ("gas mode %s" % now,))
        return Outcome(SEEN if now == mode else UNKNOWN, ("gas mode %s" % now,))

    def _calibrate(self, what: str) -> "Operation":
        """`set cal` ...: the instrument's own, with the gas that is at the inlet and has settled."""
        yield from sent_once(self._set("mode remote"))
        answered = yield from sent_once(self._set("cal " + what))
        now = yield self._mode
        return Outcome(ACCEPTED if answered else UNKNOWN, ("gas mode %s" % now,))


def of_gas(mode: str) -> "Causes":
    """What the answer to `gas mode` means for a reading."""
    return GAS_MODES.get(mode.strip().lower(), [("D", "gas mode %s" % mode)])


def concentration(text: str) -> "tuple[float, str]":
    """`4.000E+1 ppm` as (40.0, "ppm"). Raises WireError."""
    words = text.split()
    if len(words) != 2:
        raise WireError("concentration", "a number and a unit", text)
    return decimal(words[0], "concentration"), words[1].lower()

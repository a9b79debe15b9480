"""What analysers that speak AK have in common: states, numbered errors, values, and their operations.

A state or an error that the source does not name is never taken for a healthy one. The source gives
the codes and no sequence of a calibration: gas first (`zero_gas`, `span_gas`), then, once it is stable,
`zero` or `span`, then `measure_gas`; whoever calls knows how long his gas needs.
Source: Emerson AK manual 90003752; CAI 700M HFID manual p. 153-155. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.moment import two_digits
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.wire.ak import AkRequest, number
from drivers.wire.text import digits

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation, Report

    Causes = list[tuple[str, str]]

__all__ = ["STATES", "AkAnalyser", "error_table"]

CONTROL = ("SREM", "SMAN", "SRBS")  # who commands it; says nothing of the gas
STATES = {  # code of ASTZ: (flag, condition)
    "SMGA": ("N", ""),
    "STBY": ("F", "standby"),
    "SPAU": ("F", "paused"),
    "SNGA": ("C", "zero gas"),
    "SEGA": ("C", "span gas"),
    "SNAB": ("C", "zero calibration"),
    "SPAB": ("C", "span calibration"),
    "SATK": ("C", "automatic calibration"),
    "SSPL": ("M", "purging"),
    "SHDE": ("M", "values held"),
    "SGTS": ("M", "device test"),
    "SRES": ("M", "reset"),
    "SARE": ("N", ""),  # autorange on and off, integrator, no hold: nothing against the value
    "SARA": ("N", ""),
    "SINT": ("N", ""),
    "SINA": ("N", ""),
    "SHDA": ("N", ""),
}


def error_table(rows: "list[str]") -> "dict[int, tuple[str, str]]":
    """`1 D no flame` and the like, as {number: (flag, condition)}; `none` stands for no row at all.

    Raises ValueError for another form.
    """
    table = {}
    for row in [row for row in rows if row != "none"]:
        number_text, _, rest = row.partition(" ")
        flag, _, condition = rest.partition(" ")
        if not digits(number_text) or flag not in tuple("SMCFBDTN") or not condition.strip():
            raise ValueError("error %r is not a number, a flag and a name, as in '1 D no flame'" % row)
        table[int(number_text)] = (flag, condition.strip())
    return table


class AkAnalyser:
    """channels: (name, unit) in the order of AKON; trailing: words of AKON behind the values.

    errors: as error_table makes it. address: the bus address byte, None on RS-232 and TCP.
    """

    channels: "tuple[tuple[str, str], ...]"

    def __init__(
        self,
        channels: "tuple[tuple[str, str], ...]",
        errors: "dict[int, tuple[str, str]]",
        trailing: int = 0,
        address: "int | None" = None,
    ) -> None:
        self.channels = channels
        self.address = address
        self._errors = errors
        self._words = len(channels) + trailing

    def _ask(self, code: str, data: str = "", values: int = 1) -> AkRequest:
        return AkRequest(code, 0, data, self.address, values)

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order; the last only where an answer tells of an error."""
        return (self._ask("ASTZ", values=2), self._ask("AKON", values=self._words), self._ask("ASTF"))

    def measure(self) -> "Conversation":
        """State and values, and the errors where the error status, which every answer carries, is not 0.

        Returns a Sample per channel. Where the values are refused, as some devices do while they calibrate,
        the state still flags them.
        """
        told, codes = yield self._ask("ASTZ", values=2)
        causes = self._of_state(codes)
        refused = words = None
        status = 0
        try:
            status, words = yield self._ask("AKON", values=self._words)
        except Refused as refusal:
            refused = refusal
        errors = (yield from self._of_errors()) if told or status or refused else []
        causes += errors
        if refused is not None or words is None:
            causes.append(("D", str(refused)))
            return [judged(name, None, unit, causes) for name, unit in self.channels]
        if len(words) != self._words:
            raise WireError("words of AKON", "%d" % self._words, "%d" % len(words))
        if status and not errors:
            causes.append(("D", "error status %d" % status))
        samples = []
        for at, (name, unit) in enumerate(self.channels):
            value = number(words[at])
            own = [("D", "marked as invalid")] if value is None else []
            samples.append(judged(name, value, unit, causes + own))
        return samples

    def identify(self) -> "Report":
        """AKEN: what the device says that it is."""
        _, words = yield self._ask("AKEN")
        return (" ".join(words),)

    def status(self) -> "Report":
        """State codes, then every flag and condition that they and the errors stand for."""
        _, words = yield self._ask("ASTZ", values=2)
        causes = self._of_state(words) + (yield from self._of_errors())
        return tuple(words) + tuple(["%s %s" % cause for cause in causes if cause[1]])

    def zero_gas(self) -> "Operation":
        """SREM, SNGA: zero gas to the inlet."""
        return (yield from self._act("SNGA"))

    def span_gas(self) -> "Operation":
        """SREM, SEGA: span gas to the inlet."""
        return (yield from self._act("SEGA"))

    def zero(self) -> "Operation":
        """SREM, SNAB: zero calibration."""
        return (yield from self._act("SNAB"))

    def span(self) -> "Operation":
        """SREM, SPAB: span calibration."""
        return (yield from self._act("SPAB"))

    def calibrate(self) -> "Operation":
        """SREM, SATK: the device's own automatic calibration; nothing but a reset ends it early."""
        return (yield from self._act("SATK"))

    def purge(self) -> "Operation":
        """SREM, SSPL: purge."""
        return (yield from self._act("SSPL"))

    def measure_gas(self) -> "Operation":
        """SREM, SMGA: back to sample gas."""
        return (yield from self._act("SMGA"))

    def stop(self) -> "Operation":
        """SREM, STBY: standby."""
        return (yield from self._act("STBY"))

    def set_time(self, moment: "tuple[int, ...]") -> "Operation":
        """SREM, ESYZ: the device's clock, in the form in which ASYZ tells it.

        moment: year 2000..2099, month, day, hour, minute, second. Raises ValueError for what is no time.
        """
        parts = two_digits(moment)
        date, time = "".join(parts[:3]), "".join(parts[3:])
        yield from sent_once(self._ask("SREM"))
        answered = yield from sent_once(self._ask("ESYZ", "%s %s" % (date, time)))
        _, words = yield self._ask("ASYZ", values=2)
        if answered:
            return Outcome(ACCEPTED, words)
        same_minute = len(words) == 2 and words[0] == date and words[1][:4] == time[:4]
        return Outcome(SEEN if same_minute else UNKNOWN, words)

    def _act(self, code: str) -> "Operation":
        """Remote control first, since the device refuses a command in manual mode (OF)."""
        yield from sent_once(self._ask("SREM"))
        answered = yield from sent_once(self._ask(code))
        _, words = yield self._ask("ASTZ", values=2)
        if answered:
            return Outcome(ACCEPTED, words)
        return Outcome(SEEN if code in words else UNKNOWN, words)

    def _of_state(self, words: "tuple[str, ...]") -> "Causes":
        codes = [word for word in words if word not in CONTROL]
        causes = [STATES.get(code, ("D", "state %s is not in the source" % code)) for code in codes]
        # Silence about what it does is not measuring.
        return causes or [("D", "no state is told")]

    def _of_errors(self) -> "Generator[Request, Any, Causes]":
        _, words = yield self._ask("ASTF")
        causes = []
        for word in words:
            if not digits(word):
                raise WireError("error of ASTF", "a number", word)
            if int(word):
                causes.append(self._errors.get(int(word), ("D", "error %d" % int(word))))
        return causes

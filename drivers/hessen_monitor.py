"""What instruments that speak Bayern-Hessen (Gesytec) have in common: values, each with two status bytes.

Where the manual names no bits of the operation status, the one that it shows while it measures is a
setting, and every other is flagged M. An error status other than 0 is D.
Source: Thermo 5030i manual p. 387-396; 5028i manual p. 318-322. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.outcome import SEEN, UNKNOWN, Outcome
from drivers.sample import judged
from drivers.wire.bayern_hessen import Control, DataRequest

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation, Report

__all__ = ["HessenMonitor"]


class HessenMonitor:
    """settings: `values`, `unit`, `measuring`. Raises ValueError for an address or a setting out of range."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        self._measuring = settings["measuring"]
        if not 0 <= self._measuring <= 255:
            raise ValueError("measuring = %d is not within 0..255" % self._measuring)
        self.channels = tuple([(name, settings["unit"]) for name in settings["values"]])
        self._request = DataRequest(address, len(self.channels))

    def questions(self) -> "tuple[DataRequest, ...]":
        """The questions that `measure` asks, in order."""
        return (self._request,)

    def measure(self) -> "Conversation":
        """One exchange; returns a Sample per value."""
        items = yield self._request
        samples = []
        for at, (name, unit) in enumerate(self.channels):
            item = items[at]
            if item.address != self.address + at:
                raise WireError("address of value %d" % (at + 1), self.address + at, item.address)
            causes = []
            if item.error:
                causes.append(("D", "error status %02X" % item.error))
            if item.operation != self._measuring:
                causes.append(("M", "operation status %02X" % item.operation))
            samples.append(judged(name, item.value, unit, causes))
        return samples

    def identify(self) -> "Report":
        """The serial number field of the first value."""
        items = yield self._request
        return ("serial number %s" % items[0].serial,)

    def status(self) -> "Report":
        """Operation and error status of the first value."""
        items = yield self._request
        return ("operation status %02X" % items[0].operation, "error status %02X" % items[0].error)

    def _act(self, control: str) -> "Operation":
        """A command is not answered: whether it was heard is read back from the operation status."""
        yield Control(self.address, control)
        state = yield from self.status()
        measures = state == ("operation status %02X" % self._measuring, "error status 00")
        return Outcome(SEEN if measures == (control == "M") else UNKNOWN, state)

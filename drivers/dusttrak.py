"""TSI DustTrak II 8530 and 8532: one mass concentration by light scattering.

The source names the messages of the DRX models only. The first four are the same here; any other among
the first six is a fault with a number for a name.
Source: two public drivers (class DustTrax; drx_85xx). Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.outcome import ACCEPTED, SEEN, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.wire.dusttrak import FAULTS, Command, ReadMeasurement, ReadMessages, ReadText

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation, Request
    from drivers.outcome import Operation, Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "DustTrak", "DustTrakII"]

ABOUT = {
    "name": "tsi-dusttrak-8530",
    "vendor": "TSI",
    "model": "DustTrak II 8530, 8532",
    "class": "tsp",
    "protocol": "dusttrak",
    "sources": ["public driver, class DustTrax", "public driver drx_85xx"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "Serial, or TCP port 3602 (a line of rtu+tcp://host:3602). It measures only after `start`, and "
    "says Running then.",
}
ADDRESSES = None
SHARED_LINE = False
RUNNING = "Running"
SETTINGS = (
    {
        "name": "model",
        "type": "string",
        "choices": ["8530", "8532"],
        "help": "on the label; the number of its messages depends on it",
    },
    {
        "name": "channel",
        "type": "string",
        "choices": ["tsp", "pm10", "pm4", "pm25", "pm1"],
        "help": "what its inlet lets through",
    },
)
NAMED = 4  # messages that mean the same in all models
SINGLE_FAULTS = tuple([("D", name) for name in FAULTS[:NAMED]]) + (("D", "message 5"), ("D", "message 6"))


class DustTrak:
    """model: as the codec knows it. faults: (flag, condition) of the first messages; a condition of
    one channel alone is in `own`, {message: channel}."""

    def __init__(
        self,
        model: str,
        channels: "tuple[str, ...]",
        faults: "tuple[tuple[str, str], ...]",
        own: "dict[int, str]",
    ) -> None:
        self.address = None
        self.channels = tuple([(name, "mg/m3") for name in channels])
        self._model = model
        self._faults = faults
        self._own = own

    def questions(self) -> "tuple[Request, ...]":
        """The questions that `measure` asks, in order."""
        return (ReadText("MSTATUS"), ReadMessages(self._model), ReadMeasurement(self._model))

    def measure(self) -> "Conversation":
        """State, messages, values: three exchanges."""
        state = yield ReadText("MSTATUS")
        messages = yield ReadMessages(self._model)
        _, values = yield ReadMeasurement(self._model)
        samples = []
        for (name, unit), value in zip(self.channels, values):
            causes = [] if state == RUNNING else [("F", "not measuring: %s" % state)]
            for at, cause in enumerate(self._faults):
                if messages[at] and self._own.get(at, name) == name:
                    causes.append(cause)
            samples.append(judged(name, value, unit, causes))
        return samples

    def identify(self) -> "Report":
        """Model, serial number, firmware."""
        model = yield ReadText("RDMN")
        serial = yield ReadText("RDSN")
        firmware = yield ReadText("RDBS")
        return (model, "serial number %s" % serial, "firmware %s" % firmware)

    def status(self) -> "Report":
        """What it does, and the messages that are set."""
        state = yield ReadText("MSTATUS")
        messages = yield ReadMessages(self._model)
        return (state,) + tuple([name for at, (_, name) in enumerate(self._faults) if messages[at]])

    def start(self) -> "Operation":
        """MSTART: measure."""
        return (yield from self._act("MSTART", True))

    def stop(self) -> "Operation":
        """MSTOP."""
        return (yield from self._act("MSTOP", False))

    def zero(self) -> "Operation":
        """MZERO, with the zero filter on the inlet; the state tells how far it is (RMZEROING)."""
        answered = yield from sent_once(Command("MZERO"))
        progress = yield ReadText("RMZEROING")
        return Outcome(ACCEPTED if answered else UNKNOWN, (progress,))

    def _act(self, command: str, runs: bool) -> "Operation":
        answered = yield from sent_once(Command(command))
        state = yield ReadText("MSTATUS")
        if answered:
            return Outcome(ACCEPTED, (state,))
        return Outcome(SEEN if (state == RUNNING) == runs else UNKNOWN, (state,))


class DustTrakII(DustTrak):
    """It has no address. settings: `model`, `channel`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        super().__init__(settings["model"], (settings["channel"],), SINGLE_FAULTS, {})

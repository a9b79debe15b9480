"""UPSs that speak Megatec (Q1): mains, battery and load of the cabinet's own supply.

A failed mains is no fault of what is measured: it is a condition beside the flag N.
Source: Network UPS Tools, nutdrv_qx_megatec.c. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.sample import judged
from drivers.wire.megatec import ReadRatings, ReadStatus

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "CAUSES", "SETTINGS", "SHARED_LINE", "MegatecUps"]

ABOUT = {
    "name": "megatec-ups",
    "vendor": "several (Megatec Q1)",
    "model": "UPS with the Megatec protocol",
    "class": "other",
    "protocol": "megatec",
    "sources": ["Network UPS Tools, nutdrv_qx_megatec.c"],
    "confidence": "A",
    "proven": "independent implementation",
    "notes": "RS-232, 2400 8N1. It has no address, so it is alone on its line.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = ()
CAUSES = {
    "utility fail": (("N", "utility fail"),),
    "battery low": (("N", "battery low"),),
    "bypass or boost": (("N", "bypass or boost"),),
    "UPS failed": (("D", "UPS failed"),),
    "standby type": (),  # what it is, not how it is
    "test in progress": (("M", "test in progress"),),
    "shutdown active": (("N", "shutdown active"),),
    "beeper on": (),
}


class MegatecUps:
    """It has no address and no settings."""

    channels = (
        ("input_voltage", "V"),
        ("output_voltage", "V"),
        ("load", "%"),
        ("input_frequency", "Hz"),
        ("battery_voltage", "V"),
        ("temperature", "degC"),
    )

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None

    def questions(self) -> "tuple[ReadStatus, ...]":
        """The questions that `measure` asks, in order."""
        return (ReadStatus(),)

    def measure(self) -> "Conversation":
        """One exchange."""
        said = yield ReadStatus()
        values = (
            said.input_v,
            said.output_v,
            float(said.load_pct),
            said.input_hz,
            said.battery_v,
            said.temperature,
        )
        causes: list[tuple[str, str]] = []
        for flag in said.flags:
            causes.extend(CAUSES[flag])
        return [judged(name, value, unit, causes) for (name, unit), value in zip(self.channels, values)]

    def identify(self) -> "Report":
        """`F`: its ratings."""
        rated = yield ReadRatings()
        return (
            "rated %s V, %s A, %s Hz" % (rated.input_v, rated.input_a, rated.input_hz),
            "battery %s V" % rated.battery_v,
        )

    def status(self) -> "Report":
        """Every flag that is set."""
        said = yield ReadStatus()
        return tuple(said.flags)

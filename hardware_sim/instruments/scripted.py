"""What emulated instruments have in common that are scripted value by value."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hardware_sim.instrument import Instrument
from hardware_sim.scripts import Script
from hardware_sim.source import Source
from hardware_sim.tables import Table

__all__ = ["Scripted", "Unasked", "until"]


def until(end_s: float) -> "list[tuple[float, float]]":
    """The script of a state that holds from the start until `end_s`, such as a warm-up."""
    return [(0.0, 1.0), (end_s, 1.0), (end_s, 0.0)]


class Scripted(Instrument):
    """keys: the driver's settings, taken as they are. usual: scriptable values and what they are unscripted;
    states: those of them that are no measured values.

    Raises BenchError for a setting that the driver does not have.
    """

    keys: tuple[str, ...] = ()
    usual: ClassVar[Mapping[str, Any]] = {}
    states: tuple[str, ...] = ()
    has_check = False

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        table = Table(settings, f"{where}: settings")
        self.settings = {key: table.get(key) for key in self.keys}
        table.close()
        self.address = address
        self._scripts = {
            name: scripts.get(name) or Script(self.usual.get(name, 0.0), f"{where}: {name}")
            for name in self.scriptable(settings)
        }

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        """What can be scripted of an instrument with these settings."""
        return list(cls.usual)

    def values(self) -> tuple[str, ...]:
        return tuple(name for name in self._scripts if name not in self.states)

    def on_gas(self, name: str, elapsed_s: float, gas: float | None) -> float:
        """The value; without a life, that of the gas at its inlet where it is no sample (None)."""
        return self.value(name, elapsed_s) if gas is None or self.life is not None else gas

    def value(self, name: str, elapsed_s: float) -> float:
        """The scripted value, with its noise."""
        return self._scripts[name].value(elapsed_s)

    def state(self, name: str, elapsed_s: float) -> int:
        """A scripted state: a whole number, and no noise in it."""
        return round(self._scripts[name].at(elapsed_s))

    def as_foreign(self, frame: bytes) -> bytes:
        """Alone on its line, nobody else can answer: a frame of nobody."""
        return b"?" + frame[1:]


class Unasked(Scripted):
    """One that only speaks on its own."""

    @staticmethod
    def request_length(buf: bytes) -> int:
        return 0

    def answer(self, request: bytes, elapsed_s: float) -> None:
        raise AssertionError("it is never asked")

"""What every emulated instrument offers to the line, whatever its protocol."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from hardware_sim.source import Source

if TYPE_CHECKING:
    from hardware_sim.behaviour.life import Life

__all__ = ["Answer", "Instrument", "Show"]


@dataclass(frozen=True)
class Answer:
    """A whole answer and what it truly said: value by channel, None where it said "no value"."""

    frame: bytes
    values: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Show:
    """How an instrument shows a condition: the number that one of its states takes, or the bits that are
    set in it.

    condition: as its driver names it. flag: where it matters: T over range, C calibrating. channels:
    which it is of, by default all.
    """

    condition: str
    state: str
    number: float
    bits: bool = False
    flag: str = ""
    channels: tuple[str, ...] = ()

    def as_row(self) -> dict[str, float]:
        """As a [[status]] row of a profile has it."""
        return {"bit": int(self.number).bit_length() - 1} if self.bits else {"is": self.number}

    def is_of(self, channel: str) -> bool:
        return not self.channels or channel in self.channels


class Instrument(ABC):
    """One instrument on a line. It knows no time but the seconds since the bench's start; where it has a
    life (hardware_sim.behaviour), since its power came."""

    address: int
    shows_itself = False  # whether it lays conditions over its answer, where others read their states
    life: "Life | None" = None  # where the bench says how it behaves
    _scripts: Mapping[str, Source] = MappingProxyType({})
    can_refuse = False  # whether its protocol has a frame that says no
    has_check = True  # whether a master can tell a damaged answer
    speaks_every_s: float | None = None  # how often it says something unasked; None: never
    # Bytes of the complete, valid request of this protocol (to any address) that begins at buf[0];
    # 0 where there is none yet. One function for all instruments of a protocol.
    request_length: Callable[[bytes], int]

    @abstractmethod
    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """The answer to a request found by `request_length`; None where it keeps silent."""

    @abstractmethod
    def as_foreign(self, frame: bytes) -> bytes:
        """The answer `frame` as an instrument at another address would send it, its check valid."""

    def refusal(self, request: bytes, code: int) -> bytes:
        """The frame that refuses `request`. Raises NotImplementedError where `can_refuse` is False."""
        raise NotImplementedError

    def shows(self) -> tuple[Show, ...]:
        """Every condition that it can show, and how; a condition may have several rows."""
        return ()

    def values(self) -> tuple[str, ...]:
        """The values that it says, by the names that its scripts have."""
        return tuple(self._scripts)

    def measured(self) -> tuple[str, ...]:
        """Those of them that drift and are calibrated: all but directions, which have no end."""
        return tuple(name for name in self.values() if "direction" not in name)

    def dress(self, dressed: "Callable[[str, Source], Source]") -> None:
        """Put other sources in place of its own, name by name."""
        self._scripts = {name: dressed(name, source) for name, source in self._scripts.items()}

    def takes_s(self, operation: str, elapsed_s: float, usual_s: float) -> float:
        """How long an operation takes that begins now; its life, where it has one, takes note of it."""
        return usual_s if self.life is None else self.life.begin(operation, elapsed_s)

    def speak(self, elapsed_s: float) -> Answer | None:
        """What it says unasked at its time; None where it keeps silent just now."""
        return None

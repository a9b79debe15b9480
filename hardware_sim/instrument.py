"""What every emulated instrument offers to the line, whatever its protocol."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Answer", "Instrument"]


@dataclass(frozen=True)
class Answer:
    """A whole answer and what it truly said: value by channel, None where it said "no value"."""

    frame: bytes
    values: dict[str, float | None] = field(default_factory=dict)


class Instrument(ABC):
    """One instrument on a line. It knows no time but the seconds since the bench's start."""

    address: int
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

    def speak(self, elapsed_s: float) -> Answer | None:
        """What it says unasked at its time; None where it keeps silent just now."""
        return None

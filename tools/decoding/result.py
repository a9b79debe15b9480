"""What came of decoding a captured answer, and which of several complaints says most about it."""

from dataclasses import dataclass, field
from typing import Any

from drivers.exchange import Refused, Request, WireError
from drivers.sample import Sample

__all__ = ["Decoded", "NotDecoded", "hex_of", "most_telling", "value_of"]

CHECKS = ("CRC", "LRC", "FCS", "sum", "checksum", "block check")  # as the codecs name them


class NotDecoded(Exception):
    """Why the answer is refused, in words."""


@dataclass
class Decoded:
    """samples: what the channels say. conditions: settings that are missing, and what else a person
    must know. fields: lines for a person: what stands in the frame."""

    samples: list[Sample] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """ok, error, channels, conditions: the contract of `--json`."""
        channels = [
            {"channel": s.channel, "value": s.value, "unit": s.unit, "flag": s.flag} for s in self.samples
        ]
        told = [condition for sample in self.samples for condition in sample.conditions]
        conditions = list(dict.fromkeys(self.conditions + told))
        return {"ok": True, "error": None, "channels": channels, "conditions": conditions}


def value_of(question: Request, reply: bytes) -> Any:
    """What the question's own codec reads; raises WireError, Refused, or NotDecoded for one cut short."""
    value = question.parse(reply)
    if value is None:
        size = question.length(reply) if hasattr(question, "length") else None
        missing = f"{size - len(reply)} of {size} bytes" if size and size > len(reply) else "its end"
        raise NotDecoded(f"the answer is not whole: {missing} missing")
    return value


def most_telling(failures: list[Exception]) -> Exception:
    """The instrument's own refusal, a wrong check, an answer cut short, and then what differs first."""

    def rank(failure: Exception) -> int:
        if isinstance(failure, Refused):
            return 0
        if isinstance(failure, WireError):
            return 1 if failure.field in CHECKS else 3
        return 2

    return min(failures, key=rank)


def hex_of(data: bytes) -> str:
    return data.hex(" ").upper()

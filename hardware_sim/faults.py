"""What goes wrong with an instrument's answers: which, how often, when."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hardware_sim.tables import Table

__all__ = ["KINDS", "Fault", "Faults", "damaged", "read_faults", "seeded"]

KINDS = {
    "dead": "no answer",
    "late": "the answer comes `by_ms` after it should have",
    "crc": "one bit flipped",
    "truncated": "the answer's end is missing",
    "long": "extra bytes behind the answer",
    "noise": "bytes before the answer",
    "inside": "bytes inside the answer",
    "twice": "the answer, sent twice",
    "foreign": "another address answers, with a valid check",
    "exception": "the Modbus exception `code`",
}
EXTRA_BYTES = 4  # at most so many behind a `long` answer or before a noisy one


def seeded(*parts: object) -> Random:
    """A random source of its own for each purpose, so that adding one never shifts another."""
    return Random("/".join(str(part) for part in parts))


@dataclass(frozen=True)
class Fault:
    """share: 0..1 of the answers; from_s, until_s: since the bench's start."""

    kind: str
    share: float = 1.0
    from_s: float = 0.0
    until_s: float = math.inf
    by_ms: float = 0.0
    code: int = 0


class Faults:
    """One instrument's faults, drawn from its own seeded source."""

    def __init__(self, faults: Sequence[Fault], random: Random) -> None:
        self._faults = tuple(faults)
        self.random = random

    def strike(self, elapsed_s: float) -> Fault | None:
        """The fault of the answer due now: the first in order that its share and window let through."""
        # Every fault draws every time: one fault's window then never shifts another's sequence.
        drawn = [(fault, self.random.random() < fault.share) for fault in self._faults]
        for fault, hit in drawn:
            if hit and fault.from_s <= elapsed_s < fault.until_s:
                return fault
        return None


def damaged(kind: str, frame: bytes, random: Random) -> bytes:
    """`frame` with what a fault of this kind does to its bytes; other kinds leave it as it is."""
    if kind == "crc":
        # Never in the check itself: lower case there is still the same Bayern-Hessen check. And in
        # Modbus ASCII a hex digit in lower case is the same digit anywhere.
        while True:
            bit = random.randrange((len(frame) - 2) * 8)
            flipped = frame[: bit // 8] + bytes((frame[bit // 8] ^ 1 << bit % 8,)) + frame[bit // 8 + 1 :]
            if frame[:1] != b":" or flipped.upper() != frame:
                return flipped
    if kind == "truncated":
        return frame[: random.randrange(1, len(frame))]
    if kind == "long":
        return frame + random.randbytes(random.randint(1, EXTRA_BYTES))
    if kind == "inside":
        at = random.randrange(1, len(frame))
        return frame[:at] + random.randbytes(random.randint(1, EXTRA_BYTES)) + frame[at:]
    if kind == "twice":
        return frame + frame
    if kind == "noise":
        return random.randbytes(random.randint(1, EXTRA_BYTES)) + frame
    return frame


def read_faults(rows: Sequence[object], where: str, can_refuse: bool, has_check: bool = True) -> list[Fault]:
    """The faults of one instrument. can_refuse: its protocol has exceptions (Modbus); has_check: and
    a check that tells damage.

    Raises BenchError at `where`.
    """
    return [
        _read_fault(Table(row, f"{where}[{index}]"), can_refuse, has_check) for index, row in enumerate(rows)
    ]


def _read_fault(table: Table, can_refuse: bool, has_check: bool) -> Fault:
    kind = table.text("kind")
    if kind not in KINDS:
        raise table.wrong("kind", f"{kind!r} is none of {', '.join(KINDS)}")
    if kind == "exception" and not can_refuse:
        raise table.wrong("kind", "only a Modbus instrument answers an exception", "use `dead` here")
    if kind == "crc" and not has_check:
        raise table.wrong("kind", "TCP lets no damaged byte through", "use `truncated` or `dead` here")
    unbounded = table.get("until_s", math.inf) == math.inf
    fault = Fault(
        kind=kind,
        share=table.number("share", 1.0, 0.0, 1.0),
        from_s=table.number("from_s", 0.0, 0.0),
        until_s=math.inf if unbounded else table.number("until_s", low=0.0),
        by_ms=table.number("by_ms", low=0.0) if kind == "late" else 0.0,
        code=table.whole("code", low=1, high=255) if kind == "exception" else 0,
    )
    if fault.until_s <= fault.from_s:
        raise table.wrong("until_s", f"{fault.until_s:g} s is not behind from_s = {fault.from_s:g} s")
    for key, meant in (("by_ms", "late"), ("code", "exception")):
        if table.get(key, None) and kind != meant:
            raise table.wrong(key, f"means nothing for {kind!r}", f"it belongs to `{meant}`")
    table.close()
    return fault

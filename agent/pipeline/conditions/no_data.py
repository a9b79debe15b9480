"""No data: for so long no reading that says anything, or no reading at all.

N and T say something; everything else does not, whatever the reason: silence, a fault, a calibration that was
never ended. Time counts while the agent runs: a restart raises no false alarm, and a channel that is dead all
along is told of, however often the agent begins anew.
"""

from collections.abc import Hashable
from typing import Any

from agent.pipeline.conditions.condition import HIGH, LOW, Condition, Seen, part_of
from agent.pipeline.conditions.reads import saved_int
from drivers.sample import FLAGS
from store.rows import Reading

__all__ = ["NoData"]

NO_ANSWER = "B"


class NoData(Condition):
    """span_ms: how long it may be without. Its value and its limit are seconds."""

    timed = True

    def __init__(self, span_ms: int) -> None:
        self._span_ms = span_ms
        self.limit = span_ms / 1000
        self._good_ms: int | None = None  # monotonic: of the last N or T, or since when one is waited for
        self._missing_ms = 0  # up to the last look
        self._last: tuple[str, ...] = ()  # flag and conditions of the last reading that said nothing

    def see(self, reading: Reading) -> Seen | None:
        if reading.flag in "NT":
            self._good_ms, self._missing_ms, self._last = reading.mono, 0, ()
            return Seen(LOW, 0.0, reading.flag, f"{reading.flag} again")
        self._last = (reading.flag, *reading.conditions)
        return self._look(reading.mono)

    def pass_time(self, t: int, mono: int) -> Seen | None:
        return self._look(mono)

    def _look(self, mono: int) -> Seen | None:
        if self._good_ms is None:
            self._good_ms = mono
        self._missing_ms = mono - self._good_ms
        if self._missing_ms < self._span_ms:
            return None
        last = f"the last is {', '.join(self._last)}" if self._last else "no reading at all"
        flag = self._last[0] if self._last else NO_ANSWER
        return Seen(HIGH, self._missing_ms / 1000, flag, f"no N for {self.limit:g} s: {last}")

    def due_ms(self) -> int | None:
        if self._good_ms is None or self._missing_ms >= self._span_ms:
            return None
        return self._good_ms + self._span_ms

    def mark(self) -> Hashable:
        return min(self._missing_ms, self._span_ms) // min(part_of(self._span_ms), self._span_ms)

    def snapshot(self) -> dict[str, Any]:
        return {"missing_ms": self._missing_ms, "said": list(self._last)} if self._good_ms is not None else {}

    def restore(self, saved: dict[str, Any], now_ms: int, shift_ms: int) -> None:
        if "missing_ms" in saved:
            missing_ms, said = max(0, saved_int(saved["missing_ms"])), tuple(saved.get("said", ()))
            if not all(isinstance(each, str) for each in said) or (said and said[0] not in tuple(FLAGS)):
                raise ValueError(f"{said!r}: no flag and conditions")
            self._missing_ms, self._good_ms, self._last = missing_ms, now_ms - missing_ms, said

"""What an emulated line counts, so that a bench can print it."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any

__all__ = ["LineStats", "quantile"]

KEPT = 100_000  # newest silences and latenesses kept for the medians: an hour of a fast line


def quantile(values: Iterable[float], share: float) -> float | None:
    """The value below which `share` (0..1) of the values lie; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


class LineStats:
    """Counters of one line; seconds within, milliseconds in `as_dict`.

    silence_s: what the protocol asks for between two frames.
    """

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self.requests = 0  # complete, valid requests, to whomever
        self.answers = 0  # answers whose last byte was handed over
        self.not_understood = 0  # bursts that were no request: damaged, cut off, unknown
        self.wrong_baud = 0  # bursts at another speed than the line's
        self.last_wrong_baud: int | None = None
        self.silence_violations = 0  # requests less than 3.5 characters behind the frame before
        self.received_bytes = 0
        self.sent_bytes = 0
        self.lost_bytes = 0  # the pty took no more: nobody reads at the other side
        self.busy_s = 0.0  # bytes on the wire
        self.theory_s = 0.0  # what the exchanges seen would take back to back
        self.first_s: float | None = None  # monotonic: first byte of the first request
        self.last_s = 0.0  # monotonic: end of the last frame
        self.silences_s: deque[float] = deque(maxlen=KEPT)
        self.shortest_silence_s: float | None = None
        self.late_s: deque[float] = deque(maxlen=KEPT)  # of each answer's last byte
        self.faults: Counter[str] = Counter()

    def silence(self, kept_s: float, due_s: float | None = None) -> None:
        """A request began `kept_s` after the frame before it; due_s: where not the line's own is due."""
        self.silences_s.append(kept_s)
        if self.shortest_silence_s is None or kept_s < self.shortest_silence_s:
            self.shortest_silence_s = kept_s
        if kept_s < (self._silence_s if due_s is None else due_s):
            self.silence_violations += 1

    def utilisation(self) -> float | None:
        """Theory over what it took, 1.0 at the theoretical maximum. Above it silence was not kept."""
        if self.first_s is None:
            return None
        took_s = self.last_s + self._silence_s - self.first_s
        return self.theory_s / took_s if took_s > 0 else None

    def as_dict(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "answers": self.answers,
            "not_understood": self.not_understood,
            "wrong_baud": self.wrong_baud,
            "last_wrong_baud": self.last_wrong_baud,
            "received_bytes": self.received_bytes,
            "sent_bytes": self.sent_bytes,
            "lost_bytes": self.lost_bytes,
            "busy_s": round(self.busy_s, 6),
            "utilisation": self.utilisation(),
            "silence_violations": self.silence_violations,
            "silence_min_ms": _ms(self.shortest_silence_s),
            "silence_median_ms": _ms(quantile(self.silences_s, 0.5)),
            "late_median_ms": _ms(quantile(self.late_s, 0.5)),
            "late_p99_ms": _ms(quantile(self.late_s, 0.99)),
            "faults": dict(self.faults),
        }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)

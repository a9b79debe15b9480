"""What a trace adds up to: frames, errors by kind, latency, the line's load."""

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from hardware_sim.capture import Entry
from tools.trace.frames import Frame

__all__ = ["Summary"]

LATENCIES_KEPT = 100_000
ERRORS = ("refused", "silent", "damaged", "late", "noise", "foreign", "lost")


class Summary:
    """silence_ms: kept after each frame; it belongs to the line's load."""

    def __init__(self, silence_ms: float) -> None:
        self.lost = 0  # records that the agent made and this program was too slow for
        self.verdicts: Counter[str] = Counter()
        self._why: Counter[str] = Counter()
        self._noise_bytes = 0
        self._silence_ms = silence_ms
        self._latencies: list[float] = []
        self._busy_ms = 0.0
        self._asked: Entry | None = None
        self._first_ms: float | None = None
        self._last_ms = 0.0

    def add(self, frame: Frame) -> None:
        entry = frame.entry
        self.verdicts[entry.verdict] += 1
        if self._first_ms is None:
            self._first_ms = entry.at_ms
        self._last_ms = max(self._last_ms, entry.end_ms)
        if entry.verdict == "noise":
            self._noise_bytes += len(entry.data)
        if entry.verdict == "damaged":
            self._why["damaged: " + (entry.detail.split(":")[0] or "unknown")] += 1
        if entry.verdict == "refused":
            self._why[frame.meaning or entry.detail] += 1
        if entry.verdict in ("answered", "refused") and entry.rtt_ms is not None:
            self._latencies.append(entry.rtt_ms)
            del self._latencies[:-LATENCIES_KEPT]
        self._load(entry)

    def _load(self, entry: Entry) -> None:
        """Busy from a question's first byte to its answer's last, and the silence behind."""
        if entry.sent:
            self._asked = entry
            return
        begun = self._asked.at_ms if self._asked is not None else entry.at_ms
        self._busy_ms += entry.end_ms - begun + self._silence_ms
        self._asked = None

    def as_dict(self) -> dict[str, Any]:
        """The last line of `trace --json`: docs/trace.md."""
        seconds = (self._last_ms - self._first_ms) / 1000 if self._first_ms is not None else 0.0
        return {
            "kind": "summary",
            "seconds": round(seconds, 3),
            "frames": sum(
                count for verdict, count in self.verdicts.items() if verdict not in ("silent", "lost")
            ),
            "verdicts": dict(self.verdicts),
            "reasons": dict(self._why),
            "noise_bytes": self._noise_bytes,
            "latency_median_ms": round(median(self._latencies), 3) if self._latencies else None,
            "latency_max_ms": round(max(self._latencies), 3) if self._latencies else None,
            "load": round(min(1.0, self._busy_ms / 1000 / seconds), 4) if seconds else None,
            "lost": self.lost,
        }

    def text(self) -> Iterator[str]:
        row = self.as_dict()
        if not row["verdicts"]:
            yield "nothing was heard"
            return
        asked = self.verdicts["asked"]
        yield (
            f"{row['frames']} frames in {row['seconds']:.1f} s: {asked} questions, "
            f"{self.verdicts['answered']} answers" + self._errors()
        )
        for why, count in self._why.most_common(8):
            yield f"  {count} x {why}"
        if self._latencies:
            median_ms, max_ms = row["latency_median_ms"], row["latency_max_ms"]
            yield f"latency median {median_ms:.1f} ms, max {max_ms:.1f} ms" + self._load_text(row["load"])
        if self.lost:
            yield f"{self.lost} records were lost: this program was too slow for the line"

    def _load_text(self, load: float | None) -> str:
        return "" if load is None else f"; line load {load:.0%}"

    def _errors(self) -> str:
        parts = [
            f"{self.verdicts[each]} {each}" for each in ERRORS if self.verdicts[each] and each != "noise"
        ]
        if self._noise_bytes:
            parts.append(f"{self._noise_bytes} bytes of noise")
        return ", " + ", ".join(parts) if parts else ", no errors"

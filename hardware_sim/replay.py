"""A captured line as an emulated one: each question it has seen gets the recorded answer.

The answers to one question come in the recorded order, then from the first again. Delay, damage,
noise, lateness and silence are those of the capture; a question that it has never seen gets none.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hardware_sim import capture
from hardware_sim.capture import Capture, CaptureError, Entry
from hardware_sim.tables import BenchError
from hardware_sim.wire import Reply, bits_per_character

__all__ = ["Burst", "Replay", "load_capture", "outcomes"]

NOT_CAUSED = ("echo", "heard")  # the line makes its echo; what comes unasked answers no question
UNTOUCHED = ("answered", "refused")  # as it should be: everything else is counted as a fault


class Burst(NamedTuple):
    """Bytes on the wire: how long after the question's last byte they begin, and what they were."""

    delay_ms: float
    data: bytes
    verdict: str


class Asked(NamedTuple):
    entry: Entry
    bursts: list[Burst]


def load_capture(path: str, where: str) -> Capture:
    """Raises BenchError at `where`."""
    try:
        found = capture.read(Path(path))
    except CaptureError as error:
        raise BenchError(f"{where}: replay", str(error)) from error
    if not any(entry.sent for entry in found.entries):
        raise BenchError(f"{where}: replay", f"{path}: no question in it, so nothing can be answered")
    return found


def outcomes(found: Capture) -> dict[bytes, list[tuple[Burst, ...]]]:
    """By question, in the order asked: what came, often one burst; none where it stayed silent."""
    character_ms = 1000 * bits_per_character(found.header.framing) / found.header.baud
    asked: list[Asked] = []
    for entry in found.entries:
        if entry.sent:
            asked.append(Asked(entry, []))
        elif entry.data and entry.verdict not in NOT_CAUSED and (owner := _owner(entry, asked)) is not None:
            delay_ms = max(0.0, entry.at_ms - owner.entry.end_ms)
            owner.bursts.append(Burst(delay_ms, entry.data, entry.verdict))
    answers: dict[bytes, list[tuple[Burst, ...]]] = {}
    for each in asked:
        answers.setdefault(each.entry.data, []).append(_joined(each.bursts, character_ms))
    return answers


def _owner(entry: Entry, asked: list[Asked]) -> Asked | None:
    """The question that an entry belongs to: a late answer knows how late it is, the rest follows its own."""
    if entry.verdict != "late" or entry.rtt_ms is None:
        return asked[-1] if asked else None
    question_end = entry.end_ms - entry.rtt_ms
    same = [each for each in asked if each.entry.address == entry.address]
    return min(same, key=lambda each: abs(each.entry.end_ms - question_end), default=None)


def _joined(bursts: list[Burst], character_ms: float) -> tuple[Burst, ...]:
    """Bursts with no pause between are one: noise right before an answer stays right before it."""
    joined: list[Burst] = []
    for burst in bursts:
        before = joined[-1] if joined else None
        if before and burst.delay_ms - before.delay_ms < (len(before.data) + 1) * character_ms:
            verdict = before.verdict if burst.verdict in UNTOUCHED else burst.verdict
            joined[-1] = Burst(before.delay_ms, before.data + burst.data, verdict)
        else:
            joined.append(burst)
    return tuple(joined)


class Replay:
    """All instruments of a captured line at once."""

    turnaround_s = 0.0  # it is in each recorded delay
    baud: int | None = None  # the line's, and its framing
    framing: str | None = None

    def __init__(self, name: str, found: Capture) -> None:
        self.id = name
        self.answers = 0
        self._outcomes = outcomes(found)
        self._next = dict.fromkeys(self._outcomes, 0)
        self._questions = sorted(self._outcomes, key=len, reverse=True)

    def _length(self, buf: bytes) -> int:
        """Bytes of the known question that begins at buf[0]; 0 where there is none."""
        return next((len(question) for question in self._questions if buf.startswith(question)), 0)

    @property
    def request_length(self) -> Callable[[bytes], int]:
        return self._length

    def replies(self, request: bytes, elapsed_s: float) -> list[Reply]:
        recorded = self._outcomes[request]
        bursts = recorded[self._next[request] % len(recorded)]
        self._next[request] += 1
        if not bursts:
            return [Reply(self, request, b"", fault="silent")]
        return [
            Reply(
                self,
                request,
                burst.data,
                fault=None if burst.verdict in UNTOUCHED else burst.verdict,
                by_s=burst.delay_ms / 1000,
            )
            for burst in bursts
        ]

    def due_s(self, reply: Reply, end_s: float, wire_s: float) -> float:
        """Each delay was measured from its own question: nothing waits for anything else."""
        return end_s + reply.by_s

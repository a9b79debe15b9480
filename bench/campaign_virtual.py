"""The campaign's first half: the line's core and eight instruments in virtual time."""

import heapq
import random
from collections.abc import Callable, Iterable
from typing import Any

from bench.campaign_faults import ADDRESSES, FAULTS, SPARE, UNBOUNDED, Pace, answer_to, questions, spare
from bench.campaign_score import Score, measure
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing

__all__ = ["EXCHANGES", "PACE", "Campaign"]

EXCHANGES = 10_000
SHARE = 0.1
LATENCY_MS = 8.0
CHUNK_BYTES = 8
TIMING = Timing(19200, 10)
PACE = Pace(timeout_ms=300.0, quiet_ms=6000.0, cycle_ms=1000.0)
RESTS_MS = 250.0  # before the next attempt at one that is dead, as the poller does
NEVER = float("inf")


class Campaign:
    """One fault on one virtual line.

    probe: the instruments can be cleared; addresses, every_ms: who is polled, and how long after its
    last poll.
    """

    def __init__(
        self,
        fault: str,
        rng: random.Random,
        *,
        probe: bool = False,
        addresses: Iterable[int] = ADDRESSES,
        every_ms: float = PACE.cycle_ms,
        pace: Pace = PACE,
    ) -> None:
        self.fault, self.rng, self.every_ms, self.pace = fault, rng, every_ms, pace
        self.core = LineCore(TIMING)
        self.score = Score(fault, addresses)
        self.now = self.wire_free = 0.0
        self.coming: list[tuple[float, int, Callable[[], None]]] = []
        self.busy_until: dict[int, float] = {}
        self.asked = self.order = 0
        self.clearing_ms = 0.0  # of the line's time
        self._clearing_from: float | None = None
        for address in addresses:
            state = AddressState(address, pace.timeout_ms, 1, pace.quiet_ms)
            state.declare(questions(address), spare(address) if probe or fault == UNBOUNDED else None)
            self.score.watch(state)
            self.core.attach(state, 0.0)
        self.due = dict.fromkeys(addresses, 0.0)

    def play(self, exchanges: int = EXCHANGES) -> dict[str, Any]:
        while self.asked < exchanges or self.core.depth:
            if self.asked >= exchanges:  # only what is under way comes to its end
                self.due = dict.fromkeys(self.due, NEVER)
            for address in [address for address, due in self.due.items() if due <= self.now]:
                self.due[address] = NEVER
                self.core.submit(address, measure(address), self.now)
            self._step()
            times = [*self.due.values(), self.core.next_at(self.now) or NEVER]
            times += [self.coming[0][0]] if self.coming else []
            self.now = max(self.now, min(times))
            while self.coming and self.coming[0][0] <= self.now:
                heapq.heappop(self.coming)[2]()
        return {**self.score.as_dict(), "virtual_s": round(self.now / 1000)}

    def _step(self) -> None:
        data = self.core.step(self.now)
        if data:
            self._asked(data)
        for job in self.core.finished:
            rest_ms = self.every_ms if job.error is None else max(self.every_ms, RESTS_MS)
            self.due[job.state.address] = self.now + rest_ms  # type: ignore[index]
            if job.error is None:
                self.score.judge(job.result, second_master=job.second_master)
        self.core.finished = []

    def _asked(self, question: bytes) -> None:
        """What the instrument sends, and when it is due."""
        self.asked += 1
        if self._clearing_from is not None:
            self.clearing_ms += self.core.busy_ms - self._clearing_from
        self._clearing_from = self.core.busy_ms if question[5] == SPARE else None
        address, answer = question[0], answer_to(question)
        left, window_end = self.now + len(question) * TIMING.char_ms, self.core.window_end
        due = max(left, self.busy_until.get(address, 0.0)) + LATENCY_MS
        fault, struck = FAULTS[self.fault], self.rng.random() < SHARE
        sent = fault.send(self.rng, self.pace, question, answer) if struck else [(0.0, answer)]
        # An answer that waits behind a late one leaves its window too; the clearing one is no value.
        in_time = max(due, self.wire_free) + TIMING.char_ms <= window_end
        self.score.asked(address, in_window=in_time and (fault.whole or not struck) and question[5] != SPARE)
        for after_ms, data in sent:
            at = due + after_ms
            if self.fault != UNBOUNDED:  # within the quiet time, also behind another late one
                at = min(at, max(due, left + 0.95 * self.pace.quiet_ms))
            self.busy_until[address] = at + len(answer) * TIMING.char_ms
            self._push(at, lambda data=data: self._begin(data))  # type: ignore[misc]

    def _begin(self, data: bytes) -> None:
        """What is due takes the wire, behind what is on it already; behind its first byte in handfuls."""
        start = max(self.now, self.wire_free + TIMING.silence_ms)
        self.wire_free = start + len(data) * TIMING.char_ms
        for at in (0, *range(1, len(data), CHUNK_BYTES)):
            chunk = data[at : at + CHUNK_BYTES] if at else data[:1]
            end = start + (at + len(chunk)) * TIMING.char_ms
            self._push(end, lambda chunk=chunk: self._hear(chunk))  # type: ignore[misc]

    def _hear(self, chunk: bytes) -> None:
        self.core.receive(chunk, self.now)
        self._step()

    def _push(self, when: float, act: Callable[[], None]) -> None:
        self.order += 1
        heapq.heappush(self.coming, (when, self.order, act))

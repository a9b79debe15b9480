"""The fault campaign in virtual time: each fault at 10 %, seeded; how many wrong values are taken.

Eight instruments on one line, each asked two questions that can be mistaken for each other (same
function, same length) and one that cannot. Each answer carries which question it answers, so a value
under the wrong register is seen at once. Late answers come up to 0.95 of the quiet time too late.
"""

import heapq
import random
from collections.abc import Generator
from typing import Any

from drivers.exchange import NoAnswer, Refused, Request, WireError
from drivers.wire.modbus_rtu import ReadRegisters, with_crc
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing

SEED = 1
EXCHANGES = 10_000
SHARE = 0.1
QUIET_MS = 2000.0
ADDRESSES = range(1, 9)
TIMEOUT_MS, LATENCY_MS, EVERY_MS = 300.0, 8.0, 1000.0
FAULTS = (
    "silent",
    "late",
    "crc",
    "truncated",
    "noise before",
    "noise behind",
    "foreign",
    "exception",
    "flipped",
)
TIMING = Timing(19200, 10)
STARTS = (100, 300, 500)  # two mistakable questions and a longer one
COUNTS = (2, 2, 3)


async def run() -> dict[str, Any]:
    rows = [Campaign(fault, random.Random(f"{SEED} {fault}")).play() for fault in FAULTS]
    return {"seed": SEED, "exchanges": EXCHANGES, "rows": rows}


def answer_to(request: bytes) -> bytes:
    """The registers name the question: its start, counted up."""
    address, start, count = request[0], int.from_bytes(request[2:4], "big"), request[5]
    values = b"".join((start + at).to_bytes(2, "big") for at in range(count))
    return with_crc(bytes((address, 3, 2 * count)) + values)


class Campaign:
    """One fault on one virtual line."""

    def __init__(self, fault: str, rng: random.Random) -> None:
        self.fault, self.rng = fault, rng
        self.core = LineCore(TIMING)
        self.now = 0.0
        self.coming: list[tuple[float, int, bytes, bool]] = []  # (when, order, bytes, on the wire)
        self.busy_until: dict[int, float] = {}
        self.wire_free = 0.0
        self.asked = self.good = self.wrong = self.undamaged = self.order = 0
        self.turns: dict[tuple[int, int], int] = {}
        for address in ADDRESSES:
            state = AddressState(address, TIMEOUT_MS, 1)
            state.declare(self._questions(address))
            self.core.attach(state, 0.0)
        self.due = dict.fromkeys(ADDRESSES, 0.0)

    @staticmethod
    def _questions(address: int) -> list[ReadRegisters]:
        return [ReadRegisters(address, 3, start, count) for start, count in zip(STARTS, COUNTS, strict=True)]

    def _measure(self, address: int) -> Generator[Request, Any, list[Any]]:
        for question in self._questions(address):
            try:
                registers = yield question
            except (NoAnswer, WireError, Refused):
                continue
            key = (address, question.start)
            self.turns[key] = self.turns.get(key, 0) + 1
            self.good += 1
            self.wrong += registers != tuple(question.start + at for at in range(question.count))
        return []

    def play(self) -> dict[str, Any]:
        while self.asked < EXCHANGES:
            for address in [address for address, due in self.due.items() if due <= self.now]:
                self.due[address] = float("inf")
                self.core.submit(address, self._measure(address), self.now)
            self._step()
            times = [*self.due.values(), self.core.next_at(self.now) or float("inf")]
            times += [self.coming[0][0]] if self.coming else []
            self.now = max(self.now, min(times))
            while self.coming and self.coming[0][0] <= self.now:
                _, _, data, on_wire = heapq.heappop(self.coming)
                if on_wire:
                    self.core.receive(data, self.now)
                    self._step()
                else:
                    self._begin(data)
        return {
            "fault": self.fault,
            "wrong": self.wrong,
            "values": self.good,
            "recovered": round(self.good / self.undamaged, 4),
            "fewest_turns": min(self.turns.get((a, s), 0) for a in ADDRESSES for s in STARTS),
            "virtual_s": round(self.now / 1000),
        }

    def _step(self) -> None:
        data = self.core.step(self.now)
        if data:
            self._asked(data)
        for job in self.core.finished:
            self.due[job.state.address] = self.now + EVERY_MS  # type: ignore[index]
        self.core.finished = []

    def _asked(self, request: bytes) -> None:
        """What the instrument sends, and when its last byte is over."""
        self.asked += 1
        address, reply = request[0], answer_to(request)
        left = self.now + len(request) * TIMING.char_ms
        due = max(left, self.busy_until.get(address, 0.0)) + LATENCY_MS
        struck = self.rng.random() < SHARE
        if struck:
            reply, due = self._struck(request, reply, due)
        # An answer that waits behind a late one leaves its window too.
        whole = not struck or self.fault.startswith("noise")
        self.undamaged += whole and due <= left + TIMEOUT_MS
        if reply:
            self.busy_until[address] = due + len(reply) * TIMING.char_ms
            self._push(due, reply, on_wire=False)

    def _begin(self, reply: bytes) -> None:
        """A due answer takes the wire, behind what is on it already."""
        start = max(self.now, self.wire_free + TIMING.silence_ms)
        self.wire_free = start + len(reply) * TIMING.char_ms
        self._push(self.wire_free, reply, on_wire=True)

    def _push(self, when: float, data: bytes, *, on_wire: bool) -> None:
        self.order += 1
        heapq.heappush(self.coming, (when, self.order, data, on_wire))

    def _struck(self, request: bytes, reply: bytes, due: float) -> tuple[bytes, float]:
        rng, fault = self.rng, self.fault
        if fault == "silent":
            return b"", due
        if fault == "late":
            return reply, due + TIMEOUT_MS + rng.uniform(0, 0.95 * QUIET_MS - TIMEOUT_MS)
        if fault == "crc":
            return reply[:-1] + bytes((reply[-1] ^ 1 << rng.randrange(8),)), due
        if fault == "truncated":
            return reply[: rng.randrange(1, len(reply))], due
        if fault == "noise before":
            return rng.randbytes(rng.randrange(1, 9)) + reply, due
        if fault == "noise behind":
            return reply + rng.randbytes(rng.randrange(1, 9)), due
        if fault == "foreign":
            other = request[0] % len(ADDRESSES) + 1
            return answer_to(bytes((other,)) + request[1:]), due
        if fault == "exception":
            return with_crc(bytes((request[0], 0x83, rng.choice((1, 2, 3, 4, 6, 8, 10, 11))))), due
        at = rng.randrange(len(reply))
        return reply[:at] + bytes((reply[at] ^ 1 << rng.randrange(8),)) + reply[at + 1 :], due


def report(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            f"fault campaign, {row['fault']} at 10 %",
            f"wrong {row['wrong']} of {row['values']}; {row['recovered']:.2%} of the undamaged in window "
            f"were taken; fewest turns {row['fewest_turns']}",
            "wrong 0",
        )
        for row in result["rows"]
    ]

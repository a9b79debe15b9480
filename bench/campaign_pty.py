"""The campaign's second half: the line as it runs on the gateway, over a real pty."""

import asyncio
import os
import random
from typing import Any

from bench.campaign_faults import ADDRESSES, FAULTS, SPARE, UNBOUNDED, Pace, answer_to, questions, spare
from bench.campaign_score import Score, measure
from drivers.exchange import NoAnswer, Refused, WireError
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing
from hal.serial_port import SerialPort
from hardware_sim.pty_port import PtyPort

__all__ = ["EXCHANGES", "play"]

EXCHANGES = 500
SHARE = 0.1
LATENCY_MS = 2.0
CHUNK_BYTES = 8
BAUD = 115200  # so that it is over in a minute
TIMING = Timing(BAUD, 10)
PACE = Pace(timeout_ms=100.0, quiet_ms=1000.0, cycle_ms=150.0)
OPEN_S = 10.0


class Instruments:
    """What answers at the far end, in order, each chunk at its own time."""

    def __init__(self, fault: str, rng: random.Random, score: Score) -> None:
        self.fault, self.rng, self.score = fault, rng, score
        self.port = PtyPort(BAUD, None, "campaign")
        self.asked = 0
        self.line: Line | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.port.fd, self._readable)
        self._timers: list[asyncio.TimerHandle] = []
        self._buf = b""
        self._busy_until: dict[int, float] = {}
        self._wire_free = 0.0

    def _readable(self) -> None:
        self._buf += self.port.read()
        while len(self._buf) >= 8:
            question, self._buf = self._buf[:8], self._buf[8:]
            self._answer(question)

    def _answer(self, question: bytes) -> None:
        self.asked += 1
        address, answer = question[0], answer_to(question)
        left = self._loop.time() * 1000 + len(question) * TIMING.char_ms
        due = max(left, self._busy_until.get(address, 0.0)) + LATENCY_MS
        fault, struck = FAULTS[self.fault], self.rng.random() < SHARE
        sent = fault.send(self.rng, PACE, question, answer) if struck else [(0.0, answer)]
        assert self.line is not None
        in_time = max(due, self._wire_free) + TIMING.char_ms <= self.line.core.window_end
        self.score.asked(address, in_window=in_time and (fault.whole or not struck) and question[5] != SPARE)
        for after_ms, data in sent:
            at = due + after_ms
            if self.fault != UNBOUNDED:
                at = min(at, max(due, left + 0.95 * PACE.quiet_ms))
            self._busy_until[address] = at + len(answer) * TIMING.char_ms
            self._at(at, self._begin, data)

    def _begin(self, data: bytes) -> None:
        start = max(self._loop.time() * 1000, self._wire_free + TIMING.silence_ms)
        self._wire_free = start + len(data) * TIMING.char_ms
        for at in range(0, len(data), CHUNK_BYTES):
            chunk = data[at : at + CHUNK_BYTES]
            self._at(start + (at + len(chunk)) * TIMING.char_ms, os.write, self.port.fd, chunk)

    def _at(self, when_ms: float, act: Any, *what: Any) -> None:
        self._timers.append(self._loop.call_at(when_ms / 1000, act, *what))

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._loop.remove_reader(self.port.fd)
        self.port.close()


async def play(fault: str, rng: random.Random, exchanges: int = EXCHANGES) -> dict[str, Any]:
    """One fault on one pty: eight instruments polled back to back, until so many questions were asked."""
    score = Score(fault, ADDRESSES)
    far = Instruments(fault, rng, score)
    loop = asyncio.get_running_loop()
    line = far.line = Line("campaign", SerialPort(far.port.path, BAUD, Framing("8N1"), loop), TIMING)
    for address in ADDRESSES:
        state = line.attach(
            address,
            questions(address),
            clearing=spare(address) if fault == UNBOUNDED else None,
            timeout_ms=PACE.timeout_ms,
            quiet_ms=PACE.quiet_ms,
        )
        score.watch(state)

    async def poll(address: int) -> None:
        while far.asked < exchanges:
            try:
                answer = await line.converse(address, measure(address))
            except (NoAnswer, WireError, Refused):  # a dead one rests
                await asyncio.sleep(PACE.cycle_ms / 1000)
            else:
                score.judge(answer.result, second_master=answer.second_master)

    run = asyncio.create_task(line.run())
    async with asyncio.timeout(OPEN_S):
        while not line.is_open:  # noqa: ASYNC110 - the device fulfils it
            await asyncio.sleep(0.01)
    await asyncio.gather(*map(poll, ADDRESSES))
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    far.close()
    return {**score.as_dict(), "exchanges": far.asked}

"""One physical RS-485 line on the gateway: the asyncio runner of LineCore.

Opens its port, reopens it when it is lost, and carries conversations. All rules of the wire
are in line_core; this only knows the loop, the port and who waits for what.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from drivers.exchange import Conversation, Request
from hal.doubt import AddressState
from hal.errors import PortError
from hal.line_core import Job, LineCore, Timing
from hal.port import Port

__all__ = ["Answer", "Line"]

REOPEN_S = (0.25, 0.5, 1.0, 2.0)  # a replugged adapter is found again within two seconds
TURN_S = 10.0  # a line whose port is well turns this often, only to say that it does
BRIEF_MS = 20.0  # no pause to listen in: before the question that ends it, the port is read anyway
DEAF_QUESTIONS = 3  # in vain, before a connection is suspected: fewer may just have been unlucky


class Answer(NamedTuple):
    """What a conversation returned, and when its last answer's last byte came (loop seconds).

    second_master: another master was talking, so that the values may be somebody else's. frames: each
    question that was answered, and its answer, as on the wire.
    """

    result: Any
    at: float
    second_master: bool = False
    frames: Sequence[tuple[bytes, bytes]] = ()


class Line:
    """A line by its id, its port and its timing. `report` is told what a person must know:
    (what, detail), once when it begins and once when it ends: "port lost" and "port open", "second
    master" and "second master gone"; and once "echo", where one is heard that is not set.

    silent_limit_s: for a port that can be open and lead nowhere, as a connection can. Where
    questions go unanswered by anybody for so long, it is opened anew; and it is only called open
    again when something has come. None: an open port is a sound one.
    """

    def __init__(
        self,
        line_id: str,
        port: Port,
        timing: Timing,
        *,
        echo: bool = False,
        report: Callable[[str, str], None] = lambda what, detail: None,
        silent_limit_s: float | None = None,
    ) -> None:
        self.id = line_id
        self.port = port
        self.core = LineCore(timing, echo)
        self.is_open = False
        self.trouble = ""  # why the port is not open
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._loop = asyncio.get_running_loop()
        self._report = report
        self._waiters: dict[int, asyncio.Future[Answer]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._lost = asyncio.Event()
        self._connecting = asyncio.Event()  # cleared while a port opens
        self._connecting.set()
        self._awaited = 1  # bytes that the port was told to wait for
        self._own_timing = self._tuned = timing  # what the port opens at, and what it is set to
        self._silent_limit_s = silent_limit_s
        self._turn_s = min(TURN_S, silent_limit_s or TURN_S)
        self._attempts = 0  # to open the port, since anything came over it
        self._asked_in_vain = 0  # questions since anything came
        self._asked_since = 0.0  # when the first of them was asked

    def attach(
        self,
        address: Hashable,
        questions: Sequence[Request],
        *,
        timeout_ms: float,
        retries: int = 1,
        quiet_ms: float | None = None,
        clearing: Request | None = None,
        timing: Timing | None = None,
    ) -> AddressState:
        """Make an instrument known before it is asked anything. clearing: see AddressState.declare.
        timing: its own SerialTiming, where its speed or framing is not the line's."""
        state = AddressState(address, timeout_ms, retries, quiet_ms)
        state.declare(questions, clearing)
        self.core.attach(state, self._now_ms(), timing)
        return state

    def expect(self, address: Hashable, due: float) -> None:
        """An instrument's next poll is due then (loop seconds): probes of dead ones end before."""
        self.core.addresses[address].due_at = due * 1000.0
        if self.is_open:
            self._pump()

    async def converse(self, address: Hashable, conversation: Conversation) -> Answer:
        """Carry one conversation to its end.

        Waits for the first opening of a port that takes time. Raises NoAnswer, WireError or Refused
        when the conversation did not handle it, and PortError while there is no port.
        """
        if not (self.is_open or self.trouble):
            await self._connecting.wait()
        if not self.is_open:
            conversation.close()
            raise PortError(f"line {self.id}", self.trouble or f"port {self.port.name} is not open yet")
        job = self.core.submit(address, conversation, self._now_ms())
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._waiters[id(job)] = future
        if not self._turns_in_time(job):
            self._pump()
        return await future

    async def run(self) -> None:
        """Keep the port open, for ever."""
        try:
            while True:
                await self._open()
                while not self._lost.is_set():
                    self.beat()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._turn_s):
                            await self._lost.wait()
                    self._suspect_silence()
        finally:
            self._shut(PortError(f"line {self.id}", "the line was stopped"))

    async def _open(self) -> None:
        while not self.is_open:
            self.beat()
            if self._attempts:
                await asyncio.sleep(REOPEN_S[min(self._attempts, len(REOPEN_S)) - 1])
            self._attempts += 1
            try:
                opening = self.port.open(self._received, self._port_lost)
                if opening is not None:
                    await self._connect(opening)
            except PortError as error:
                self._say_lost(error)
            else:
                self._lost.clear()
                self.is_open = True
                self._awaited, self._tuned = 1, self._own_timing
                self._asked_in_vain = 0
                self.core.reopened(self._now_ms())
        if self._silent_limit_s is None:
            self._say_open()

    async def _connect(self, opening: Awaitable[None]) -> None:
        self._connecting.clear()
        try:
            await opening
        finally:
            self._connecting.set()

    def _say_lost(self, error: PortError) -> None:
        if not self.trouble:
            self._report("port lost", str(error))
        self.trouble = str(error)

    def _say_open(self) -> None:
        if self.trouble:
            self.trouble = ""
            device = getattr(self.port, "device", self.port.name)  # behind a link or a serial number
            name = self.port.name
            self._report("port open", name if device == name else f"{name} is {device}")

    def _suspect_silence(self) -> None:
        limit_s = self._silent_limit_s
        if limit_s is None or not self.is_open or self._asked_in_vain < DEAF_QUESTIONS:
            return
        if self._loop.time() - self._asked_since >= limit_s:
            what = f"connected, but nothing has come over it for {limit_s:g} s, whomever the line asked"
            hint = (
                "what lies behind it: power, serial settings, wiring; it is opened anew until something comes"
            )
            self._port_lost(PortError(f"port {self.port.name}", what, hint))

    def _port_lost(self, error: PortError) -> None:
        self._say_lost(error)
        self._shut(error)

    def _shut(self, error: PortError) -> None:
        self.is_open = False
        self.port.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.core.fail_all(error)
        self._hand_over()
        self._lost.set()

    def _now_ms(self) -> float:
        return self._loop.time() * 1000.0

    def _received(self, data: bytes) -> None:
        self._attempts = self._asked_in_vain = 0
        if self.trouble:
            self._say_open()
        now = self._loop.time() * 1000.0
        self.core.receive(data, now)
        self._pump(now)

    def damaged(self) -> None:
        """The port heard a byte with a parity or framing error, or a break."""
        self.core.spoil(self._now_ms())
        self._pump()

    def _on_timer(self) -> None:
        self._timer = None
        if self._awaited > 1:
            self.port.read_now()  # neither a deadline nor a question passes over what the port keeps back
        self._pump()

    def _pump(self, now: float | None = None) -> None:
        """Let the core act, hand over what it finished, and come back when it wants to.

        now: where the caller has just looked at the clock. All of this runs twice for each exchange.
        """
        if now is None:
            now = self._loop.time() * 1000.0
        data = self.core.step(now)
        if data:
            try:
                if self.core.timing is not self._tuned and self.core.timing != self._tuned:
                    self._tuned = self.core.timing
                    self.port.tune(self._tuned)
                self.port.write(data)
            except PortError as error:
                self._port_lost(error)
                return
            if not self._asked_in_vain:
                self._asked_since = now / 1000.0
            self._asked_in_vain += 1
        while self.core.news:
            self._report(*self.core.news.pop(0))
        if self.core.finished:
            self._hand_over()
        wanted = self.core.next_at(now)
        if self.core.patience.missing != self._awaited:
            self._let_wait(wanted - now if wanted is not None else None)
        if wanted is None:
            return
        at = wanted / 1000.0
        if self._timer is not None:
            if self._timer.when() <= at:
                return  # it will fire, find nothing due and be set anew
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._on_timer)

    def _turns_in_time(self, job: Job) -> bool:
        """Whether the timer that is set comes no later than this new job's turn can: the line is not
        silent for long enough before. Who only listens has his turn at once."""
        if self._timer is None or job.done or job.request is None or job.request.listening:
            return False
        return self._timer.when() * 1000.0 <= self.core.turns.free_at

    def _let_wait(self, pause_ms: float | None) -> None:
        """Tell the port how many bytes to wait for. Between two exchanges each byte is heard as it
        comes; but where the next question follows at once, two system calls would be for nothing."""
        missing = self.core.patience.missing
        if missing > 1 or pause_ms is None or pause_ms > BRIEF_MS:
            self._awaited = missing
            self.port.await_bytes(missing)

    def _hand_over(self) -> None:
        finished, self.core.finished = self.core.finished, []
        for job in finished:
            waiter = self._waiters.pop(id(job), None)
            if waiter is None or waiter.done():
                continue
            if job.error is not None:
                waiter.set_exception(job.error)
            else:
                at = self._loop.time() if job.at is None else job.at / 1000.0
                waiter.set_result(Answer(job.result, at, job.second_master, job.frames))

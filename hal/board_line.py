"""A line on a board: the runner of LineCore over a UART, without asyncio. Runs on MicroPython too.

All rules of the wire are line_core's, as on the gateway. The program calls `turn` in its loop, at
least once in a few milliseconds: so long a silence or a time-out may be overrun.

Many boards have floats of 32 bits, which after five hours no longer tell one millisecond from the
next. So the line's time is kept short: in an idle moment of each quarter of an hour the line begins
anew, as after a reopened port, with all that it has learned and counted. What was owed then is in
doubt, by the same rule.
"""

from typing import TYPE_CHECKING

from hal.doubt import AddressState
from hal.line_core import LineCore
from hal.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from typing import Any, Protocol

    from drivers.exchange import Conversation, Request
    from hal.job import Job, Timing

    class Uart(Protocol):
        """What is used of machine.UART. (Two underscores: positional; MicroPython knows no `/`.)"""

        def any(self) -> int: ...
        def read(self, __nbytes: int) -> bytes | None: ...
        def write(self, __buf: bytes) -> int | None: ...
        def flush(self) -> None: ...

    class Pin(Protocol):
        """What is used of machine.Pin."""

        def on(self) -> None: ...
        def off(self) -> None: ...


__all__ = ["BoardLine", "send"]

EPOCH_MS = 1 << 20  # 17.5 minutes; below it 32 bits tell 1/16 ms
NEWS_MAX = 8  # kept for a program that looks at them seldom
LEARNED = ("quiet_ms", "first_byte_ms", "latency_ms", "exchange_ms", "misses", "refuses_clearing")
COUNTED = ("asked", "answered", "silent", "late", "retried", "wire_errors", "refusals")
LINE_COUNTED = ("busy_ms", "noise_bytes", "bytes_in", "bytes_out")


def send(uart: "Uart", data: bytes, direction: "Pin | None" = None) -> None:
    """Write all of it, with the RS-485 driver on (its pin DE, high) until the last bit has left.

    This waits for the wire: the answer may follow at once, and must find the driver off.
    """
    if direction is not None:
        direction.on()
    while data:
        data = data[uart.write(data) or 0 :]
    if direction is not None:
        uart.flush()
        direction.off()


class BoardLine:
    """One line. ticks: time.ticks_us; direction: the pin that switches an RS-485 driver on, if any;
    echo: whether the adapter hears what it sends. news: the latest (what, detail) that a person
    should know, as another master on the line."""

    def __init__(
        self,
        uart: "Uart",
        timing: "Timing",
        ticks: "Callable[[], int]",
        direction: "Pin | None" = None,
        echo: bool = False,
    ) -> None:
        self.core = LineCore(timing, echo)
        self.news: list[tuple[str, str]] = []
        self._timing = timing
        self._echo = echo
        self._uart = uart
        self._direction = direction
        self._watch = Stopwatch(ticks)

    def attach(
        self,
        address: "Hashable",
        questions: "Sequence[Request]",
        timeout_ms: float,
        retries: int = 1,
        quiet_ms: "float | None" = None,
    ) -> None:
        """Make an instrument known before it is asked anything."""
        state = AddressState(address, timeout_ms, retries, quiet_ms)
        state.declare(questions)
        self.core.attach(state, self._watch.now_ms())

    @property
    def addresses(self) -> "dict[Hashable, AddressState]":
        """What is known of each instrument now: its figures, whether it is dead."""
        return self.core.addresses

    def start(self, address: "Hashable", conversation: "Conversation") -> "Job":
        """Queue a conversation: `turn` carries it, and the job says when it is done."""
        if self.core.depth == 0 and self._watch.now_ms() >= EPOCH_MS:
            self._begin_anew()
        return self.core.submit(address, conversation, self._watch.now_ms())

    def turn(self) -> None:
        """Take what has come, let the line act, send."""
        size = self._uart.any()
        data = self._uart.read(size) if size else None
        now = self._watch.now_ms()
        if data:
            self.core.receive(data, now)
        data = self.core.step(now)
        if data:
            send(self._uart, data, self._direction)
        self.core.finished = []  # the jobs know it themselves
        if self.core.news:
            self.news = (self.news + self.core.news)[-NEWS_MAX:]
            self.core.news.clear()

    def converse(
        self, address: "Hashable", conversation: "Conversation", idle: "Callable[[], None] | None" = None
    ) -> "Any":
        """Carry one conversation to its end; `idle` is called in every turn.

        Raises NoAnswer, WireError or Refused when the conversation did not handle it.
        """
        job = self.start(address, conversation)
        while not job.done:
            self.turn()
            if idle is not None:
                idle()
        if job.error is not None:
            raise job.error
        return job.result

    def _begin_anew(self) -> None:
        before, self.core = self.core, LineCore(self._timing, self._echo)
        self._watch.restart()
        for name in LINE_COUNTED:
            setattr(self.core, name, getattr(before, name))
        for old in before.addresses.values():
            state = AddressState(old.address, old.timeout_ms, old.retries)
            for name in LEARNED + COUNTED:
                setattr(state, name, getattr(old, name))
            state.declare(old.questions, old.clearing)
            self.core.attach(state, 0.0)

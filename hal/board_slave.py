"""The other side of a line on a board: somebody asks, and is answered. Runs on MicroPython too."""

from typing import TYPE_CHECKING

from hal.board_line import send
from hal.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from hal.board_line import Pin, Uart
    from hal.job import Timing

__all__ = ["BoardSlave"]

FRAME_BYTES = 256  # the longest that Modbus has; what is longer keeps its end
STALE_MS = 200.0  # below any usual time-out: a master that still waits gets its answer in time


class BoardSlave:
    """Gathers bytes until the line is silent, asks `answer` what to say to them, and says it.

    The silence that ends a question is also the one that an answer must keep. ticks: time.ticks_us;
    direction: the pin that switches the RS-485 driver on, if any; echo: whether the transceiver
    hears what it sends. The program calls `turn` in its loop, at least once in a silence (3.6 ms at
    9600 baud); what it misses, the master asks again.

    Where the loop stood still for `stale_ms`, nobody can tell how old the bytes are that came
    meanwhile, and an answer too late would disturb others: they are dropped. stale: how often.
    """

    def __init__(
        self,
        uart: "Uart",
        timing: "Timing",
        ticks: "Callable[[], int]",
        answer: "Callable[[bytes], bytes]",
        *,
        direction: "Pin | None" = None,
        echo: bool = False,
        stale_ms: float = STALE_MS,
    ) -> None:
        self._uart = uart
        self._silence_ms = timing.silence_ms
        self._answer = answer
        self._direction = direction
        self._since = Stopwatch(ticks)  # the last byte came
        self._turned = Stopwatch(ticks)  # the loop came by
        self._stale_ms = stale_ms
        self.stale = 0
        self._heard = b""
        self._echo = echo
        self._echo_due = b""

    def turn(self) -> None:
        """Take what has come; answer when it has ended."""
        size = self._uart.any()
        data = self._uart.read(size) if size else None
        stood_still = self._turned.lap_ms() > self._stale_ms
        if stood_still and (data or self._heard):
            self._heard = self._echo_due = b""
            self.stale += 1
        elif data:
            self._heard = (self._heard + data)[-FRAME_BYTES:]
            self._since.restart()
        elif self._heard and self._since.now_ms() >= self._silence_ms:
            heard, self._heard = self._heard, b""
            if self._echo_due and heard[: len(self._echo_due)] == self._echo_due:
                heard = heard[len(self._echo_due) :]
            self._echo_due = b""
            said = self._answer(heard) if heard else b""
            if said:
                send(self._uart, said, self._direction)
                self._turned.restart()  # what it took to send is no standstill
                self._echo_due = said if self._echo else b""

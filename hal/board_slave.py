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


class BoardSlave:
    """Gathers bytes until the line is silent, asks `answer` what to say to them, and says it.

    The silence that ends a question is also the one that an answer must keep. ticks: time.ticks_us;
    direction: the pin that switches the RS-485 driver on, if any; echo: whether the transceiver
    hears what it sends. The program calls `turn` in its loop, at least once in a silence (3.6 ms at
    9600 baud); what it misses, the master asks again.
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
    ) -> None:
        self._uart = uart
        self._silence_ms = timing.silence_ms
        self._answer = answer
        self._direction = direction
        self._since = Stopwatch(ticks)  # the last byte came
        self._heard = b""
        self._echo = echo
        self._echo_due = b""

    def turn(self) -> None:
        """Take what has come; answer when it has ended."""
        size = self._uart.any()
        data = self._uart.read(size) if size else None
        if data:
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
                self._echo_due = said if self._echo else b""

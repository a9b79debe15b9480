"""MicroPython's Timer, on a thread of its own."""

import sys
import threading
from collections.abc import Callable

from hal.machine.board import board

__all__ = ["Timer"]


class Timer:
    """Calls callback(timer) once or at regular times. id: -1, a timer in software.

    mode: ONE_SHOT or PERIODIC; period in ms, or freq in Hz, or tick_hz, the unit of period. A
    callback that raises is reported on stderr and called again at its next time, as on a board.
    Times that pass while a callback still runs are left out.
    """

    ONE_SHOT, PERIODIC = 0, 1

    def __init__(
        self,
        id: int = -1,
        /,
        *,
        mode: int = PERIODIC,
        period: int | None = None,
        freq: float | None = None,
        tick_hz: int | None = None,
        callback: "Callable[[Timer], None] | None" = None,
        hard: bool | None = None,
    ) -> None:
        if id != -1:
            raise ValueError(f"Timer({id}) doesn't exist: -1 does")
        self._board = board()
        self._ended = threading.Event()
        if period is not None or freq is not None:
            self.init(mode=mode, period=period, freq=freq, tick_hz=tick_hz, callback=callback)

    def init(
        self,
        *,
        mode: int = PERIODIC,
        period: int | None = None,
        freq: float | None = None,
        tick_hz: int | None = None,
        callback: "Callable[[Timer], None] | None" = None,
        hard: bool | None = None,
    ) -> None:
        """Begin anew. Raises ValueError without a period or frequency above 0."""
        if mode not in (self.ONE_SHOT, self.PERIODIC):
            raise ValueError(f"timer mode {mode} is neither ONE_SHOT nor PERIODIC")
        self.deinit()
        if freq is not None and freq > 0:
            period_s = 1.0 / freq
        elif freq is None and period is not None and period > 0:
            period_s = period / (tick_hz or 1000)
        else:
            raise ValueError("a timer needs a period (ms) or a freq (Hz) above 0")
        self._ended = threading.Event()
        threading.Thread(
            target=self._run, args=(self._ended, mode, period_s, callback), name="timer", daemon=True
        ).start()

    def deinit(self) -> None:
        """No call begins after this."""
        self._ended.set()

    def _run(
        self,
        ended: threading.Event,
        mode: int,
        period_s: float,
        callback: "Callable[[Timer], None] | None",
    ) -> None:
        now = self._board.clock.monotonic
        due = now() + period_s
        while not ended.wait(max(0.0, due - now())):
            if callback is not None:
                try:
                    callback(self)
                except Exception:
                    sys.excepthook(*sys.exc_info())
            if mode == self.ONE_SHOT:
                return
            due += period_s
            if due < now():
                due += (now() - due) // period_s * period_s + period_s

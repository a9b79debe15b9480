"""MicroPython's Pin over a line of a GPIO chip (libgpiod)."""

import threading
from collections.abc import Callable
from typing import Any

from hal.gpio import load_gpiod
from hal.machine.board import GpioLine, board

__all__ = ["Pin"]

LOOK_S = 0.1  # how soon an interrupt's thread notices that it is no longer wanted


class Pin:
    """A line by its number on the Board's chip, by its name, or as (chip, number or name).

    mode: IN, OUT, OPEN_DRAIN; pull: None, PULL_UP, PULL_DOWN; -1 leaves either as it is. Raises
    OSError where the line cannot be had, GpioError without the library gpiod.
    """

    IN, OUT, OPEN_DRAIN = 0, 1, 2
    PULL_UP, PULL_DOWN = 1, 2
    IRQ_FALLING, IRQ_RISING = 4, 8

    def __init__(
        self,
        id: int | str | tuple[str, int | str],
        /,
        mode: int = -1,
        pull: int | None = -1,
        *,
        value: object = None,
        drive: int | None = None,
        alt: int | None = None,
    ) -> None:
        self._board = board()
        chip, self._line = id if isinstance(id, tuple) else (self._board.chip, id)
        self._chip = chip
        self._mode, self._pull, self._level = -1, -1, False
        self._trigger = 0
        self._request: GpioLine | None = None
        self._watch: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._configure(mode, pull, value)

    def init(
        self,
        mode: int = -1,
        pull: int | None = -1,
        *,
        value: object = None,
        drive: int | None = None,
        alt: int | None = None,
    ) -> None:
        """Set the line anew. An output takes `value` at once, so that it does not flicker."""
        self._configure(mode, pull, value)

    def _configure(self, mode: int, pull: int | None, value: object) -> None:
        if mode not in (-1, self.IN, self.OUT, self.OPEN_DRAIN):
            raise ValueError(f"pin mode {mode} is none of IN, OUT, OPEN_DRAIN")
        if pull not in (-1, None, self.PULL_UP, self.PULL_DOWN):
            raise ValueError(f"pull {pull} is none of None, PULL_UP, PULL_DOWN")
        self._mode = self._mode if mode == -1 else mode
        self._pull = self._pull if pull == -1 else pull or 0
        if value is not None:
            self._level = bool(value)
        config = {self._line: self._settings()}
        if self._request is None:
            self._request = self._board.request_line(self._chip, config)
        else:
            self._request.reconfigure_lines(config)

    def _settings(self) -> Any:
        gpiod = load_gpiod()
        line = gpiod.line
        directions = {-1: line.Direction.AS_IS, self.IN: line.Direction.INPUT}
        biases = {-1: line.Bias.AS_IS, 0: line.Bias.DISABLED}
        biases.update({self.PULL_UP: line.Bias.PULL_UP, self.PULL_DOWN: line.Bias.PULL_DOWN})
        edges = {0: line.Edge.NONE, self.IRQ_FALLING: line.Edge.FALLING, self.IRQ_RISING: line.Edge.RISING}
        return gpiod.LineSettings(
            direction=directions.get(self._mode, line.Direction.OUTPUT),
            bias=biases[self._pull],
            drive=line.Drive.OPEN_DRAIN if self._mode == self.OPEN_DRAIN else line.Drive.PUSH_PULL,
            edge_detection=edges.get(self._trigger, line.Edge.BOTH),
            output_value=line.Value.ACTIVE if self._level else line.Value.INACTIVE,
        )

    def value(self, x: object = None, /) -> int | None:
        """The level now, 0 or 1; with x: set it. An input keeps x for when it becomes an output."""
        assert self._request is not None
        if x is None:
            return int(bool(self._request.get_value(self._line)))
        self._level = bool(x)
        if self._mode in (self.OUT, self.OPEN_DRAIN):
            values = load_gpiod().line.Value
            self._request.set_value(self._line, values.ACTIVE if x else values.INACTIVE)
        return None

    def __call__(self, x: object = None, /) -> int | None:
        return self.value(x)

    def on(self) -> None:
        self.value(1)

    def off(self) -> None:
        self.value(0)

    high, low = on, off

    def toggle(self) -> None:
        self.value(not self._level)

    def irq(
        self,
        handler: "Callable[[Pin], None] | None" = None,
        trigger: int = IRQ_FALLING | IRQ_RISING,
        *,
        priority: int = 1,
        wake: int | None = None,
        hard: bool = False,
    ) -> None:
        """Call handler(pin) at each edge of `trigger`, from a thread of its own; None ends that.

        priority and hard say nothing here, wake cannot be had. Raises ValueError for no edge.
        """
        if wake is not None:
            raise ValueError("a pin cannot wake the gateway")
        if handler is not None and trigger not in (4, 8, 12):
            raise ValueError("trigger is IRQ_FALLING, IRQ_RISING, or both")
        if self._watch is not None and self._thread is not None:
            self._watch.set()
            if self._thread is not threading.current_thread():
                self._thread.join()
            self._watch = self._thread = None
        self._trigger = trigger if handler is not None else 0
        self._configure(-1, -1, None)
        if handler is not None:
            self._watch = threading.Event()
            self._thread = threading.Thread(
                target=self._edges, args=(handler, self._watch), name=f"pin {self._line}", daemon=True
            )
            self._thread.start()

    def _edges(self, handler: "Callable[[Pin], None]", ended: threading.Event) -> None:
        assert self._request is not None
        while not ended.is_set():
            if self._request.wait_edge_events(LOOK_S):
                for _ in self._request.read_edge_events():
                    handler(self)

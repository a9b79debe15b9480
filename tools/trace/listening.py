"""A line with another master, listened to: frames told by length and check, or by gaps.

Nothing is sent. Modbus RTU requests and answers are told apart and held against each other; what
is text is shown as text; anything else is noise.
"""

from drivers.exchange import NoAnswer, WireError
from drivers.wire.modbus_frames import ANSWER, REQUEST, frame_at, pdu_of
from drivers.wire.modbus_pdu import EXCEPTION_BIT
from hal.tap import Tap
from tools.trace.frames import text_of

__all__ = ["Sniffer"]

BUNCHED_MS = 20.0  # FTDI adapters hold bytes back for 16 ms by default
GIVE_UP_MS = 2000.0  # a question on an idle line has got no answer by then
BROADCAST = 0
SEARCH_BYTES = 8  # that come before the next search: byte by byte it would cost eight times as much
LONGEST_REST = 512  # bytes without a pause in which no frame is: noise, twice a frame's length


class Sniffer:
    """Bytes and the time in, records out of `tap`. char_ms: one character's time."""

    def __init__(self, char_ms: float) -> None:
        self.tap = Tap(char_ms)
        self._pause_ms = 3.5 * char_ms + BUNCHED_MS
        self._buf = b""
        self._searched = 0  # bytes of it in which there was no whole frame
        self._heard_at = 0.0
        self._asked: tuple[int, int] | None = None  # address and function still unanswered
        self._garbage = 0

    def heard(self, data: bytes, at: float) -> None:
        """Bytes came in, the last of them at `at` (ms)."""
        begun = at - len(data) * self.tap.char_ms
        if self._buf and begun - self._heard_at > self._pause_ms:
            self._digest(paused=True)
        self._buf += data
        self._heard_at = at
        self.tap.heard(data, at)
        if len(self._buf) - self._searched >= SEARCH_BYTES:
            self._digest(paused=False)

    def settle(self, now: float) -> None:
        """Let time pass: what has paused is whole. Call this before reading the tap."""
        if now - self._heard_at <= self._pause_ms:
            self._digest(paused=False)
            return
        if self._buf:
            self._digest(paused=True)
        if now - self._heard_at > GIVE_UP_MS:
            self._unanswered(now, f"no answer in {GIVE_UP_MS:.0f} ms")
        self.tap.settle(now)

    def _digest(self, paused: bool) -> None:
        """Take every whole frame out of the buffer; the rest waits for more, or for the pause."""
        while (hit := self._first_frame()) is not None:
            at, size, kinds = hit
            self._leave(at)
            self._frame(size, kinds)
        if paused or len(self._buf) > LONGEST_REST:
            self._leave(len(self._buf))
        self._searched = len(self._buf)

    def _first_frame(self) -> "tuple[int, int, tuple[str, ...]] | None":
        for at in range(len(self._buf)):
            found = frame_at(self._buf[at:])
            if found is not None and found[0]:
                return at, *found
        return None

    def _leave(self, size: int) -> None:
        """Bytes up to a frame or a pause: a frame of an unknown function, a text, or noise."""
        rest = self._buf[:size]
        found = pdu_of(rest)
        if found is not None:
            self._frame(size, (ANSWER,) if found[1][:1] >= b"\x80" else (REQUEST, ANSWER))
        elif text_of(rest):
            self._frame(size, ())
        else:
            self._garbage += size
            self._buf = self._buf[size:]
            self.tap.noise(size)

    def _frame(self, size: int, kinds: "tuple[str, ...]") -> None:
        """The next `size` bytes are a frame; kinds: of a Modbus frame what it may be."""
        behind, frame = len(self._buf), self._buf[:size]
        self._buf = self._buf[size:]
        if not kinds:
            self.tap.frame(behind, size, "heard", None)
            return
        address, function = frame[0], frame[1]
        answers = ANSWER in kinds and self._asked == (address, function & ~EXCEPTION_BIT)
        if answers:
            self._asked = None
            verdict = "refused" if function & EXCEPTION_BIT else "answered"
        elif REQUEST in kinds:
            self._unanswered(self._heard_at, "no answer before the next question")
            self._asked = None if address == BROADCAST else (address, function)
            verdict = "asked"
        else:
            verdict = "heard"
        self._garbage = 0
        self.tap.frame(behind, size, verdict, address)

    def _unanswered(self, now: float, why: str) -> None:
        """The question, if there is one, has got no answer that is one."""
        if self._asked is None:
            return
        failure: Exception = NoAnswer(0, why)
        if self._garbage:
            failure = WireError("answer", "a whole frame", f"{self._garbage} bytes")
        self.tap.ended(self._asked[0], failure, now)
        self._asked = None

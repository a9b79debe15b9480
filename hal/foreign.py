"""Frames that nobody here asked for or owes: is there a second master on the line?

What the line drops as noise is searched for whole valid frames of the protocols spoken on it. A
question that this master did not send proves another one. A stray answer alone proves little (an
instrument set to another's address sends some), so only several do. From the first proof on until it
has been quiet again, values may belong to the other master's question: the line says so with each.

What a protocol's check does not cover cannot be found. Times are milliseconds on the caller's
monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.exchange import Frame, Request
    from hal.tap import Tap

__all__ = ["QUIET_S", "Foreign"]

# Another master may well poll once a minute, as data loggers do: twice that, so that one poll may be
# lost in noise before the line is taken for quiet.
QUIET_S = 120
QUIET_MS = 1000.0 * QUIET_S
STRAY_ANSWERS = 3  # within the quiet time: once is a stray, this often is somebody's conversation
TAIL_BYTES = 300  # more than the longest RTU frame, 256
PAUSE_MS = 50.0  # bytes further apart are no frame: USB adapters bunch within 16 ms
SEEN_MAX = 4


class Foreign:
    """What was heard of others on one line.

    frames: valid frames that nobody here asked for or owes; active: a second master is there;
    seen: what of it, for a person, newest last; news: is told when it comes and when it has gone.
    """

    def __init__(self, news: "list[tuple[str, str]]") -> None:
        self._news = news
        self.frames = 0
        self.active = False
        self.seen: list[str] = []
        self._recognisers: list[Callable[[bytes], Frame | None]] = []
        self._tail = b""
        self._tail_at = 0.0
        self._strays: list[float] = []
        self._last_at = 0.0

    def learn(self, request: "Request") -> None:
        """A protocol that is spoken on this line."""
        if request.whole_frame not in self._recognisers:
            self._recognisers.append(request.whole_frame)

    def hear(self, data: bytes, now: float, known: "Sequence[bytes]") -> "list[tuple[int, Frame]]":
        """Bytes that fit nothing. known: frames that are no stranger's: our own, heard again.

        Returns each frame found, with how many bytes were heard behind it; known ones without words.
        """
        if now - self._tail_at > PAUSE_MS:
            self._tail = b""
        self._tail = (self._tail + data)[-TAIL_BYTES:]
        self._tail_at = now
        found = []
        at = 0
        while at < len(self._tail):
            frame = self._whole(self._tail[at:])
            if frame is None:
                at += 1
                continue
            end = at + frame[0]
            if self._tail[at:end] in known:
                frame = (frame[0], False, "")
            else:
                self._count(frame, now)
            found.append((len(self._tail) - end, frame))
            self._tail = self._tail[end:]
            at = 0
        return found

    def noise(self, data: bytes, now: float, known: "Sequence[bytes]", tap: "Tap | None") -> int:
        """As `hear`, told to `tap`. Returns how many bytes were no damaged answer to our question."""
        others = 0
        for behind, (size, asks, what) in self.hear(data, now, known):
            if asks or not what:
                others += size
            if what and tap is not None:
                tap.foreign(behind, size, what)
        return others

    def interrupted(self) -> None:
        """A frame of our own came: what was heard before is no beginning."""
        self._tail = b""

    def step(self, now: float) -> None:
        """Let time pass: has a second master been quiet long enough?"""
        if self.active and now - self._last_at >= QUIET_MS:
            self.active = False
            self._strays = []
            self._news.append(("second master gone", f"none was heard for {QUIET_S} s"))

    def _whole(self, view: bytes) -> "Frame | None":
        for recognise in self._recognisers:
            frame = recognise(view)
            if frame is not None:
                return frame
        return None

    def _count(self, frame: "Frame", now: float) -> None:
        _, asks, what = frame
        self.frames += 1
        self._last_at = now
        self.seen = [each for each in self.seen if each != what][1 - SEEN_MAX :]
        self.seen.append(what)
        self._strays = [at for at in self._strays if now - at < QUIET_MS][-STRAY_ANSWERS:]
        self._strays.append(now)
        if not self.active and (asks or len(self._strays) >= STRAY_ANSWERS):
            self.active = True
            self._news.append(("second master", ", ".join(self.seen)))

"""The trace tap of a line: every frame sent and received, when, and what the core made of it.

The core tells the tap of bytes and of its verdicts; the tap puts them together into records and
keeps the newest. A line without a tap pays one comparison for each event. Whoever reads too
slowly, or not at all, costs nothing: the oldest records go, and are counted as lost.

Times are milliseconds on the core's clock.
"""

from collections import deque
from collections.abc import Hashable
from typing import NamedTuple

from drivers.exchange import NoAnswer, WireError

__all__ = ["VERDICTS", "Record", "Tap"]

VERDICTS = {
    "asked": "sent by this master",
    "answered": "the answer to the question on the wire",
    "heard": "said by an instrument on its own",
    "refused": "the instrument answered, and said no",
    "silent": "nothing came in time",
    "damaged": "what came cannot be the answer",
    "late": "an answer outside its question's window: never a value",
    "noise": "bytes that fit no question",
    "foreign": "a frame between others: another master is on the line",
    "echo": "the adapter heard what it sent",
    "lost": "the port went away while the answer was awaited",
}
CAPACITY = 2000  # records: about ten seconds of a line at 115200 baud, minutes at 9600


class Record(NamedTuple):
    """One frame, or one silence (data is b"").

    at_ms, end_ms: its first byte's beginning and its last byte's end on the wire, as far as an
    adapter that bunches bytes lets one know; gap_ms: from the end of what was on the wire before
    (None for the first); rtt_ms: from the question's end to the answer's last byte.
    """

    at_ms: float
    end_ms: float
    gap_ms: float | None
    sent: bool
    data: bytes
    verdict: str
    address: Hashable
    detail: str
    rtt_ms: float | None


class Tap:
    """What was heard and sent on one line, newest last. char_ms: one character's time."""

    def __init__(self, char_ms: float, capacity: int = CAPACITY) -> None:
        self.char_ms = char_ms
        self.count = 0  # records ever made
        self._records: deque[Record] = deque(maxlen=capacity)
        self._bursts: list[tuple[bytes, float]] = []  # heard and not judged: bytes, when the last one ended
        self._noise = b""
        self._noise_at = self._noise_end = 0.0
        self._ahead = 0  # bytes taken as noise before the core said so
        self._wire_end: float | None = None  # of the last byte on the wire, in a record or not
        self._record_end: float | None = None
        self._question_end: float | None = None
        self._awaited = False  # an answer to it

    # -- what a reader calls ----------------------------------------------------------------

    def since(self, seq: int) -> tuple[int, list[Record]]:
        """The records numbered from `seq` on, as (number of the first, records).

        The first number is above `seq` where records in between are lost. Numbers begin at 0.
        """
        kept_from = self.count - len(self._records)
        first = min(max(seq, kept_from), self.count)
        return first, list(self._records)[first - kept_from :]

    def settle(self, now: float) -> None:
        """Noise is a record once it pauses and can no more be a damaged answer: call this before reading."""
        if self._noise and not self._awaited and now - self._noise_end > 4 * self.char_ms:
            self._flush_noise()

    # -- what the core calls ----------------------------------------------------------------

    def asked(self, address: Hashable, data: bytes, at: float, char_ms: float) -> None:
        """char_ms: of this question and what follows it, until the next one."""
        self._flush_noise()
        self.char_ms = char_ms
        end = at + len(data) * self.char_ms
        self._question_end = self._wire_end = end
        self._awaited = True
        self._add("asked", address, data, at, end=end)

    def heard(self, data: bytes, at: float) -> None:
        """Bytes came in, the last of them at `at`."""
        self._bursts.append((data, at))

    def frame(
        self,
        behind: int,
        size: int,
        verdict: str,
        address: Hashable,
        *,
        detail: str = "",
        asked_at: float | None = None,
    ) -> None:
        """A frame of `size` bytes was recognised, `behind` bytes before the end of what was heard.

        asked_at: of a late one, when its question had left the wire.
        """
        self._ahead = max(0, sum(len(data) for data, _ in self._bursts) - behind)
        self._take_noise(self._ahead)
        self._flush_noise()
        data, at, end = self._take(size)
        if verdict == "asked":  # by another master, to which this one only listens
            self._question_end, self._awaited = end, True
        if verdict in ("answered", "refused"):
            asked_at, self._awaited = self._question_end, False
        rtt = None if asked_at is None else end - asked_at
        self._add(verdict, address, data, at, end=end, detail=detail, rtt=rtt)

    def noise(self, count: int) -> None:
        """The core dropped `count` bytes."""
        self._take_noise(max(0, count - self._ahead))
        self._ahead = 0

    def foreign(self, behind: int, size: int, detail: str) -> None:
        """The last noise holds a whole frame of `size` bytes, `behind` bytes before its end: somebody
        else's. What of it is in a record already stays there."""
        whole, start, end = self._noise, self._noise_at, self._noise_end
        at = max(0, len(whole) - behind - size)
        frame = whole[at : len(whole) - behind]
        frame_end = end - behind * self.char_ms
        self._noise, self._noise_end = whole[:at], frame_end - len(frame) * self.char_ms
        self._flush_noise()
        self._add("foreign", None, frame, max(start, self._noise_end), end=frame_end, detail=detail)
        if behind:
            self._noise, self._noise_at, self._noise_end = whole[-behind:], frame_end, end

    def ended(self, address: Hashable, failure: Exception, at: float) -> None:
        """The question on the wire failed. What came instead of an answer is the damaged one."""
        self._awaited = False
        if isinstance(failure, WireError) and self._noise:
            data, start, end = self._noise, self._noise_at, self._noise_end
            self._noise = b""
            rtt = end - self._question_end if self._question_end is not None else None
            self._add("damaged", address, data, start, end=end, detail=str(failure), rtt=rtt)
            return
        self._flush_noise()
        verdict = "silent" if isinstance(failure, NoAnswer) else "damaged"
        if not isinstance(failure, NoAnswer | WireError):
            verdict = "lost"
        self._add(verdict, address, b"", at, end=at, detail=str(failure).splitlines()[0])

    # -- within -----------------------------------------------------------------------------

    def _take(self, count: int) -> tuple[bytes, float, float]:
        """The oldest `count` bytes heard: (bytes, beginning of the first, end of the last)."""
        taken, start, end = b"", None, self._wire_end or 0.0
        while count > 0 and self._bursts:
            data, at = self._bursts[0]
            part, rest = data[:count], data[count:]
            count -= len(part)
            begun = at - len(data) * self.char_ms
            start = begun if start is None else start
            end = at - len(rest) * self.char_ms
            taken += part
            if rest:
                self._bursts[0] = (rest, at)
            else:
                del self._bursts[0]
        before = self._wire_end
        start = end if start is None else start
        if before is not None and start < before:
            start = min(before, end)  # bunched bytes were on the wire later than they look
        self._wire_end = end
        return taken, start, end

    def _take_noise(self, count: int) -> None:
        if not count:
            return
        data, at, end = self._take(count)
        if not self._noise:
            self._noise_at = at
        self._noise, self._noise_end = (self._noise + data)[-CAPACITY:], end

    def _flush_noise(self) -> None:
        if self._noise:
            data, self._noise = self._noise, b""
            self._add("noise", None, data, self._noise_at, end=self._noise_end)

    def _add(
        self,
        verdict: str,
        address: Hashable,
        data: bytes,
        at: float,
        *,
        end: float,
        detail: str = "",
        rtt: float | None = None,
    ) -> None:
        gap = None if self._record_end is None or not data else at - self._record_end
        sent = verdict == "asked"
        self._records.append(Record(at, end, gap, sent, data, verdict, address, detail, rtt))
        self.count += 1
        if data:
            self._record_end = end

"""The local echo of a two-wire adapter: it hears what it sends.

Whether an adapter echoes is set (`echo` of the line) and learned from every exchange, so that a wrong
setting breaks nothing: an echo that was not expected is taken away all the same, and one that never
comes is not waited for. Only where an answer repeats its question (a Modbus write) does nothing tell
the two apart; there stands what was learned, and before anything was, what is set.

Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError

if TYPE_CHECKING:
    from drivers.exchange import Request
    from hal.tap import Tap

__all__ = ["Echo"]

KEPT = 256  # questions; then it begins anew


class Echo:
    """The echo of one line. expected: as the line is set; heard: None until an exchange has told; news:
    is told of one that nobody has set, once."""

    def __init__(self, expected: bool, news: "list[tuple[str, str]]") -> None:
        self.expected = expected
        self._news = news
        self.heard: bool | None = None
        self.told = False
        self._due = b""
        self._repeating: dict[bytes, bool] = {}  # by question, which is asked again and again
        self._tells = True  # whether this question's echo can be told from its answer

    def sent(self, request: "Request", key: bytes) -> None:
        """These bytes go out."""
        if key not in self._repeating:
            if len(self._repeating) >= KEPT:
                self._repeating = {}
            self._repeating[key] = _repeats(request, key)
        self._tells = not self._repeating[key]
        comes = self.expected if self.heard is None else self.heard
        self._due = key if comes or self._tells else b""

    @property
    def bytes_due(self) -> int:
        """Bytes of the echo that comes, as far as is known."""
        return len(self._due) if self.heard or (self.heard is None and self.expected) else 0

    def strip(self, buf: bytes, tap: "Tap | None") -> bytes:
        """What was heard without the echo, if that is whole in it."""
        at = buf.find(self._due) if self._due else -1
        if at < 0:
            return buf
        size, self._due = len(self._due), b""
        if tap is not None:
            tap.frame(len(buf) - at, size, "echo", None)
        if not self.expected and not self.told:
            self.told = True
            self._news.append(("echo", "the adapter hears what it sends, which is not set"))
        self.heard = True
        return buf[:at] + buf[at + size :]

    def may_begin(self, buf: bytes) -> bool:
        """Whether what was heard may be the beginning of the echo, its rest still to come."""
        return 0 < len(buf) < len(self._due) and self._due.startswith(buf)

    def over(self, answered: bool) -> None:
        """The exchange ends. An answer without an echo says that there is none."""
        if answered and self._due and self._tells:
            self.heard = False
        self._due = b""


def _repeats(request: "Request", key: bytes) -> bool:
    """Whether the question itself would be taken for its answer."""
    try:
        return request.parse(key) is not None
    except (WireError, Refused):
        return False

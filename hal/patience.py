"""How many bytes a port may keep back: a wake-up for each handful of them is what an exchange costs.

Where the last answer to the same question was as long as one can be, the next will be so too, and
the port is asked for all its bytes at once. A shorter one, such as a refusal, is seen when somebody
looks at the time at which the whole one would be over. Otherwise the port first waits for the
shortest answer that there can be, then for what is missing from the one that has begun.

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.exchange import Request
    from hal.doubt import AddressState, Debt

__all__ = ["Patience"]

KEPT = 256  # questions whose answers' lengths are remembered; then it begins anew
NEVER = float("inf")
REST_BYTES = 1 << 20  # more than fit into any time: what ends is the listening itself


class Patience:
    """missing: bytes that must come before anything can be decided. look_at: when to look at fewer."""

    def __init__(self) -> None:
        self.missing = 1
        self.look_at = NEVER
        self._usual: dict[bytes, int] = {}

    def asked(self, state: "AddressState", question: "Debt", echo_bytes: int) -> None:
        """A question is on its way, and `echo_bytes` of it come back first."""
        first_ms = state.first_byte_ms
        size = self._usual.get(question.key, 0)
        if size and first_ms is not None:
            whole_ms = first_ms + size * state.timing.char_ms + state.timing.margin_ms
            self.missing, self.look_at = echo_bytes + size, question.asked_at + whole_ms
        else:
            self.missing, self.look_at = echo_bytes + question.request.shortest, NEVER

    def goes_on(self, pending: "Request", view: bytes) -> int:
        """`view` may yet become an answer to `pending`. Returns how many bytes may still come.

        A listener that has heard the end of one line waits for the next one as long as it listens.
        """
        if pending.listening and pending.may_rest(view):
            self.wants_all()
            return REST_BYTES
        size, came = pending.length(view), len(view)
        self.missing, self.look_at = max(1, (size or pending.shortest) - came), NEVER
        return (size or pending.longest) - came

    def answered(self, question: "Debt", size: int) -> None:
        """An answer of `size` bytes has come, or a refusal. Lengths that vary are not relied upon."""
        if len(self._usual) >= KEPT and question.key not in self._usual:
            self._usual = {}
        self._usual[question.key] = size if size == question.request.longest else 0

    def look(self, now: float) -> None:
        """Once the usual answer would be over, fewer bytes are worth hearing, too."""
        if now >= self.look_at:
            self.wants_all()

    def wants_all(self) -> None:
        """Every byte is worth hearing at once."""
        self.missing, self.look_at = 1, NEVER

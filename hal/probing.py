"""When a dead address may be asked again, so that it never starves the living.

In idle time it may be asked freely: where nobody living waits, and the probe ends before the next
poll of any of them is due. Else probing is held to a share of the line's time.

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hal.doubt import AddressState
    from hal.job import Job, Timing

__all__ = ["Probing"]

SHARE = 0.05  # of the line's time, under contention


class Probing:
    """The probes of one line. share: 0..1, what they may take where there is no idle time."""

    def __init__(self, timing: "Timing", share: float = SHARE) -> None:
        self.timing = timing
        self.share = share
        self._allowed_at = float("-inf")  # when the share admits the next one

    def ready_at(self, job: "Job", now: float, addresses: "Iterable[AddressState]", contended: bool) -> float:
        """When this dead address may be asked: now, or as soon as the share admits.

        contended: somebody living could be asked now. An idle moment may come earlier than what is
        returned here; it follows an exchange, after which one asks again.
        """
        if not contended:
            cost_ms = len(job.key) * self.timing.char_ms + job.state.probe_timeout_ms + self.timing.silence_ms
            due_at = min([state.due_at for state in addresses if not state.dead] + [float("inf")])
            if now + cost_ms <= due_at:
                return now
        return max(now, self._allowed_at)

    def spent(self, began: float, ended: float) -> None:
        """A probe took the line from began to ended."""
        self._allowed_at = ended + (ended - began) / self.share

"""When a dead address may be asked again, and for how long, so that it never starves the living.

In idle time it may be asked freely: where nobody living waits, and the probe ends before the next
poll of any of them is due. Else probing is held to a share of the line's time.

A probe waits what the instrument was learned to need and a margin. One that was never heard is given
its whole timeout in idle time; under contention no more than one round of the living, so that none of
them waits longer than two, but at least half of its timeout (decision 0015).

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hal.doubt import AddressState
    from hal.job import Job

__all__ = ["Probing"]

SHARE = 0.05  # of the line's time, under contention
ROUND_SHARE = 0.8  # of a round of the living: timers, adapters and the agent take a little, too


class Probing:
    """The probes of one line. share: 0..1, what they may take where there is no idle time."""

    def __init__(self, share: float = SHARE) -> None:
        self.share = share
        self._allowed_at = float("-inf")  # when the share admits the next one

    def ready_at(self, job: "Job", now: float, addresses: "Iterable[AddressState]", contended: bool) -> float:
        """When this dead address may be asked: now, or as soon as the share admits.

        contended: somebody living could be asked now. An idle moment may come earlier than what is
        returned here; it follows an exchange, after which one asks again.
        """
        if self._is_idle(job, now, addresses, contended):
            return now
        return max(now, self._allowed_at)

    def wait_ms(self, job: "Job", now: float, addresses: "Iterable[AddressState]", contended: bool) -> float:
        """How long a probe that begins now waits for the answer's first byte."""
        whole_ms = self._probe_ms(job)
        if job.state.first_byte_ms is not None or self._is_idle(job, now, addresses, contended):
            return whole_ms
        round_ms = sum([each.exchange_ms for each in addresses if not each.dead])
        admitted = ROUND_SHARE * round_ms - self._overhead_ms(job)
        return min(whole_ms, max(whole_ms / 2, admitted))

    def spent(self, began: float, ended: float) -> None:
        """A probe took the line from began to ended."""
        self._allowed_at = ended + (ended - began) / self.share

    def _is_idle(self, job: "Job", now: float, addresses: "Iterable[AddressState]", contended: bool) -> bool:
        """Whether nobody living waits, nor will before the probe is over."""
        if contended:
            return False
        due_at = min([state.due_at for state in addresses if not state.dead] + [float("inf")])
        return now + self._probe_ms(job) + self._overhead_ms(job) <= due_at

    @staticmethod
    def _probe_ms(job: "Job") -> float:
        assert job.request is not None, "who waits has a question"
        return job.state.probe_timeout_ms(job.request)

    def _overhead_ms(self, job: "Job") -> float:
        timing = job.state.timing
        return len(job.key) * timing.char_ms + timing.silence_ms

"""Whose turn it is on a line: the conversations that wait, and the rules between them.

Conversations of different addresses interleave, those of one address exclude each other; the dead
are only probed; who merely listens need not wait for a silent line.

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from hal.doubt import DEAD_AFTER
from hal.probing import Probing

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from drivers.exchange import Request
    from hal.doubt import AddressState
    from hal.job import Job, Timing

__all__ = ["Turns"]

BROADCAST_MS = 200.0  # for everybody to act; MODBUS over Serial Line V1.02, 2.4.1: 100 to 200 ms


class Turns:
    """The waiting conversations of one line, those first that came first."""

    def __init__(self, timing: "Timing") -> None:
        self.probing = Probing()
        self.waiting: list[Job] = []
        self._under_way: dict[Hashable, Job] = {}  # conversations that have asked something
        self.free_at = float("-inf")  # when the line will have been silent for as long as the last frame asks
        self._silence_ms = timing.silence_ms
        self._urged = False  # as _listened, of something urgent
        self._listened = False  # somebody has ever only listened here: most lines need not be searched

    def first(self, job: "Job") -> None:
        """It waits before all others."""
        self.waiting.insert(0, job)

    def last(self, job: "Job") -> None:
        """It waits behind all others."""
        self.waiting.append(job)
        if job.request is not None:
            self._listened = self._listened or job.request.listening
            self._urged = self._urged or job.request.urgent

    def begins(self, job: "Job") -> None:
        """It is asking now: until it has ended, nobody else asks its address."""
        self._silence_ms = job.state.timing.silence_ms
        self.waiting = [other for other in self.waiting if other is not job]
        self._under_way[job.state.address] = job

    def ends(self, job: "Job") -> None:
        """Its address is free for the next conversation."""
        if self._under_way.get(job.state.address) is job:
            del self._under_way[job.state.address]

    def ready_at(self, job: "Job", now: float) -> float:
        """When its next question may be asked, as far as its address goes."""
        assert job.request is not None
        return max(job.not_before, job.state.may_ask_at(job.request, job.key, now))

    def next_job(self, now: float, addresses: "Iterable[AddressState]") -> "Job | None":
        """Whose question goes out now, on a line that has been silent for as long as the last frame asks."""
        job = self._turn(now, addresses)
        return job if job is not None and self._silent_at(job) <= now else None

    def next_at(self, now: float, addresses: "Iterable[AddressState]") -> float:
        """When next_job will find somebody on a silent line. There must be somebody waiting."""
        job = self._turn(now, addresses)
        if job is not None:
            return max(now, self._silent_at(job))
        living, dead, contended = self._split(now)
        times = [self.ready_at(job, now) for job in living]
        return min(times + [self._probe_at(job, now, addresses, contended) for job in dead])

    def _turn(self, now: float, addresses: "Iterable[AddressState]") -> "Job | None":
        """What is urgent, else a dead address where it may be probed, else the living; each in turn."""
        if not self._urged and not self._somebody_is_dead():  # most lines, most of the time
            first = self.waiting[0] if self.waiting and not self._under_way else None
            if first is not None and self.ready_at(first, now) <= now:
                return first
            return self._first_of(self._in_turn(), now)
        living, dead, contended = self._split(now)
        for job in living:
            if job.request is not None and job.request.urgent and self.ready_at(job, now) <= now:
                return job
        for job in dead:
            if self._probe_at(job, now, addresses, contended) <= now:
                job.wait_ms = self.probing.wait_ms(job, now, addresses, contended)
                return job
        return self._first_of(living, now)

    def _somebody_is_dead(self) -> bool:
        """Asked before each question, of everybody who waits: hence a plain loop over plain attributes."""
        for job in self.waiting:  # noqa: SIM110 - a generator costs twice as much
            if job.state.misses >= DEAD_AFTER:
                return True
        return False

    def _first_of(self, living: "Iterable[Job]", now: float) -> "Job | None":
        for job in living:
            if self.ready_at(job, now) <= now:
                return job
        return None

    @staticmethod
    def window_ms(job: "Job", request: "Request") -> float:
        """How long this question of the job's may stay without an answer's first byte."""
        if request.broadcast:
            return BROADCAST_MS
        if job.state.dead and not request.listening:
            return job.wait_ms
        return request.timeout_ms or job.state.timeout_ms

    def _silent_at(self, job: "Job") -> float:
        """Between frames of different speed, the longer silence is due; whoever needs it keeps his turn."""
        return self.free_at + max(0.0, job.state.timing.silence_ms - self._silence_ms)

    def listener(self, now: float) -> "Job | None":
        """One that only wants to listen: for that, the line need not be silent.

        It waits its turn at its address nevertheless: else a command would never get its own beside
        somebody who listens again and again.
        """
        for job in self._in_turn() if self._listened else ():
            if job.request is not None and job.request.listening and self.ready_at(job, now) <= now:
                return job
        return None

    def take_askers(self) -> "list[Job]":
        """Those who wait for silence leave the queue; who only listens stays."""
        askers = [job for job in self.waiting if job.request is None or not job.request.listening]
        self.waiting = [job for job in self.waiting if job not in askers]
        return askers

    def _in_turn(self) -> "Iterator[Job]":
        """One job of each address, the one under way before others: they exclude each other."""
        seen: set[Hashable] = set()
        for job in self.waiting:
            address = job.state.address
            under_way = self._under_way.get(address, job)
            if address not in seen and under_way is job:
                seen.add(address)
                yield job

    def _probe_at(
        self, job: "Job", now: float, addresses: "Iterable[AddressState]", contended: bool
    ) -> float:
        return max(self.probing.ready_at(job, now, addresses, contended), self.ready_at(job, now))

    def _split(self, now: float) -> "tuple[list[Job], list[Job], bool]":
        """The candidates, living and dead, and whether the dead must make room for somebody living."""
        living: list[Job] = []
        dead: list[Job] = []
        for job in self._in_turn():
            (dead if job.state.dead else living).append(job)
        return living, dead, bool(dead) and any(self.ready_at(job, now) <= now for job in living)

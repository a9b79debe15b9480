"""The line as a pure state machine: bytes and the time in; bytes to send, the next deadline and
finished conversations out. Half-duplex, one exchange at a time.

A frame is recognised by the question it answers, so any protocols may share the line. Bytes are
first held against the question on the wire, then against the debts of every address; what fits
nothing is noise. An answer ends by its length, never by a gap.

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, Refused, WireError
from hal.doubt import AddressState, Debt
from hal.job import Job, Timing
from hal.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Any

    from drivers.exchange import Conversation, Request
    from hal.tap import Tap

__all__ = ["Job", "LineCore", "Timing"]

BUSY_WAIT_MS = 100.0  # before a busy instrument is asked again
BABBLE_MS = 1000.0  # noise that lasts this long while a question waits is reported
BROADCAST_MS = 200.0  # for everybody to act; MODBUS over Serial Line V1.02, 2.4.1: 100 to 200 ms


class LineCore:
    """One physical line. Call `receive` with bytes, `step` when `next_at` is reached."""

    def __init__(self, timing: Timing, echo: bool = False) -> None:
        self.timing, self._margin_ms = timing, timing.margin_ms
        self.echo = echo
        self.turns = Turns(timing)
        self.tap: Tap | None = None  # who watches the line, if anybody
        self.addresses: dict[Hashable, AddressState] = {}
        self.streams: list[Request] = []  # what instruments here say unasked: neither answer nor noise
        self.finished: list[Job] = []
        self.busy_ms = 0.0
        self.noise_bytes = self.bytes_in = self.bytes_out = 0
        self._current: Job | None = None
        self._question: Debt | None = None
        self._buf = b""
        self._echo_due = b""
        self._damage: WireError | None = None
        self._garbage = 0
        self._sent_at = 0.0
        self._is_probe = False
        self._deadline = self._window_end = self._last_deadline = 0.0
        self._free_at = float("-inf")
        self._babble_since: float | None = None

    # -- what the owner calls ---------------------------------------------------------------

    def attach(self, state: AddressState, now: float) -> None:
        """Make an address known, with its timeout and its questions declared."""
        self.addresses[state.address] = state
        self.streams = self.streams + state.streams
        state.enter_doubt(now)

    def submit(self, address: "Hashable", conversation: "Conversation", now: float) -> Job:
        """Queue a conversation. It may be finished at once: see `finished`."""
        job = Job(self.addresses[address], conversation)
        state = job.state
        if state.dead and now < state.resume_at:
            job.fail(NoAnswer(0, "dead: next probe in %.1f s" % ((state.resume_at - now) / 1000)))
        else:
            job.advance()
        self._settle(job)
        return job

    def reopened(self, now: float) -> None:
        """The port is new: what was owed may still come."""
        self._drop_noise()
        self._free_at = now
        for state in self.addresses.values():
            state.enter_doubt(now)

    def fail_all(self, error: Exception) -> None:
        """End every conversation: there is no port to carry them."""
        jobs = self.turns.waiting + ([self._current] if self._current else [])
        if self._current and self._question:
            self._current.state.owes(self._question)
            if self.tap is not None:
                self.tap.ended(self._current.state.address, error, self._sent_at)
        self._current, self._question, self.turns.waiting = None, None, []
        for job in jobs:
            job.fail(error)
            self._settle(job)

    def receive(self, data: bytes, now: float) -> None:
        """Bytes that came in, the last of them `now`."""
        self.bytes_in += len(data)
        if self.tap is not None:
            self.tap.heard(data, now)
        self._buf += data
        if self._echo_due:
            self._strip_echo()
        after_silence = now >= self._free_at
        self._digest(now)
        if self._question is None or self._question.request.listening:
            if self._babble_since is None or after_silence:
                self._babble_since = now
            self._free_at = max(
                self._free_at, now + (self._margin_ms if self._buf else self.timing.silence_ms)
            )

    def step(self, now: float) -> bytes:
        """Let time pass: ends what is overdue; returns the bytes to send now, often none."""
        if self._current is not None:
            if now < self._deadline:
                return b""
            self._overdue(now)
        if self._current is not None:
            return b""
        if now < self._free_at:
            self._report_babble(now)
            job = self.turns.listener(now)
        else:
            self._drop_noise()
            self._babble_since = None
            job = self.turns.next_job(now, self.addresses.values())
        return self._ask(job, now) if job is not None else b""

    def next_at(self, now: float) -> "float | None":
        """When `step` is wanted next; None while only bytes or a new conversation can matter."""
        if self._current is not None:
            return self._deadline
        if not self.turns.waiting:
            return None
        if now < self._free_at:
            return self._free_at if self.turns.listener(now) is None else now
        return self.turns.next_at(now, self.addresses.values())

    @property
    def depth(self) -> int:
        """Conversations waiting or under way."""
        return len(self.turns.waiting) + (self._current is not None)

    # -- asking -----------------------------------------------------------------------------

    def _ask(self, job: Job, now: float) -> bytes:
        assert job.request is not None
        self.turns.begins(job)
        left_wire_at = now + len(job.key) * self.timing.char_ms
        self._is_probe = job.state.dead
        usual_ms = job.state.probe_timeout_ms if self._is_probe else job.state.timeout_ms
        timeout_ms = job.request.timeout_ms or usual_ms
        self._current = job
        self._question = Debt(job.request, job.key, left_wire_at)
        self._echo_due = job.key if self.echo else b""
        self._damage, self._garbage = None, 0
        self._sent_at = now
        self._deadline = left_wire_at + (BROADCAST_MS if job.request.broadcast else timeout_ms)
        self._window_end = self._deadline
        # However the bytes trickle in, an exchange ends.
        self._last_deadline = self._deadline + job.request.longest * self.timing.char_ms + self._margin_ms
        job.state.on_asked(job.request, left_wire_at)
        self.bytes_out += len(job.key)
        if self.tap is not None and job.key:
            self.tap.asked(job.state.address, job.key, now)
        return job.key

    # -- hearing ----------------------------------------------------------------------------

    def _strip_echo(self) -> None:
        size = min(len(self._echo_due), len(self._buf))
        if self._buf[:size] == self._echo_due[:size]:
            if self.tap is not None:
                self.tap.frame(len(self._buf), size, "echo", None)
            self._buf, self._echo_due = self._buf[size:], self._echo_due[size:]
        else:
            self._echo_due = b""  # not our echo after all; the bytes are judged as they are

    def _debts(self) -> "list[tuple[AddressState, Debt]]":
        return [(state, debt) for state in self.addresses.values() for debt in state.debts]

    def _digest(self, now: float) -> None:
        """Take every whole frame out of the buffer; leave at most one that may still grow."""
        at = 0
        while at < len(self._buf):
            view = self._buf[at:] if at else self._buf
            size, pending = self._recognise(view, now)
            if size:
                self._noise(at)
                self._buf = view[size:]
                at = 0
            elif pending is not None:
                self._noise(at)
                self._buf = view
                if self._current is not None:
                    due = (pending.length(view) or pending.longest) - len(view)
                    due_at = now + due * self.timing.char_ms + self._margin_ms
                    if pending in self.streams and pending is not self._current.request:
                        due_at = max(due_at, self._deadline)  # what comes unasked shortens no window
                    self._deadline = min(due_at, self._last_deadline)
                return
            else:
                at += 1
        self._noise(len(self._buf))
        self._buf = b""
        request = self._question.request if self._question is not None else None
        if request is not None and not request.listening and self._garbage >= request.longest:
            self._deadline = min(self._deadline, now + self._margin_ms)  # that was the answer, damaged

    def _recognise(self, view: bytes, now: float) -> "tuple[int, Request | None]":
        """(bytes of the frame at the start of view, a question that it may yet answer)."""
        pending = damage = None
        if self._current is not None and self._question is not None:
            request = self._question.request
            try:
                value = request.parse(view)
            except WireError as error:
                if not self._question.is_out_of_step(view):
                    damage = error
            except Refused as refusal:
                size = request.length(view) or len(view)
                self._on_refused(self._current, self._question, refusal, view, now)
                return size, None
            else:
                if value is not None:
                    size = request.length(view) or len(view)
                    if self.tap is not None:
                        verdict = "heard" if request.listening else "answered"
                        self.tap.frame(len(view), size, verdict, request.address)
                    self._on_answer(self._current, self._question, value, size, now)
                    return size, None
                pending = request
        for state, debt in self._debts():
            try:
                if debt.request.parse(view) is None:
                    pending = pending or debt.request
                    continue
            except WireError:
                continue
            except Refused:
                pass  # a late refusal settles a debt as a late answer does
            size = debt.request.length(view) or len(view)
            if self.tap is not None:
                self.tap.frame(len(view), size, "late", state.address, asked_at=debt.asked_at)
            state.on_late(debt, now)
            return size, None
        for stream in self.streams:
            try:
                if stream.parse(view) is None:
                    pending = pending or stream
                    continue
            except WireError:
                continue
            size = stream.length(view) or len(view)
            if self.tap is not None:
                self.tap.frame(len(view), size, "heard", stream.address)
            return size, None
        if pending is None:  # else it may be what is owed, or said unasked: that damages nothing
            self._damage = self._damage or damage
        return 0, pending

    def _on_answer(self, job: Job, question: Debt, value: "Any", size: int, now: float) -> None:
        job.at = now
        listened = question.request.listening
        if listened:
            job.state.on_heard()
            self._sent_at = now - size * self.timing.char_ms  # until then the line was free
        else:
            job.state.on_answered(question, now, size * self.timing.char_ms)
        self._release(now, question.request.settle_ms)
        job.advance(value)
        if listened and not job.done and job.request is not None and job.request.listening:
            self._ask(job, now)  # what follows in the same burst is not stale
        else:
            self._settle(job)

    def _on_refused(self, job: Job, question: Debt, refusal: Refused, view: bytes, now: float) -> None:
        """A refusal names no question either: where another one is owed, it settles that one."""
        state = job.state
        size = question.request.length(view) or len(view)
        for debt in state.debts:
            if debt.key != question.key and debt.is_refused_by(view):
                if self.tap is not None:
                    self.tap.frame(len(view), size, "late", state.address, asked_at=debt.asked_at)
                state.on_late(debt, now)
                return
        if self.tap is not None:
            self.tap.frame(len(view), size, "refused", state.address, detail=str(refusal))
        job.at = now
        state.count_refusal(refusal.code)
        state.on_answered(question, now, len(view) * self.timing.char_ms)
        self._release(now, 0)
        if refusal.later and job.tries > 0:
            self._retry(job, now + BUSY_WAIT_MS)
        else:
            job.advance(error=refusal)
            self._settle(job)

    # -- ending -----------------------------------------------------------------------------

    def _overdue(self, now: float) -> None:
        """The deadline has passed: look behind a false start, else the question failed."""
        while self._buf and self._current is not None:
            self._noise(1)
            self._buf = self._buf[1:]
            self._digest_rest(now)
        job, question = self._current, self._question
        if job is None or question is None:
            return
        request, waited_ms = question.request, now - question.asked_at
        silent = self._damage is None and self._garbage == 0
        if request.listening and now < self._window_end:
            self._deadline = self._window_end  # that was no frame; the next one may still come
        elif request.broadcast or (request.may_be_silent and silent):
            self._end_unanswered(job, question, now)
        elif silent:
            job.state.on_silent(request, now)
            why = "nothing heard in %d ms" % waited_ms if request.listening else ""
            self._end(job, question, NoAnswer(waited_ms, why), now)
        else:
            damage = self._damage or WireError("answer", "a whole frame", "%d bytes" % self._garbage)
            job.state.count_wire_error(damage.field)
            self._end(job, question, damage, now)

    def _digest_rest(self, now: float) -> None:
        if self._damage is None:
            self._damage = WireError(
                "length", "the whole answer", "its first %d bytes" % (len(self._buf) + 1)
            )
        deadline = self._deadline
        self._digest(now)
        self._deadline = deadline

    def _end_unanswered(self, job: Job, question: Debt, now: float) -> None:
        """No answer came, and none need have come."""
        job.state.owes(question)
        self._release(now, question.request.settle_ms)
        job.advance(None)
        self._settle(job)

    def _end(self, job: Job, question: Debt, failure: Exception, now: float) -> None:
        """The question on the wire failed: ask it again, or tell the conversation."""
        job.state.owes(question)
        if self.tap is not None:
            self.tap.ended(job.state.address, failure, now)
        if question.request.listening:
            self._sent_at = now  # it took nothing of the line
        self._release(now, 0)
        if job.tries > 0 and not job.state.dead:
            self._retry(job, now)
        else:
            job.advance(error=failure)
            self._settle(job)

    def _retry(self, job: Job, not_before: float) -> None:
        job.tries -= 1
        job.state.retried += 1
        job.not_before = not_before
        self.turns.waiting = [job] + self.turns.waiting

    def _release(self, now: float, settle_ms: float) -> None:
        self._free_at = now + max(self.timing.silence_ms, settle_ms)
        self.busy_ms += self._free_at - self._sent_at
        if self._is_probe:
            self.turns.probing.spent(self._sent_at, self._free_at)
        self._current = self._question = None
        self._echo_due = b""

    def _settle(self, job: Job) -> None:
        if job.done:
            self.turns.ends(job)
            self.finished.append(job)
        else:
            job.not_before = float("-inf")
            self.turns.waiting.append(job)

    # -- noise ------------------------------------------------------------------------------

    def _noise(self, count: int) -> None:
        self.noise_bytes += count
        self._garbage += count
        if count and self.tap is not None:
            self.tap.noise(count)

    def _drop_noise(self) -> None:
        self._noise(len(self._buf))
        self._buf = b""

    def _report_babble(self, now: float) -> None:
        """Nobody can be asked while the line is never silent: say so instead of waiting on."""
        since = self._babble_since
        if self.turns.waiting and since is not None and now - since > BABBLE_MS:
            self._babble_since = now
            for job in self.turns.take_askers():
                job.state.count_wire_error("silence")
                job.fail(WireError("line", "silence", "noise that does not stop"))
                self._settle(job)

"""The line as a pure state machine: bytes and the time in; bytes to send, the next deadline and
finished conversations out. Half-duplex, one exchange at a time.

Bytes are first held against the question on the wire, then against the debts of every address; what
fits nothing is noise, or somebody else's. An answer ends by its length, never by a gap.

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, WireError
from hal.babble import Babble
from hal.copies import Copies
from hal.doubt import AddressState, Debt
from hal.echo import Echo
from hal.foreign import Foreign
from hal.job import Job, Timing
from hal.patience import Patience
from hal.recognise import recognise
from hal.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Hashable

    from drivers.exchange import Conversation, Request
    from hal.recognise import Frame
    from hal.tap import Tap

__all__ = ["Job", "LineCore", "Timing"]

BUSY_WAIT_MS = 100.0  # before a busy instrument is asked again


class LineCore:
    """One physical line. Call `receive` with bytes, `step` when `next_at` is reached."""

    def __init__(self, timing: Timing, echo: bool = False) -> None:
        self.timing, self._margin_ms = timing, timing.margin_ms
        self.news: list[tuple[str, str]] = []  # what a person must know: (what, detail)
        self.echo = Echo(echo, self.news)
        self.copies = Copies(timing.char_ms)
        self.foreign = Foreign(self.news)
        self.turns = Turns(timing)
        self.patience, self.babble = Patience(), Babble()
        self.tap: Tap | None = None  # who watches the line, if anybody
        self.addresses: dict[Hashable, AddressState] = {}
        self.streams: list[Request] = []  # what instruments here say unasked: neither answer nor noise
        self.finished: list[Job] = []
        self.busy_ms = 0.0
        self.noise_bytes = self.bytes_in = self.bytes_out = 0
        self._current: Job | None = None
        self._question: Debt | None = None
        self._buf = b""
        self._damage: WireError | None = None
        self._garbage = 0
        self._is_probe = False
        self._sent_at = self._heard_at = self._deadline = self.window_end = self._last_deadline = 0.0

    # -- what the owner calls ---------------------------------------------------------------

    def attach(self, state: AddressState, now: float, timing: "Timing | None" = None) -> None:
        """Make an address known, its questions declared. timing: where it has one of its own."""
        self.addresses[state.address] = state
        state.timing = timing or self.timing
        self.streams = self.streams + state.streams
        for request in state.questions:
            self.foreign.learn(request)
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
        self._drop_noise(now)
        self.turns.free_at = now
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
        self.echo.over(answered=False)
        self.patience.wants_all()
        for job in jobs:
            job.fail(error)
            self._settle(job)

    def receive(self, data: bytes, now: float) -> None:
        """Bytes that came in, the last of them `now`."""
        self.bytes_in += len(data)
        self._heard_at = now
        if self.tap is not None:
            self.tap.heard(data, now)
        self._buf += data
        after_pause = now >= self.turns.free_at + self._margin_ms  # a late timer is no pause
        self._buf = self.echo.strip(self._buf, self.tap)
        if self.echo.may_begin(self._buf):
            self._deadline = max(self._deadline, min(now + self._margin_ms, self._last_deadline))
        else:
            self._digest(now)
        if self._question is None or self._question.request.listening:
            self.babble.heard(now, after_pause=after_pause)
            pause_ms = self._margin_ms if self._buf else self.timing.silence_ms
            self.turns.free_at = max(self.turns.free_at, now + pause_ms)

    def spoil(self, now: float) -> None:
        """A byte came damaged (parity, framing, break): no frame that it stands in may be taken."""
        self._drop_noise(now)
        self._garbage += 1
        self._damage = self._damage or WireError("character", "sound", "damaged on the wire")
        self.receive(b"", now)  # the line is not silent
        if self._question is not None and not self._question.has_check:
            self._deadline = self.window_end = now  # what follows could pass for a whole answer
            self._overdue(now)

    def step(self, now: float) -> bytes:
        """Let time pass: ends what is overdue; returns the bytes to send now, often none."""
        if self._current is not None:
            self.patience.look(now)
            if now < self._deadline:
                return b""
            self._overdue(now)
            if self._buf:  # a frame that is not over yet, unless its rest never came
                self.turns.free_at = max(self.turns.free_at, self._heard_at + self._margin_ms)
        if self._current is not None:
            return b""
        if now < self.turns.free_at:
            self._report_babble(now)
            job = self.turns.listener(now)
            if now >= self._heard_at + self._margin_ms:
                self._drop_noise(now)
        else:
            self._drop_noise(now)
            self.babble.over()
            self.foreign.step(now)
            job = self.turns.next_job(now, self.addresses.values())
        return self._ask(job, now) if job is not None else b""

    def next_at(self, now: float) -> "float | None":
        """When `step` is wanted next; None while only bytes or a new conversation can matter."""
        if self._current is not None:
            return min(self._deadline, self.patience.look_at)
        if not self.turns.waiting:
            return None
        if now < self.turns.free_at:
            return self.turns.free_at  # a listener need not wait, but each byte wakes it anyway
        return self.turns.next_at(now, self.addresses.values())

    @property
    def depth(self) -> int:
        """Conversations waiting or under way."""
        return len(self.turns.waiting) + (self._current is not None)

    # -- asking -----------------------------------------------------------------------------

    def _ask(self, job: Job, now: float) -> bytes:
        """Send its question, or the one that clears its address first."""
        assert job.request is not None
        self.turns.begins(job)
        state, request, key = job.state, job.request, job.key
        if state.clearing is not None and state.is_doubtful(request, key, now):
            request, key = state.clearing, state.clearing_key
        self.timing, self.copies.char_ms = state.timing, state.timing.char_ms
        left_wire_at = now + len(key) * self.timing.char_ms
        self._is_probe = state.dead
        self._current = job
        self._question = Debt(request, key, left_wire_at)
        self.echo.sent(request, key)
        self.patience.asked(state, self._question, self.echo.bytes_due)
        self._damage, self._garbage = None, 0
        self._sent_at = now
        self._deadline = self.window_end = left_wire_at + self.turns.window_ms(job, request)
        # However the bytes trickle in, an exchange ends.
        self._last_deadline = self._deadline + request.longest * self.timing.char_ms + self._margin_ms
        state.on_asked(request, left_wire_at)
        self.bytes_out += len(key)
        if self.tap is not None and key:
            self.tap.asked(state.address, key, now, self.timing.char_ms)
        return key

    # -- hearing ----------------------------------------------------------------------------

    def _digest(self, now: float) -> None:
        """Take every whole frame out of the buffer; leave at most one that may still grow."""
        at = 0
        while at < len(self._buf):
            view = self._buf[at:] if at else self._buf
            seen = recognise(view, self._question, self.addresses.values(), self.streams, now)
            if seen.frame is not None:
                self._noise(self._buf[:at], now)
                self._buf = view[seen.frame.size :]
                self._take(seen.frame, view, now)
                at = 0
            elif seen.pending is not None:
                self._noise(self._buf[:at], now)
                self._buf = view
                if self._question is not None:
                    due = self.patience.goes_on(seen.pending, view)
                    due_at = now + due * self.timing.char_ms + self._margin_ms
                    if self._question is not None and seen.pending is not self._question.request:
                        due_at = max(due_at, self._deadline)  # somebody else's frame shortens no window
                    self._deadline = min(due_at, self._last_deadline)
                return
            else:
                self._damage = self._damage or seen.damage
                at += 1
        self._drop_noise(now)
        job, question = self._current, self._question
        if job is not None and question is not None and self._garbage >= question.request.longest:
            # That was the answer, damaged; unless it was noise, and the answer is not even due yet.
            usual_at = max(now, question.asked_at + job.state.usual_ms) + self._margin_ms
            self._deadline = min(self.window_end, usual_at)

    def _take(self, frame: "Frame", view: bytes, now: float) -> None:
        """A whole frame, at the beginning of view."""
        self.foreign.interrupted()
        if frame.state is not None and frame.debt is not None:
            self._on_late(frame.state, frame.debt, frame, len(view), now)
        elif frame.verdict == "unasked":
            if self.tap is not None:
                self.tap.frame(len(view), frame.size, "heard", frame.request.address)
        elif self._current is not None and self._question is not None:
            self.patience.answered(self._question, frame.size)
            if frame.verdict == "refused":
                self._on_refused(self._current, self._question, frame, view, now)
            elif self.copies.has(self._question, view[: frame.size], now):
                self._noise(view[: frame.size], now)
            else:
                self._on_answer(self._current, self._question, frame, view, now)

    def _on_late(self, state: AddressState, debt: Debt, frame: "Frame", behind: int, now: float) -> None:
        if self.tap is not None:
            self.tap.frame(behind, frame.size, "late", state.address, asked_at=debt.asked_at)
        state.on_late(debt, now, frame.value)

    def _on_answer(self, job: Job, question: Debt, frame: "Frame", view: bytes, now: float) -> None:
        job.at = now
        listened = question.request.listening
        if self.tap is not None:
            self.tap.frame(len(view), frame.size, "heard" if listened else "answered", job.state.address)
        self.copies.answered(question, view[: frame.size])
        if listened:
            job.state.on_heard()
            self._sent_at = now - frame.size * self.timing.char_ms  # until then the line was free
        else:
            job.state.on_answered(question, now, frame.size * self.timing.char_ms)
        self._release(now, question.request.settle_ms, answered=True)
        if question.request is not job.request:
            self.turns.first(job)  # its address is cleared: now for its own question
            return
        job.frames.append((question.key, view[: frame.size]))
        job.advance(frame.value)
        if listened and not job.done and job.request is not None and job.request.listening:
            self._ask(job, now)  # what follows in the same burst is not stale
        else:
            self._settle(job)

    def _on_refused(self, job: Job, question: Debt, frame: "Frame", view: bytes, now: float) -> None:
        """A refusal names no question either: where another one is owed, it settles that one."""
        state, refusal = job.state, frame.value
        for debt in () if refusal.later else state.debts:
            if debt.key != question.key and debt.is_refused_by(view):
                self._on_late(state, debt, frame, len(view), now)
                return
        if self.tap is not None:
            self.tap.frame(len(view), frame.size, "refused", state.address, detail=str(refusal))
        job.at = now
        state.on_refused(question, refusal, now, frame.size * self.timing.char_ms)
        self._release(now, 0, answered=True)
        if refusal.later and job.tries > 0:
            self._retry(job, now + BUSY_WAIT_MS)
        elif question.request is not job.request and not refusal.later:
            state.cannot_be_cleared()
            self.turns.first(job)
        else:
            job.advance(error=refusal)
            self._settle(job)

    # -- ending -----------------------------------------------------------------------------

    def _overdue(self, now: float) -> None:
        """The deadline has passed: look behind a false start, else the question failed."""
        if self.echo.may_begin(self._buf):  # it was no echo
            self.echo.over(answered=False)
            self._digest(now)
            if now < self._deadline:
                return
        deadline = self._deadline
        while self._buf and self._current is not None:
            seen = recognise(self._buf, self._question, self.addresses.values(), self.streams, now)
            if seen.is_anothers:
                break  # a late frame that is not over yet settles its debt all the same
            came = "its first %d bytes" % len(self._buf)
            self._damage = self._damage or WireError("length", "the whole answer", came)
            first, self._buf = self._buf[:1], self._buf[1:]
            self._noise(first, now)
            self._digest(now)
            self._deadline = deadline
        job, question = self._current, self._question
        if job is None or question is None:
            return
        request, waited_ms = question.request, now - question.asked_at
        silent = self._damage is None and self._garbage == 0
        if request.listening and now < self.window_end:
            self._deadline = self.window_end  # that was no frame; the next one may still come
        elif request.broadcast or (request.may_be_silent and silent):
            job.state.owes(question)  # no answer came, and none need have come
            self._release(now, request.settle_ms)
            job.advance(None)
            self._settle(job)
        elif silent:
            job.state.on_silent(request, now)
            why = "nothing heard in %d ms" % waited_ms if request.listening else ""
            self._end(job, question, NoAnswer(waited_ms, why), now)
        else:
            damage = self._damage or WireError("answer", "a whole frame", "%d bytes" % self._garbage)
            job.state.count_wire_error(damage.field)
            self._end(job, question, damage, now)

    def _end(self, job: Job, question: Debt, failure: Exception, now: float) -> None:
        """The question on the wire failed: ask it again, or tell the conversation."""
        job.state.owes(question)
        if self.tap is not None:
            self.tap.ended(job.state.address, failure, now)
        if question.request.listening:
            self._sent_at = now  # it took nothing of the line
        self._release(now, 0)
        if job.tries > 0 and not job.state.dead:
            # After a silence the others have their turn first: one that fails holds up nobody twice.
            self._retry(job, now, behind=isinstance(failure, NoAnswer))
        else:
            job.advance(error=failure)
            self._settle(job)

    def _retry(self, job: Job, not_before: float, *, behind: bool = False) -> None:
        job.tries -= 1
        job.state.retried += 1
        job.not_before = not_before
        (self.turns.last if behind else self.turns.first)(job)

    def _release(self, now: float, settle_ms: float, *, answered: bool = False) -> None:
        self.turns.free_at = now + max(self.timing.silence_ms, settle_ms)
        self.busy_ms += self.turns.free_at - self._sent_at
        if self._is_probe:
            self.turns.probing.spent(self._sent_at, self.turns.free_at)
        if answered and self._current is not None:
            self._current.state.exchange_ms = self.turns.free_at - self._sent_at
        self._current = self._question = None
        self.patience.wants_all()
        self.echo.over(answered)

    def _settle(self, job: Job) -> None:
        if job.done:
            job.second_master = self.foreign.active
            self.turns.ends(job)
            self.finished.append(job)
        else:
            job.not_before = float("-inf")
            self.turns.last(job)

    # -- noise ------------------------------------------------------------------------------

    def _noise(self, data: bytes, now: float) -> None:
        """What fits nothing: is it a stranger's frame?"""
        if not data:
            return
        self.noise_bytes += len(data)
        self._garbage += len(data)
        if self.tap is not None:
            self.tap.noise(len(data))
        known = (self._question.key if self._question is not None else b"", self.copies.last)
        self._garbage -= self.foreign.noise(data, now, known, self.tap)

    def _drop_noise(self, now: float) -> None:
        data, self._buf = self._buf, b""
        self._noise(data, now)

    def _report_babble(self, now: float) -> None:
        """Nobody can be asked while the line is never silent: say so instead of waiting on."""
        if self.turns.waiting and self.babble.lasts(now):
            for job in self.turns.take_askers():
                job.state.count_wire_error("silence")
                job.fail(WireError("line", "silence", "noise that does not stop"))
                self._settle(job)

"""What the line knows of one address: its debts, its health, its figures.

The rule of doubt. An RTU answer carries no transaction number and no register address, so an
answer that comes late looks exactly like the answer to the next question. Each unanswered
question is therefore a debt of its address. While it stands, only the very same question may be
asked there (a late answer to it is still an answer to it), or one whose answer cannot be
mistaken for it (another `shape`). Any other question waits until the debts are settled or the
quiet time has passed since the last question; where the instrument can be cleared (`clearing`), the
line asks that question first, until its answer has come: instruments answer in order, so nothing older
is owed behind it, however late (decisions 0004 and 0014).

Times are milliseconds on the caller's monotonic clock. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, Request, WireError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import Any

    from hal.job import Timing

__all__ = ["DEAD_AFTER", "AddressState", "Debt"]

QUIET_MS_MIN = 2000.0
QUIET_TIMEOUTS = 4
LATE_MARGIN = 1.5  # a frame seen this late may come half as late again
DEAD_AFTER = 3  # silent questions in a row
PROBE_MARGIN_MS = 50.0  # above what was learned: USB adapters hand bytes over in bunches
LATENCY_DECAY = 0.98  # of the learned maximum with each answer, so that one slow answer fades
BACK_OFF_MS = (1000.0, 2000.0, 4000.0, 8000.0)  # the last one bounds how late a return is seen
LAPSED_MS = 60_000.0  # an answer later than this is nobody's that this master knows
LAPSED_MAX = 8
DEBTS_MAX = 1000  # of one that is probed in vain for two hours: who answers later than so many is not known


class Debt:
    """A question that got no answer in its window, and when it had left the wire."""

    def __init__(self, request: "Request", key: bytes, asked_at: float) -> None:
        self.request = request
        self.key = key
        self.asked_at = asked_at

    @property
    def has_check(self) -> bool:
        """Whether its protocol tells a damaged answer from a whole one, wherever it is cut."""
        return self.request.whole_frame is not Request.whole_frame

    def is_refused_by(self, view: bytes) -> bool:
        try:
            self.request.parse(view)
        except Refused:
            return True
        except WireError:
            pass
        return False

    def is_out_of_step(self, view: bytes) -> bool:
        """Whether a listener hears a byte that begins no frame: that says nothing of the instrument."""
        if not self.request.listening:
            return False
        try:
            self.request.parse(view[:1])
        except WireError:
            return True
        return False


class AddressState:
    """One address of one line. timeout_ms, quiet_ms: see DESIGN of the line; retries 0..10; timing:
    of its bytes on the wire, set when it is attached to the line."""

    timing: "Timing"

    def __init__(
        self, address: "Hashable", timeout_ms: float, retries: int, quiet_ms: "float | None" = None
    ) -> None:
        self.address = address
        self.timeout_ms = timeout_ms
        self.retries = retries
        self.quiet_ms = max(QUIET_MS_MIN, QUIET_TIMEOUTS * timeout_ms) if quiet_ms is None else quiet_ms
        self.questions: Sequence[Request] = ()
        self.debts: list[Debt] = []
        self.lapsed: list[Debt] = []  # given up after the quiet time; their answers are still known
        self.last_asked_at = float("-inf")
        self.streams: list[Request] = []  # what it says unasked
        self.mistakable: list[Hashable] = []  # the shapes that more than one of its questions has
        self.clearing: Request | None = None
        self.clearing_key = b""
        self.refuses_clearing = False
        self.doubted = False  # since a start: what an earlier master is owed is not known
        self.doubt_until = float("-inf")
        self.misses = 0
        self.resume_at = float("-inf")
        self.exchange_ms = 0.0  # what its last answered exchange took of the line, silence included
        self.latency_ms: float | None = None  # from the request's end to the answer's last byte
        self.first_byte_ms: float | None = None  # learned: from the request's end to the first byte
        self.due_at = float("inf")  # when its next poll is due, as far as its poller has said
        self.asked = self.answered = self.silent = self.late = self.retried = 0
        self.wire_errors: dict[str, int] = {}
        self.refusals: dict[int | str, int] = {}

    def declare(self, questions: "Sequence[Request]", clearing: "Request | None" = None) -> None:
        """The questions this address will be asked: are there some that can be mistaken?

        clearing: a read whose answer can be mistaken for none of theirs, or None.
        """
        seen: dict[Hashable, bytes] = {}
        self.questions = questions
        self.streams = [question for question in questions if question.listening]
        for question in questions:
            if question.listening:
                continue  # nobody owes it anything
            key = question.encode()
            if seen.setdefault(question.shape, key) != key and question.shape not in self.mistakable:
                self.mistakable = self.mistakable + [question.shape]
        if clearing is not None and self.mistakable and clearing.shape not in seen:
            self.clearing, self.clearing_key = clearing, clearing.encode()

    def enter_doubt(self, now: float) -> None:
        """After a start or a reopened port: somebody may still be owed an answer here."""
        if self.mistakable:
            self.doubted = True
            self.doubt_until = now + self.quiet_ms

    def is_doubtful(self, request: "Request", key: bytes, now: float) -> bool:
        """Whether the next frame here might be taken for the answer to this question, and is none."""
        if self.clearing is None:
            self._lapse(now)
        if self.doubted and request.shape in self.mistakable:
            return True
        return any(debt.key != key and debt.request.shape == request.shape for debt in self.debts)

    def may_ask_at(self, request: "Request", key: bytes, now: float) -> float:
        """When this question, or the clearing one before it, may be asked: now, or after the quiet time."""
        nothing_is_owed = not (self.debts or self.doubted)
        if nothing_is_owed or self.clearing is not None or not self.is_doubtful(request, key, now):
            return now
        return self.doubt_until if self.doubted else self.last_asked_at + self.quiet_ms

    def _lapse(self, now: float) -> None:
        """The quiet time is over: what was owed is not waited for any longer."""
        if now >= self.doubt_until:
            self.doubted = False
        if self.debts and now >= self.last_asked_at + self.quiet_ms:
            self.lapsed = (self.lapsed + self.debts)[-LAPSED_MAX:]
            self.debts = []

    def cannot_be_cleared(self) -> None:
        """The instrument refuses the clearing question: the quiet time has to do."""
        self.clearing = None
        self.refuses_clearing = True

    def owed(self, now: float) -> "list[Debt]":
        """The questions whose answers may still come: of equal ones the oldest, which is answered first."""
        if self.lapsed and now - self.lapsed[-1].asked_at > LAPSED_MS:
            self.lapsed = []
        if not self.debts and not self.lapsed:
            return self.debts
        keys: list[bytes] = []
        found = []
        for debt in self.lapsed + self.debts:
            if debt.key not in keys:
                keys.append(debt.key)
                found.append(debt)
        return found

    def on_asked(self, request: "Request", left_wire_at: float) -> None:
        self.asked += 1
        if not request.listening:  # who only listens lengthens nobody's quiet time
            self.last_asked_at = left_wire_at

    @property
    def usual_ms(self) -> float:
        """How late the first byte of an answer has ever been, of late; the timeout where none came."""
        return self.timeout_ms if self.first_byte_ms is None else self.first_byte_ms

    def probe_timeout_ms(self, request: "Request") -> float:
        """How long a probe waits: what was learned and a margin; all of it where nothing was."""
        whole_ms = request.timeout_ms or self.timeout_ms
        return whole_ms if self.first_byte_ms is None else min(whole_ms, self.first_byte_ms + PROBE_MARGIN_MS)

    def on_answered(self, debt: Debt, now: float, wire_ms: float) -> None:
        """An answer came in its question's own window; `debt` is that question.

        wire_ms: what its bytes took on the wire.

        Instruments answer in order. So an answer that cannot be mistaken proves that whatever
        was owed before it will not come; but where the same question is owed, this may be the
        older one's answer, and then the present one and those between are still to come.
        """
        self._learn(debt, now, wire_ms)
        self.lapsed = []
        if debt.request.shape not in self.mistakable:
            self.doubted = False
        if self.debts:
            self._settle_up_to(debt)

    def on_refused(self, debt: Debt, refusal: "Refused", now: float, wire_ms: float) -> None:
        """The instrument said no in its question's own window.

        Which question it refuses, a refusal does not say: after a start it proves nothing. A busy
        instrument may say so while it still works on an older question, so that nothing is settled.
        """
        self.refusals[refusal.code] = self.refusals.get(refusal.code, 0) + 1
        if refusal.by_gateway:
            self._missed(now)
        else:
            self._learn(debt, now, wire_ms)
        if not refusal.later:
            self._settle_up_to(debt)
        elif self.debts:
            self.owes(debt)

    def _learn(self, debt: Debt, now: float, wire_ms: float) -> None:
        """It answers, and this quickly."""
        self.answered += 1
        self._heard()
        self.latency_ms = now - debt.asked_at
        faded = LATENCY_DECAY * self.first_byte_ms if self.first_byte_ms is not None else 0.0
        self.first_byte_ms = max(self.latency_ms - wire_ms, faded)

    def _settle_up_to(self, debt: Debt) -> None:
        for at, old in enumerate(self.debts):
            if old.key == debt.key:
                self.debts = self.debts[at + 1 :] + [debt]
                return
        self.debts = []

    def on_heard(self) -> None:
        """It said something on its own: that proves nothing about what it owes."""
        self.answered += 1
        self._heard()

    def owes(self, debt: Debt) -> None:
        """The question's window has closed without a valid answer."""
        if not (debt.request.listening or debt.request.broadcast):
            self.debts = (self.debts + [debt])[-DEBTS_MAX:]

    def on_late(self, debt: Debt, now: float, said: "Any" = None) -> None:
        """A frame that settles a debt came outside its window: never a value.

        said: what its parse made of it; a gateway's word is no sign of the instrument's life.
        """
        self.late += 1
        if not (isinstance(said, Refused) and said.by_gateway):
            self._heard()
        self.quiet_ms = max(self.quiet_ms, LATE_MARGIN * (now - debt.asked_at))
        owed = self.lapsed + self.debts
        still = owed[owed.index(debt) + 1 :]
        self.lapsed = [old for old in self.lapsed if old in still]
        self.debts = [old for old in self.debts if old in still]

    def on_silent(self, request: "Request", now: float) -> None:
        """One question stayed without an answer. Enough of them, and the address is dead.

        To listen takes no time from anybody: that needs no back-off.
        """
        self.silent += 1
        if request.listening:
            self.misses += 1
        else:
            self._missed(now)

    def _missed(self, now: float) -> None:
        """A question that took the line's time and brought nothing."""
        self.misses += 1
        if self.dead:
            step = min(self.misses - DEAD_AFTER, len(BACK_OFF_MS) - 1)
            self.resume_at = now + BACK_OFF_MS[step]

    def _heard(self) -> None:
        self.misses = 0
        self.resume_at = float("-inf")

    @property
    def dead(self) -> bool:
        """Silent so often that it is only probed, at growing intervals."""
        return self.misses >= DEAD_AFTER

    def count_wire_error(self, field: str) -> None:
        self.wire_errors[field] = self.wire_errors.get(field, 0) + 1

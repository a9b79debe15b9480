"""The contract between a line and a conversation.

A driver speaks in Requests; the line carries them and hands back what `parse` made of the
answer. Nothing here knows ports, clocks or threads, and it runs on MicroPython too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable
    from typing import Any

    from drivers.sample import Sample

    Buffer = bytes | bytearray
    # A driver's operation: yields Requests, is sent what their parse() gave, returns Samples.
    Conversation = Generator["Request", Any, list[Sample]]
    # Anybody's whole valid frame: its bytes, whether it asks (a question), what it is for a person.
    Frame = tuple[int, bool, str]
else:
    Buffer = Conversation = Frame = None

__all__ = ["Frame", "Listening", "NoAnswer", "Refused", "Request", "WireError"]


class WireError(Exception):
    """An answer that cannot be the one asked for: what was due, and what came."""

    def __init__(self, field: str, due: object, got: object) -> None:
        super().__init__(field, due, got)
        self.field = field
        self.due = due
        self.got = got

    def __str__(self) -> str:
        return "%s: expected %s, got %s" % (self.field, _shown(self.due), _shown(self.got))


class Refused(Exception):
    """The instrument answered, and said no.

    code: the protocol's own (Modbus: the exception code 1..11; others: a word); what: its name
    for a person; later: the instrument is busy, and the same question may be asked again later.
    by_gateway: not the instrument says so, but who stands before it: it is silent itself.
    """

    by_gateway = False

    def __init__(self, code: "int | str", what: str = "", later: bool = False) -> None:
        super().__init__(code, what, later)
        self.code = code
        self.what = what
        self.later = later

    def __str__(self) -> str:
        return "refused with %s%s" % (_shown(self.code), self.what and " (%s)" % self.what)


class NoAnswer(Exception):
    """Nothing came within the time given to the question; `why` where it was not even asked."""

    def __init__(self, waited_ms: float, why: str = "") -> None:
        super().__init__(waited_ms, why)
        self.waited_ms = waited_ms
        self.why = why

    def __str__(self) -> str:
        return self.why or "no answer in %d ms" % self.waited_ms


class Request:
    """One question, as a driver asks it.

    Attributes a protocol sets:
        address: whom it asks; any hashable, unique on the line (int for Modbus).
        shape: what tells an answer to this question from an answer to another one at the
            same address (for RTU: function and length, since nothing else is in the frame).
            Two different questions of equal shape can be mistaken for each other.
        shortest: bytes of the shortest answer or refusal: nobody need look before they are there.
        longest: bytes of the longest answer, bounding answers that end by a mark.
        expected: bytes of the usual answer where `longest` is only a bound; else None.
    Attributes of the single question:
        timeout_ms: time to the answer's first byte; None leaves it to the instrument.
        settle_ms: silence the instrument needs after its answer.
        repeatable: may be asked again when unanswered. Reads only: a write that got no
            answer is never sent twice.
        may_be_silent: no answer is fine too (waking up an instrument that may be awake). The
            conversation is then sent None; an answer that comes late is still owed.
        urgent: goes before all that waits on the line; for the switch of an alarm's relay.
        listening: sends nothing; see Listening.
        broadcast: asks everybody, so nobody answers: the line keeps a pause for them to act
            (200 ms), and the conversation is sent None. Never repeatable.
    """

    address: "Hashable" = None
    shape: "Hashable" = None
    shortest: int = 1
    longest: int = 256
    expected: "int | None" = None
    timeout_ms: "float | None" = None
    settle_ms: float = 0
    repeatable = True
    may_be_silent = False
    urgent = False
    listening = False
    broadcast = False

    def encode(self) -> bytes:
        """The bytes to send. Two requests that encode alike are the same question."""
        raise NotImplementedError

    def length(self, buf: "Buffer") -> "int | None":
        """Bytes of the whole answer that begins at buf[0]; None while that cannot be told."""
        raise NotImplementedError

    def parse(self, buf: "Buffer") -> "Any":
        """The value, or None while bytes are missing; bytes behind the answer are ignored.

        Raises WireError when buf cannot become the answer, Refused when it is a refusal.
        """
        raise NotImplementedError

    def may_rest(self, buf: "Buffer") -> bool:
        """Whether these bytes may be all for a while: the end of the line before, which a listening takes
        for the proven start of the next one. Only a listening is asked."""
        return False

    @staticmethod
    def whole_frame(buf: "Buffer") -> "Frame | None":
        """The whole valid frame of this protocol that begins at buf[0], whoever sent it to whom.

        By it the line notices another master. None where there is none, or where the protocol has
        no check to tell a frame from noise by.
        """
        return None


class Listening(Request):
    """Hears an instrument that speaks on its own, and sends nothing.

    Whole frames that came before are stale and dropped; it fails when nothing valid comes within
    its time, which must be longer than the instrument's interval. Bytes that fit nothing do not
    end it: most often the listener came in the middle of a frame. A listening that follows
    another in the same conversation hears on where that one ended, so that the sentences of one
    burst can be taken one by one. Its line belongs to the instrument alone.
    """

    listening = True
    repeatable = False  # to listen on is to give it more time

    def encode(self) -> bytes:
        return b""


def _shown(value: object) -> str:
    return "0x%02X" % value if isinstance(value, int) and not isinstance(value, bool) else str(value)

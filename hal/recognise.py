"""What the bytes heard begin with: the answer to the question on the wire, one that is still owed, or
what an instrument says unasked. A frame is recognised by the question it answers, so any protocols may
share a line.

Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from drivers.exchange import Request
    from hal.doubt import AddressState, Debt

__all__ = ["Frame", "View", "recognise"]


class Frame:
    """A whole frame. verdict: "answered", "refused", "late" or "unasked".

    size: its bytes; request: what it answers; value: what that says, a Refused where it says no;
    state, debt: of a late one, whose it is and what settles.
    """

    state: "AddressState | None" = None
    debt: "Debt | None" = None

    def __init__(self, verdict: str, size: int, request: "Request", value: "Any") -> None:
        self.verdict = verdict
        self.size = size
        self.request = request
        self.value = value


class View:
    """Bytes as seen from one place.

    frame: the whole one there; pending: a question that they may yet answer; damage: why they are no
    answer to the question on the wire; is_anothers: only a late answer to another question may begin
    here.
    """

    def __init__(self) -> None:
        self.frame: Frame | None = None
        self.pending: Request | None = None
        self.damage: WireError | None = None
        self.is_owed = False

    @property
    def is_anothers(self) -> bool:
        return self.is_owed and self.damage is not None

    def hold(self, view: bytes, request: "Request", verdict: str) -> bool:
        """Held against one question: is this its whole answer? Raises WireError where it cannot be."""
        try:
            value = request.parse(view)
        except Refused as refusal:
            value = refusal
            verdict = "refused" if verdict == "answered" else verdict
        if value is None:
            self.pending = self.pending or request
            return False
        self.frame = Frame(verdict, request.length(view) or len(view), request, value)
        return True


def recognise(
    view: bytes,
    question: "Debt | None",
    addresses: "Iterable[AddressState]",
    streams: "Iterable[Request]",
    now: float,
) -> View:
    """Held against the question on the wire first, then against what each address owes."""
    seen = View()
    if question is not None:
        try:
            if seen.hold(view, question.request, "answered"):
                return seen
        except WireError as damage:
            if not question.is_out_of_step(view):
                seen.damage = damage
    for state in addresses:
        for debt in state.owed(now):
            try:
                if seen.hold(view, debt.request, "late"):
                    assert seen.frame is not None
                    seen.frame.state, seen.frame.debt = state, debt
                    return seen
            except WireError:
                pass
    seen.is_owed = seen.pending is not None
    for stream in streams:
        try:
            if seen.hold(view, stream, "unasked"):
                return seen
        except WireError:
            pass
    return seen

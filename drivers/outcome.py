"""What became of an operation that acts: zero, span, start, set time. Runs on MicroPython too.

What acts is sent once. Where nothing valid comes back, nobody knows whether the instrument heard it:
the state is read, and says so. What the instrument refuses is raised as Refused.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, WireError

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any, NamedTuple

    from drivers.exchange import Request

    class Outcome(NamedTuple):
        result: str
        state: tuple[str, ...]

    Operation = Generator[Request, Any, Outcome]
    Report = Generator[Request, Any, tuple[str, ...]]  # of `identify` and `status`: texts for a person
else:
    Outcome = namedtuple("Outcome", ("result", "state"))
    Operation = Report = None

__all__ = ["ACCEPTED", "SEEN", "UNKNOWN", "Operation", "Outcome", "Report", "sent_once"]

ACCEPTED = "accepted"  # the instrument said so
SEEN = "seen"  # it said nothing, but its state shows that it does it
UNKNOWN = "unknown"  # neither; it is not sent again


def sent_once(request: "Request") -> "Generator[Request, Any, bool]":
    """Whether the instrument confirmed it; silence, also where that is allowed, is no confirmation.

    Raises Refused where it says no.
    """
    try:
        answer = yield request
    except (NoAnswer, WireError):
        return False
    return answer is not None

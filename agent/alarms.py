"""The life of one alarm as a table: the states A to I of ISA-18.2 (IEC 62682). Pure: no time in it.

An alarm has two halves: whether the condition stands (high) or is over (low), and whether somebody has
taken note (ack). A to D are their four pairs. A latching alarm is held when its condition is over, until
it has been acknowledged and then reset (E, F). Three more keep it quiet whatever its condition: shelved by
an operator for a time (G), suppressed by logic (H), out of service for maintenance (I). Their end leads to
normal; the condition is watched meanwhile, and where it still stands "high" follows and raises anew. Of the
three the stronger holds: maintenance over logic over the operator's shelf.

Limits and deadband (agent/pipeline/conditions/) and delays (agent/pipeline/alarm.py) stand before this table:
"high", "low" and "latch" (the low of a latching alarm) come only when they have lasted.
"""

__all__ = [
    "ACKED",
    "ACTIVE",
    "EVENTS",
    "LATCHED",
    "LATCHED_ACKED",
    "NORMAL",
    "OUT_OF_SERVICE",
    "QUIET",
    "RETURNED",
    "SHELVED",
    "STATES",
    "SUPPRESSED",
    "TRANSITIONS",
    "UNACKED",
    "refusal",
    "step",
]

STATES = (
    NORMAL,  # A
    UNACKED,  # B
    ACKED,  # C
    RETURNED,  # D: the condition was over before anybody took note
    LATCHED,  # E: held, and nobody has taken note
    LATCHED_ACKED,  # F: held, noted, awaits its reset
    SHELVED,  # G
    SUPPRESSED,  # H
    OUT_OF_SERVICE,  # I
) = (
    "normal",
    "unacked",
    "acked",
    "returned",
    "latched",
    "latched-acked",
    "shelved",
    "suppressed",
    "out-of-service",
)
ACTIVE = (UNACKED, ACKED)  # the condition stands, and people are to know it
QUIET = (SHELVED, SUPPRESSED, OUT_OF_SERVICE)  # whatever the condition does
EVENTS = (
    *("high", "low", "latch", "ack", "reset"),
    *("shelve", "unshelve", "suppress", "unsuppress", "remove", "put-back"),
)

TRANSITIONS = {  # (state, event): (next state, transition to journal); unlisted: no change
    (NORMAL, "high"): (UNACKED, "raised"),
    (UNACKED, "low"): (RETURNED, "returned"),
    (UNACKED, "latch"): (LATCHED, "latched"),
    (UNACKED, "ack"): (ACKED, "acknowledged"),
    (ACKED, "low"): (NORMAL, "cleared"),
    (ACKED, "latch"): (LATCHED_ACKED, "latched"),
    (RETURNED, "high"): (UNACKED, "raised"),
    (RETURNED, "ack"): (NORMAL, "cleared"),
    (LATCHED, "high"): (UNACKED, "raised"),
    (LATCHED, "ack"): (LATCHED_ACKED, "acknowledged"),
    (LATCHED_ACKED, "high"): (UNACKED, "raised"),
    (LATCHED_ACKED, "reset"): (NORMAL, "cleared"),
    (NORMAL, "shelve"): (SHELVED, "shelved"),
    (UNACKED, "shelve"): (SHELVED, "shelved"),
    (ACKED, "shelve"): (SHELVED, "shelved"),
    (RETURNED, "shelve"): (SHELVED, "shelved"),
    (LATCHED, "shelve"): (SHELVED, "shelved"),
    (LATCHED_ACKED, "shelve"): (SHELVED, "shelved"),
    (SHELVED, "unshelve"): (NORMAL, "unshelved"),
    (NORMAL, "suppress"): (SUPPRESSED, "suppressed"),
    (UNACKED, "suppress"): (SUPPRESSED, "suppressed"),
    (ACKED, "suppress"): (SUPPRESSED, "suppressed"),
    (RETURNED, "suppress"): (SUPPRESSED, "suppressed"),
    (LATCHED, "suppress"): (SUPPRESSED, "suppressed"),
    (LATCHED_ACKED, "suppress"): (SUPPRESSED, "suppressed"),
    (SHELVED, "suppress"): (SUPPRESSED, "suppressed"),
    (SUPPRESSED, "unsuppress"): (NORMAL, "unsuppressed"),
    (NORMAL, "remove"): (OUT_OF_SERVICE, "removed"),
    (UNACKED, "remove"): (OUT_OF_SERVICE, "removed"),
    (ACKED, "remove"): (OUT_OF_SERVICE, "removed"),
    (RETURNED, "remove"): (OUT_OF_SERVICE, "removed"),
    (LATCHED, "remove"): (OUT_OF_SERVICE, "removed"),
    (LATCHED_ACKED, "remove"): (OUT_OF_SERVICE, "removed"),
    (SHELVED, "remove"): (OUT_OF_SERVICE, "removed"),
    (SUPPRESSED, "remove"): (OUT_OF_SERVICE, "removed"),
    (OUT_OF_SERVICE, "put-back"): (NORMAL, "put back"),
}


def step(state: str, event: str) -> tuple[str, str | None]:
    """One step: (next state, transition to journal or None)."""
    assert state in STATES, state
    assert event in EVENTS, event
    return TRANSITIONS.get((state, event), (state, None))


def refusal(event: str, state: str) -> str:
    """Why the table has no such step, for the person who asked for it."""
    if event == "ack":
        return "there is nothing to acknowledge"
    if event == "reset":
        return "acknowledge it first" if state == LATCHED else "there is nothing to reset"
    over = {"unshelve": SHELVED, "unsuppress": SUPPRESSED, "put-back": OUT_OF_SERVICE}
    if event in over:
        return f"it is not {over[event]}"
    already = (state, event) in ((SHELVED, "shelve"), (OUT_OF_SERVICE, "remove"))
    return "it is so already" if already else "that is stronger"

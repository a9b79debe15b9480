"""The life of one alarm as a table (ISA-18.2 states). Pure: time is not known here.

high: the value has been over its limit for the on-delay; low: back under limit minus deadband
for the off-delay; ack: somebody has taken note.
"""

__all__ = ["ACKED", "NORMAL", "RETURNED", "STATES", "TRANSITIONS", "UNACKED", "step"]

NORMAL, UNACKED, ACKED, RETURNED = STATES = ("normal", "unacked", "acked", "returned")
EVENTS = ("high", "low", "ack")

TRANSITIONS = {  # (state, event): (next state, transition to journal); unlisted: no change
    (NORMAL, "high"): (UNACKED, "raised"),
    (UNACKED, "low"): (RETURNED, "returned"),
    (UNACKED, "ack"): (ACKED, "acknowledged"),
    (ACKED, "low"): (NORMAL, "cleared"),
    (RETURNED, "high"): (UNACKED, "raised"),
    (RETURNED, "ack"): (NORMAL, "cleared"),
}


def step(state: str, event: str) -> tuple[str, str | None]:
    """One step: (next state, transition to journal or None)."""
    assert state in STATES, state
    assert event in EVENTS, event
    return TRANSITIONS.get((state, event), (state, None))

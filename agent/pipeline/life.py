"""The life of one alarm: its state, whether its condition stands, what people and logic did with it. Pure.

The table is agent/alarms.py. Here is what a table cannot hold: the condition goes on being watched while the
alarm is kept quiet, and decides at the end of it; a shelf ends by itself; who did what, and why.
"""

from typing import Any, NamedTuple

from agent.alarms import ACTIVE, NORMAL, OUT_OF_SERVICE, QUIET, SHELVED, STATES, SUPPRESSED, step
from agent.pipeline.instant import Instant, resumed

__all__ = ["ENDS", "Deed", "Life", "Quiet"]

ENDS = {SHELVED: "unshelve", SUPPRESSED: "unsuppress", OUT_OF_SERVICE: "put-back"}  # of what keeps it quiet
BOX_WAS_OFF = "nobody can tell for how long the box was off"


class Deed(NamedTuple):
    """Who did something, why, and by which way. by: a person; empty: the station itself."""

    by: str = ""
    origin: str = ""
    why: str = ""

    def body(self) -> dict[str, str]:
        """What an event says of it."""
        return {key: value for key, value in self._asdict().items() if value}


class Quiet(NamedTuple):
    """Since when an alarm is kept quiet, for how long (0: until somebody ends it), and by whom."""

    since: Instant
    for_ms: int
    deed: Deed

    def ends_mono(self) -> int | None:
        """When it is over, monotonic ms; None where only somebody can end it."""
        return self.since.mono + self.for_ms if self.for_ms else None


class Life:
    """latching: held after its condition is over, until it has been acknowledged and then reset.

    stands: whether the condition does, its deadband and delays applied. active: since when it has stood
    without being kept quiet, UTC and monotonic ms. noted: when somebody took note of it (UTC ms), and who.
    quiet: what keeps it so.
    """

    def __init__(self, latching: bool = False) -> None:
        self.latching = latching
        self.state = NORMAL
        self.stands = False
        self.changed_t: int | None = None  # UTC ms of the last transition
        self.active: tuple[int, int] | None = None
        self.noted: tuple[int, Deed] | None = None
        self.quiet: Quiet | None = None
        self._shelf_lost = False

    def condition(self, stands: bool, t: int, mono: int) -> str | None:
        """The condition stands, or is over; the transition where that changes the state."""
        self.stands = stands
        return self._step("high" if stands else "latch" if self.latching else "low", t, mono)

    def act(self, event: str, at: Instant, deed: Deed, for_ms: int = 0) -> str | None:
        """What a person or logic does with it; None where the table has no such step."""
        transition = self._step(event, at.t, at.mono)
        if transition is None:
            return None
        if event == "ack" and self.state != NORMAL:
            self.noted = (at.t, deed)
        if self.state in QUIET:
            self.quiet = Quiet(at, for_ms, deed)
        return transition

    def raise_anew(self, at: Instant) -> str | None:
        """What stands, at the end of what kept it quiet; None where nothing does."""
        return self._step("high", at.t, at.mono) if self.stands else None

    def shelf_ends(self, mono: int) -> str | None:
        """Why the shelf is over at that monotonic ms; None where it is not, or there is none."""
        if self.state != SHELVED:
            return None
        if self._shelf_lost or self.quiet is None:
            return BOX_WAS_OFF
        ends = self.quiet.ends_mono()
        return "its time is over" if ends is not None and mono >= ends else None

    def _step(self, event: str, t: int, mono: int) -> str | None:
        self.state, transition = step(self.state, event)
        if transition is None:
            return None
        self.changed_t = t
        if transition == "raised":
            self.active, self.noted = (t, mono), None
        if self.state not in ACTIVE:
            self.active = None
        if self.state in (NORMAL, *QUIET):
            self.noted = None
        if self.state not in QUIET:
            self.quiet, self._shelf_lost = None, False
        return transition

    # ---- what survives a kill ----

    def snapshot(self) -> dict[str, Any]:
        """JSON-able; it changes only when the alarm does."""
        noted, quiet = self.noted, self.quiet
        return {
            "state": self.state,
            "changed_t": self.changed_t,
            "stands": self.stands,
            "active": self.active and self.active[0],
            "noted": noted and {"t": noted[0], **noted[1]._asdict()},
            "quiet": quiet and {"since": quiet.since.plain(), "for_ms": quiet.for_ms, **quiet.deed._asdict()},
        }

    def restore(self, saved: object, now: Instant) -> None:
        """Take up where a snapshot left off, also an older version's. Raises ValueError for none."""
        if not isinstance(saved, dict) or saved.get("state") not in STATES:
            raise ValueError(f"{saved!r} is no saved state")
        state = saved["state"]
        try:
            quiet, lost = _quiet(saved.get("quiet") or {}, now) if state in QUIET else (None, False)
            noted = saved.get("noted")
            noted = (int(noted["t"]), _deed(noted)) if noted else None
            changed_t = saved.get("changed_t")
            if changed_t is not None and type(changed_t) is not int:
                raise TypeError("no time")
            since_t = int(saved.get("active") or changed_t or now.t)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{saved!r} is no saved state") from error
        self.state, self.changed_t, self.noted = state, changed_t, noted
        self.stands = bool(saved.get("stands", state in ACTIVE))
        self.active = (since_t, now.mono - max(0, now.t - since_t)) if state in ACTIVE else None
        self.quiet, self._shelf_lost = quiet, lost


def _quiet(saved: dict[str, Any], now: Instant) -> tuple[Quiet, bool]:
    """What keeps it quiet, and whether nobody can tell since when."""
    since = resumed(saved["since"], now) if "since" in saved else None
    return Quiet(since or now, int(saved.get("for_ms", 0)), _deed(saved)), since is None


def _deed(saved: dict[str, Any]) -> Deed:
    return Deed(*(str(saved.get(key, "")) for key in Deed._fields))

"""The last resort where there is no room: dropping what somebody was owed. What goes is named."""

import sqlite3

from store.owed import Gone, Owed, Progress, Trimmed
from store.ranges import Ranges
from store.reader import BATCHES, EVENTS
from store.removal import Removal, batches_behind, decoded, end_of, number, used_bytes

__all__ = ["DROPPED", "EVENTS_DROPPED", "LASTING", "drop_events", "drop_readings"]

DROPPED = "no room: unsent readings dropped"
EVENTS_DROPPED = "no room: events dropped"
LASTING = (
    *("alarm", "raw-window", "calibration", "record", "gap"),
    *("time-correction", "time-unknown", "output"),
)

# Of one step: batches, each of which has to be unpacked (32,000 readings, some 0.1 s); ranges that its event
# names (20 kB); events that are looked at, and that go.
BATCHES_MAX = 64
RANGES_MAX = 1000
LOOKED_MAX = 5000
EVENTS_MAX = 256
# In which order events go: whether somebody acts on them (LASTING), whether somebody is owed them.
ORDER = ((False, False), (False, True), (True, False), (True, True))


def drop_readings(db: sqlite3.Connection, max_bytes: int, owed: Owed, at: Progress) -> Trimmed | None:
    """The oldest batches.

    From the end of the batch before on, every owed number is named that bears no row any more. So what
    went earlier, or cannot be read, needs no range of its own: means are far apart, and to name each alone
    would take more room than it did.
    """
    gone, removed, end = Gone(), Removal(db, BATCHES), at.trimmed
    for row in batches_behind(db, -1):
        if len(removed) >= BATCHES_MAX or len(gone.unsent) >= RANGES_MAX or used_bytes(db) <= max_bytes:
            break
        key, rows = row[0], decoded(row)
        for seq, _, reading in rows:
            gone.add(reading.t, unsent=seq in owed.told, unarchived=seq > owed.archived)
        last = rows[-1][0] if rows else end_of(db, key, at.last)
        # Between rows that are still being saved others may come.
        named = _rowless(db, owed.told, key if key <= at.held else end + 1, last)
        if not rows:
            unarchived = sum(
                high - max(low, owed.archived + 1) + 1 for low, high in named if high > owed.archived
            )
            gone.add_unreadable(named.total, unarchived)
        gone.unsent.update(named)
        removed.take(row)
        end = max(end, last)
    removed.relink()
    return gone.told(DROPPED) if removed else None


def drop_events(db: sqlite3.Connection, max_bytes: int, owed: Owed, at: Progress) -> Trimmed:
    """Some events in ORDER. The newest stays: it tells where the table ends. So does a gap event that is
    owed: it names what is gone.

    looked: place in ORDER, seq up to which was looked, and where it ends: behind that stand the events of
    making room itself. (0, 0, 0): at the end.
    """
    place, seq, end = at.looked
    end = end or number(db, "SELECT max(seq) FROM events") - 1
    gone, removed, left = Gone(), Removal(db, EVENTS), LOOKED_MAX
    query = "SELECT seq, kind, t FROM events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
    whole = f"SELECT {EVENTS.columns} FROM events WHERE seq=?"
    while place < len(ORDER) and left > 0:
        rows = db.execute(query, (seq, end, left)).fetchall()
        left -= len(rows)
        for found, kind, t in rows:
            if len(removed) >= EVENTS_MAX or used_bytes(db) <= max_bytes:
                left = 0
                break
            seq, due = found, found in owed.events
            if (kind in LASTING, due) == ORDER[place] and not (due and kind == "gap"):
                gone.add(t, unsent=due)
                if due:
                    gone.unsent.add(seq, seq)
                removed.take(db.execute(whole, (seq,)).fetchone())
        else:
            if left > 0:
                place, seq = place + 1, 0
    removed.relink()
    done = gone.told(EVENTS_DROPPED if removed else "")
    more = place < len(ORDER)
    return done._replace(looked=(place, seq, end) if more else (0, 0, 0), more=more)


def _rowless(db: sqlite3.Connection, told: Ranges, first: int, last: int) -> Ranges:
    """What of first..last is told and no event. Of readings, none is left there."""
    named = told.within(first, last)
    if named:
        for (seq,) in db.execute("SELECT seq FROM events WHERE seq BETWEEN ? AND ?", (first, last)):
            named.remove(seq, seq)
    return named

"""How long the buffer lasts: what waits for whom, how fast it grows and drains, and what it costs the card.

Rates are measured over the last hour, or since the start; before two minutes have passed there are none.
"""

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from agent.uplink.keeping import count_owed
from hal.disk import reserve_bytes

if TYPE_CHECKING:
    from agent.uplink.destinations import Destinations
    from agent.uplink.uplink import Uplink
    from hal.clock import Clock
    from hal.disk import Disk
    from store.journal import Journal
    from store.recorder import Recorder

__all__ = ["Buffer", "Mark"]

MARK_EVERY_S = 10.0
WINDOW_S = 3600.0
SHORTEST_S = 120.0  # of fewer, the start itself would be most
DAY_S = 86_400
YEAR_DAYS = 365.25
# What one mean takes on the disk, in readings of those that it stands for (measured: 300 channels at 1 Hz).
MEAN_COST = 4
# The endurance of cards is seldom stated; this is a round number to reckon with: bytes that a card takes.
CARD_BYTES = 10**13


class Mark(NamedTuple):
    """The counters at one moment. process, device: bytes written, None where nobody counts."""

    at_s: float
    readings: int
    process: int | None
    device: int | None


class Kept(NamedTuple):
    """What the journal holds. readings: at most so many (events have numbers, too); oldest_t: UTC ms."""

    used_bytes: int
    readings: int
    oldest_t: int | None


class Buffer:
    """The figures of `fenceline buffer`. max_bytes: the journal's budget; channels: how many there are,
    0 where that is not known."""

    def __init__(
        self,
        recorder: "Recorder",
        destinations: "Destinations",
        clock: "Clock",
        disk: "Disk",
        max_bytes: int,
    ) -> None:
        self.channels = 0
        self._recorder, self._destinations = recorder, destinations
        self._clock, self._disk, self._max_bytes = clock, disk, max_bytes
        self._marks: deque[Mark] = deque(maxlen=int(WINDOW_S / MARK_EVERY_S) + 1)

    def look(self, now: float) -> None:
        """Call it every second or so: it takes a mark when one is due."""
        if not self._marks or now - self._marks[-1].at_s >= MARK_EVERY_S:
            self._marks.append(self._mark(now))

    async def report(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The control socket's `buffer`; docs/buffer.md has the names."""
        kept = await self._recorder.ask(_kept)
        disk_free = free = self._disk.free_bytes()
        now = self._mark(self._clock.monotonic())
        since = self._marks[0] if self._marks else now
        span_s = now.at_s - since.at_s
        known = span_s >= SHORTEST_S
        per_s = (now.readings - since.readings) / span_s if known else None
        each = kept.used_bytes / kept.readings if kept.readings else None
        per_day = per_s * each * DAY_S if per_s is not None and each is not None else None
        unsent = self._recorder.last_seq - self._destinations.delivered_up_to
        free = max(0, free - reserve_bytes(self._disk.size_bytes()))
        room = max(0.0, min(self._max_bytes, kept.used_bytes + free) - unsent * (each or 0))
        a_minute = per_s * 60 / self.channels if per_s and self.channels else 0.0  # of each channel
        thinned_to = max(1.0, a_minute / MEAN_COST)
        return {
            "measured_over_s": round(span_s) if known else None,
            "journal": {
                "used_bytes": kept.used_bytes,
                "max_bytes": self._max_bytes,
                "disk_free_bytes": disk_free,
                "readings": kept.readings,
                "oldest_t": kept.oldest_t,
                "readings_per_s": _rounded(per_s, 3),
                "bytes_per_reading": _rounded(each, 2),
                "growth_bytes_per_day": _rounded(per_day, 0),
                "days_of_autonomy": _rounded(room / per_day, 2) if per_day else None,
                "days_until_dropped": _rounded(room / per_day * thinned_to, 2) if per_day else None,
            },
            "destinations": {
                name: await self._destination(uplink) for name, uplink in self._destinations.uplinks.items()
            },
            "written": {
                "process_bytes_per_day": _per_day(since.process, now.process, span_s) if known else None,
                "device_bytes_per_day": _per_day(since.device, now.device, span_s) if known else None,
                "card_bytes_assumed": CARD_BYTES,
                "card_years": _card_years(since, now, span_s) if known else None,
            },
        }

    async def _destination(self, uplink: "Uplink") -> dict[str, Any]:
        """drain_s: until the backlog is gone, from the connection on: new readings go beside it."""
        owed, status = uplink.delivery.owed(), uplink.status()
        status |= await count_owed(self._recorder, uplink.delivery)
        return {
            "connected": status["connected"],
            "events": status["events_owed"],
            "readings": owed.live + status["backlog_owed"],
            "in_flight": owed.in_flight,
            "set_aside": owed.set_aside,
            "oldest_owed_age_s": status["oldest_owed_age_s"],
            "sent_per_s": status["rate_per_s"],
            "backlog_rate": uplink.backlog_rate,
            "drain_s": round(status["backlog_owed"] / uplink.backlog_rate, 1),
        }

    def _mark(self, now: float) -> Mark:
        stats = self._recorder.stats
        return Mark(now, stats.readings, self._disk.written_by_process(), self._disk.written_to_device())


def _kept(journal: "Journal") -> Kept:
    """On the journal's thread."""
    first = journal.readings(journal.kept_from, journal.last_seq, 1)
    count = journal.last_seq - journal.kept_from + 1
    return Kept(journal.size_bytes(), count, first[0][2].t if first else None)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) if digits else round(value)


def _per_day(before: int | None, after: int | None, span_s: float) -> int | None:
    return None if before is None or after is None else round((after - before) / span_s * DAY_S)


def _card_years(since: Mark, now: Mark, span_s: float) -> float | None:
    """By what the whole device was written, where that is counted, else by this process."""
    device = _per_day(since.device, now.device, span_s)
    per_day = _per_day(since.process, now.process, span_s) if device is None else device
    return round(CARD_BYTES / per_day / YEAR_DAYS, 1) if per_day else None

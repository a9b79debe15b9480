"""Names the readings around each alarm: the rows of the journal from 5 minutes before to 10 minutes after.

A row has its number only once it is committed, some time after it was taken. So the numbers are looked up
when the time is over and all that was taken by then is on the disk, by halving: rows are in order of time.
Where the agent was killed meanwhile, the journal's state knows what is open.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from agent.pipeline.raw_window import BEFORE_MS, RawWindow, RawWindows
from store.errors import DamagedBatch, JournalError

if TYPE_CHECKING:
    from agent.judge import Judge
    from agent.pipeline.instant import Instant
    from store.journal import Journal
    from store.ranges import Pair
    from store.recorder import Recorder
    from store.rows import Reading

__all__ = ["STATE_KEY", "Marking"]

log = logging.getLogger("fenceline")

STATE_KEY = "raw-windows"
LOOK_EVERY_S = 1.0
GUARD_MS = 5_000  # rows of several lines may stand so much out of order; far more than they ever do
CHUNK = 500  # rows of one look into the journal
KEPT_SHARE, ROW_BYTES = 20, 20  # of the journal's budget; of a reading in it, well above what it takes
KEPT_RANGES = 200


class Marking:
    """about: what else the event says of a rule: its channel, its area. max_bytes: of the journal.

    kept: the ranges of the latest windows, a twentieth of the journal at most: they are not to be thinned.
    """

    def __init__(
        self,
        recorder: "Recorder",
        judge: "Judge",
        about: Callable[[str], Mapping[str, object]],
        max_bytes: int,
    ) -> None:
        self._recorder, self._judge, self._about = recorder, judge, about
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._kept_most = max_bytes // KEPT_SHARE // ROW_BYTES
        self.windows = RawWindows()
        self.kept: list[Pair] = []
        self._machine = ""  # which boot of the machine this is,
        self._machine_from = 1  # and from which number on rows were taken in it

    def restore(self, saved: object, now: "Instant", last_seq: int) -> None:
        """saved: what the last run left, None for nothing. Raises ValueError where it is no state."""
        self._machine, self._machine_from = now.machine, last_seq + 1
        if saved is None:
            return
        if not isinstance(saved, dict) or type(saved.get("from")) is not int:
            raise ValueError(f"{saved!r} are no saved raw windows")
        if now.machine and saved.get("machine") == now.machine:
            self._machine_from = saved["from"]
        self.windows.restore(saved.get("open"), now)
        self.kept = [(first, last) for first, last in saved.get("kept", ())]

    def state(self) -> dict[str, object]:
        """What must survive a kill, for the journal."""
        plain = {
            "machine": self._machine,
            "from": self._machine_from,
            "open": self.windows.snapshot(),
            "kept": self.kept,
        }
        return {STATE_KEY: plain}

    def watch(self, rule: str, transition: str, event_id: str, at: "Instant") -> dict[str, object]:
        """Of Judge.watchers."""
        if transition != "raised":
            return {}
        self.windows.raised(rule, event_id, at)
        return self.state()

    async def run(self) -> None:
        """For ever."""
        for key, value in self.state().items():
            self._recorder.put_state(key, value)
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Tell of the windows whose time is over, once all that was taken in them is on the disk."""
        self.beat()
        now = self._judge.now()
        for window in self.windows.due(now.mono):
            if self._recorder.is_on_disk(window.ends_mono if window.known else now.mono):
                await self._tell(window)

    async def _tell(self, window: RawWindow) -> None:
        try:
            found = await self._range_of(window)
        except JournalError as error:  # it is asked again
            log.error("the readings around alarm %s cannot be looked up: %s", window.alarm, error)
            return
        if self.windows.open.get(window.alarm) is not window:
            return  # raised again meanwhile: it goes on
        body = {
            "rule": window.rule,
            "alarm": window.alarm,
            "raised": window.raised,
            **self._about(window.rule),
            "t_first": window.t_first,
            "t_last": window.t_last,
            "ranges": [] if found is None else [list(found)],
        }
        self.windows.close(window)
        if found is not None:
            self._keep(found)
        await self._judge.announce("raw-window", body, self.state())

    def _keep(self, found: "Pair") -> None:
        self.kept = [*self.kept, found][-KEPT_RANGES:]
        while sum(last - first + 1 for first, last in self.kept) > self._kept_most:
            del self.kept[0]

    # ---- which numbers ----

    async def _range_of(self, window: RawWindow) -> "Pair | None":
        """First and last number of a reading in the window; None where none is left. Raises JournalError."""
        end = self._recorder.last_seq if window.known else self._machine_from - 1
        first = await self._later_than(-BEFORE_MS - GUARD_MS, window, end)
        behind = await self._later_than(window.for_ms + GUARD_MS, window, end)
        low = await self._outermost(range(first, behind, CHUNK), behind, window, 0)
        if low is None:
            return None
        high = await self._outermost(reversed(range(low, behind, CHUNK)), behind, window, -1)
        assert high is not None, "the first is one, too"
        return low, high

    async def _later_than(self, ms: int, window: RawWindow, end: int) -> int:
        """By halving: the number behind the last reading that is not later than so long after the raise."""
        low, high = 1, end + 1
        while low < high:
            middle = (low + high) // 2
            row = next(iter(await self._rows(middle, high - 1, 1)), None)
            if row is None or self._after_ms(window, *row) > ms:
                high = middle
            else:
                low = row[0] + 1
        return low

    async def _outermost(
        self, starts: Iterable[int], behind: int, window: RawWindow, which: int
    ) -> int | None:
        """The first (which: 0) or last (-1) reading in the window, looked for a chunk at a time."""
        for start in starts:
            rows = await self._rows(start, min(start + CHUNK, behind) - 1, CHUNK)
            inside = [row[0] for row in rows if -BEFORE_MS <= self._after_ms(window, *row) <= window.for_ms]
            if inside:
                return inside[which]
        return None

    def _after_ms(self, window: RawWindow, seq: int, row: "Reading") -> float:
        """How long after the raise a reading was taken: by the machine's own clock where that counts."""
        if window.known and seq >= self._machine_from:
            return row.mono - window.at.mono
        if window.known and not (row.trusted and window.at.trusted):
            return -inf  # before the machine's boot, and nobody knows how long
        return row.t - window.at.t

    async def _rows(self, first: int, last: int, limit: int) -> list[tuple[int, "Reading"]]:
        """At most so many of that range; what is damaged is left out, and named by who delivers it."""
        while first <= last:
            self.beat()
            try:
                rows = await self._recorder.ask(partial(_readings, first=first, last=last, limit=limit))
            except DamagedBatch as damage:
                first = max(first, damage.last) + 1
            else:
                return rows
        return []


def _readings(journal: "Journal", first: int, last: int, limit: int) -> list[tuple[int, "Reading"]]:
    """On the journal's thread."""
    return [(seq, row) for seq, _, row in journal.readings(first, last, limit)]

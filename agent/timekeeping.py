"""Watches UTC beside the monotonic clock: puts right what was stamped before UTC could be trusted, and tells
of a clock that jumped.

Rows keep their time for ever, on the disk and at the platform; a `time-correction` event says by how much
that of a range is wrong. It can be given for every run of the agent since the machine booted: until then the
monotonic clock is the same. What an earlier boot of the machine left uncorrected is named, too.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from agent.pipeline.redating import Correction, Moment, corrections
from agent.saved_state import load_state
from store.errors import DamagedBatch, JournalError
from store.redating import Redating

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hal.clock import Clock
    from store.journal import Journal
    from store.recorder import Recorder

__all__ = ["STATE_KEY", "Timekeeper", "redatings"]

log = logging.getLogger("fenceline")

STATE_KEY = "time"
LOOK_EVERY_S = 1.0
SETTLE_EVERY_S = 60.0  # rows that a start has to look through, at most
RETRY_S = 10.0
JUMP_MS = 500  # a clock that is only disciplined is never set by so much at once (ntpd steps from 128 ms)
CHUNK = 500  # rows of one look into the journal
KEPT = 500  # corrections that the archive may still have to read


class Announce(Protocol):
    """Judge.announce."""

    def __call__(
        self, kind: str, body: "Mapping[str, object]", state: "Mapping[str, object] | None" = None
    ) -> "asyncio.Task[None]": ...


class Timekeeper:
    """machine: this boot of the machine. fault: told of a clock that jumped, (what, state, detail)."""

    def __init__(
        self,
        recorder: "Recorder",
        clock: "Clock",
        announce: Announce,
        fault: Callable[[str, str, str], None],
        machine: str,
    ) -> None:
        self._recorder, self._clock = recorder, clock
        self._announce, self._fault, self._machine = announce, fault, machine
        self._from = 1  # rows from this seq on may lack a correction
        self._corrections: list[Correction] = []

    async def run(self) -> None:
        """For ever."""
        await self._begin()
        trusted, base, settled_at = False, self._base(), self._clock.monotonic()
        while True:
            was_trusted, was_base = trusted, base
            trusted, base = self._clock.utc_trusted(), self._base()
            now = self._clock.monotonic()
            if trusted and not was_trusted:
                await self._put_right(round(now * 1000), base)
            elif abs(base - was_base) >= JUMP_MS:
                self._tell_of_jump(base - was_base, trusted)
            elif trusted and now - settled_at >= SETTLE_EVERY_S:
                settled_at = now
                self._settle(self._recorder.last_seq)
            await asyncio.sleep(LOOK_EVERY_S)

    def _base(self) -> int:
        """UTC less monotonic time, ms: constant as long as nobody sets the clock."""
        return self._clock.utc_ms() - round(self._clock.monotonic() * 1000)

    async def _begin(self) -> None:
        """Where the last run left off, as long as the machine has not been started anew since."""
        state, last_seq = await self._recorder.ask(
            lambda journal: (load_state(journal, STATE_KEY), journal.last_seq)
        )
        if isinstance(state, dict) and type(state.get("from")) is int:
            self._corrections = _read(state.get("corrections"))
            if self._machine and state.get("machine") == self._machine:
                self._from = state["from"]
                return
            await self._give_up(state["from"], last_seq)
        self._settle(last_seq)

    def _settle(self, seq: int) -> None:
        """Rows up to this one have their right time, or never will."""
        self._from = seq + 1
        self._recorder.put_state(STATE_KEY, self._state())

    async def _give_up(self, first: int, last: int) -> None:
        """The machine's clock began anew: nobody can tell any more when these rows were taken."""
        found = corrections(await self._rows(first, last), 0)
        if found:
            count = sum(each.last - each.first + 1 for each in found)
            ranges = [[each.first, each.last] for each in found[-KEPT:]]
            body = {"reason": "restarted before UTC was trusted", "count": count, "ranges": ranges}
            await self._announce("time-unknown", body)

    async def _put_right(self, mono: int, base: int) -> None:
        """UTC is trusted from this moment on; all that was taken before has to be on the disk."""
        await asyncio.sleep(LOOK_EVERY_S)  # what was taken by then has reached the recorder
        while not self._recorder.is_on_disk(mono):  # noqa: ASYNC110 - a failing disk may take hours
            await asyncio.sleep(LOOK_EVERY_S)
        seq = self._recorder.last_seq
        for found in corrections(await self._rows(self._from, seq), base):
            self._corrections = [*self._corrections, found][-KEPT:]
            self._from = found.last + 1  # with the event itself: a run that ends here never tells of it twice
            log.warning("seq %d..%d: their time was wrong by %d ms", found.first, found.last, found.offset_ms)
            await self._announce("time-correction", found._asdict(), {STATE_KEY: self._state()})
        self._settle(seq)

    async def _rows(self, first: int, last: int) -> list[Moment]:
        """The rows of that range that were not trusted, and one that was where some lie between them.

        Read a chunk at a time, so that commits have their turn; what is damaged is named by who delivers it.
        """
        found: list[Moment] = []
        at = first
        while at <= last:
            upto = min(last, at + CHUNK - 1)
            try:
                chunk, upto = await self._recorder.ask(partial(_moments, first=at, last=upto))
            except DamagedBatch as damage:
                at = max(at, damage.last) + 1
                continue
            except JournalError as error:
                log.error("time: the journal cannot be read: %s", error)
                await asyncio.sleep(RETRY_S)
                continue
            for row in chunk:
                if not row.trusted or (found and not found[-1].trusted):
                    found.append(row)
            at = upto + 1
        return found

    def _tell_of_jump(self, by_ms: int, trusted: bool) -> None:
        ahead = "forwards" if by_ms > 0 else "backwards"
        what = "" if trusted else "; it is not trusted yet"
        self._fault("clock", "jumped", f"UTC was set {ahead} by {abs(by_ms) / 1000:g} s{what}")

    def _state(self) -> dict[str, Any]:
        return {
            "machine": self._machine,
            "from": self._from,
            "corrections": [list(c) for c in self._corrections],
        }


def redatings(journal: "Journal") -> list[Redating]:
    """The corrections that the journal knows, as the archive counts by them; on the journal's thread."""
    state = load_state(journal, STATE_KEY)
    found = _read(state.get("corrections")) if isinstance(state, dict) else []
    return [Redating(each.first, each.last, each.offset_ms) for each in found]


def _moments(journal: "Journal", first: int, last: int) -> tuple[list[Moment], int]:
    """On the journal's thread. And up to which seq they are all: further on there may be damage."""
    found: list[Moment] = []
    for kind in (journal.readings, journal.events):
        rows = kind(first, last, CHUNK)
        found += [Moment(seq, boot, row.t, row.mono, row.trusted) for seq, boot, row in rows]
        last = min(last, rows[-1][0]) if rows else last
    return sorted(moment for moment in found if moment.seq <= last), last


def _read(saved: object) -> list[Correction]:
    if not isinstance(saved, list):
        return []
    return [
        Correction(*row) for row in saved if isinstance(row, list) and [type(n) for n in row] == [int] * 4
    ]

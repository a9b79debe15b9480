"""After a start, the open windows become what they were, from the archive and the journal.

Hours that were over come from the archive, with the minutes that rolling windows still need; what is not
archived yet is read back from the journal, a chunk at a time, so that commits, polls and relays go on
meanwhile. New readings wait until that is done: so every average comes out as if nothing had happened.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from agent.pipeline.averaging import HOURS_KEPT, MINUTES_KEPT, Averaging
from agent.pipeline.periods import HOUR_MS, MINUTE_MS
from store.archive_reader import ArchiveReader
from store.averages import Average
from store.errors import DamagedBatch, JournalError
from store.rows import Reading
from store.schema import Unusable

if TYPE_CHECKING:
    from store.journal import Journal
    from store.recorder import Recorder

__all__ = ["Recalling"]

log = logging.getLogger("fenceline")

T = TypeVar("T")

CHUNK = 500  # readings of one look into the journal: some ms of its thread, and of the loop
ROWS_MAX = 2_000_000  # half a minute of work: more than 1.5 hours of 300 channels each second
PAUSE_S = 0.002


class Recalling:
    """archive: its file. up_to: the last seq before this run.

    To be made before the first reading of this run comes in: from then on readings wait.
    """

    def __init__(self, averaging: Averaging, recorder: "Recorder", archive: Path, up_to: int) -> None:
        self._averaging, self._recorder, self._archive, self._up_to = averaging, recorder, archive, up_to
        self.is_over = False
        averaging.wait()

    async def run(self) -> None:
        """Once, then nothing for ever. What cannot be read is missing in the averages, and they say so."""
        if not self.is_over:
            await self._recall()
        await asyncio.Event().wait()

    async def _recall(self) -> None:
        try:
            log_id, held, kept_from = await self._recorder.ask(
                lambda journal: (journal.log, journal.held_up_to, journal.kept_from)
            )
            if held:
                log.warning("averages begin anew: the journal is being saved from a damaged file")
                return
            archived_seq = await self._recall_archived(log_id)
            await self._recall_rows(max(kept_from, archived_seq + 1, self._up_to - ROWS_MAX))
        except JournalError as error:
            log.error("averages: the journal cannot be read: %s", error)
        finally:
            self.is_over = True  # a second time, everything would count twice
            self._averaging.go_on()

    async def _recall_archived(self, log_id: str) -> int:
        """The last seq of this log that is archived: what comes behind it has to be read from the journal."""
        try:
            reader = await self._ask(lambda: ArchiveReader(self._archive))
        except (OSError, sqlite3.Error, Unusable) as error:
            log.info("averages: no archive to go on from: %s", error)
            return 0
        try:
            meta, channels = await self._ask(lambda: (reader.meta(), reader.channels()))
            for channel in channels:
                found = await self._ask(partial(_windows, reader, channel.number, meta["closed"]))
                self._averaging.recall(channel.name, *found, meta["closed"])
                await asyncio.sleep(PAUSE_S)
            return int(meta["mark"]) if meta["log"] == log_id else 0
        except (sqlite3.Error, KeyError) as error:
            log.error("averages: the archive cannot be read: %s", error)
            return 0
        finally:
            await self._ask(reader.close)

    def _ask(self, work: Callable[[], T]) -> Awaitable[T]:
        """On the journal's thread, between two commits."""
        return self._recorder.ask(lambda journal: work())

    async def _recall_rows(self, first: int) -> None:
        at = first
        while at <= self._up_to:
            last = min(self._up_to, at + CHUNK - 1)
            try:
                rows = await self._recorder.ask(partial(_rows, first=at, last=last))
            except DamagedBatch as damage:
                at = max(at, damage.last) + 1
                continue
            for _, _, reading in rows:
                self._averaging.recall_reading(reading)
            at = rows[-1][0] + 1 if rows else last + 1  # where damage begins, fewer come
            await asyncio.sleep(PAUSE_S)


def _windows(reader: ArchiveReader, channel: int, closed: int) -> tuple[list[Average], list[Average]]:
    """Minutes and hours that others are formed from, up to the end of the last hour that is archived."""
    minutes = reader.averages(channel, MINUTE_MS, closed - MINUTES_KEPT * MINUTE_MS, closed)
    return list(minutes), list(reader.averages(channel, HOUR_MS, closed - HOURS_KEPT * HOUR_MS, closed))


def _rows(journal: "Journal", first: int, last: int) -> list[tuple[int, int, Reading]]:
    return journal.readings(first, last, CHUNK)

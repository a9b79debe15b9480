"""Keeps the archive up to date with the journal, on a thread of its own.

The archive may fail without stopping anything: it is reported, and tried again; what it lacks stands
in the journal meanwhile.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from agent.config.model import StationFile
from agent.pipeline.build import rules_of
from agent.pipeline.windows import Windows
from agent.timekeeping import redatings
from hal.clock import Clock
from store.archive import Archive, ArchiveError
from store.archive_salvage import renew
from store.archiver import Archiver, Chunk, Question, Round
from store.errors import JournalError, StoreError
from store.recorder import Recorder
from store.schema import Unusable

__all__ = ["ARCHIVE_FILE", "Archiving"]

T = TypeVar("T")
Report = Callable[[str, str, str], None]  # what, state, detail

ARCHIVE_FILE = "archive.db"
EVERY_S = 5.0  # often, so that each time is short
PAUSE_S = 0.005  # between two turns of the threads, so that catching up with days leaves the lines their time
RETRY_S = 60.0
COMMIT_GRACE_MS = 5000  # for readings on their way to the disk, beyond the time they wait for a commit
DAYS_OF_A_YEAR = 366


class Archiving:
    """The archive of one station. report: told when it begins to fail and when it works again."""

    def __init__(
        self,
        station: StationFile,
        *,
        recorder: Recorder,
        clock: Clock,
        report: Report,
    ) -> None:
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._station, self._recorder, self._clock, self._report = station, recorder, clock, report
        self._rules = rules_of(station)
        self._units = {channel.id: channel.unit for channel in station.channels}
        self._thread = ThreadPoolExecutor(1, "archive")
        self._archiver: Archiver | None = None
        self._loop = asyncio.get_running_loop()
        self._failing = ""  # what is wrong
        self._condemned = False  # damage was met that will not get better
        self._bytes = 0

    async def run(self) -> None:
        """For ever; at its end the file is closed."""
        try:
            while True:
                self.beat()
                try:
                    await self._round()
                except (ArchiveError, JournalError) as error:
                    await self._failed(error)
                    await asyncio.sleep(RETRY_S)
                    continue
                if self._failing:
                    self._failing = ""
                    self._report("archive", "recovered", "works again")
                await asyncio.sleep(EVERY_S)
        finally:
            await self._on_thread(self._close)

    def archived_up_to(self, log_id: str) -> int:
        """All readings up to this seq of that log are archived; 0 where that is not known."""
        mark = self._archiver.archive.mark if self._archiver else None
        return mark.seq if mark is not None and mark.log == log_id else 0

    def status(self) -> dict[str, Any]:
        """For `status`; bytes: of the file, in use."""
        stats = self._archiver.stats._asdict() if self._archiver else None
        return {"failing": self._failing or None, "bytes": self._bytes, **(stats or {})}

    def shut_down(self) -> None:
        """Let the thread go; `run` has ended."""
        self._thread.shutdown()

    async def _round(self) -> None:
        if self._archiver is None:
            self._archiver = await self._on_thread(self._open)
        log_id, held = await self._recorder.ask(lambda journal: (journal.log, journal.held_up_to))
        if held:  # the journal is being saved from a damaged file: its rows are still to come
            return
        stats = self._recorder.stats
        conversation = self._archiver.round(log_id, self._clock.utc_ms(), settled=stats.failing is None)
        try:
            question: Question | None = await self._on_thread(lambda: next(conversation, None))
            while question is not None:
                self.beat()
                chunk = await self._recorder.ask(question)
                question = await self._on_thread(partial(_sent, conversation, chunk))
                await asyncio.sleep(PAUSE_S)
        finally:
            await self._on_thread(conversation.close)
        self._bytes = await self._on_thread(self._archiver.archive.size_bytes)

    def _open(self) -> Archiver:
        path = self._station.data_dir / ARCHIVE_FILE
        try:
            if self._condemned:
                self._renew(path)
            archive = Archive(path, self._units)
        except (Unusable, ArchiveError) as error:
            if isinstance(error, ArchiveError) and not error.malformed:
                raise
            self._renew(path)
            archive = Archive(path, self._units)
        settings, commit_ms = self._station.archive, self._station.journal.commit_every_ms
        return Archiver(
            archive,
            lambda: Windows(self._rules, self._station.utc_offset_min),
            raw=settings.raw,
            keep_days=settings.years * DAYS_OF_A_YEAR,
            grace_ms=commit_ms + COMMIT_GRACE_MS,
            corrections=redatings,
        )

    def _renew(self, path: Path) -> None:
        """A file that cannot be used is set aside, and what can be read of it goes on in a new one."""
        try:
            done = renew(path, self._clock.utc_ms())
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(path, "saving what can be read", error) from error
        self._condemned = False
        detail = (
            f"could not be used and is kept as {done.aside.name}; {done.saved} rows of it go on in a new one"
        )
        if done.lost:
            detail += f", {done.lost} cannot be read"
        self._loop.call_soon_threadsafe(self._report, "archive", "set aside", detail)

    def _close(self) -> None:
        if self._archiver is not None:
            self._archiver.archive.close()
            self._archiver = None

    def _on_thread(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        return self._loop.run_in_executor(self._thread, work)

    async def _failed(self, error: StoreError) -> None:
        """Said once, until it changes."""
        if error.what != self._failing:
            self._failing = error.what
            self._report("archive", "failing", str(error))
        if isinstance(error, ArchiveError) and error.malformed:
            self._condemned = True
            await self._on_thread(self._close)


def _sent(conversation: Round, chunk: Chunk) -> Question | None:
    try:
        return conversation.send(chunk)
    except StopIteration:
        return None

"""The room that the journal may use: its budget, or less where the disk has less.

What was removed makes room inside the journal's file, which never shrinks: so on a disk that others fill the
journal keeps what it has, less the reserve, and goes on within that.
"""

import logging
from typing import TYPE_CHECKING

from hal.disk import reserve_bytes
from store.errors import JournalError
from store.journal import Owed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agent.archiving import Archiving
    from agent.uplink.destinations import Destinations
    from hal.disk import Disk
    from store.ranges import Pair
    from store.recorder import Recorder

__all__ = ["Space"]

log = logging.getLogger("fenceline")


class Space:
    """Keeps the journal within max_bytes. log_id: of the journal. marked: what is not thinned."""

    def __init__(
        self,
        *,
        recorder: "Recorder",
        destinations: "Destinations",
        archiving: "Archiving",
        disk: "Disk",
        max_bytes: int,
        log_id: "Callable[[], str]",
        marked: "Callable[[], Iterable[Pair]]",
    ) -> None:
        self._recorder, self._destinations, self._archiving = recorder, destinations, archiving
        self._disk, self._max_bytes, self._log_id = disk, max_bytes, log_id
        self._marked = marked

    async def keep(self) -> None:
        """Look once, and make room where there is need to; what goes wrong is logged."""
        try:
            free = self._disk.free_bytes() - reserve_bytes(self._disk.size_bytes())
            held = await self._recorder.ask(lambda journal: journal.file_bytes())
            limit = max(0, min(self._max_bytes, held + free))
            steps = await self._recorder.make_room(limit, self._owed)
            for step in steps:
                log.warning("retention: %s: %d rows", step.step, step.rows)
            if steps:
                self._destinations.forget_readings(
                    await self._recorder.ask(lambda journal: journal.kept_from)
                )
        except (JournalError, OSError) as error:
            log.error("retention: %s", error)

    def _owed(self) -> Owed:
        needed = self._destinations.needed()
        archived = self._archiving.archived_up_to(self._log_id())
        readings, events = [each.readings for each in needed], [each.events for each in needed]
        return Owed(readings, events, archived, self._marked())

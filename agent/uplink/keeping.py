"""What one delivery keeps in the journal: its books, so that a restart knows what is owed."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.saved_state import load_state
from agent.uplink.reading import oldest_t
from store.delivery import Delivery
from store.errors import StoreError
from store.recorder import Recorder

if TYPE_CHECKING:
    from agent.config.model import Mqtt

__all__ = ["Keeper", "count_owed", "load_delivery"]

SAVE_EVERY_S = 1.0  # after SIGKILL, what was acknowledged in this time is sent once more


async def load_delivery(recorder: Recorder, settings: "Mqtt") -> Delivery:
    """The books as they were before the restart; where they are damaged, everything is owed.

    So it is at a destination that is new: it gets all that is still kept.
    """
    key = _key(settings.id)
    last_seq, state, held = await recorder.ask(
        lambda journal: (journal.last_seq, load_state(journal, key), journal.held_up_to)
    )
    return Delivery(
        last_seq,
        state,
        held_up_to=held,
        backlog_rate=settings.backlog_rate,
        batch=settings.batch,
        newest_first=settings.backlog_order == "newest",
    )


async def count_owed(recorder: Recorder, delivery: Delivery) -> dict[str, int]:
    """How many rows wait: of the numbers that the books hold, those that bear one, as far as can be told."""
    events, readings = delivery.waiting()
    try:
        counted = await recorder.ask(lambda journal: journal.count(events, readings))
    except StoreError:  # whoever reads or writes reports it
        counted = delivery.owed().events, delivery.owed().backlog
    return {"events_owed": counted[0], "backlog_owed": counted[1]}


class Keeper:
    """Saves the books at most once a second, when they have changed.

    destination: its id. oldest_t: UTC ms of the oldest row that is owed, as of the last second; None:
    nothing is. on_error: told what a person should know when the journal cannot be asked. each_second:
    what else is to be kept up with.
    """

    def __init__(
        self,
        recorder: Recorder,
        delivery: Delivery,
        destination: str,
        on_error: Callable[[StoreError], None],
        each_second: Callable[[], None],
    ) -> None:
        self._recorder, self._delivery, self._on_error = recorder, delivery, on_error
        self._key = _key(destination)
        self._each_second = each_second
        self._saved: dict[str, Any] | None = None
        self._oldest: tuple[int, int] | None = None  # the first numbers, as they were looked up
        self.oldest_t: int | None = None

    async def run(self) -> None:
        """Until cancelled; then call save() once more."""
        while True:
            self.save()
            self._each_second()
            await self._look_up_oldest()
            await asyncio.sleep(SAVE_EVERY_S)

    def save(self) -> None:
        """With the journal's next commit."""
        state = self._delivery.state()
        if state != self._saved:
            self._recorder.put_state(self._key, state)
            self._saved = state

    async def _look_up_oldest(self) -> None:
        events, readings = self._delivery.needed()
        oldest = events[0][0], readings[0][0]
        if oldest == self._oldest:
            return
        try:
            self.oldest_t = await self._recorder.ask(lambda journal: oldest_t(journal, events, readings))
            self._oldest = oldest
        except StoreError as error:  # tried again in a second
            self._on_error(error)


def _key(destination: str) -> str:
    return f"delivery.{destination}"

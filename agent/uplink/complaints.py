"""What a destination could not be given: said once as a fault, and named number by number in `gap` events.

So a consumer that holds a hole in the numbers against these events knows of every one why it is there.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from store.delivery import EVENTS
from store.errors import JournalError
from store.journal import Journal
from store.ranges import Pair, Ranges
from store.rows import Event

if TYPE_CHECKING:
    from agent.uplink.flow import Sent
    from agent.uplink.session import Refusal
    from hal.clock import Clock
    from store.delivery import Chunk
    from store.errors import DamagedBatch
    from store.recorder import Recorder

__all__ = ["HUNG_UP", "PACKET_TOO_LARGE", "Complaints"]

_log = logging.getLogger(__name__)

PACKET_TOO_LARGE = 0x95  # MQTT 5.0, 2.4
HUNG_UP = 0x80  # no reason: a 3.1.1 broker can give none
RANGES_MAX = 100  # of one event: one that has to fit everywhere
RETRY_S = 10.0
PAUSE_S = 0.05


class Complaints:
    """Of one destination, by its id.

    last: the latest of them, for a person. counts: rows refused, rows lost to damage.
    """

    def __init__(
        self, destination: str, recorder: "Recorder", clock: "Clock", loop: asyncio.AbstractEventLoop
    ) -> None:
        self.last = ""
        self.counts = {"refused": 0, "damaged": 0}
        self._id = destination
        self._recorder, self._clock, self._loop = recorder, clock, loop
        self._boot = 0  # known once the journal has been asked
        self._reported: set[tuple[str, int]] = set()
        self._named = Ranges()  # refused, and said so
        self._to_name: dict[str, Ranges] = {}  # by reason
        self._gaps = 0
        self._notices: set[asyncio.Task[Any]] = set()

    def begin(self, boot: int) -> None:
        """The journal's boot: with it, what is said here has a name of its own in every run."""
        self._boot = boot

    def refused(self, sent: "Sent", refusal: "Refusal", chunk: "Chunk | None") -> None:
        """The broker would not have it: a fault once for each topic and reason; the numbers with `name`."""
        self.counts["refused"] += sent.rows or 1
        reason = f"refused by the broker: {refusal.name} (0x{refusal.code:02X})"
        span = f", seq {sent.seqs[0]}..{sent.seqs[-1]} set aside" if chunk else ""
        self.last = f"{sent.topic}: {reason}{span}"
        if chunk is not None and _can_be_named(chunk, refusal):
            named = self._to_name.setdefault(reason, Ranges())
            for seq in sent.seqs:
                named.add(seq, seq)
        if (sent.topic, refusal.code) not in self._reported:
            self._reported.add((sent.topic, refusal.code))
            _log.error("%s: %s", self._id, self.last)
            number = f"refused-{self._prefix()}{self._boot}-{len(self._reported)}"
            self._notice("fault", number, {"what": self._id, "state": "refused", "detail": self.last})

    def damaged(self, damage: "DamagedBatch", owed: int) -> None:
        """Rows that can no longer be read; owed: how many of their numbers this destination waited for."""
        self.counts["damaged"] += owed
        count = damage.last - damage.first + 1
        body = {"reason": "damaged on the disk", "count": count, "ranges": [[damage.first, damage.last]]}
        self._notice("gap", f"damaged-{damage.first}-{damage.last}", body)

    def gone(self, first: int, last: int) -> None:
        """Numbers that were asked for again: those that bear no row any more are looked up, and named."""
        self._keep(asyncio.ensure_future(self._name_gone(first, last)))

    def name(self) -> None:
        """Say which numbers were refused since the last call; those of an earlier connection once only."""
        for reason, ranges in self._to_name.items():
            for first, last in self._named:
                ranges.remove(first, last)
            pairs = list(ranges)
            self._named.update(pairs)
            for body in self._bodies(reason, pairs):
                self._gaps += 1
                self._notice("gap", f"set-aside-{self._prefix()}{self._boot}-{self._gaps}", body)
        self._to_name = {}

    def stop(self) -> None:
        """What has not been committed until now never will be."""
        for notice in list(self._notices):
            notice.cancel()

    def _prefix(self) -> str:
        """Two destinations that complain of the same do not say it under the same name."""
        return "" if self._id == "mqtt" else f"{self._id}-"

    def _notice(self, kind: str, name: str, body: dict[str, Any]) -> None:
        """Journal an event; it goes out like any other."""
        mono_ms = round(self._loop.time() * 1000)
        event = Event(kind, name, self._clock.utc_ms(), mono_ms, self._clock.utc_trusted(), body)
        self._keep(asyncio.ensure_future(self._recorder.put_event(event)))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    def _bodies(self, reason: str, pairs: Sequence[Pair]) -> Iterator[dict[str, Any]]:
        """Of the `gap` events that name these ranges."""
        for at in range(0, len(pairs), RANGES_MAX):
            part = pairs[at : at + RANGES_MAX]
            count = sum(last - first + 1 for first, last in part)
            yield {"destination": self._id, "reason": reason, "count": count, "ranges": part}

    async def _name_gone(self, first: int, last: int) -> None:
        """A part after the other, so that commits and reads have their turn."""
        while first <= last:
            try:
                pairs, upto = await self._recorder.ask(partial(Journal.missing, first=first, last=last))
            except JournalError as error:
                _log.error("%s: what is no longer kept of seq %d..%d: %s", self._id, first, last, error)
                await asyncio.sleep(RETRY_S)
                continue
            for body in self._bodies("no longer kept", pairs):
                low, high = body["ranges"][0][0], body["ranges"][-1][1]
                self._notice("gap", f"gone-{self._id}-{low}-{high}", body)
            first = upto + 1
            await asyncio.sleep(PAUSE_S)


def _can_be_named(chunk: "Chunk", refusal: "Refusal") -> bool:
    """A `gap` event is an event itself: where the broker takes none, it would be refused in its turn."""
    return chunk.lane != EVENTS or refusal.code in (PACKET_TOO_LARGE, HUNG_UP)

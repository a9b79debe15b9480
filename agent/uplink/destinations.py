"""All destinations of one station, each with books, pace and troubles of its own."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.uplink.keeping import count_owed, load_delivery
from agent.uplink.uplink import Uplink
from store.delivery import Needed

if TYPE_CHECKING:
    from agent.config.model import Mqtt, StationFile
    from hal.clock import Clock
    from store.recorder import Recorder
    from store.rows import Event

__all__ = ["Destinations"]

LAST_DELIVERY_S = 2.0  # at a clean stop; the service manager waits longer


class Destinations:
    """The uplinks by their ids, in the order of the station file."""

    def __init__(self, recorder: "Recorder") -> None:
        self.uplinks: dict[str, Uplink] = {}
        self._recorder = recorder
        self._loop = asyncio.get_running_loop()

    async def add(
        self,
        settings: "Mqtt",
        station: "StationFile",
        meta: Mapping[str, Any],
        clock: "Clock",
        random: Callable[[], float],
    ) -> None:
        """One more. A destination that is new to this journal is owed all that is still kept."""
        self.uplinks[settings.id] = Uplink(
            settings,
            station=station.id,
            site=station.site,
            meta=meta,
            recorder=self._recorder,
            delivery=await load_delivery(self._recorder, settings),
            clock=clock,
            loop=self._loop,
            random=random,
        )

    async def serve(self, name: str) -> None:
        """Deliver to this one until the end: a clean `stop` is no reason to start anew."""
        await self.uplinks[name].run()
        await asyncio.Event().wait()

    @property
    def delivered_up_to(self) -> int:
        """The seq up to which every destination has everything; all of it where there is none."""
        return min(
            (uplink.delivery.delivered_up_to for uplink in self.uplinks.values()),
            default=self._recorder.last_seq,
        )

    def needed(self) -> list[Needed]:
        """Of each destination, what it is owed, as ranges of seq."""
        return [uplink.delivery.needed() for uplink in self.uplinks.values()]

    def forget_readings(self, below: int) -> None:
        """None below that number is kept any more: see Delivery.forget_readings."""
        for uplink in self.uplinks.values():
            uplink.delivery.forget_readings(below)

    def release(self, last: int) -> None:
        """What was held of a damaged journal is there, up to this seq: see Delivery.release."""
        for uplink in self.uplinks.values():
            uplink.delivery.release(last)

    def send_undurable(self, event: "Event") -> None:
        """An event that the disk does not take goes out all the same, everywhere."""
        for uplink in self.uplinks.values():
            uplink.send_undurable(event)

    async def status(self) -> dict[str, Any]:
        """By id; the names of docs/mqtt.md. What waits is counted in rows."""
        return {
            name: uplink.status() | await count_owed(self._recorder, uplink.delivery)
            for name, uplink in self.uplinks.items()
        }

    async def resend(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The control socket's `resend`: "first" and "last", a range of seq; "destination", all by default.

        Raises ValueError for what cannot be sent.
        """
        first, last = (_number(request, name) for name in ("first", "last"))
        if last < first:
            raise ValueError(f"seq {first}..{last}: the last number comes before the first")
        wanted = request.get("destination")
        if wanted is not None and wanted not in list(self.uplinks):  # JSON may bring what no dict has
            known = ", ".join(self.uplinks) or "none"
            raise ValueError(f"destination {wanted!r}: this station's are {known}")
        return {
            name: await uplink.again(first, last)
            for name, uplink in self.uplinks.items()
            if wanted in (None, name)
        }

    async def stop(self) -> None:
        """Give what is newest a moment to leave, then say `offline`; a backlog waits for the next start."""
        await asyncio.gather(*(self._stop(uplink) for uplink in self.uplinks.values()))

    async def _stop(self, uplink: Uplink) -> None:
        end = self._loop.time() + LAST_DELIVERY_S
        while self._loop.time() < end and uplink.is_connected:
            owed = uplink.delivery.owed()
            if not (owed.events or owed.live or owed.in_flight):
                break
            await asyncio.sleep(0.02)
        await uplink.stop()


def _number(request: Mapping[str, Any], name: str) -> int:
    value = request.get(name)
    if type(value) is not int or value < 1:
        raise ValueError(f"{name}: expected a number from 1, got {value!r}")
    return value

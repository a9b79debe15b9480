"""The uplink: what the journal holds, delivered to a broker, over any number of sessions.

The books of what is owed are store.delivery's, the connection is agent.uplink.session's, what is
in flight is agent.uplink.flow's; here they meet. Everything runs on the loop; rows are read and
turned into payloads on the journal's thread.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from agent.uplink import messages
from agent.uplink.complaints import HUNG_UP, PACKET_TOO_LARGE, Complaints
from agent.uplink.flow import Flow, Sent
from agent.uplink.keeping import Keeper
from agent.uplink.link import MqttLink
from agent.uplink.messages import Origin, Topics
from agent.uplink.pacing import Backoff, Caution, Rate
from agent.uplink.reading import EVENTS_MAX, read_message
from agent.uplink.session import Refusal, Session
from store.delivery import EVENTS, Chunk, Delivery
from store.errors import DamagedBatch, StoreError
from store.journal import Committed
from store.recorder import Recorder
from store.rows import Event

if TYPE_CHECKING:
    from agent.config.model import Broker, Mqtt
    from hal.clock import Clock

__all__ = ["Uplink"]

_log = logging.getLogger(__name__)

LASTED_S = 10.0  # a session this long was a good one: the pauses begin anew, with the first broker
READ_RETRY_S = 1.0
STOP_WITHIN_S = 3.0
TURN_S = 10.0  # with nothing to send it turns this often, only to say that it does
UNDURABLE_MAX = 100  # events that wait for a connection in memory alone, while the disk fails
TOO_LARGE = Refusal(PACKET_TOO_LARGE, "larger than the broker's maximum packet size")
HANGS_UP = Refusal(HUNG_UP, "it hangs up whenever it gets this")


class _Control(NamedTuple):
    """A retained message: birth or farewell."""

    topic: str
    payload: bytes


class Uplink:
    """Delivers to the first of the configured brokers that can be reached.

    meta: `version`, and the lists `lines`, `instruments`, `channels`, `rules` of the meta message.
    delivery: its books, to look at. random: floats in [0, 1), for the pauses between sessions.
    start_thread: runs a function on a thread of its own (a simulation injects its own).
    """

    def __init__(
        self,
        settings: "Mqtt",
        *,
        station: str,
        site: str,
        meta: Mapping[str, Any],
        recorder: Recorder,
        delivery: Delivery,
        clock: "Clock",
        loop: asyncio.AbstractEventLoop,
        random: Callable[[], float],
        start_thread: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._settings, self._recorder, self.delivery = settings, recorder, delivery
        self._clock, self._loop = clock, loop
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._station, self._version = station, str(meta.get("version", ""))
        self._topics = Topics.of(site, station)
        self._meta = messages.meta(station, site, self._version, meta)
        self._origin = Origin(station, "", 0)  # known once the journal has been asked
        self._link = MqttLink(settings, loop, start_thread)
        self._backoff = Backoff(random)
        self._caution = Caution(settings.batch)
        self._session: Session | None = None
        self._flow: Flow | None = None
        self._control: deque[_Control] = deque(maxlen=3)  # birth and farewell
        self._undurable: deque[Event] = deque(maxlen=UNDURABLE_MAX)
        self._wake, self._stop, self._farewell = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._complaints = Complaints(settings.id, recorder, clock, loop)
        self._keeper = Keeper(recorder, delivery, settings.id, self._on_unreadable, self._complaints.name)
        self._broker: Broker | None = None
        self._since_ms: int | None = None
        self._counts = {"sent": 0, "acked": 0, "read_errors": 0, "undurable_lost": 0}
        self._rate = Rate()
        self._complaints.last = delivery.problem
        recorder.subscribe(self._on_committed)

    # ---- the life of the uplink ----

    async def run(self) -> None:
        """Deliver until stop(). Cancelling it ends the session as a crash would: with the last will."""
        log, boot = await self._recorder.ask(lambda journal: (journal.log, journal.boot))
        self._origin = Origin(self._station, log, boot)
        self._complaints.begin(boot)
        saving = asyncio.create_task(self._keeper.run())
        turn = 0
        try:
            while not self._stop.is_set():
                self.beat()
                lasted_s = await self._one_session(self._settings.brokers[turn % len(self._settings.brokers)])
                turn += 1
                if lasted_s >= LASTED_S:
                    self._backoff.reset()
                    self._caution.lasted()
                    turn = 0
                # Not wait_for: Python 3.11's may swallow a cancellation that comes with what it waits for.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._backoff.next_s()):
                        await self._stop.wait()
        finally:
            saving.cancel()
            self._complaints.stop()
            self._keeper.save()

    async def stop(self) -> None:
        """Say `offline`, end the session, leave what is owed to the next start. At most 3 s."""
        self._stop.set()
        session = self._session
        if session is None:
            return
        if self._flow is not None:
            self._control.append(_Control(self._topics.status, self._status("offline", "stopped")))
            self._wake.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_WITHIN_S):
                    await self._farewell.wait()
        session.close()
        await asyncio.wait([session.closed], timeout=STOP_WITHIN_S)

    async def _one_session(self, broker: "Broker") -> float:
        """From the attempt to the end; how many seconds the broker had accepted us."""
        will = (self._topics.status, self._status("offline", "connection lost"))
        session = self._session = self._link.open(broker, will, self._on_acked)
        began_s = None
        try:
            await asyncio.wait(
                _either(session.connected, session.closed), return_when=asyncio.FIRST_COMPLETED
            )
            if session.connected.done() and not session.connected.cancelled():
                began_s = self._loop.time()
                self._begin(session, broker)
                await self._serve(session)
            reason = await asyncio.shield(session.closed)
        finally:
            if not session.closed.done():
                session.abort("the uplink is ending")
            self._end(session)
        self._note_end(broker, reason)
        return 0.0 if began_s is None else self._loop.time() - began_s

    def _begin(self, session: Session, broker: "Broker") -> None:
        self._flow = Flow(session, session.connected.result(), self._caution, self._topics.readings)
        self._broker, self._since_ms = broker, self._clock.utc_ms()
        self.delivery.connected()
        self._control.append(_Control(self._topics.meta, self._meta))
        self._control.append(_Control(self._topics.status, self._status("online", "connected")))
        self._complaints.last = ""
        _log.info(
            "%s: connected to %s:%d, MQTT %s",
            self._settings.id,
            broker.host,
            broker.port,
            session.plan.version,
        )

    async def _serve(self, session: Session) -> None:
        """Send until the session ends. An error of our own goes to the supervisor."""
        assert self._flow is not None
        pump = asyncio.create_task(self._pump(self._flow))
        try:
            await asyncio.wait(_either(pump, session.closed), return_when=asyncio.FIRST_COMPLETED)
            if pump.done():
                pump.result()
        finally:
            pump.cancel()

    def _end(self, session: Session) -> None:
        """Books and queues as they are without a connection."""
        self._session = None
        if self._flow is None:
            return
        if session.hung_up and self._flow.fruitless():
            self._look_for_culprit(self._flow.unanswered())
        lost = [sent.event for sent in self._flow.unanswered() if sent.event]
        self._flow, self._since_ms = None, None
        for event in lost:
            self._keep_undurable(event)
        self._control.clear()
        self.delivery.connection_lost()

    def _look_for_culprit(self, unanswered: list[Sent]) -> None:
        """The broker hung up instead of an answer: perhaps because of what it got."""
        token = unanswered[0].token if len(unanswered) == 1 else None
        chunk = self.delivery.flying(token) if token is not None else None
        if self._caution.fruitless(chunk and chunk[1:4]) and token is not None:
            self.delivery.refused(token, until_restart=True)
            self._complaints.refused(unanswered[0], HANGS_UP, chunk)

    def _note_end(self, broker: "Broker", reason: str) -> None:
        """Once for each new reason, not at every attempt."""
        if not reason:
            return
        text = f"{broker.host}:{broker.port}: {reason}"
        if text != self._complaints.last:
            _log.warning("%s: %s", self._settings.id, text)
        self._complaints.last = text

    # ---- what goes out ----

    async def _pump(self, flow: Flow) -> None:
        """Birth, events that are not on the disk, then the lanes of the books, as slots are free."""
        while True:
            self.beat()
            self._wake.clear()
            while self._control and flow.free:
                topic, payload = self._control.popleft()
                flow.publish(Sent(topic, (), self._loop.time()), payload, retain=True)
            while self._undurable and flow.free:
                self._publish_undurable(flow, self._undurable.popleft())
            lanes, room = ((), 0) if self._stop.is_set() else flow.room()
            now = self._loop.time()
            chunk = self.delivery.next(now, room, lanes)
            if chunk is not None:
                await self._send(flow, chunk)
                continue
            due = self.delivery.due(now, lanes)
            wait_s = TURN_S if due is None else min(TURN_S, max(0.0, due - now))
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _send(self, flow: Flow, chunk: Chunk) -> None:
        """Read one chunk and publish it."""
        topic = self._topics.events if chunk.lane == EVENTS else self._topics.readings
        most = flow.payload_bytes_max(topic)
        try:
            message = await self._recorder.ask(
                lambda journal: read_message(journal, self._station, chunk, most)
            )
        except DamagedBatch as damaged:
            self.delivery.put_back(chunk.token)
            self._complaints.damaged(damaged, self.delivery.forget(damaged.first, damaged.last))
            return
        except StoreError as error:
            self.delivery.put_back(chunk.token)
            self._on_unreadable(error)
            await asyncio.sleep(READ_RETRY_S)
            return
        now = self._loop.time()
        self.delivery.sent(chunk.token, message.first, message.last, len(message.seqs), now)
        sent = Sent(topic, message.seqs, now, chunk.token)
        if message.too_large:
            self._on_refused(sent, TOO_LARGE)
        elif message.payload is not None:
            self._counts["sent"] += sent.rows
            flow.publish(sent, message.payload)

    def _on_unreadable(self, error: StoreError) -> None:
        self._counts["read_errors"] += 1
        self._complaints.last = str(error)
        _log.error("%s: what is to be sent cannot be read: %s", self._settings.id, error)

    def _publish_undurable(self, flow: Flow, event: Event) -> None:
        payload = messages.events(self._origin, [(None, event)])
        flow.publish(Sent(self._topics.events, (), self._loop.time(), event=event), payload)

    def _on_committed(self, done: Committed) -> None:
        """Book it; events go out at once, from memory: an alarm does not wait for a read."""
        readings = (done.first_reading, done.last_reading)
        seqs = [seq for seq, _ in done.events]
        self.delivery.committed(seqs, readings if readings[0] <= readings[1] else None, done.last_seq)
        self._wake.set()
        if not seqs:
            return
        self._forget_undurable({event.id for _, event in done.events})
        flow = self._flow
        if (
            flow is None
            or not flow.free
            or len(seqs) > min(EVENTS_MAX, self._caution.rows)
            or self._stop.is_set()
        ):
            return
        payload = messages.events(self._origin, done.events)
        if len(payload) <= flow.payload_bytes_max(self._topics.events):
            token = self.delivery.claim(seqs)
            self._counts["sent"] += len(seqs)
            flow.publish(Sent(self._topics.events, seqs, self._loop.time(), token), payload)

    def send_undurable(self, event: Event) -> None:
        """Send an event whose commit failed or takes too long, at once and marked as such.

        Without a connection the latest 100 wait in memory.
        """
        if self._flow is not None and self._flow.free:
            self._publish_undurable(self._flow, event)
        else:
            self._keep_undurable(event)

    def _keep_undurable(self, event: Event) -> None:
        self._counts["undurable_lost"] += len(self._undurable) == UNDURABLE_MAX
        self._undurable.append(event)

    def _forget_undurable(self, ids: set[str]) -> None:
        """These are on the disk now: the copies in memory are not needed."""
        for event in [event for event in self._undurable if event.id in ids]:
            self._undurable.remove(event)

    # ---- what comes back ----

    def _on_acked(self, mid: int, refusal: Refusal | None) -> None:
        now = self._loop.time()
        sent = self._flow.acked(mid, now) if self._flow else None
        if sent is None:
            return
        self._wake.set()
        if refusal is not None:
            self._on_refused(sent, refusal)
        elif sent.token is not None:
            self.delivery.acked(sent.token)
            self._counts["acked"] += sent.rows
            self._rate.add(now, sent.rows)
        if self._stop.is_set() and sent.topic == self._topics.status:
            self._farewell.set()

    def _on_refused(self, sent: Sent, refusal: Refusal) -> None:
        """Set it aside, say so once for each topic and reason, and go on with the rest."""
        chunk = self.delivery.refused(sent.token) if sent.token is not None else None
        self._complaints.refused(sent, refusal, chunk)

    async def again(self, first: int, last: int) -> dict[str, Any]:
        """Deliver a range once more; what is no longer kept of it is named in `gap` events.

        Raises ValueError where the journal never gave such numbers.
        """
        last_seq, kept_from = await self._recorder.ask(lambda journal: (journal.last_seq, journal.kept_from))
        owed = self.delivery.again(first, last)
        if owed is None:
            raise ValueError(f"seq {first}..{last}: this journal's numbers are 1..{last_seq}")
        self._complaints.gone(*owed)
        self._wake.set()
        return {"first": owed[0], "last": owed[1], "readings_kept_from": kept_from}

    # ---- status ----

    @property
    def backlog_rate(self) -> int:
        """Readings per second that go out late, at most."""
        return self._settings.backlog_rate

    @property
    def is_connected(self) -> bool:
        """Whether a broker has accepted us."""
        return self._flow is not None

    def _status(self, state: str, reason: str) -> bytes:
        return messages.status(self._origin, state, self._clock.utc_ms(), self._version, reason)

    def status(self) -> dict[str, Any]:
        """For the control socket; the names of docs/mqtt.md."""
        owed = self.delivery.owed()
        flow, broker, session = self._flow, self._broker, self._session
        oldest_ms = self._keeper.oldest_t
        return {
            "connected": flow is not None,
            "broker": f"{broker.host}:{broker.port}" if broker and flow else None,
            "protocol": session.plan.version if session and flow else None,
            "since_ms": self._since_ms,
            "events_owed": owed.events,
            "live_owed": owed.live,
            "backlog_owed": owed.backlog,
            "set_aside": owed.set_aside,
            "delivered_up_to": self.delivery.delivered_up_to,
            "oldest_owed_age_s": None
            if oldest_ms is None
            else max(0, self._clock.utc_ms() - oldest_ms) / 1000,
            "in_flight": flow.in_flight if flow else 0,
            **self._counts,
            **self._complaints.counts,
            "rate_per_s": round(self._rate.per_s(self._loop.time()), 1),
            "last_error": self._complaints.last or None,
        }


def _either(*futures: asyncio.Future[Any]) -> tuple[asyncio.Future[Any], ...]:
    return futures

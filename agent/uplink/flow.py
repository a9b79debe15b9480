"""What is in flight in one session, and how much more may be."""

from collections.abc import Sequence
from typing import NamedTuple

from agent.uplink.pacing import Caution, Window
from agent.uplink.session import Connected, Session
from store.delivery import BACKLOG, EVENTS, LIVE
from store.rows import Event

__all__ = ["Flow", "Sent"]

IN_FLIGHT_MAX = 20  # messages; more gains nothing even on a fast line, the broker may allow fewer
FOR_EVENTS = 4  # of them are kept free of readings, so that an alarm never waits for a slot
HEADER_BYTES = 64  # PUBLISH beside topic and payload: fixed header, lengths, identifier, properties


class Sent(NamedTuple):
    """One message under way. seqs: of its rows; none where they have none. at: monotonic seconds.

    token: of the delivery's books, None for what is not in them. event: set where it went out undurable.
    """

    topic: str
    seqs: Sequence[int]
    at: float
    token: int | None = None
    event: Event | None = None

    @property
    def rows(self) -> int:
        return len(self.seqs)


class Flow:
    """The messages of one session. caution: how many rows one may have."""

    def __init__(self, session: Session, allowed: Connected, caution: Caution, readings_topic: str) -> None:
        batch = caution.rows
        self.session = session
        self._slots = 1 if caution.one_by_one else min(IN_FLIGHT_MAX, allowed.receive_maximum)
        self._most_packet_bytes = allowed.maximum_packet_bytes
        self._batch = batch
        self._readings_topic = readings_topic
        self._window = Window(IN_FLIGHT_MAX * batch)
        self._sent: dict[int, Sent] = {}
        self._readings = 0
        self._answered: set[str] = set()

    @property
    def in_flight(self) -> int:
        """Messages under way."""
        return len(self._sent)

    @property
    def free(self) -> bool:
        """Whether one more message may go out."""
        return len(self._sent) < self._slots

    def room(self) -> tuple[tuple[str, ...], int]:
        """The lanes that may send now, and how many readings a message may have."""
        if not self.free:
            return (), 0
        room = self._window.readings - self._readings
        # Not in driblets: better wait for the next acknowledgement.
        worth_it = room >= min(self._batch, max(1, self._window.readings // 4))
        if worth_it and len(self._sent) < max(1, self._slots - FOR_EVENTS):
            return (EVENTS, LIVE, BACKLOG), min(room, self._batch)
        return (EVENTS,), self._batch

    def payload_bytes_max(self, topic: str) -> int:
        """The largest payload the broker takes on this topic."""
        return self._most_packet_bytes - len(topic.encode()) - HEADER_BYTES

    def publish(self, sent: Sent, payload: bytes, *, retain: bool = False) -> None:
        mid = self.session.publish(sent.topic, payload, retain=retain)
        self._sent[mid] = sent
        if sent.topic == self._readings_topic:
            self._readings += sent.rows

    def acked(self, mid: int, now: float) -> Sent | None:
        """The message the broker answered for; None if it is none of this session."""
        sent = self._sent.pop(mid, None)
        if sent is not None:
            self._answered.add(sent.topic)
        if sent is not None and sent.topic == self._readings_topic:
            self._readings -= sent.rows
            self._window.acked(sent.rows, now - sent.at)
        return sent

    def unanswered(self) -> list[Sent]:
        """What was still in flight when the session ended."""
        return list(self._sent.values())

    def fruitless(self) -> bool:
        """Whether rows were in flight of a kind that was never acknowledged in this session."""
        return any(s.token is not None and s.topic not in self._answered for s in self._sent.values())

"""One broker session over paho-mqtt, on a thread of its own.

A new client for every session, so that paho keeps no queue from an earlier one: what is owed
stands in store.delivery alone. The thread resolves, connects, shakes hands and moves bytes;
everything it learns is handed to the loop. All public methods belong to the loop's thread.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

if TYPE_CHECKING:
    import ssl

__all__ = ["V5", "V311", "Connected", "Plan", "Refusal", "Session"]

V5, V311 = "5", "3.1.1"
VERSIONS = {V5: MQTTProtocolVersion.MQTTv5, V311: MQTTProtocolVersion.MQTTv311}

CONNECT_TIMEOUT_S = 10.0  # TCP, and each step of the TLS handshake
CONNACK_TIMEOUT_S = 10.0
FIRST_CONNACK_TIMEOUT_S = 3.0  # where it is not known yet whether the broker understands the version
UNSUPPORTED_VERSION = 0x84  # MQTT 5.0, 3.2.2.2; paho translates 3.1.1's code 1 into it
REFUSED_FROM = 0x80  # reason codes from here are failures (MQTT 5.0, 2.4)
NEVER_LARGER = 268_435_455  # the protocol's own bound
RECEIVE_MAXIMUM = 65_535  # where the broker names none (MQTT 5.0, 3.2.2.3.3)
ENDS = {
    MQTTErrorCode.MQTT_ERR_CONN_LOST: "the broker closed the connection",
    MQTTErrorCode.MQTT_ERR_PROTOCOL: "the broker sent what is no valid MQTT",
    MQTTErrorCode.MQTT_ERR_KEEPALIVE: "no answer to a ping: the connection is dead",
}
TICK_S = 1.0  # how often an idle client looks at its keep-alive


class Plan(NamedTuple):
    """How to open a session. tls: makes the context, on the session's thread (files are read)."""

    host: str
    port: int
    version: str
    client_id: str
    keep_alive_s: int
    ack_timeout_s: float
    connack_timeout_s: float
    will: tuple[str, bytes]
    username: str | None = None
    password_file: Path | None = None
    tls: "Callable[[], ssl.SSLContext] | None" = None


class Connected(NamedTuple):
    """What the broker allows: messages in flight, bytes of one packet."""

    receive_maximum: int
    maximum_packet_bytes: int


class Refusal(NamedTuple):
    """Why the broker would not have a message: its reason code and the name of it."""

    code: int
    name: str


class Session:
    """From CONNECT to the end of the connection; started by its creation.

    connected: a future, done when the broker accepted; cancelled where it never does.
    closed: a future, done exactly once at the end of the thread with the reason, "" after close().
    on_acked(mid, refusal): called on the loop for each message the broker answered for.
    """

    def __init__(
        self,
        plan: Plan,
        loop: asyncio.AbstractEventLoop,
        on_acked: Callable[[int, Refusal | None], None],
        explain: Callable[[Exception], str] = str,
        start_thread: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self.plan = plan
        self.connected: asyncio.Future[Connected] = loop.create_future()
        self.closed: asyncio.Future[str] = loop.create_future()
        self.unsupported = False  # the broker said that it does not know this version
        self.silent = False  # the broker ended the connection without a word in answer to CONNECT
        self.stalled = False  # it kept the connection, and said nothing either
        self.hung_up = False  # the other side ended the session
        self._loop = loop
        self._on_acked = on_acked
        self._explain = explain
        self._reason = ""
        self._aborted = False
        self._closing = False
        self._answered = False  # CONNACK came
        self._in_flight: set[int] = set()
        self._watch: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._client = self._new_client()
        (start_thread or _daemon)(self._run)

    # ---- on the loop ----

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """Hand one message over, QoS 1; its packet identifier, which on_acked will bear."""
        mid = self._client.publish(topic, payload, qos=1, retain=retain).mid
        if not self._in_flight:
            self._expect_within(self.plan.ack_timeout_s)
        self._in_flight.add(mid)
        return mid

    def close(self) -> None:
        """Say goodbye; the broker then sends no last will. `closed` follows."""
        self._closing = True
        self._client.disconnect()

    def abort(self, reason: str) -> None:
        """End the session now, from this side, without the broker's help. `closed` follows."""
        self._aborted, self._reason = True, self._reason or reason
        sock = self._client.socket()
        if sock is not None:
            # The plain socket's shutdown, also under TLS: the network thread sees the end and leaves.
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # type: ignore[arg-type]
            except OSError:
                return  # the other side was quicker: the thread is already on its way out

    def _expect_within(self, timeout_s: float) -> None:
        """The broker must say something within timeout_s; each answer moves the deadline."""
        self._deadline = self._loop.time() + timeout_s
        if self._watch is not None and self._watch.when() > self._deadline:
            self._watch.cancel()
            self._watch = None
        if self._watch is None:  # one that rings earlier looks at the deadline again
            self._watch = self._loop.call_at(self._deadline, self._overdue)

    def _overdue(self) -> None:
        self._watch = None
        if self.closed.done() or (self.connected.done() and not self._in_flight):
            return
        if self._loop.time() < self._deadline - 0.001:
            self._watch = self._loop.call_at(self._deadline, self._overdue)
        elif self.connected.done():
            self.abort(f"no acknowledgement within {self.plan.ack_timeout_s:g} s: the connection is dead")
        else:
            self.stalled = True
            self.abort(f"connected, but the broker did not answer within {self.plan.connack_timeout_s:g} s")

    def _accepted(self, allowed: Connected) -> None:
        if not self.connected.done():
            self.connected.set_result(allowed)

    def _acknowledged(self, mid: int, refusal: Refusal | None) -> None:
        if self.closed.done():
            return
        self._in_flight.discard(mid)
        self._deadline = self._loop.time() + self.plan.ack_timeout_s
        self._on_acked(mid, refusal)

    def _ended(self, reason: str) -> None:
        if self._watch is not None:
            self._watch.cancel()
        client = self._client
        client.on_connect = client.on_publish = client.on_disconnect = None  # a cycle: no sockets left over
        self.connected.cancel()
        self.closed.set_result("" if self._closing else reason)

    # ---- on the session's thread ----

    def _run(self) -> None:
        try:
            reason = self._converse()
        except Exception as error:  # whatever it is, the loop must learn that the session is over
            reason = self._explain(error)
        finally:
            sock = self._client.socket()
            if sock is not None:
                sock.close()
        self._tell(self._ended, reason)

    def _converse(self) -> str:
        """Connect and serve until the connection ends; the reason in words."""
        plan, client = self.plan, self._client
        client.connect_timeout = CONNECT_TIMEOUT_S
        if plan.password_file is not None:
            client.username_pw_set(plan.username, plan.password_file.read_text().rstrip("\r\n"))
        elif plan.username is not None:
            client.username_pw_set(plan.username)
        if plan.tls is not None:
            client.tls_set_context(plan.tls())
        if plan.version == V5:
            client.connect(plan.host, plan.port, plan.keep_alive_s, clean_start=True)
        else:
            client.connect(plan.host, plan.port, plan.keep_alive_s)
        if self._closing or self._reason:  # given up meanwhile
            return self._reason
        self._tell(self._expect_within, self.plan.connack_timeout_s)
        while (code := client.loop(TICK_S)) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            if client.socket() is None:  # our DISCONNECT is out
                break
        self.hung_up = not (self._aborted or self._closing)
        self.silent = self.hung_up and not (self._answered or self._reason)
        if self.silent:
            return "the broker closed the connection without an answer"
        return self._reason or ENDS.get(code) or paho.error_string(code).rstrip(".").lower()

    def _new_client(self) -> paho.Client:
        plan = self.plan
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=plan.client_id,
            clean_session=True if plan.version == V311 else None,
            protocol=VERSIONS[plan.version],
            reconnect_on_failure=False,
        )
        client.max_inflight_messages = 0  # ours is the window
        client.will_set(plan.will[0], plan.will[1], qos=1, retain=True)
        client.on_socket_open = _no_delay
        # With this set, publish() only wakes the thread; else it would write from the loop's.
        client.on_socket_register_write = lambda *_: None
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect
        return client

    def _on_connect(self, _client: object, _data: object, _flags: object, code: Any, more: Any) -> None:
        self._answered = True
        if code.is_failure:
            self.unsupported = code.value == UNSUPPORTED_VERSION
            self._reason = f"the broker refused the connection: {_words(code, more)}"
            return
        allowed = Connected(
            getattr(more, "ReceiveMaximum", RECEIVE_MAXIMUM), getattr(more, "MaximumPacketSize", NEVER_LARGER)
        )
        self._tell(self._accepted, allowed)

    def _on_publish(self, _client: object, _data: object, mid: int, code: Any, more: Any) -> None:
        refused = isinstance(code, ReasonCode) and code.value >= REFUSED_FROM
        self._tell(self._acknowledged, mid, Refusal(code.value, _words(code, more)) if refused else None)

    def _on_disconnect(self, _client: object, _data: object, flags: Any, code: Any, more: Any) -> None:
        if flags.is_disconnect_packet_from_server:
            self._reason = self._reason or f"the broker ended the session: {_words(code, more)}"

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:  # the loop is closed: the process is ending, nobody is left to tell
            return


def _words(code: object, properties: Properties | None) -> str:
    said = getattr(properties, "ReasonString", "")
    return f"{str(code).lower()} ({said})" if said else str(code).lower()


def _no_delay(_client: object, _data: object, sock: Any) -> None:
    # An alarm does not wait until the broker's TCP has acknowledged the message before it.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _daemon(run: Callable[[], None]) -> None:
    threading.Thread(target=run, name="mqtt", daemon=True).start()

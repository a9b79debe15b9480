"""The demo's platform: subscribes to everything the station says and hands it on with its time."""

import threading
from collections.abc import Callable

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

__all__ = ["Subscriber"]

RECONNECT_S = 0.05  # sooner than any publisher


class Subscriber:
    """take(topic, payload) is called on the client's thread for each message.

    Its session is kept by the broker, so that nothing is missed while it reconnects.
    """

    def __init__(self, port: int, topic: str, take: Callable[[str, bytes], None]) -> None:
        self.subscribed = threading.Event()
        self._topic = topic
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id="fenceline-demo-platform",
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        self._client.on_disconnect = lambda *_: self.subscribed.clear()
        self._client.on_message = lambda client, userdata, message: take(
            message.topic, bytes(message.payload)
        )
        self._client.connect_timeout = 2.0
        # paho names whole seconds, and waits for any; the agent's own pauses are longer.
        self._client.reconnect_delay_set(RECONNECT_S, RECONNECT_S)  # type: ignore[arg-type]
        self._client.connect_async("127.0.0.1", port, keepalive=30)
        self._client.loop_start()

    def _on_connect(
        self,
        client: paho.Client,
        userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        client.subscribe(self._topic, qos=1)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

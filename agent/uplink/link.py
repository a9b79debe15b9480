"""The way to the brokers: which version of MQTT to speak with each, TLS, and errors in words.

MQTT 5 is tried first: only there a broker can say that it refused a message. Where it does not
know it (it says so, or twice closes the connection without a word, or waits for more of a CONNECT
that it reads as 3.1.1), 3.1.1 is spoken, and what a broker has accepted is remembered as long as
the process runs.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.uplink import session
from agent.uplink.session import V5, V311, Connected, Plan, Refusal, Session

if TYPE_CHECKING:
    import ssl

    from agent.config.model import Broker, Mqtt

__all__ = ["MqttLink", "tls_context"]

SILENT_CLOSES = 2  # of the connection, before CONNACK: then the other version is tried


class MqttLink:
    """Opens one session at a time with the brokers of one configuration.

    start_thread: runs a function on a thread of its own; a simulation injects its own.
    """

    def __init__(
        self,
        settings: "Mqtt",
        loop: asyncio.AbstractEventLoop,
        start_thread: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self.settings = settings
        self._loop = loop
        self._start_thread = start_thread
        self._version: dict[tuple[str, int], str] = {}
        self._settled: set[tuple[str, int]] = set()
        self._silent: dict[tuple[str, int], int] = {}

    def open(
        self, broker: "Broker", will: tuple[str, bytes], on_acked: Callable[[int, Refusal | None], None]
    ) -> Session:
        """Begin a session. will: topic and payload of the last will, retained. Never raises:
        whatever goes wrong is the reason that `closed` bears."""
        wanted = self.settings
        plan = Plan(
            host=broker.host,
            port=broker.port,
            version=self._version_for(broker),
            client_id=wanted.client_id,
            keep_alive_s=wanted.keep_alive_s,
            ack_timeout_s=wanted.ack_timeout_s,
            connack_timeout_s=self._connack_timeout_s(broker),
            will=will,
            username=wanted.username,
            password_file=wanted.password_file,
            tls=(lambda: tls_context(wanted)) if broker.tls else None,
        )
        opened = Session(
            plan, self._loop, on_acked, lambda error: explain(error, wanted, broker), self._start_thread
        )
        opened.connected.add_done_callback(lambda connected: self._learn(broker, opened, connected))
        return opened

    def _version_for(self, broker: "Broker") -> str:
        if self.settings.protocol != "auto":
            return self.settings.protocol
        return self._version.get((broker.host, broker.port), V5)

    def _connack_timeout_s(self, broker: "Broker") -> float:
        guessing = self.settings.protocol == "auto" and (broker.host, broker.port) not in self._settled
        return session.FIRST_CONNACK_TIMEOUT_S if guessing else session.CONNACK_TIMEOUT_S

    def _learn(self, broker: "Broker", opened: Session, connected: "asyncio.Future[Connected]") -> None:
        """Judge the version when the broker has accepted, or the session ended before."""
        key = (broker.host, broker.port)
        if not connected.cancelled():
            self._settled.add(key)
            self._silent[key] = 0
        elif opened.unsupported:
            self._change(key, opened.plan.version)
        elif (opened.silent or opened.stalled) and key not in self._settled:
            self._silent[key] = SILENT_CLOSES if opened.stalled else self._silent.get(key, 0) + 1
            if self._silent[key] >= SILENT_CLOSES:
                self._change(key, opened.plan.version)

    def _change(self, key: tuple[str, int], version: str) -> None:
        """To the other version; back again where that is met with the same."""
        self._silent[key] = 0
        self._settled.discard(key)
        self._version[key] = V311 if version == V5 else V5


def tls_context(settings: "Mqtt") -> "ssl.SSLContext":
    """TLS 1.2 or later; certificate and host name are always verified.

    Raises OSError and ssl.SSLError where a file is missing or is no certificate.
    """
    import ssl  # noqa: PLC0415  (2 MB and 20 ms, only where it is used)

    context = ssl.create_default_context(cafile=_path(settings.ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.cert_file is not None:
        context.load_cert_chain(settings.cert_file, _path(settings.key_file))
    return context


def explain(error: Exception, settings: "Mqtt", broker: "Broker") -> str:
    """What a person reads about a session that did not come about."""
    if type(error).__name__ == "SSLCertVerificationError":
        what = getattr(error, "verify_message", str(error))
        return f"the broker's certificate is not trusted: {what}\n  hint: {_tls_hint(what, settings, broker)}"
    if isinstance(error, socket.gaierror):
        return f"host name {broker.host} cannot be resolved: {error.strerror}\n  hint: check the name and DNS"
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens on {broker.host} port {broker.port}\n  hint: is the broker running?"
    if isinstance(error, TimeoutError):
        return (
            f"no connection in time with {broker.host} port {broker.port}\n  hint: check network and firewall"
        )
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if type(error).__name__.startswith("SSL"):
        return f"TLS failed: {error}\n  hint: is {broker.port} the broker's TLS port?"
    return f"{type(error).__name__}: {error}"


def _tls_hint(what: str, settings: "Mqtt", broker: "Broker") -> str:
    if "mismatch" in what.lower():
        return f"connect by a name that stands in the certificate, not {broker.host}"
    if "not yet valid" in what or "expired" in what:
        return "check the clock of this box (`date`), then the certificate's dates"
    if settings.ca_file is None:
        return "set ca_file to the certificate of the authority that signed the broker's"
    return f"{settings.ca_file} did not sign the broker's certificate"


def _path(path: object) -> str | None:
    return None if path is None else str(path)

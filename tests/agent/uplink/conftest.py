"""Real parts for the uplink: mosquitto, a subscriber, a station with a journal on disk."""

import asyncio
import datetime
import getpass
import json
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import jsonschema
import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from agent.config.model import Broker, Mqtt
from agent.uplink.keeping import load_delivery
from agent.uplink.uplink import Uplink
from hal.clock import Clock
from store.journal import Journal
from store.recorder import Recorder
from store.rows import Event, Reading

SCHEMAS = Path(__file__).parents[3] / "agent" / "uplink" / "schemas"
VALIDATORS = {
    path.stem: jsonschema.Draft202012Validator(json.loads(path.read_text()))
    for path in SCHEMAS.glob("*.json")
}
META = {
    "version": "0.1.0",
    "lines": [{"id": "gas"}],
    "instruments": [
        {"id": "pid", "driver": "x", "line": "gas", "address": 3, "area": None, "every_ms": 1000}
    ],
    "channels": [{"id": "pid.voc", "unit": "ppm", "instrument": "pid"}],
    "rules": [],
}
T = 1_795_485_300_000
BASE = "fenceline/1/works/gp-01/"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s"
        time.sleep(0.005)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Mosquitto:
    """The broker, as a process of this test. lines: configuration beside the plain listener."""

    def __init__(self, folder: Path, lines: str = "allow_anonymous true") -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        # Started by root, mosquitto would become a user who cannot read this test's files.
        user = f"user {getpass.getuser()}\nper_listener_settings false"
        self._config.write_text(f"{user}\nlistener {self.port} 127.0.0.1\n{lines}\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen([program, "-c", self._config], stderr=subprocess.DEVNULL)
        wait_for(lambda: listens(self.port))

    def send(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process:
            self.send(number)
            self.send(signal.SIGCONT)
            self._process.wait(10)
            self._process = None


class Subscriber:
    """A platform: everything below one station, in order of arrival, each held against its schema."""

    def __init__(self, port: int, username: str | None = None, password: str | None = None) -> None:
        self.got: list[tuple[str, dict[str, Any], bool]] = []
        self.at: list[float] = []
        self._port = port
        self._ready = False
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self._client.username_pw_set(username, password)
        self._client.on_connect = lambda client, *_: client.subscribe(BASE + "#", 1)
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)

    def start(self) -> None:
        self._ready = False
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        wait_for(lambda: self._ready)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_subscribe(self, *_: Any) -> None:
        self._ready = True

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        self.got.append((message.topic.removeprefix(BASE), json.loads(message.payload), message.retain))
        self.at.append(time.monotonic())

    def of(self, topic: str) -> list[dict[str, Any]]:
        return [payload for name, payload, _ in list(self.got) if name == topic]

    def seqs(self) -> list[int]:
        return [row["seq"] for message in self.of("readings") for row in message["readings"]]

    def events(self) -> list[dict[str, Any]]:
        return [row for message in self.of("events") for row in message["events"]]

    def check(self) -> None:
        for topic, payload, _ in self.got:
            VALIDATORS[topic].validate(payload)


class Station:
    """A recorder on a journal of its own thread, and an uplink over it."""

    def __init__(self, recorder: Recorder, journal: Journal) -> None:
        self.recorder, self.journal = recorder, journal
        self.uplink: Uplink | None = None
        self._number = 0
        self._task: asyncio.Task[None] | None = None

    async def connect(self, settings: Mqtt) -> Uplink:
        delivery = await load_delivery(self.recorder, settings)
        self.uplink = Uplink(
            settings,
            station="gp-01",
            site="works",
            meta=META,
            recorder=self.recorder,
            delivery=delivery,
            clock=Clock("trusted"),
            loop=asyncio.get_running_loop(),
            random=random.Random(1).random,
        )
        self._task = asyncio.create_task(self.uplink.run())
        return self.uplink

    async def stop(self) -> None:
        """The clean way."""
        if self.uplink and self._task:
            await self.uplink.stop()
            await asyncio.wait_for(self._task, 10)
            self._task = None

    async def drop(self) -> None:
        """As where the agent's task is cancelled."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def readings(self, count: int) -> None:
        """Put so many and wait until they are on disk."""
        target = self.recorder.stats.readings + count
        for _ in range(count):
            self._number += 1
            self.recorder.put(Reading("pid.voc", T + self._number, self._number, True, 1.5, None, "N"))
        await until(lambda: self.recorder.stats.readings >= target)

    async def event(self, name: str) -> int | None:
        return await self.recorder.put_event(alarm(name))


def alarm(name: str) -> Event:
    body = {"rule": "r", "channel": "pid.voc", "level": "high", "transition": "raised", "value": 51.0}
    return Event(
        "alarm", name, T, 1, True, {**body, "unit": "ppm", "limit": 50.0, "flag": "N", "cause": "above 50"}
    )


async def until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s"
        await asyncio.sleep(0.002)


@asynccontextmanager
async def station(path: Path, settings: Mqtt | None = None) -> AsyncIterator[Station]:
    loop = asyncio.get_running_loop()
    clock = Clock("trusted")
    with ThreadPoolExecutor(1, "journal") as thread:
        journal = await loop.run_in_executor(thread, lambda: Journal.open(path, utc_ms=clock.utc_ms))
        recorder = Recorder(
            journal,
            run=lambda work: loop.run_in_executor(thread, work),
            utc_ms=clock.utc_ms,
            monotonic=clock.monotonic,
            period_s=0.05,
        )
        recording = asyncio.create_task(recorder.run())
        here = Station(recorder, journal)
        try:
            if settings is not None:
                await here.connect(settings)
            yield here
        finally:
            await here.drop()
            recording.cancel()
            with suppress(asyncio.CancelledError):
                await recording
            await loop.run_in_executor(thread, journal.close)


class Door:
    """Between station and broker: shut, it refuses; frozen, it takes bytes and forwards none."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = free_port()
        self._server: asyncio.Server | None = None
        self._open = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._open.set()
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)

    async def shut(self) -> None:
        if self._server:
            self._server.close()
        for writer in list(self._writers):
            writer.close()

    def freeze(self) -> None:
        self._open.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, there_writer}
        await asyncio.gather(self._copy(reader, there_writer), self._copy(there_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
        writer.close()


DAY = datetime.timedelta(days=1)


class Authority:
    """Writes ca.pem, and NAME.pem with NAME.key for each certificate it signs."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.ca_file = folder / f"{name}.pem"
        certificate = self._builder(self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.ca_file.write_bytes(self._signed(certificate))

    def issue(self, name: str, host: str | None = None) -> tuple[Path, Path]:
        """Certificate and key; for a server, valid for `host` alone."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        certificate = self._builder(subject, key)
        if host:
            certificate = certificate.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
            )
        cert_file, key_file = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        cert_file.write_bytes(self._signed(certificate))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return cert_file, key_file

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(now - DAY).not_valid_after(now + DAY)

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def settings_for(*ports: int, **options: Any) -> Mqtt:
    brokers = tuple(Broker("127.0.0.1", port, False) for port in ports)
    return Mqtt(**{"brokers": brokers, "protocol": "auto", "client_id": "gp-01", **options})


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running mosquitto that lets everybody in."""
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def make_broker(tmp_path: Path) -> Iterator[Callable[[str], Mosquitto]]:
    started: list[Mosquitto] = []

    def make(lines: str) -> Mosquitto:
        started.append(Mosquitto(tmp_path, lines))
        started[-1].start()
        return started[-1]

    yield make
    for mosquitto in started:
        mosquitto.stop()


@pytest.fixture
def platform(broker: Mosquitto) -> Iterator[Subscriber]:
    """Subscribed to the running broker; at the end, all it got is held against the schemas."""
    subscriber = Subscriber(broker.port)
    subscriber.start()
    yield subscriber
    subscriber.stop()
    subscriber.check()


class Kit:
    """What the tests of this folder share, since conftest cannot be imported by name."""

    station = staticmethod(station)
    until = staticmethod(until)
    settings = staticmethod(settings_for)
    alarm = staticmethod(alarm)
    free_port = staticmethod(free_port)
    validators, meta = VALIDATORS, META
    Door, Subscriber, Mosquitto, Broker, Mqtt = Door, Subscriber, Mosquitto, Broker, Mqtt


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def other_authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "other-ca")

"""A whole station of real parts: emulator, agent and mosquitto as processes, a subscriber, files on disk."""

import getpass
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from agent.control import ControlError, ask, socket_paths
from store.rows import Reading
from tools.demo.ledger import Ledger
from tools.demo.stage import journal_rows

ROOT = Path(__file__).parents[2]
VALIDATORS = {
    path.stem: jsonschema.Draft202012Validator(json.loads(path.read_text()))
    for path in (ROOT / "agent" / "uplink" / "schemas").glob("*.json")
}
CLI = [sys.executable, "-m", "tools.cli"]
SLOPE = "values = { voc = [[0, 10], [60, 610]] }"  # never the same twice at ten polls a second

T = TypeVar("T")


def wait_for(what: str, condition: Callable[[], T], within_s: float = 15.0) -> T:
    """What condition() returns once it is true. Fails, naming what did not happen, after within_s."""
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {within_s} s"
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """The broker. Its sessions and what waits in them survive its end, also by SIGKILL."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        lines = (
            f"user {getpass.getuser()}",  # started by root it would lose its files
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 0",
        )
        self._config.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen([program, "-c", self._config], stderr=subprocess.DEVNULL)
        wait_for("mosquitto listens", self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self.send(number)
            self.send(signal.SIGCONT)
            self._process.wait(10)
            self._process = None


class Platform:
    """The other end: all that arrived, in order, from a session that the broker keeps."""

    def __init__(self, port: int) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []  # (topic, payload), appended by paho's thread
        self.subscribed = threading.Event()
        self._port = port
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id="platform",
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        self._client.on_connect = lambda client, *_: client.subscribe("fenceline/1/#", 1)
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        self._client.on_message = self._take
        self._client.reconnect_delay_set(0.05, 0.05)  # type: ignore[arg-type]  # paho waits for any float
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()
        wait_for("the platform has subscribed", self.subscribed.is_set)

    def _take(self, _client: Any, _data: Any, message: Any) -> None:
        self.messages.append((message.topic, json.loads(message.payload)))

    def of(self, kind: str, station: str = "gp-01") -> list[dict[str, Any]]:
        return [payload for topic, payload in list(self.messages) if topic.endswith(f"/{station}/{kind}")]

    def readings(self, station: str = "gp-01") -> dict[tuple[str, int], dict[str, Any]]:
        """By (log, seq). Every copy of a row must be the same row: a number is never used twice."""
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for message in self.of("readings", station):
            for row in message["readings"]:
                assert found.setdefault((message["log"], row["seq"]), row) == row
        return found

    def events(self, station: str = "gp-01", **fields: object) -> list[dict[str, Any]]:
        """Those with these fields, each once (the durable copy where both came), in order of arrival."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for message in self.of("events", station):
            for event in message["events"]:
                found[message["log"], event["id"]] = event
        return [event for event in found.values() if fields.items() <= event.items()]

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def check(self) -> None:
        """Every message against its schema."""
        for topic, payload in self.messages:
            VALIDATORS[topic.rsplit("/", 1)[-1]].validate(payload)


class Station:
    """Files and processes below `folder`. Write the files with `configure`, then start what is wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.config, self.truth = folder / "station.toml", folder / "truth.jsonl"
        self.port = folder / "ttyA"
        self.broker = Mosquitto(folder)
        self.environ = {**os.environ, "XDG_RUNTIME_DIR": str(folder / "run")}
        self.environ.pop("RUNTIME_DIRECTORY", None)
        self._platform: Platform | None = None
        self._started: list[subprocess.Popen[bytes]] = []
        self._sim: subprocess.Popen[bytes] | None = None

    # -- files ------------------------------------------------------------------------------

    def configure(self, *instruments: str, rules: str = "", mqtt: str = "") -> None:
        """One line; `instruments`: tables as instrument() makes them; mqtt: further keys of [mqtt]."""
        self.config.write_text(self.station_file("gp-01", self.data_dir, instruments, rules, mqtt))
        self.set_bench(*instruments)

    def station_file(
        self, name: str, data_dir: Path, instruments: tuple[str, ...], rules: str = "", mqtt: str = ""
    ) -> str:
        head = (
            f'[station]\nid = "{name}"\nsite = "works"\ndata_dir = "{data_dir}"\nutc = "trusted"\n'
            f'[mqtt]\nhost = "127.0.0.1"\nport = {self.broker.port}\n{mqtt}\n'
            '[journal]\ncommit_every = "200ms"\n'
        )
        tables = [each.partition("# bench\n")[0] for each in instruments]
        return head + self._line("port") + "".join(tables) + rules

    def set_bench(self, *instruments: str) -> None:
        (self.folder / "bench.toml").write_text(self._line("link") + "".join(instruments))

    def _line(self, key: str) -> str:
        return f'[[line]]\nid = "a"\n{key} = "{self.port}"\nbaud = 115200\n'

    @staticmethod
    def instrument(
        name: str,
        address: int,
        bench: str = SLOPE,
        *,
        driver: str = "honeywell-raeguard3",
        settings: str = "{ divisor = 10 }",
        keys: str = "",
    ) -> str:
        """An [[instrument]] polled ten times a second; bench: what the emulator alone is told."""
        return (
            f'[[instrument]]\nid = "{name}"\nline = "a"\naddress = {address}\ndriver = "{driver}"\n'
            f'every = "100ms"\ntimeout = "200ms"\nsettings = {settings}\n{keys}\n# bench\n{bench}\n'
        )

    # -- processes --------------------------------------------------------------------------

    def start(self) -> "subprocess.Popen[bytes]":
        """All of it: broker, platform, emulator, and the agent."""
        self.start_broker()
        self.start_sim()
        return self.start_agent()

    def start_broker(self) -> None:
        self.broker.start()
        self._platform = self._platform or Platform(self.broker.port)

    def start_sim(self) -> None:
        config = str(self.folder / "bench.toml")
        self._sim = self._spawn("sim", *CLI, "sim", "--config", config, "--log", str(self.truth))
        wait_for("the emulated line", self.port.exists)

    def stop_sim(self) -> None:
        assert self._sim is not None
        self._sim.terminate()
        assert self._sim.wait(10) == 0

    def start_agent(self, config: Path | None = None) -> "subprocess.Popen[bytes]":
        """The agent, as soon as it can be asked."""
        data_dir = self.data_dir if config is None else config.parent / "data"
        agent = self._spawn("agent", sys.executable, "-m", "agent", "--config", str(config or self.config))

        def ready() -> bool:
            assert agent.poll() is None, self.log("agent")
            return self.status(data_dir) is not None

        wait_for("the agent answers", ready)
        return agent

    def _spawn(self, name: str, *words: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            self._started.append(
                subprocess.Popen(
                    words, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            )
        return self._started[-1]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """One command to its end, as a person would run it."""
        return subprocess.run(
            words, cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=30, check=False
        )

    def start_program(self, command: str, *words: str) -> "subprocess.Popen[bytes]":
        """A `fenceline` command that runs on; it ends with the test."""
        return self._spawn(command, *CLI, command, *words)

    def fenceline(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return self.run(*CLI, *words)

    def end(self) -> None:
        """Nothing outlives its test."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait(10)
        if self._platform is not None:
            self._platform.stop()
        self.broker.stop(signal.SIGKILL)

    # -- what they say ----------------------------------------------------------------------

    @property
    def platform(self) -> Platform:
        assert self._platform is not None, "start_broker() comes first"
        return self._platform

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def status(self, data_dir: Path | None = None) -> dict[str, Any] | None:
        """The agent's own answer; None while it does not answer."""
        try:
            answer: dict[str, Any] = ask(socket_paths(data_dir or self.data_dir, self.environ), "status")
        except ControlError:
            return None
        return answer

    def mqtt(self) -> dict[str, Any]:
        status = self.status()
        assert status is not None, self.log("agent")
        destination: dict[str, Any] = status["destinations"]["mqtt"]
        return destination

    def wait_delivered(self, count: int, **fields: object) -> None:
        """Until so many readings with these fields (f="N") have arrived."""

        def arrived() -> bool:
            rows = self.platform.readings().values()
            return sum(fields.items() <= row.items() for row in rows) >= count

        wait_for(f"{count} readings with {fields}", arrived)

    def rows(self) -> list[tuple[str, int, Reading]]:
        """The journal's readings as they stand on disk, also of an agent that was killed: from a copy."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in self.data_dir.glob("journal.db*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, copy)
        with sqlite3.connect(copy / "journal.db") as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return journal_rows(copy / "journal.db")

    def ledger(self) -> Ledger:
        """Truth against what was delivered, up to now."""
        ledger = Ledger()
        with self.truth.open() as lines:
            for line in lines:
                if line.endswith("\n"):
                    ledger.add_truth(line)
        for topic, payload in list(self.platform.messages):
            if "/gp-01/" in topic:
                ledger.add_message(topic, json.dumps(payload).encode(), 0)
        assert ledger.strange == []
        assert ledger.said, "the emulator said nothing: nothing is shown"
        return ledger

    def settle(self, agent: "subprocess.Popen[bytes]") -> None:
        """Stop agent and emulator; then all that was said has arrived once, and nothing else."""
        until_ms = time.time_ns() // 1_000_000
        agent.terminate()
        assert agent.wait(15) == 0, self.log("agent")
        self.stop_sim()
        rows = self.rows()
        keys = {(log, seq) for log, seq, _ in rows}
        wait_for("what was journalled has arrived", lambda: keys <= self.platform.readings().keys())
        ledger = self.ledger()
        assert ledger.lost(rows, until_ms) == []
        assert ledger.wrong() == []


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A station whose processes end with the test. Whatever it was about, what the platform got is
    held against the schemas, and the agent has logged no error that it does not know."""
    here = Station(tmp_path)
    try:
        yield here
    finally:
        here.end()
    if here._platform is not None:
        here._platform.check()
    if (tmp_path / "agent.log").exists():
        assert "Traceback" not in here.log("agent"), "no error surprises the agent"


@pytest.fixture(scope="session", name="free_port")
def _free_port() -> Callable[[], int]:
    """free_port(): a TCP port of this machine that nobody listens at."""
    return free_port


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    """until(what, condition, within_s): wait for a condition, with a deadline."""
    return wait_for

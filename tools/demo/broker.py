"""The demo's MQTT broker: an installed mosquitto, else an embedded one. A process that can go away."""

import asyncio
import getpass
import shutil
import socket
import sys
from pathlib import Path

__all__ = ["Broker", "free_port"]

STOP_S = 5.0


def free_port() -> int:
    """A TCP port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """kind: "mosquitto" or "amqtt" (MQTT 3.1.1 only). port: where the agent delivers to;
    watch_port: where the subscriber listens."""

    def __init__(self, folder: Path, kind: str | None = None) -> None:
        found = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        self.kind = kind or ("mosquitto" if found else "amqtt")
        self.port = free_port()
        self.watch_port = self.port if self.kind == "mosquitto" else free_port()
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._command = (
            [found or "mosquitto", "-c", str(folder / "mosquitto.conf")]
            if self.kind == "mosquitto"
            else [sys.executable, "-m", "tools.demo.embedded_broker", str(self.watch_port), str(self.port)]
        )

    async def start(self) -> None:
        """The subscriber may come now. Messages wait for it on mosquitto's disk meanwhile; the
        embedded broker keeps nothing, so the agent is only let in by admit()."""
        if self.kind == "mosquitto":
            self._write_mosquitto_conf()
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stderr=(self._folder / "broker.log").open("a")
        )

    async def admit(self) -> None:
        """Let the agent in: the subscriber is there."""
        if self.kind == "amqtt":
            assert self._process is not None
            assert self._process.stdin is not None
            self._process.stdin.write(b"admit\n")
            await self._process.stdin.drain()

    @property
    def pid(self) -> int:
        assert self._process is not None, "the broker was not started"
        return self._process.pid

    async def kill(self) -> None:
        """End it without a word to anybody, also when it is stopped by a signal."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _write_mosquitto_conf(self) -> None:
        lines = [
            f"user {getpass.getuser()}",  # started by root it would lose its files
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",  # the demo's own, on loopback, for a minute
            "persistence true",
            f"persistence_location {self._folder}/",
            "max_queued_messages 0",
            "log_type error",
            "log_type warning",
        ]
        (self._folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

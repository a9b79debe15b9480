"""What the benches share: a station of equal instruments, its emulator, a real mosquitto, the agent."""

import asyncio
import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hal.clock import Clock
from store.rows import Reading
from tools.demo.broker import Broker
from tools.demo.ledger import Ledger
from tools.demo.stage import Process, journal_rows
from tools.demo.subscriber import Subscriber

__all__ = ["Rig", "until"]

PROFILE = '[profile]\nname = "rig"\nprotocol = "modbus"\n' + "".join(
    f'[[channel]]\nname = "v{at}"\ntable = "holding"\nregister = {2 * at}\ntype = "float32"\nunit = "ppm"\n'
    for at in range(5)
)
VALUES = "{ v0 = 12.5, v1 = [[0, 1], [600, 90]], v2 = 7.25, v3 = 100.5, v4 = 0.5 }"
NOISE = "{ v0 = 0.5, v2 = 0.1 }"
START_S = 20.0


async def until(condition: Any, what: str, within_s: float = START_S) -> None:
    """Wait until condition() holds. Raises TimeoutError naming what did not happen."""
    try:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - processes and threads fulfil it
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError(f"{what}: not within {within_s:g} s") from None


class Rig:
    """One emulated line with `count` instruments of 10 registers (5 channels), polled every `every`.

    values: what they say, as TOML; dead: addresses that never answer; rule: text of [[rule]] tables;
    every "0s" polls back to back.
    Use as an async context manager; the agent is started by start_agent().
    """

    def __init__(
        self,
        *,
        baud: int = 9600,
        count: int = 16,
        every: str = "0s",
        turnaround: str = "2ms",
        values: str = VALUES,
        noise: str = NOISE,
        rule: str = "",
        dead: tuple[int, ...] = (),
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fenceline-bench-"))
        self.count, self.baud = count, baud
        self.clock = Clock("trusted")
        self.broker = Broker(self.folder, "mosquitto")
        self.ledger = Ledger()
        self.truth = self.folder / "truth.jsonl"
        self.port = self.folder / "tty"
        self.subscriber: Subscriber | None = None
        self._dead = dead
        self._write(every, f'turnaround = "{turnaround}"\nvalues = {values}\nnoise = {noise}\n', rule)
        sim = ("tools.cli", "sim", "--config", str(self.folder / "bench.toml"), "--log", str(self.truth))
        self.sim = Process(self.folder / "sim.log", *sim)
        self.agent = self.new_agent()

    def _write(self, every: str, said: str, rule: str) -> None:
        (self.folder / "rig.toml").write_text(PROFILE)
        line = f'[[line]]\nid = "a"\n%s = "{self.port}"\nbaud = {self.baud}\nframing = "8N1"\n'
        instruments = [
            f'[[instrument]]\nid = "i{address}"\nline = "a"\ndriver = "./rig.toml"\naddress = {address}\n'
            f'every = "{every}"\n'
            for address in range(1, self.count + 1)
        ]
        head = (
            f'[station]\nid = "bench"\nsite = "bench"\ndata_dir = "{self.folder}/data"\nutc = "trusted"\n'
            f'[mqtt]\nhost = "127.0.0.1"\nport = {self.broker.port}\n'
        )
        (self.folder / "station.toml").write_text(head + line % "port" + "".join(instruments) + rule)
        (self.folder / "bench.toml").write_text(
            line % "link"
            + "".join(
                each + said + ('faults = [{ kind = "dead" }]\n' if address in self._dead else "")
                for address, each in enumerate(instruments, 1)
            )
        )

    def new_agent(self) -> Process:
        config = str(self.folder / "station.toml")
        return Process(self.folder / "agent.log", "agent", "--config", config, "--log-level", "warning")

    async def __aenter__(self) -> Self:
        await self.broker.start()
        self.subscriber = Subscriber(self.broker.watch_port, "#", self._take)
        await until(self.subscriber.subscribed.is_set, "the broker")
        await self.sim.start()
        await until(self.port.exists, "the emulated line")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in (self.agent, self.sim):
            with contextlib.suppress(ProcessLookupError):
                await part.stop()
        if self.subscriber is not None:
            self.subscriber.stop()
        await self.broker.stop()
        shutil.rmtree(self.folder)

    def _take(self, topic: str, payload: bytes) -> None:
        self.ledger.add_message(topic, payload, self.clock.utc_ms())

    async def start_agent(self) -> int:
        """UTC ms at which its process began."""
        began = self.clock.utc_ms()
        await self.agent.start()
        return began

    def said(self) -> list[dict[str, Any]]:
        """The emulator's log so far: one entry for each answer."""
        with self.truth.open() as lines:
            return [json.loads(line) for line in lines if line.endswith("\n")]

    def rows(self) -> list[tuple[str, int, Reading]]:
        """The journal's readings; the agent must have stopped."""
        return journal_rows(self.folder / "data" / "journal.db")

    async def settle(self) -> None:
        """Stop agent and emulator, let the last messages arrive, read the truth into the ledger."""
        await self.agent.stop()
        await self.sim.stop()
        rows = self.rows()
        with contextlib.suppress(TimeoutError):  # what is missing is counted as lost
            await until(lambda: len(self.ledger.delivered) >= len(rows), "the last messages", 20)
        for line in self.truth.read_text().splitlines():
            self.ledger.add_truth(line)

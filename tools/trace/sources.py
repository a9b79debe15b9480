"""Where records come from: a running agent, a port that nobody holds, or a saved capture."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from agent.control import ask
from hal.clock import Clock
from hal.errors import PortError
from hal.port import Framing, Port
from hal.tap import Record
from hardware_sim.capture import Entry, Header
from tools.trace.listening import Sniffer

__all__ = ["AgentSource", "Batch", "PortSource", "Source"]


class Batch(NamedTuple):
    """What is new: entries in order, and how many before them were lost; more: ask again at once;
    trouble: why the agent has no port, None while it has.
    """

    entries: list[Entry]
    lost: int = 0
    more: bool = False
    trouble: str | None = None


class Source(Protocol):
    """`open` once, then `poll` now and then. `header` and `title` (for a person) stand after `open`."""

    header: Header
    title: str

    async def open(self) -> None: ...
    async def poll(self) -> Batch: ...
    def close(self) -> None: ...


class AgentSource:
    """The running agent's line, through its control socket. Raises ControlError."""

    def __init__(self, paths: list[Path], line: str, clock: Clock) -> None:
        self._paths, self._line, self._clock = paths, line, clock
        self._tap: str | None = None
        self._next = 0
        self._start_ms = 0.0

    async def open(self) -> None:
        answer = self._ask()
        # Nothing before this moment is wanted; it was kept for somebody else.
        self._tap, self._next = answer["tap"], answer["next"]
        self._start_ms = answer["now"]
        self.header = Header(
            self._line,
            answer["baud"],
            answer["framing"],
            self._clock.utc_ms(),
            "agent",
            tuple((each["id"], each["address"], each["driver"]) for each in answer["instruments"]),
        )
        settings = "" if answer["port"].startswith("tcp://") else f", {answer['baud']} {answer['framing']}"
        self.title = f"{self._line}, {answer['port']}{settings}"

    async def poll(self) -> Batch:
        answer = self._ask()
        lost = answer["first"] - self._next if answer["tap"] == self._tap else 0
        self._tap, self._next = answer["tap"], answer["next"]
        entries = [self._entry(row) for row in answer["records"]]
        trouble = None if answer["open"] else answer["trouble"] or "not open yet"
        return Batch(entries, lost, answer["more"], trouble)

    def close(self) -> None:
        """The agent takes its tap off by itself."""

    def _ask(self) -> Any:
        return ask(self._paths, "trace", line=self._line, tap=self._tap, since=self._next)

    def _entry(self, row: dict[str, Any]) -> Entry:
        return Entry(
            row["t"] - self._start_ms,
            row["end"] - self._start_ms,
            row["verdict"],
            bytes.fromhex(row["hex"]),
            row.get("address"),
            row.get("gap_ms"),
            row.get("rtt_ms"),
            row.get("detail", ""),
        )


class PortSource:
    """A port that nobody holds, listened to. Raises PortError."""

    def __init__(self, port: Port, baud: int, framing: Framing, clock: Clock) -> None:
        self._port, self._clock = port, clock
        self._loop = asyncio.get_running_loop()
        self._sniffer = Sniffer(1000.0 * framing.bits / baud)
        self._next = 0
        self._lost: PortError | None = None
        text = f"{framing.data_bits}{framing.parity}{framing.stop_bits}"
        self.header = Header(port.name, baud, text, clock.utc_ms(), "listening")
        self.title = f"{port.name}, {baud} {text}"

    async def open(self) -> None:
        self._start_ms = self._loop.time() * 1000
        self.header = self.header._replace(start=self._clock.utc_ms())
        opening = self._port.open(self._heard, self._went)
        if opening is not None:  # a connection takes its time
            await opening

    def _heard(self, data: bytes) -> None:
        self._sniffer.heard(data, self._loop.time() * 1000)

    def _went(self, error: PortError) -> None:
        self._lost = error

    async def poll(self) -> Batch:
        self._sniffer.settle(self._loop.time() * 1000)
        first, records = self._sniffer.tap.since(self._next)
        lost = first - self._next
        self._next = first + len(records)
        if self._lost is not None and not records:
            raise self._lost
        return Batch([self._entry(record) for record in records], lost)

    def close(self) -> None:
        self._port.close()

    def _entry(self, record: Record) -> Entry:
        return Entry(
            record.at_ms - self._start_ms,
            record.end_ms - self._start_ms,
            record.verdict,
            record.data,
            record.address if isinstance(record.address, int) else None,
            record.gap_ms,
            record.rtt_ms,
            record.detail,
        )

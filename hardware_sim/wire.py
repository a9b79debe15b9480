"""An emulated RS-485 line on a pty or behind a TCP socket, paced like the real wire.

The master's bytes arrive all at once, so when they would have left the wire is
computed: the later of now and the end of what went before, plus a character time each. From
there the instrument's turnaround runs; its answer is handed over in small chunks, each at its
own absolute time, so that a late timer never delays the next one.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from hardware_sim.faults import Faults, damaged
from hardware_sim.instrument import Answer, Instrument
from hardware_sim.line_stats import LineStats
from hardware_sim.listener import TCP, UDP, Listener, kind_of
from hardware_sim.pty_port import PtyPort
from hardware_sim.tables import BenchError
from hardware_sim.udp_listener import UdpListener

__all__ = ["EmulatedLine", "Reply", "Slave", "Speaker", "bits_per_character", "run", "silence_s"]

CHUNK_BYTES = 8
REST_OF_FRAME_S = 1.0
LONGEST_REQUEST = 512  # twice the longest Modbus frame: more that is no request is noise
FRAMINGS = {"7": 7, "8": 8}, {"N": 0, "E": 1, "O": 1}, {"1": 1, "2": 2}
T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """asyncio.run on a loop with precise timers: epoll rounds its time-outs up to whole
    milliseconds, select does not."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        return runner.run(main)


def bits_per_character(framing: str) -> int:
    """Start, data, parity and stop bits of "8N1" and the like. Raises ValueError."""
    data_bits, parity_bits, stop_bits = FRAMINGS
    try:
        data, parity, stop = tuple(framing)
        return 1 + data_bits[data] + parity_bits[parity] + stop_bits[stop]
    except (KeyError, ValueError):
        raise ValueError(f"{framing!r} is no framing: 7 or 8, then N, E or O, then 1 or 2") from None


def silence_s(baud: int, framing: str = "8N1") -> float:
    """The silence between frames: 3.5 characters, 1.750 ms above 19200 baud.

    Source: MODBUS over Serial Line V1.02, 2.5.1.1.
    """
    return 0.00175 if baud > 19200 else 3.5 * bits_per_character(framing) / baud


class Speaker(Protocol):
    """Who answers on a line: an instrument, or a whole captured line at once."""

    id: str
    answers: int
    turnaround_s: float
    baud: int | None
    framing: str | None

    @property
    def request_length(self) -> Callable[[bytes], int]:
        """As Instrument.request_length; equal for those who understand the same requests."""

    def replies(self, request: bytes, elapsed_s: float) -> "list[Reply]":
        """What it sends upon a request found by `request_length`; [] where it is for somebody else."""

    def due_s(self, reply: "Reply", end_s: float, wire_s: float) -> float:
        """When a reply of `wire_s` begins, to a request that ended at `end_s` (monotonic)."""


@dataclass
class Slave:
    """One instrument on a line, with its manners. busy_until: monotonic, its last answer's end.

    baud, framing: its own, None: the line's. At another speed it understands nothing.
    """

    id: str
    instrument: Instrument
    turnaround_s: float
    faults: Faults
    busy_until: float = 0.0
    answers: int = 0
    baud: int | None = None
    framing: str | None = None

    @property
    def request_length(self) -> Callable[[bytes], int]:
        return self.instrument.request_length

    def replies(self, request: bytes, elapsed_s: float) -> "list[Reply]":
        reply = self.reply(request, elapsed_s)
        return [] if reply is None else [reply]

    def due_s(self, reply: "Reply", end_s: float, wire_s: float) -> float:
        """An instrument answers one request after the other, however late."""
        due_s = max(end_s, self.busy_until) + self.turnaround_s + reply.by_s
        self.busy_until = due_s + wire_s
        return due_s

    def reply(self, request: bytes, elapsed_s: float) -> "Reply | None":
        """What it would send, faults included; None where the request is not for it."""
        return self._struck(self.instrument.answer(request, elapsed_s), request, elapsed_s)

    def spoken(self, elapsed_s: float) -> "Reply | None":
        """What it says unasked, faults included."""
        return self._struck(self.instrument.speak(elapsed_s), b"", elapsed_s)

    def _struck(self, answer: Answer | None, request: bytes, elapsed_s: float) -> "Reply | None":
        if answer is None:
            return None
        fault = self.faults.strike(elapsed_s)
        if fault is None:
            return Reply(self, request, answer.frame, answer.values)
        if fault.kind == "dead":
            return Reply(self, request, b"", fault="dead")
        if fault.kind == "late":
            return Reply(self, request, answer.frame, answer.values, "late", fault.by_ms / 1000)
        if fault.kind == "foreign":
            return Reply(self, request, self.instrument.as_foreign(answer.frame), fault="foreign")
        if fault.kind == "exception":
            return Reply(self, request, self.instrument.refusal(request, fault.code), fault="exception")
        frame = damaged(fault.kind, answer.frame, self.faults.random)
        # A damaged or cut answer said nothing; what stands whole between extra bytes was said.
        whole = fault.kind in ("long", "noise", "twice")
        return Reply(self, request, frame, answer.values if whole else {}, fault.kind)


@dataclass
class Reply:
    """An answer on its way. end_s: monotonic, its last byte's end; late_s: handed over so much after it."""

    slave: Speaker
    request: bytes
    frame: bytes
    values: dict[str, float | None] = field(default_factory=dict)
    fault: str | None = None
    by_s: float = 0.0
    end_s: float = 0.0
    late_s: float = 0.0


class EmulatedLine:
    """One line: its pty, its instruments, its clock on the wire.

    baud: what instruments without their own are set to; a master at no instrument's speed is not
    understood by any, and counted. framing:
    counts for the pace alone, since a pty refuses parity and 7 data bits. link: a symlink to the
    pty. echo: the master hears itself, as behind a two-wire adapter with local echo.
    listen: serve TCP in place of a pty: "rtu+tcp://127.0.0.1:4001" before this very line,
    "tcp://127.0.0.1:1502" as Modbus TCP, which has no pace and no baud; "udp://127.0.0.1:53700" in
    datagrams, each a whole answer.
    on_answer is called as an answer's last byte is handed over. Raises BenchError.
    """

    def __init__(
        self,
        id: str,
        *,
        baud: int = 9600,
        framing: str = "8N1",
        link: str | None = None,
        echo: bool = False,
        listen: str | None = None,
        on_answer: Callable[[Reply], None] | None = None,
    ) -> None:
        self.id = id
        self.baud = baud
        self.framing = framing
        self.echo = echo
        self.slaves: list[Speaker] = []
        self._link, self._listen = link, listen
        self._on_answer = on_answer
        try:
            self._bits = bits_per_character(framing)
        except ValueError as error:
            raise BenchError(f"line {id}: framing", str(error)) from None
        try:
            self.medium = kind_of(listen)
        except ValueError as error:
            raise BenchError(f"line {id}: listen", str(error)) from None
        paced = self.medium != TCP
        self.character_s = self._bits / baud if paced else 0.0
        self.silence_s = silence_s(baud, framing) if paced else 0.0
        self._stale_s = self.silence_s if paced else REST_OF_FRAME_S
        self.stats = LineStats(self.silence_s)
        self._port: PtyPort | Listener | UdpListener | None = None
        self._buffer = b""
        self._spoken = baud  # the speed of what is in the buffer
        self._due_silence_s = self.silence_s  # behind the last frame, at its own speed
        self._free_s = 0.0  # monotonic: the end of everything that has a place on the wire
        self._heard_s = float("-inf")  # monotonic: when the last frame was over for the master
        self._epoch_s = 0.0

    @property
    def path(self) -> str:
        """The device, or the address, for the master to open."""
        if self._port is None:
            raise RuntimeError(f"line {self.id} is not started")
        return self._port.path

    def start(self, epoch_s: float | None = None) -> None:
        """Open the port and serve it on the running loop. epoch_s: monotonic zero of the scripts."""
        self._loop = asyncio.get_running_loop()
        self._epoch_s = self._loop.time() if epoch_s is None else epoch_s
        where = f"line {self.id}"
        if self._listen is None:
            self._port = PtyPort(self.baud, self._link, where)
        else:
            self._port = (UdpListener if self.medium == UDP else Listener)(self._listen, self.baud, where)
        self._port.serve(self._loop, self._on_readable)
        for slave in self.slaves:
            if isinstance(slave, Slave) and slave.instrument.speaks_every_s is not None:
                self._speak(slave, slave.instrument.speaks_every_s, self._epoch_s)

    def _speak(self, slave: Slave, every_s: float, at_s: float) -> None:
        """Let an instrument say what it says unasked, at `at_s` and from then on."""
        if self._port is None:
            return
        reply = slave.spoken(at_s - self._epoch_s)
        if reply is not None:
            if reply.fault:
                self.stats.faults[reply.fault] += 1
            if reply.frame:
                self._begin(reply, max(at_s + reply.by_s, self._loop.time()))
        self._loop.call_at(at_s + every_s, self._speak, slave, every_s, at_s + every_s)

    def stop(self) -> None:
        """Close the port; what has not been handed over yet is lost, as when a plug is pulled."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _on_readable(self) -> None:
        if self._port is None or not (burst := self._port.read()):
            return
        now = self._loop.time()
        baud = self._port.baud()
        character_s = self.character_s * self.baud / (baud or self.baud)
        self._drop_stale(now)
        if not self._buffer:
            self._note_start(now, baud or self.baud)
        start_s = max(now, self._free_s)
        self._free_s = self._heard_s = self.stats.last_s = start_s + len(burst) * character_s
        self.stats.received_bytes += len(burst)
        self.stats.busy_s += len(burst) * character_s
        if self.echo:
            self._hand_over_paced(burst, start_s, character_s, None)
        if baud is None or baud not in [self.baud, *(slave.baud for slave in self.slaves)]:
            self.stats.wrong_baud += 1
            self.stats.last_wrong_baud = baud
            return
        if baud != self._spoken:
            self.stats.not_understood += bool(self._buffer)
            self._buffer, self._spoken = b"", baud
        self._buffer += burst
        self._take_requests()

    def _pace(self, slave: Speaker) -> float:
        """Seconds of one of its characters."""
        if self.medium == TCP or not (slave.baud or slave.framing):
            return self.character_s
        return bits_per_character(slave.framing or self.framing) / (slave.baud or self.baud)

    def _silence(self, baud: int) -> float:
        return silence_s(baud, self.framing) if self.medium != TCP else 0.0

    def _note_start(self, now: float, baud: int) -> None:
        """Between frames of different speed, the longer silence is due."""
        due_s = max(self._due_silence_s, self._silence(baud))
        self._due_silence_s = self._silence(baud)
        if self.stats.first_s is None:
            self.stats.first_s = now
        else:
            # Below zero: an answer was still on the wire.
            self.stats.silence(max(0.0, now - self._heard_s), due_s)

    def _drop_stale(self, now: float) -> None:
        """Bytes that no request was made of by the end of the silence behind them never will be;
        in TCP, which has no silence, by the time a lost packet would have been sent again."""
        stale = now - self._free_s > self._stale_s or len(self._buffer) > LONGEST_REQUEST
        if self._buffer and stale:
            self.stats.not_understood += 1
            self._buffer = b""

    def _take_requests(self) -> None:
        awake = [slave for slave in self.slaves if (slave.baud or self.baud) == self._spoken]
        protocols = dict.fromkeys(slave.request_length for slave in awake)
        while self._buffer:
            for request_length in protocols:
                if size := request_length(self._buffer):
                    break
            else:
                return
            request, self._buffer = self._buffer[:size], self._buffer[size:]
            end_s = self._free_s - len(self._buffer) * self.character_s * self.baud / self._spoken
            asked = [slave for slave in awake if slave.request_length == request_length]
            self._serve(request, asked, end_s)

    def _serve(self, request: bytes, slaves: list[Speaker], end_s: float) -> None:
        """Let whom it concerns answer a request whose last byte ends at `end_s`."""
        self.stats.requests += 1
        self.stats.theory_s += len(request) * self.character_s + self.silence_s
        for slave in slaves:
            for reply in slave.replies(request, end_s - self._epoch_s):
                if reply.fault:
                    self.stats.faults[reply.fault] += 1
                if reply.frame:
                    due_s = slave.due_s(reply, end_s, len(reply.frame) * self._pace(slave))
                    self._loop.call_at(due_s, self._begin, reply, due_s)

    def _begin(self, reply: Reply, due_s: float) -> None:
        """Give a due answer its place on the wire: at once, or behind what is on it already."""
        start_s = due_s if self._free_s <= due_s else self._free_s + self.silence_s
        character_s = self._pace(reply.slave)
        wire_s = len(reply.frame) * character_s
        reply.end_s = self._free_s = start_s + wire_s
        self._heard_s = self._free_s
        self.stats.busy_s += wire_s
        self.stats.theory_s += wire_s + (reply.slave.turnaround_s if reply.request else 0.0)
        self._hand_over_paced(reply.frame, start_s, character_s, reply)

    def _hand_over_paced(self, data: bytes, start_s: float, character_s: float, reply: Reply | None) -> None:
        # Timers of one and the same time fire in no order, so what has no pace goes in one piece.
        size = CHUNK_BYTES if character_s and self.medium != UDP else len(data)
        for at in range(0, len(data), size):
            chunk = data[at : at + size]
            end = at + len(chunk)
            last = reply if end == len(data) else None
            self._loop.call_at(start_s + end * character_s, self._hand_over, chunk, last)

    def _hand_over(self, chunk: bytes, finished: Reply | None) -> None:
        if self._port is None:
            return
        now = self._loop.time()  # before the write: a master may be quicker than our return from it
        taken = self._port.write(chunk)
        self.stats.sent_bytes += taken
        self.stats.lost_bytes += len(chunk) - taken
        if finished is not None:
            finished.late_s = now - finished.end_s
            finished.slave.answers += 1
            # The master cannot know of lateness of ours: its silence counts from here.
            self._heard_s = max(self._heard_s, now)
            self.stats.answers += 1
            self.stats.last_s = max(self.stats.last_s, finished.end_s)
            self.stats.late_s.append(finished.late_s)
            if self._on_answer is not None:
                self._on_answer(finished)

"""A scan: every setting, every protocol, every address, one question after the other.

Silence, resynchronisation and late answers are the Line's; an answer that comes late is still a
sign of life. Nothing is sent that is not on the closed list of questions that only read.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, Request, WireError
from drivers.identification import Found, answers, ask, identified, only_reads, presence
from hal.doubt import AddressState
from hal.errors import PortError
from hal.line import Line
from tools.scan.lines import BABBLE_BYTES, LISTEN_S, listened, opened
from tools.scan.settings import Plan, Setting

__all__ = ["Babble", "Hit", "Outcome", "Sweep", "known_drivers"]

PATIENT_MS = 1000.0  # for one whose first answer came late
LATENCIES = 3  # how often its own latency one is waited for that has answered
QUIET_TIMEOUTS = 5  # how long an address rests after a silence before a question like it
KEPT = 64  # addresses whose late answers are still recognised


class Hit(NamedTuple):
    """Somebody who is there. latency_ms: from the question's end to the answer's last byte."""

    setting: Setting
    protocol: str
    address: int | None
    latency_ms: float | None
    found: Found
    notes: tuple[str, ...]


class Outcome:
    """What is known so far. tried: setting, questions asked, bytes that fitted nothing."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.tried: list[tuple[Setting, int, int]] = []
        self.skipped: list[Setting] = []
        self.notes: list[str] = []
        self.interrupted = False
        self.trouble = ""  # why the port went away in the middle


class Babble(Exception):
    """Somebody talks on the line although nothing was asked."""

    def __init__(self, setting: Setting, data: bytes) -> None:
        super().__init__(setting, data)
        self.setting, self.data = setting, data


def known_drivers() -> list[tuple[str, str, Any]]:
    """Of every named driver what `identified` wants: name, protocol, and what proves it."""
    found: list[tuple[str, str, Any]] = []
    for name in catalogue.names():
        about = catalogue.describe(name)
        found.append((name, about.protocol, catalogue.proof(name)))
    return found


class Sweep:
    """open_line: the line at a setting, not yet running. told: called before each question with
    (setting, protocol, address, questions asked at this setting). first: end with the first hit;
    every: try all settings, also behind a hit; anyway: ask although somebody talks.

    Raises Babble, and PortError where nothing could be asked.
    """

    def __init__(
        self,
        plan: Plan,
        open_line: Callable[[Setting], Line],
        told: Callable[[Setting, str, int | None, int], None] = lambda *_: None,
        *,
        first: bool = False,
        every: bool = False,
        anyway: bool = False,
    ) -> None:
        self.outcome = Outcome()
        self.stop = asyncio.Event()
        self._plan, self._open_line, self._told = plan, open_line, told
        self._first, self._every, self._anyway = first, every, anyway
        self._drivers = known_drivers()

    async def run(self) -> Outcome:
        for at, setting in enumerate(self._plan.settings):
            if self._is_done:
                break
            if self.outcome.hits and not self._every:
                self.outcome.skipped = list(self._plan.settings[at:])
                break
            try:
                await self._at(setting, listen=at == 0)
            except PortError as error:
                if not self._asked and not self.outcome.hits:
                    raise
                self.outcome.trouble = str(error)
                break
        self.outcome.interrupted = self.stop.is_set()
        return self.outcome

    @property
    def _is_done(self) -> bool:
        return self.stop.is_set() or (self._first and bool(self.outcome.hits))

    async def _at(self, setting: Setting, listen: bool) -> None:
        self._line = self._open_line(setting)
        self._framing = setting.modbus_framing()
        self._setting, self._asked, self._met = setting, 0, set[Hashable]()
        runner = asyncio.create_task(self._line.run())
        try:
            await opened(self._line)
            if listen:
                await self._listen()
            await self._ask_everybody()
        finally:
            self.outcome.tried.append((setting, self._asked, self._line.core.noise_bytes))
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)

    async def _listen(self) -> None:
        heard = await listened(self._line, self._setting, LISTEN_S)
        if len(heard) >= BABBLE_BYTES and not self._anyway:
            raise Babble(self._setting, heard)

    async def _ask_everybody(self) -> None:
        for protocol in self._plan.protocols_at(self._setting):
            for address in self._plan.asked(protocol):
                if self._is_done:
                    return
                await self._look(protocol.name, address)
                await self._look_at_the_late()

    async def _look(self, protocol: str, address: int | None) -> None:
        """Ask until there is a sign of life, then who it is.

        Each question is an address of its own to the line: these differ enough in what they ask, or
        whom, that none need wait until the one before can no more be answered.
        """
        for at, request in enumerate(presence(protocol, address, self._framing)):
            key = (protocol, address, at)
            state = self._attach(key)
            failure = await self._ask(key, request)
            if isinstance(failure, WireError) and not self._late():
                failure = await self._ask(key, request)  # noise comes once, damage again
                if isinstance(failure, WireError) and not self._late():
                    self._damaged(key, failure)
            if answers(failure):
                await self._meet(key, state, request)
                return

    async def _look_at_the_late(self) -> None:
        """Whoever answered after the time-out is slow, and there."""
        for key in self._late():
            state = self._line.core.addresses[key]
            state.timeout_ms = PATIENT_MS
            protocol, address, at = key
            request = presence(protocol, address, self._framing)[at]
            if answers(await self._ask(key, request)):
                await self._meet(key, state, request)
            self._met.add(key[:2])

    def _late(self) -> list[Any]:
        """Addresses that answered late, and are not met yet."""
        addresses: dict[Any, AddressState] = self._line.core.addresses
        return [key for key, state in addresses.items() if state.late and key[:2] not in self._met]

    def _attach(self, key: Hashable) -> AddressState:
        timeout_ms = self._plan.timeout_ms
        addresses = self._line.core.addresses
        if len(addresses) >= KEPT:
            del addresses[next(iter(addresses))]
        return self._line.attach(
            key, (), timeout_ms=timeout_ms, retries=0, quiet_ms=QUIET_TIMEOUTS * timeout_ms
        )

    async def _ask(self, key: Any, request: Request) -> Exception | None:
        """What a question ended with; None where it was answered. Raises PortError."""
        protocol, address, _ = key
        self._told(self._setting, protocol, address, self._asked)
        self._asked += 1
        answer = await self._line.converse(key, only_reads(protocol, ask(request), self._framing))
        failure: Exception | None = answer.result[1]
        return failure

    async def _meet(self, key: Any, state: AddressState, request: Request) -> None:
        """Who is it, and is it alone at its address?"""
        self._met.add(key[:2])
        protocol, address, _ = key
        latency_ms = state.latency_ms
        state.timeout_ms = max(state.timeout_ms, LATENCIES * (latency_ms or 0.0))
        try:
            talk = identified(protocol, address, self._drivers, self._framing)
            talk = only_reads(protocol, talk, self._framing)
            found = (await self._line.converse(key, talk)).result
        except (NoAnswer, WireError, Refused) as failure:
            found = Found((), (), ())
            self.outcome.notes.append(f"{_where(self._setting, key)}: answered once, and then: {failure}")
        notes = await self._crowd(key, state, request)
        self.outcome.hits.append(Hit(self._setting, protocol, address, latency_ms, found, notes))

    async def _crowd(self, key: Any, state: AddressState, request: Request) -> tuple[str, ...]:
        """What speaks against one sound instrument at this address."""
        noise = self._line.core.noise_bytes
        failure = await self._ask(key, request)
        await asyncio.sleep(state.timeout_ms / 1000)
        if isinstance(failure, WireError):
            return (f"an answer was damaged ({failure}): a bad line, or two instruments at this address",)
        more = self._line.core.noise_bytes - noise
        if more:
            return (f"{more} more bytes behind its answer: a second instrument at this address?",)
        return ()

    def _damaged(self, key: Any, failure: WireError) -> None:
        self.outcome.notes.append(
            f"{_where(self._setting, key)}: something answers, damaged ({failure}): two instruments at this "
            "address, a bad line, or another speed, framing or protocol"
        )


def _where(setting: Setting, key: tuple[str, int | None, int]) -> str:
    protocol, address, _ = key
    return f"{setting}, {protocol}" + ("" if address is None else f" address {address}")

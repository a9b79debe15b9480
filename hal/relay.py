"""The relays of one module on a line: each is driven to what is wanted, and read back.

Only what was read back counts as confirmed. A switch that got no answer is not sent again before
a read-back has shown that the relay is not as wanted. The module is read back every 10 s too: one
that lost its power, or obeyed somebody else, is put right, and that is reported.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Protocol

from drivers.exchange import NoAnswer, Refused, Request, WireError
from hal.errors import PortError
from hal.line import Line

__all__ = ["READ_BACK_S", "RelayBank", "RelayModule"]

READ_BACK_S = 10.0
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
MISSES = 3  # read-backs in vain before a module with nothing to switch is reported

# what: "switched", "failing", "recovered" or "repaired"; detail: what a person should know
Report = Callable[[int, str, str], None]


class RelayModule(Protocol):
    """What a module's driver offers."""

    address: int
    coils: int
    watch_s: float | None  # after how long without a word from us it lets go by itself; None: never
    armed: bool  # whether that is known to be switched on

    def questions(self) -> tuple[Request, ...]: ...
    def read(self) -> Generator[Request, Any, Any]: ...  # whether each is energised
    def switch(self, coil: int, on: bool) -> Generator[Request, Any, Any]: ...
    def arm(self) -> Generator[Request, Any, Any]: ...  # which relays its safe value would energise
    def feed(self) -> Generator[Request, Any, Any]: ...


class Relay:
    """One relay. wanted, confirmed: True is energised; None: not known (again)."""

    def __init__(self) -> None:
        self.wanted = False
        self.confirmed: bool | None = None
        self.sent: bool | None = None  # a switch that no read-back has shown to be in vain
        self.told = True  # whether the report of the last change of `wanted` is out
        self.strayed = False  # was as wanted, and then was not, by itself
        self.unsaid = False  # what is wanted must be said once, whatever is read
        self.failing = ""

    @property
    def is_settled(self) -> bool:
        """Read back as wanted, with no switch sent since."""
        return self.confirmed == self.wanted and self.sent is None and not self.unsaid

    @property
    def is_due(self) -> bool:
        """To be switched now: it was seen otherwise, and no switch of ours may be on its way."""
        return self.unsaid or (self.confirmed is not None and self.wanted not in (self.confirmed, self.sent))


class RelayBank:
    """A module on its line. Every relay of `coils` starts as "let go", until want() says otherwise.

    insist: say once what is wanted, whatever is read first: what is read may be an answer that was
    owed to another process, from before it switched.
    guard: use the module's host watchdog, where it has one: it is switched on at the start, and again
    whenever the module may have been without power, and fed three times in its time.
    """

    def __init__(
        self,
        line: Line,
        module: RelayModule,
        coils: tuple[int, ...],
        *,
        timeout_ms: float,
        insist: bool = False,
        guard: bool = True,
        report: Report = lambda coil, what, detail: None,
    ) -> None:
        self.line, self.module = line, module
        self.relays = {coil: Relay() for coil in coils}
        for relay in self.relays.values():
            relay.unsaid = insist
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._report = report
        self._misses = 0
        self._feed_every_s = module.watch_s / 3 if guard and module.watch_s else None
        self._feed_due = 0.0
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        line.attach(module.address, module.questions(), timeout_ms=timeout_ms)

    def want(self, coil: int, on: bool) -> None:
        """Energise or let go: returns at once, the line carries it as its next exchange but one."""
        relay = self.relays[coil]
        if relay.wanted != on:
            relay.wanted, relay.told = on, False
            self._settled.clear()
            self._wake.set()

    def look_again(self) -> None:
        """Read back now: something has happened to the line."""
        self._wake.set()

    @property
    def is_settled(self) -> bool:
        """Whether every relay was read back as wanted."""
        return all(relay.is_settled for relay in self.relays.values())

    async def settle(self) -> None:
        """Wait until every relay was read back as wanted."""
        while not self.is_settled:
            self._settled.clear()
            self._wake.set()
            await self._settled.wait()

    async def run(self) -> None:
        """For ever."""
        while True:
            self.beat()
            self._wake.clear()
            pause_s = await self._turn()
            if self._wake.is_set():
                continue  # a switch that is wanted now goes before what the line would ask next
            if self._feed_every_s is not None and self.module.armed:
                pause_s = min(pause_s, max(0.0, self._feed_due - self._loop.time()))
            self.line.expect(self.module.address, self._loop.time() + pause_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()

    async def _turn(self) -> float:
        """Switch what is due and read back; seconds until the next turn is wanted."""
        try:
            if self._feed_every_s is not None:
                await self._guard(self._feed_every_s)
            if any(relay.confirmed is None for relay in self.relays.values()):
                await self._read_back()
            for coil, relay in self.relays.items():
                if relay.is_due:
                    await self._switch(coil, relay)
            await self._read_back()
        except (NoAnswer, WireError, PortError, Refused) as failure:
            self._failed(failure)
            return RETRY_S[min(self._misses, len(RETRY_S)) - 1]
        self._misses = 0 if self.is_settled else self._misses + 1
        if self.is_settled:
            self._settled.set()
            return READ_BACK_S
        return RETRY_S[min(self._misses, len(RETRY_S)) - 1]

    async def _guard(self, every_s: float) -> None:
        """Switch the host watchdog on where need be, and feed it when it is due."""
        if not self.module.armed:
            energised = (await self.line.converse(self.module.address, self.module.arm())).result
            self._feed_due = self._loop.time()
            for coil in self.relays:
                if energised[coil]:
                    detail = "the module's own safe value energises it: set that to let go (~AA5S)"
                    self._report(coil, "failing", detail)
        if self._loop.time() >= self._feed_due:
            await self.line.converse(self.module.address, self.module.feed())
            self._feed_due = self._loop.time() + every_s

    async def _switch(self, coil: int, relay: Relay) -> None:
        relay.sent = on = relay.wanted
        relay.unsaid = False
        try:
            await self.line.converse(self.module.address, self.module.switch(coil, on))
        except PortError:
            raise
        except (NoAnswer, WireError, Refused) as failure:
            self._tell_failing(coil, relay, f"switching got no confirmation: {failure}")

    async def _read_back(self) -> None:
        before = {coil: (relay.wanted, relay.confirmed) for coil, relay in self.relays.items()}
        states = (await self.line.converse(self.module.address, self.module.read())).result
        for coil, relay in self.relays.items():
            wanted, confirmed = before[coil]
            relay.confirmed, relay.sent = states[coil], None
            if wanted != relay.wanted:
                continue  # it changed while the module was asked: the next turn sees to it
            if states[coil] == wanted:
                self._tell_as_wanted(coil, relay)
            elif confirmed == wanted or (confirmed is None and relay.failing):
                relay.strayed = True
            elif confirmed is None:
                relay.told = False  # found so at the start: letting it go is a switch as any other
            else:
                self._tell_failing(coil, relay, "the module does not switch it")

    def _failed(self, failure: Exception) -> None:
        """The module could not be asked. A single miss is told only where something is to be switched."""
        self._misses += 1
        self.module.armed = False
        for coil, relay in self.relays.items():
            if not relay.is_settled or self._misses >= MISSES:
                self._tell_failing(coil, relay, str(failure).splitlines()[0])
            if self._misses >= MISSES:
                relay.confirmed = None

    def _tell_failing(self, coil: int, relay: Relay, why: str) -> None:
        """Once, until it is as wanted again."""
        if not relay.failing:
            self._report(coil, "failing", why)
        relay.failing = why

    def _tell_as_wanted(self, coil: int, relay: Relay) -> None:
        failing, strayed, told = relay.failing, relay.strayed, relay.told
        relay.failing, relay.strayed, relay.told = "", False, True
        if not told:
            self._report(coil, "switched", "")
        elif strayed:
            detail = "it was not as wanted: the module lost its power, or somebody else switched it"
            self._report(coil, "repaired", detail)
        elif failing:
            self._report(coil, "recovered", "read back as wanted")

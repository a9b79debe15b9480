"""The instrument at the other end: asked over a line of our own, and never told anything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from agent.media import framing_of
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.identification import only_reads
from drivers.registers import RegisterDriver
from drivers.sample import Sample
from hal.errors import PortError
from hal.line import Line
from tools.profile_wizard.matches import Snapshot
from tools.profile_wizard.survey import Span, Survey
from tools.scan.lines import BABBLE_BYTES, LISTEN_S, listened, open_line, opened, somebody_talks
from tools.scan.settings import Setting

__all__ = ["FAILURES", "Access", "Babble", "Place", "access_to", "why"]

FAILURES = (NoAnswer, WireError, Refused, PortError)


class Babble(Exception):
    """Somebody talks on the line although nothing was asked; in words for a person."""


class Place(NamedTuple):
    """Where the instrument is. timeout_ms: from a question's end to the answer's first byte."""

    port: str
    setting: Setting
    address: int
    timeout_ms: float
    echo: bool = False


class Access:
    """One instrument on a line that runs.

    Each method raises one of FAILURES where the instrument, or the port, fails.
    """

    def __init__(self, line: Line, place: Place) -> None:
        self.place = place
        self._line = line
        self._framing = framing_of(place.setting.medium)
        self._state = line.attach(place.address, (), timeout_ms=place.timeout_ms)
        self.survey = Survey(place.address, self._framing)

    async def explore(self, spans: list[Span], told: Callable[[int], None]) -> None:
        """Find out which of these registers can be read: `survey` knows then. told: as it has it."""
        await self._carry(self.survey.explore(spans, told))

    async def snapshot(self) -> Snapshot:
        found: Snapshot = await self._carry(self.survey.again())
        return found

    async def measured(self, profile: dict[str, Any]) -> list[Sample]:
        """What the driver of this profile reads now."""
        driver = RegisterDriver(self.place.address, profile, {}, self._framing)
        found: list[Sample] = await self._carry(driver.measure())
        return found

    async def _carry(self, talk: Any) -> Any:
        """A conversation, each of its questions held against the list of those that only read."""
        self._state.misses = 0  # it is alone on this line: nobody gains by waiting before it is asked again
        return (
            await self._line.converse(self.place.address, only_reads("modbus", talk, self._framing))
        ).result


@asynccontextmanager
async def access_to(place: Place, *, anyway: bool = False) -> AsyncIterator[Access]:
    """The instrument, as long as the context lasts. anyway: ask although somebody talks.

    Raises PortError, Babble, and ValueError for an address that cannot be.
    """
    line = open_line(place.port, place.setting, place.echo)
    access = Access(line, place)
    runner = asyncio.create_task(line.run())
    try:
        await opened(line)
        heard = await listened(line, place.setting, LISTEN_S)
        if len(heard) >= BABBLE_BYTES and not anyway:
            raise Babble(somebody_talks(place.setting, heard, place.port))
        yield access
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)


def why(failure: Exception, place: Place) -> str:
    """What a technician is told of an instrument that cannot be read, and what he may look at."""
    if isinstance(failure, PortError):
        return str(failure)
    if isinstance(failure, NoAnswer):
        what, hint = "does not answer", "power, A and B, the address, speed and framing"
    elif isinstance(failure, WireError):
        what, hint = (
            "answers with damaged bytes",
            "speed and framing, A and B, another instrument at this address",
        )
    else:
        what, hint = "is not reached", "the gateway says so: its wiring, and the address"
    return (
        f"address {place.address} at {place.setting} {what} ({failure})\n"
        f"  hint: look at {hint}; `fenceline scan --port {place.port}` tries them all"
    )

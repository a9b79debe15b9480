"""Polls one instrument on its deadlines. A poll that comes too late is skipped and counted:
polls never pile up."""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from drivers.catalogue import Driver
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.registers import GATEWAY_CODES
from drivers.sample import Sample, with_cause
from hal.errors import PortError
from hal.line import Line
from hal.port import Framing, SerialTiming

if TYPE_CHECKING:
    from agent.config.model import InstrumentSettings

__all__ = ["Exchange", "Poller"]

IDLE_S = 0.25
SECOND_MASTER = "second master"  # the condition of readings taken while another master talks


class Exchange(NamedTuple):
    """What a channel's last sample was read from: each question and its answer, as on the wire.

    at: when the last answer's last byte came, loop seconds. Channels of one poll share it.
    """

    at: float
    frames: Sequence[tuple[bytes, bytes]]


class Poller:
    """take(instrument id, samples, loop seconds) gets what every poll gave, also a failed one."""

    def __init__(
        self,
        settings: "InstrumentSettings",
        driver: Driver,
        line: Line,
        take: Callable[[str, list[Sample], float], None],
    ) -> None:
        self.settings, self.driver, self.line = settings, driver, line
        self.state = line.attach(
            settings.address,
            driver.questions(),
            timeout_ms=settings.timeout_ms,
            retries=settings.retries,
            quiet_ms=settings.quiet_ms,
            clearing=getattr(driver, "clearing", None),
            timing=_own_timing(settings, line),
        )
        self.polls = self.good = self.skipped = 0
        self.trouble = ""  # why the last poll failed
        self.exchanges: dict[str, Exchange] = {}  # by the channel's name, of the last good poll that read it
        self.asking_since: float | None = None  # loop seconds, while a poll is under way
        self.beat: Callable[[], None] = lambda: None  # called each time the loop of run() turns
        self._take = take
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """For ever. `every` 0 polls back to back."""
        every = self.settings.every_ms / 1000
        due = self._loop.time()
        while True:
            self.beat()
            await self._poll()
            now = self._loop.time()
            if due <= now:
                due = due + every if every else now
            if due < now:
                missed = int((now - due) / every) + 1
                self.skipped += missed
                due += missed * every
            if not every and self._is_refused_at_once:
                due = now + IDLE_S
            self.line.expect(self.settings.address, due)
            await asyncio.sleep(max(min(due, self._probe_at) - now, 0.0))

    @property
    def _probe_at(self) -> float:
        """A dead instrument is looked for between its polls too: one that returns is soon back."""
        return self.state.resume_at / 1000 if self.line.is_open and self.state.dead else math.inf

    @property
    def _is_refused_at_once(self) -> bool:
        """Without a port, or while a dead address rests: back to back, that must not spin."""
        return not self.line.is_open or self.state.dead

    async def _poll(self) -> None:
        self.polls += 1
        self.asking_since = self._loop.time()
        try:
            answer = await self.line.converse(self.settings.address, self.driver.measure())
        except (NoAnswer, WireError, PortError) as failure:
            self._failed("B", failure)
        except Refused as refusal:
            self._failed("B" if refusal.code in GATEWAY_CODES else "D", refusal)
        else:
            self.good += 1
            self.trouble = ""
            samples = answer.result
            exchange = Exchange(answer.at, answer.frames)
            for sample in samples:
                self.exchanges[sample.channel] = exchange
            if answer.second_master:  # what looks like our answer may be the other master's
                samples = [with_cause(sample, "D", SECOND_MASTER) for sample in samples]
            self._take(self.settings.id, samples, answer.at)
        self.asking_since = None

    def _failed(self, flag: str, failure: Exception) -> None:
        self.trouble = str(failure).splitlines()[0]
        samples = [Sample(name, None, unit, flag, (self.trouble,)) for name, unit in self.driver.channels]
        self._take(self.settings.id, samples, self._loop.time())


def _own_timing(settings: "InstrumentSettings", line: Line) -> SerialTiming | None:
    """Where its speed or framing is not the line's."""
    usual = line.core.timing
    if not isinstance(usual, SerialTiming) or not (settings.baud or settings.framing):
        return None
    framing = Framing(settings.framing) if settings.framing else usual.framing
    return SerialTiming(settings.baud or usual.baud, framing)

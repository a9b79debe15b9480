"""An analog module with current loops behind its inputs: its driver, with the channels that they make."""

from agent.config.model import InstrumentSettings, LoopSettings, StationFile
from agent.media import framing_of
from drivers import catalogue
from drivers.catalogue import Driver
from drivers.exchange import Conversation, Request

__all__ = ["LoopDriver", "make_driver"]


def make_driver(station: StationFile, instrument: InstrumentSettings) -> Driver:
    """The instrument's driver, with the loops behind its inputs where there are some."""
    medium = next(line.medium for line in station.lines if line.id == instrument.line)
    driver = catalogue.create(
        instrument.profile or instrument.driver,
        instrument.address,
        instrument.settings,
        framing_of(medium, instrument.mode),
    )
    loops = tuple(loop for loop in station.loops if loop.instrument == instrument.id)
    return LoopDriver(driver, loops) if loops else driver


class LoopDriver:
    """The module's driver; its samples bear the loops' names, their values are still mA.

    agent.pipeline.ne43 makes values of them: what a current means depends on how long it has lasted,
    and a driver knows no time. Inputs without a loop are not connected, and left out.
    """

    def __init__(self, driver: Driver, loops: tuple[LoopSettings, ...]) -> None:
        self.channels = tuple((loop.name, loop.unit) for loop in loops)
        self._driver = driver
        self._loops = {loop.input: loop for loop in loops}

    def questions(self) -> tuple[Request, ...]:
        return self._driver.questions()

    def measure(self) -> Conversation:
        samples = yield from self._driver.measure()
        return [
            sample._replace(channel=self._loops[sample.channel].name)
            for sample in samples
            if sample.channel in self._loops
        ]

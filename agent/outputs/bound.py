"""How long a relay on a line takes at most, from a rule's change until its module has obeyed.

The switch goes before all that waits, so it waits for the exchange that is on the wire, however that
ends; for the read-back of its own module, where that has just begun; and for the words to other relays of
the line that are due too. Modules that answer are meant: TURNAROUND_MS, as everywhere in the plan. What is
polled beside them may be dead, or answer in the last moment. The agent's own share is not in it: some ms.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from agent.config.model import InstrumentSettings, LineSettings, OutputSettings, RelayTarget
from agent.media import framing_of, timing_of
from agent.outputs.targets import module_of
from agent.plan import TURNAROUND_MS
from drivers import catalogue
from drivers.catalogue import Driver
from drivers.exchange import Refused, Request
from hal.job import Timing
from hal.relay import RelayModule
from hal.turns import BROADCAST_MS

__all__ = ["Bound", "bounds_of"]

IDENTITY_MAX = 32  # more rows than a profile has to tell a model by


@dataclass(frozen=True)
class Bound:
    """One output on a line. in_flight_ms: the longest that may be on the wire, of the instrument `behind`
    (None: nobody is polled there); module_ms: what is said to the line's relay modules, at most."""

    id: str
    line: str
    in_flight_ms: float
    behind: str | None
    module_ms: float

    @property
    def bound_ms(self) -> float:
        return self.in_flight_ms + self.module_ms


@dataclass(frozen=True)
class _Module:
    """One module's conversations, in ms. relays: how many of it are outputs; words_ms: what keeps it well."""

    relays: int
    read_ms: float
    switch_ms: float
    words_ms: float

    @property
    def longest_ms(self) -> float:
        return max(self.read_ms, self.switch_ms, self.words_ms)


def bounds_of(
    outputs: Iterable[OutputSettings],
    lines: Iterable[LineSettings],
    instruments: Sequence[InstrumentSettings],
) -> tuple[Bound, ...]:
    """Of every output on a line, in the order of the file; a GPIO pin waits for no line."""
    relays = [(each.id, each.target) for each in outputs if isinstance(each.target, RelayTarget)]
    settings = {line.id: line for line in lines}
    bounds = []
    for name, target in relays:
        line = settings[target.line]
        polled = [each for each in instruments if each.line == line.id]
        in_flight = [_in_flight(line, each) for each in polled]
        in_flight_ms, behind = max(in_flight, key=lambda found: found[0], default=(0.0, None))
        beside = [other for _, other in relays if other.line == line.id]
        own = _module([other for other in beside if other.address == target.address], line)
        others_ms = sum(
            _module([each], line).longest_ms for each in _one_each(beside) if each.address != target.address
        )
        turns = 1 + own.relays
        # Without silence between frames, as over Modbus TCP, somebody else's question may come between them.
        between_ms = 0.0 if timing_of(line).silence_ms else own.relays * in_flight_ms
        module_ms = own.read_ms + own.words_ms + own.relays * own.switch_ms + turns * others_ms + between_ms
        bounds.append(Bound(name, line.id, in_flight_ms, behind, module_ms))
    return tuple(bounds)


def _one_each(targets: Iterable[RelayTarget]) -> list[RelayTarget]:
    """One target of each module."""
    return list({target.address: target for target in targets}.values())


def _module(targets: Sequence[RelayTarget], line: LineSettings) -> _Module:
    """targets: relays of one module."""
    target, timing = targets[0], timing_of(line)
    module: RelayModule = module_of(target, target.watch_ms)
    words = next(module.feed(), None)
    return _Module(
        relays=len(targets),
        read_ms=sum(_exchange_ms(each, timing, target.timeout_ms) for each in module.questions()),
        switch_ms=_exchange_ms(next(module.switch(target.coil, True)), timing, target.timeout_ms),
        words_ms=0.0 if words is None else _exchange_ms(words, timing, target.timeout_ms),
    )


def _exchange_ms(request: Request, timing: Timing, timeout_ms: float) -> float:
    """An exchange with a module that answers."""
    asked_ms = len(request.encode()) * timing.char_ms
    if request.broadcast:
        return asked_ms + BROADCAST_MS + timing.silence_ms
    answered_ms = (request.expected or request.longest) * timing.char_ms
    return asked_ms + min(TURNAROUND_MS, timeout_ms) + answered_ms + max(timing.silence_ms, request.settle_ms)


def _in_flight(line: LineSettings, instrument: InstrumentSettings) -> tuple[float, str]:
    """The longest exchange with it: its answer begins with the end of its time, and comes late."""
    timing = timing_of(line, instrument)
    driver = catalogue.create(
        instrument.profile or instrument.driver,
        instrument.address,
        instrument.settings,
        framing_of(line.medium, instrument.mode),
    )
    clearing = getattr(driver, "clearing", None)
    asked = [*driver.questions(), *([clearing] if clearing is not None else []), *_identity(driver)]
    return max(_at_worst_ms(each, instrument, timing) for each in asked), instrument.id


def _at_worst_ms(request: Request, instrument: InstrumentSettings, timing: Timing) -> float:
    wire_ms = (len(request.encode()) + request.longest) * timing.char_ms
    timeout_ms = request.timeout_ms or instrument.timeout_ms
    return wire_ms + timeout_ms + timing.margin_ms + max(timing.silence_ms, request.settle_ms)


def _identity(driver: Driver) -> list[Request]:
    """What is asked once, to learn who it is; as if each question were refused."""
    asked: list[Request] = []
    if hasattr(driver, "identify"):
        talk = driver.identify()
        with suppress(StopIteration, Refused):
            asked.append(next(talk))
            while len(asked) < IDENTITY_MAX:
                asked.append(talk.throw(Refused(1)))
        talk.close()
    return asked

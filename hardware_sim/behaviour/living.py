"""Any emulated instrument, living: it is made anew whenever its power comes back."""

from collections.abc import Callable, Collection

from hardware_sim.behaviour.life import Life
from hardware_sim.behaviour.reading import Reading
from hardware_sim.behaviour.sensor import noise
from hardware_sim.instrument import Answer, Instrument, Show
from hardware_sim.scripts import Script
from hardware_sim.source import Source

__all__ = ["Living"]

NEVER_S = 1e12  # when any warm-up is over


class State(Source):
    """A state of the instrument, or a value that its behaviour leaves alone: as its source has it, and what
    the instrument's conditions make of it.

    lead_s: what the source's time is ahead of the time since the power came. shows: all that the
    instrument shows by its states.
    """

    def __init__(
        self, name: str, source: Source, life: Life, *, lead_s: float, seed: object, shows: tuple[Show, ...]
    ) -> None:
        super().__init__(source.where)
        self.points = source.points
        self._name, self._source, self._life, self._lead_s = name, source, life, lead_s
        self._seed = seed
        self._is_shown = any(show.state == name for show in shows)

    def at(self, uptime_s: float) -> float:
        number = self._source.at(self._lead_s + uptime_s)
        if not self._is_shown:
            return number
        for show in self._life.shown(self._life.on_s + uptime_s):
            if show.state == self._name:
                number = int(number) | int(show.number) if show.bits else show.number
        return number

    def value(self, uptime_s: float) -> float:
        elapsed_s = self._life.on_s + uptime_s
        deviation = (self._life.behaviour.noise_of or {}).get(self._name, 0.0)
        return self.at(uptime_s) + noise(self._seed, self._name, elapsed_s, deviation)


class Living(Instrument):
    """make: the instrument, as it is when its power has just come. scripted: which of its sources are
    the bench's, and so in the bench's time; its own begin when its power comes."""

    def __init__(
        self,
        make: Callable[[], Instrument],
        life: Callable[[Instrument], Life],
        scripted: Callable[[], Collection[str]],
        seed: object,
    ) -> None:
        self._make, self._seed = make, seed
        self._readings: dict[str, Reading] = {}
        first = make()
        self._scripted = scripted()
        self.life = self._life = life(first)
        self.address, self.request_length = first.address, first.request_length
        self.can_refuse, self.has_check = first.can_refuse, first.has_check
        self.speaks_every_s = first.speaks_every_s
        self._switch_on(0.0)

    def _switch_on(self, on_s: float) -> None:
        self._life.on_s = on_s
        self.at_work = self._make()
        self.at_work.life = self._life
        self.at_work.dress(self._dressed)

    def _dressed(self, name: str, source: Source) -> Source:
        behaviour = self._life.behaviour
        own = name not in self._scripted
        if name in (behaviour.channels or self.at_work.measured()):
            if name not in self._readings:
                self._readings[name] = Reading(name, source, self._life, self._seed)
            return self._readings[name]
        warming = [show.state for show in self.at_work.shows() if show.condition == self._life.warming]
        if own and name in warming and behaviour.warm_up_s is not None:
            source = Script(source.at(NEVER_S), source.where)  # in place of the emulator's own warm-up
        lead_s = 0.0 if own else self._life.on_s
        shows = () if self.at_work.shows_itself else self.at_work.shows()
        return State(name, source, self._life, lead_s=lead_s, seed=self._seed, shows=shows)

    def _uptime_s(self, elapsed_s: float) -> float | None:
        """Since when its power is on; None where it is off. It is made anew when the power has come."""
        on_s = self._life.on_since(elapsed_s)
        if on_s is None:
            return None
        if on_s != self._life.on_s:
            self._switch_on(on_s)
        return elapsed_s - on_s

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        uptime_s = self._uptime_s(elapsed_s)
        return None if uptime_s is None else self.at_work.answer(request, uptime_s)

    def speak(self, elapsed_s: float) -> Answer | None:
        uptime_s = self._uptime_s(elapsed_s)
        return None if uptime_s is None else self.at_work.speak(uptime_s)

    def as_foreign(self, frame: bytes) -> bytes:
        return self.at_work.as_foreign(frame)

    def refusal(self, request: bytes, code: int) -> bytes:
        return self.at_work.refusal(request, code)

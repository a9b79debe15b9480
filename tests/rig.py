"""A driver and its emulator, talking at moments of the emulated instrument's life, without a line between."""

from contextlib import suppress

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from hal.clock import Clock
from hardware_sim.bench import Bench
from hardware_sim.instruments import EMULATORS
from hardware_sim.scripts import Script

__all__ = ["Lively", "Rig"]


class Rig:
    """scripts: by name, a number or points in time."""

    def __init__(self, name, settings, address=0, **scripts):
        self.driver = catalogue.create(name, address, settings)
        scripted = {key: Script(value, key) for key, value in scripts.items()}
        self.device = EMULATORS[name](address, settings, scripted, f"instrument {name}")

    def run(self, operation, at_s, *args):
        """What the operation returns, or raises, at this moment."""
        talk = getattr(self.driver, operation)(*args)
        try:
            request = next(talk)
            while True:
                request = self._answered(talk, request, at_s)
        except StopIteration as end:
            return end.value

    def _answered(self, talk, request, at_s):
        if request.listening:
            return self._heard(talk, request, at_s)
        sent = request.encode()
        assert self.device.request_length(sent) == len(sent), f"the emulator does not understand {sent!r}"
        answer = self.device.answer(sent, at_s)
        if answer is None:
            silent = request.broadcast or request.may_be_silent
            return talk.send(None) if silent else talk.throw(NoAnswer(1000))
        try:
            value = request.parse(answer.frame)
        except (Refused, WireError) as failure:
            return talk.throw(failure)
        assert value is not None, f"{answer.frame!r} is not whole"
        return talk.send(value)

    def _heard(self, talk, request, at_s):
        frame = self.spoken(request, at_s)
        if frame is None:
            return talk.throw(NoAnswer(1000))
        value = request.parse(frame)
        assert value is not None, f"{frame!r} is not whole"
        return talk.send(value)

    def spoken(self, request, at_s):
        """What it says unasked now; where its start is known by that alone, behind what it said before."""
        said = self.device.speak(at_s)
        if said is None:
            return None
        try:
            request.parse(said.frame)
        except WireError:
            behind = request.skipped if request.must_skip else b""
            return bytes((request.mark,)) + behind + said.frame
        return said.frame

    def measure(self, at_s):
        """Samples by channel."""
        return {sample.channel: sample for sample in self.run("measure", at_s)}


class Lively(Rig):
    """Any driver's emulator as a bench makes it, with a behaviour and events, or in a plant: its scenario."""

    def __init__(
        self, name, *, settings=None, values=None, behaviour=None, events=(), seed=1, scenario=None, **keys
    ):
        about = catalogue.describe(name)
        settings = catalogue.sample_settings(about.settings) if settings is None else settings
        address = (about.addresses or (0, 0))[0]
        row = {"id": "x", "line": "a", "driver": name, "address": address, "settings": settings}
        row |= {"profile": catalogue.load_profile(name) if about.kind == "profile" else None}
        row |= {"values": values or {}, "behaviour": behaviour or {}, "events": list(events), **keys}
        self.driver = catalogue.create(name, address, settings)
        row["units"] = dict(self.driver.channels)
        bench = {"seed": seed, "line": [{"id": "a"}], "instrument": [row], "scenario": scenario}
        self.bench = Bench(bench, Clock())
        self.device = self.bench.lines["a"].slaves[0].instrument

    def started(self, at_s):
        """Set it measuring, where it must be told to; a Cubic PM1006K answers only who asks it at first."""
        with suppress(NoAnswer, Refused):
            self.run("start" if hasattr(self.driver, "start") else "measure", at_s)
        return self

    def conditions(self, at_s):
        """Every condition that its driver reports now."""
        return {condition for sample in self.run("measure", at_s) for condition in sample.conditions}

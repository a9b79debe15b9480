"""A driver and its emulator, talking at moments of the emulated instrument's life, without a line between."""

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from hardware_sim.instruments import EMULATORS
from hardware_sim.scripts import Script

__all__ = ["Rig"]


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

    def measure(self, at_s):
        """Samples by channel."""
        return {sample.channel: sample for sample in self.run("measure", at_s)}

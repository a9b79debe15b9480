"""An emulated instrument that lives: it warms up, drifts, is noisy, is calibrated, fails and loses power."""

from hardware_sim.behaviour.figures import Behaviour, Event, read_behaviour, read_events
from hardware_sim.behaviour.life import Life
from hardware_sim.behaviour.living import Living

__all__ = ["Behaviour", "Event", "Life", "Living", "read_behaviour", "read_events"]

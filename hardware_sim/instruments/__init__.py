"""Emulators of instruments that are no register map, by the names of their drivers."""

from hardware_sim.instruments.thermo_5030i import Thermo5030i

__all__ = ["EMULATORS", "Thermo5030i"]

EMULATORS = {
    "thermo-5028i": Thermo5030i,
    "thermo-5030i": Thermo5030i,
}

"""Emulators of instruments that are no register map, by the names of their drivers."""

from typing import Any

from hardware_sim.instruments.adam_4017 import Adam4017
from hardware_sim.instruments.ak_analyser import CaiHfid
from hardware_sim.instruments.dcon_relays import DconRelays
from hardware_sim.instruments.relay_module import RelayModule
from hardware_sim.instruments.thermo_5030i import Thermo5030i

__all__ = ["EMULATORS", "Adam4017", "DconRelays", "RelayModule", "Thermo5030i"]

EMULATORS: dict[str, Any] = {  # classes, called with address, settings, scripts, where
    "adam-4017": Adam4017,
    "cai-hfid": CaiHfid,
    "dcon-relays": DconRelays,
    "relay-module": RelayModule,
    "thermo-5028i": Thermo5030i,
    "thermo-5030i": Thermo5030i,
}

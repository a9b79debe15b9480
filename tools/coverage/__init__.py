"""A plant held against the monitors that Annex 3 of the ultra-low emission policy for coking asks for."""

from tools.coverage.hold import Held, hold
from tools.coverage.plant import Place, Plant, examine_plant

__all__ = ["Held", "Place", "Plant", "examine_plant", "hold"]

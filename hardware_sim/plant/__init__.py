"""The air of a coking plant over time: weather, sources, plumes, and what an instrument meets there."""

from hardware_sim.plant.plant import Plant, PlantSource, Receptor
from hardware_sim.plant.quantities import QUANTITIES

__all__ = ["QUANTITIES", "Plant", "PlantSource", "Receptor"]

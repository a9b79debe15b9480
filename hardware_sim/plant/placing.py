"""Which of an instrument's values follow the plant, and where it meets it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hardware_sim.plant.plant import Plant, Receptor
from hardware_sim.plant.quantities import UNITS
from hardware_sim.tables import BenchError

__all__ = ["measured", "place_of"]


def place_of(receptor: Mapping[str, Any], plant: Plant) -> Receptor:
    """receptor: {"at": [east, north, above ground] or None, "hood": id of a source or None}."""
    if receptor["hood"] is None:
        return Receptor(*receptor["at"])
    return plant.in_hood(receptor["hood"])


def measured(
    receptor: Mapping[str, Any], names: Sequence[str], units: Mapping[str, str], where: str
) -> dict[str, tuple[str, str]]:
    """(quantity, unit) by the instrument's values that follow the plant.

    names: all values of the emulator; units: by the driver's channels. An emulator whose first value
    is no channel's name calls it otherwise, `dust` where the driver is set to say tsp or pm10.
    Raises BenchError for a `measures` that cannot be.
    """
    said = dict(units)
    channels = {name: name for name in names}
    if units and names and names[0] not in units and names[0] not in UNITS:
        channels[names[0]] = first = next(iter(units))
        said[names[0]] = units[first]
    if receptor["measures"] is not None:
        return {
            name: (quantity, _unit(name, quantity, names, said, f"{where}: measures: {name}"))
            for name, quantity in receptor["measures"].items()
        }
    return {
        name: (channel, said[name])
        for name, channel in channels.items()
        if channel in UNITS and said.get(name) in UNITS[channel]
    }


def _unit(name: str, quantity: str, names: Sequence[str], units: Mapping[str, str], where: str) -> str:
    if name not in names:
        raise BenchError(where, "the instrument has no such value", f"it has {', '.join(names)}")
    if quantity not in UNITS:
        raise BenchError(where, f"{quantity!r} is no quantity", f"quantities are {', '.join(UNITS)}")
    if name not in units:
        raise BenchError(
            where, "no channel of the driver says it, so its unit is unknown", "give it in `values`"
        )
    if units[name] not in UNITS[quantity]:
        known = ", ".join(UNITS[quantity])
        raise BenchError(where, f"{quantity} cannot be said in {units[name]}", f"it is said in {known}")
    return units[name]

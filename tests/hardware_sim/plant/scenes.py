"""Plants made of a few lines of a scenario, read as `fenceline sim` reads them."""

import tempfile
from pathlib import Path
from typing import Any

from agent.config.scenario import examine_scenario
from hardware_sim.plant import Plant, Receptor

__all__ = ["SAMPLE", "plain", "plant", "read", "values"]

SAMPLE = Path(__file__).parents[3] / "examples" / "scenarios" / "coking-plant.toml"
# A steady south wind of 4 m/s, no gusts, no haze of the day: what is seen is the source's alone.
EVEN = """
[scenario]
start = {start}
seed = {seed}
speed = {speed}
ground = "open"
[weather]
gustiness = 0
wind_speed = 4
[background]
tsp = 100
pm10 = 60
benzene = 0
[[event]]
kind = "wind"
at = "0s"
lasts = "48h"
speed = 4
direction = 180
"""


def plain(
    text: str = "", *, seed: int = 1, start: str = "2026-03-10T00:00:00", speed: float = 1
) -> dict[str, Any]:
    """The plain dict of EVEN with these lines behind it."""
    return read(EVEN.format(seed=seed, start=start, speed=speed) + text)


def read(text: str) -> dict[str, Any]:
    """The plain dict of a whole scenario, for a bench with the instruments a and b."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text)
        file.flush()
        found, findings = examine_scenario(Path(file.name), ["a", "b"])
    assert found is not None, findings
    return found


def plant(text: str = "", **scenario: Any) -> Plant:
    return Plant(plain(text, **scenario))


def values(made: Plant, quantity: str, place: Receptor, times_s: "range | list[int]") -> list[float]:
    return [made.at(place, t_s)[quantity] for t_s in times_s]

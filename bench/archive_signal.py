"""What six instruments of a coking plant may say, second by second: background with a daily course, slow
drift, noise, and plumes that come and go; rounded to the instrument's resolution."""

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

from agent.pipeline.windows import HOUR_MS, Hour, Rule, Windows
from store.rows import Reading

__all__ = ["MIDNIGHT", "SOURCES", "Source", "days_of"]

MIDNIGHT = 1_795_449_600_000  # 2026-11-24T00:00+08:00
DAY_S = 86_400
PLUMES_A_DAY = 4


class Source(NamedTuple):
    """noise, drift: standard deviations, of a reading and of a step of the slow part; plume: its height."""

    name: str
    background: float
    noise: float
    drift: float
    plume: float
    resolution: float


SOURCES = (
    Source("pid.voc", 2, 0.15, 0.01, 60, 0.1),  # ppm
    Source("fid.nmhc", 3, 0.05, 0.005, 15, 0.01),  # mg/m3
    Source("hood.tsp", 120, 4, 0.4, 800, 1),  # ug/m3
    Source("station.pm25", 35, 1, 0.1, 40, 1),
    Source("station.temperature", 20, 0.05, 0.005, 0, 0.1),
    Source("tank.h2s", 0.3, 0.05, 0.002, 2, 0.1),  # mg/m3
)


def values_of(source: Source, seed: int) -> Iterator[float]:
    """One a second, for ever."""
    rng = random.Random(f"{source.name} {seed}")
    digits = max(0, -math.floor(math.log10(source.resolution)))
    slow = plume = 0.0
    second = 0
    while True:
        slow = slow * 0.9995 + rng.gauss(0, source.drift)
        if rng.random() < PLUMES_A_DAY / DAY_S:
            plume = source.plume * rng.random()
        plume *= 0.998
        course = 0.3 * source.background * math.sin(math.tau * second / DAY_S)
        value = max(0.0, source.background + course + slow + plume + rng.gauss(0, source.noise))
        yield round(round(value / source.resolution) * source.resolution, digits)
        second += 1


def days_of(source: Source, days: int, seed: int = 1) -> list[Hour]:
    """The closed hours of so many days from MIDNIGHT on, of one reading a second."""
    windows, hours = Windows({source.name: Rule(1000.0)}, 480), []
    values = values_of(source, seed)
    for hour in range(days * 24):
        start = MIDNIGHT + hour * HOUR_MS
        for second in range(3600):
            windows.add(Reading(source.name, start + second * 1000 + 300, 0, True, next(values), None, "N"))
        hours.append(windows.close_hour(start)[source.name])
    return hours

"""The Gaussian plume: how much of what a source emits reaches a place.

Dispersion by Briggs (1973), as in Gifford (1976), Turbulent diffusion typing schemes, Nuclear Safety
17(1): tables for open country and for built-up ground, meant for 100 m to 10 km. Nearer than that the
source's own size governs; it is added as EPA does for volume sources (ISC3 user's guide, volume II:
width/4.3, depth/2.15). Left out: buoyant rise, the lid of the mixed layer, buildings, deposition.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

__all__ = ["CALMEST_M_S", "GROUNDS", "Spread", "dilution", "spread"]

CALMEST_M_S = 0.5  # below it air does not carry straight on, and the formula has no answer
Sigma = Callable[[float], float]

GROUNDS: Mapping[str, Mapping[str, tuple[Sigma, Sigma]]] = {  # by Pasquill class: across and upward, m
    "open": {
        "A": (lambda x: 0.22 * x / math.sqrt(1 + 0.0001 * x), lambda x: 0.20 * x),
        "B": (lambda x: 0.16 * x / math.sqrt(1 + 0.0001 * x), lambda x: 0.12 * x),
        "C": (lambda x: 0.11 * x / math.sqrt(1 + 0.0001 * x), lambda x: 0.08 * x / math.sqrt(1 + 0.0002 * x)),
        "D": (lambda x: 0.08 * x / math.sqrt(1 + 0.0001 * x), lambda x: 0.06 * x / math.sqrt(1 + 0.0015 * x)),
        "E": (lambda x: 0.06 * x / math.sqrt(1 + 0.0001 * x), lambda x: 0.03 * x / (1 + 0.0003 * x)),
        "F": (lambda x: 0.04 * x / math.sqrt(1 + 0.0001 * x), lambda x: 0.016 * x / (1 + 0.0003 * x)),
    },
    "built-up": {
        "A": (lambda x: 0.32 * x / math.sqrt(1 + 0.0004 * x), lambda x: 0.24 * x * math.sqrt(1 + 0.001 * x)),
        "B": (lambda x: 0.32 * x / math.sqrt(1 + 0.0004 * x), lambda x: 0.24 * x * math.sqrt(1 + 0.001 * x)),
        "C": (lambda x: 0.22 * x / math.sqrt(1 + 0.0004 * x), lambda x: 0.20 * x),
        "D": (lambda x: 0.16 * x / math.sqrt(1 + 0.0004 * x), lambda x: 0.14 * x / math.sqrt(1 + 0.0003 * x)),
        "E": (lambda x: 0.11 * x / math.sqrt(1 + 0.0004 * x), lambda x: 0.08 * x / math.sqrt(1 + 0.0015 * x)),
        "F": (lambda x: 0.11 * x / math.sqrt(1 + 0.0004 * x), lambda x: 0.08 * x / math.sqrt(1 + 0.0015 * x)),
    },
}


class Spread(NamedTuple):
    """Standard deviations of the plume, m."""

    across_m: float
    up_m: float


def spread(
    ground: str, stability: str, downwind_m: float, width_m: float = 0.0, depth_m: float = 0.0
) -> Spread:
    """ground: open or built-up; stability: Pasquill's A (unstable) to F (stable).

    width_m, depth_m: of the source.
    """
    across, up = GROUNDS[ground][stability]
    return Spread(
        math.hypot(across(downwind_m), width_m / 4.3),
        math.hypot(up(downwind_m), depth_m / 2.15),
    )


def dilution(wide: Spread, wind_m_s: float, aside_m: float, above_m: float, release_m: float) -> float:
    """Concentration for each unit emitted, s/m3: the plume and its reflection from the ground.

    aside_m: across the wind from the plume's axis; above_m, release_m: heights of receptor and source.
    """
    if not wide.across_m or not wide.up_m:
        return 0.0
    beside = math.exp(-0.5 * (aside_m / wide.across_m) ** 2)
    if beside < 1e-9:
        return 0.0
    direct = math.exp(-0.5 * ((above_m - release_m) / wide.up_m) ** 2)
    reflected = math.exp(-0.5 * ((above_m + release_m) / wide.up_m) ** 2)
    flow = 2 * math.pi * max(wind_m_s, CALMEST_M_S) * wide.across_m * wide.up_m
    return beside * (direct + reflected) / flow

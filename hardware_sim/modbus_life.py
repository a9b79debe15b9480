"""What a profile says of an instrument's life: its statuses' conditions, and what its commands begin."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hardware_sim.instrument import Show

if TYPE_CHECKING:
    from hardware_sim.behaviour.life import Life

__all__ = ["measured_of", "shows_of", "take"]

CONCENTRATIONS = ("ppm", "ppb", "%LEL", "%vol", "mg/m3", "ug/m3", "g/m3", "mgC/m3", "ppmC", "LEL.m", "ppm.m")
DIRECTION = "deg"


def shows_of(profile: Mapping[str, Any]) -> tuple[Show, ...]:
    """The named conditions of its statuses."""
    found = []
    for row in profile["status"]:
        of = tuple(row.get("channels", ()))
        for state in row.get("values", ()):
            if "condition" in state:
                found.append(Show(state["condition"], row["name"], state["is"], False, state["flag"], of))
        for state in row.get("bits", ()):
            condition = state.get("condition", f"{row['name']} bit {state['bit']}")
            found.append(Show(condition, row["name"], 1 << state["bit"], True, state["flag"], of))
    return tuple(found)


def measured_of(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """Its concentrations, which drift and are calibrated; where it has none, all but directions."""
    units = {row["name"]: row["unit"] for row in profile["channel"]}
    gases = tuple(name for name, unit in units.items() if unit in CONCENTRATIONS)
    return gases or tuple(name for name, unit in units.items() if unit != DIRECTION)


def take(
    life: "Life",
    row: Mapping[str, Any],
    here: Sequence[Mapping[str, Any]],
    values: Sequence[int],
    elapsed_s: float,
) -> bool:
    """Whether it takes the write of a [[command]]; while it calibrates it is busy with that (exception 6).

    here: every row of the same register. A 0 ends what another number began there, but where both are
    of one command: a coil that is pushed and let go.
    """
    if "value" not in row or any(map(int, values)):
        if life.busy(elapsed_s):
            return False
        life.begin(row["name"].rstrip("0123456789"), elapsed_s, row.get("shows"))
    elif len({each["name"] for each in here}) > 1:
        life.end(elapsed_s)
    return True

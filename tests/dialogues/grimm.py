"""Dialogues of a Grimm 180: lines as a public simulator sends them, heard from the CR of the line before."""

from tests.dialogue import Dialogue

__all__ = ["DIALOGUES"]

FORGE = "HagenTelg/forge, simulator of grimm110xopc (180MC)"
MASSES = ("'", "'<CR>N0,  200  150  100<CR>")


def state(error):
    return ("'", f"'<CR>P: 26 11 25 8 30 0 20 {error} 70 40 0 0 0 0 0<CR>")


def masses(flag, *conditions):
    values = (("pm10", 20.0), ("pm25", 15.0), ("pm1", 10.0))
    return [(name, value, "ug/m3", flag, conditions) for name, value in values]


DIALOGUES = (
    Dialogue("grimm-180", FORGE, (MASSES,), masses("N")),
    Dialogue("grimm-180", FORGE, (state(0), ("'", "'<CR>K: 0 0 0 0<CR>"), MASSES), masses("N")),
    Dialogue("grimm-180", FORGE, (state(8 + 32), MASSES), masses("D", "battery low", "nozzle fault")),
    Dialogue("grimm-180", FORGE, (state(3), MASSES), masses("D", "flow error")),
    Dialogue("grimm-180", FORGE, (MASSES, state(0)), ("no error",), operation="status"),
    Dialogue("grimm-180", FORGE, (state(128),), ("D self-test failed",), operation="status"),
)

"""Dialogues of a Davis Vantage console: questions of a public driver, numbers of ours."""

from tests.dialogue import Dialogue
from tests.frames.davis import ALL_THERE, NONE_THERE, REMOTEWEATHER

__all__ = ["DIALOGUES"]

NO_VALUE = ("instrument says no value",)
CHANNELS = (
    ("pressure", 29.921, "inHg"),
    ("temperature", -5.2, "degF"),
    ("humidity", 61.0, "%"),
    ("wind_speed", 12.0, "mph"),
    ("mean_wind_speed", 9.0, "mph"),
    ("wind_direction", 271.0, "deg"),
    ("uv", 1.5, "1"),
    ("radiation", 640.0, "W/m2"),
)


def woken(answered, said):
    talk = (("0A", "0A 0D"), ("4C 4F 4F 50 20 31 0A", answered))
    return Dialogue("davis-vantage", REMOTEWEATHER, talk, said)


DIALOGUES = (
    woken(ALL_THERE, [(*row, "N", ()) for row in CHANNELS]),
    woken(
        NONE_THERE,
        [(*CHANNELS[0], "N", ()), *[(name, None, unit, "D", NO_VALUE) for name, _, unit in CHANNELS[1:]]],
    ),
)

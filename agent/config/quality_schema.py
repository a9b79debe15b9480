"""The tables of the station file that say what values are worth: [[check]]."""

from typing import Any

from agent.config.findings import shown
from agent.config.quality_model import CHECKS
from agent.config.table import Key, Table
from agent.config.values import TEXT, Kind, Wrong, duration, number

__all__ = ["CHECK"]

DAY_MS = 86_400_000


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise Wrong(f"{shown(value)} is not a list of checks", 'as in ["range", "stuck"]')
    for name in value:
        if name not in CHECKS:
            raise Wrong(f"{shown(name)} is none of {', '.join(CHECKS)}")
    return tuple(dict.fromkeys(value))


NAMES = Kind("list of texts", ", ".join(CHECKS), _names)

CHECK = Table(
    "check",
    "What is plausible on one channel. A check adds conditions; it changes no value and no alarm.",
    (
        Key("channel", TEXT, "`instrument.channel`", '"pid-tank.voc"', required=True),
        Key("unit", TEXT, "the channel's unit, so that the numbers are not mistaken", '"ppm"', required=True),
        Key("low", number(), "below it a value is not plausible", "-1.0"),
        Key("high", number(), "above it a value is not plausible", "5000.0"),
        Key("max_rate", number(0), "most change per minute", "500.0"),
        Key("stuck_for", duration(1000, 7 * DAY_MS), "for so long without any change: a flat line", '"6h"'),
        Key("stuck_within", number(0), "what counts as no change: a band so wide", "0.1", default=0.0),
        Key("stuck_above", number(), "a value at or below it is never stuck: clean air", "0.5"),
        Key("spike", number(0), "most difference from the median of the five values before", "200.0"),
        Key(
            "keep_out",
            NAMES,
            "the checks that also keep a value out of averages; by default none",
            '["range"]',
        ),
    ),
    many=True,
)

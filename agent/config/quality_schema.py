"""The tables of the station file that say what values are worth: [[check]] and [[calibration]]."""

from typing import Any

from agent.config.findings import shown
from agent.config.quality_model import CHECKS
from agent.config.table import Key, Table
from agent.config.values import TEXT, Kind, Wrong, duration, number, one_of

__all__ = ["CALIBRATION", "CHECK"]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


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

CALIBRATION = Table(
    "calibration",
    "What is asked of the calibrations of one channel. A channel whose calibration fails is out of control.",
    (
        Key("channel", TEXT, "`instrument.channel`, as measured", '"cems.so2"', required=True),
        Key(
            "unit", TEXT, "the channel's unit, so that the numbers are not mistaken", '"mg/m3"', required=True
        ),
        Key("full_scale", number(0), "what drift is in percent of", "200.0"),
        Key("zero_gas", number(), "what zero gas has of it", "0.0", default=0.0),
        Key("span_gas", number(), "what the usual span gas has of it", "160.0"),
        Key("zero_drift", number(0), "how far from zero gas it may read", "2.5"),
        Key("span_drift", number(0), "how far from span gas it may read", "5.0"),
        Key(
            "drift_in",
            one_of("percent", "unit"),
            "what the two are in: percent of `full_scale`, or the channel's unit",
            '"percent"',
            default="percent",
        ),
        Key("every", duration(HOUR_MS, 400 * DAY_MS), "a good calibration is due so often", '"7d"'),
        Key(
            "recovery",
            duration(0, DAY_MS),
            "how long the channel stays C after calibration",
            '"10m"',
            default="0s",
        ),
        Key("source", TEXT, "where these limits come from", '"HJ 75-2017"'),
    ),
    many=True,
)

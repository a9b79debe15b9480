"""[[rule]] and [[phase]]: what is held against what, and the phases of the work that limits may depend on."""

import re
from collections.abc import Callable
from typing import Any

from agent.config.alarm_schema import SUPPRESSION
from agent.config.findings import shown
from agent.config.table import Key, Table
from agent.config.values import (
    ID,
    NUMBERS,
    TEXT,
    TEXTS,
    TRUTH,
    Kind,
    Wrong,
    duration,
    integer,
    number,
    one_of,
)
from agent.pipeline.periods import KNOWN, RAW, period_named

__all__ = [
    "ABOVE_LEVELS",
    "BACKGROUNDS",
    "BELOW_LEVELS",
    "KINDS",
    "MEDIAN",
    "OF_MEAN",
    "OWN_LOWEST",
    "PHASE",
    "RULE",
]

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
WEEK_MS = 7 * DAY_MS

KINDS = ("value", "rate", "deviation", "background", "wind", "flat", "no-data")
ABOVE_LEVELS, BELOW_LEVELS = ("high", "high-high"), ("low", "low-low")
BACKGROUNDS = LOWEST, MEDIAN, OWN_LOWEST = ("lowest", "median", "own lowest")
OF_MEAN = "% of mean"  # the unit of a deviation that is relative
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def _on(value: Any) -> str:
    if TEXT.parse(value) == RAW:
        return RAW
    try:
        return period_named(value).name
    except ValueError:
        raise Wrong(f"{shown(value)} is no average", f"{RAW}, {KNOWN}") from None


def _clock(value: Any) -> int:
    found = CLOCK.fullmatch(TEXT.parse(value))
    if not found:
        raise Wrong(f"{shown(value)} is no time of the day", 'as in "22:00"; midnight is "00:00"')
    return int(found[1]) * 60 + int(found[2])


def _list_of(parse: Callable[[Any], Any], example: str) -> Callable[[Any], list[Any]]:
    def parsed(value: Any) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise Wrong(f"{shown(value)} is not a list", f"as in {example}")
        return [parse(item) for item in value]

    return parsed


ON = Kind("text", '"raw", "1m", "5m", "15m", "1h", "8h", "1d", "rolling:5m" and the like', _on)
TIME_OF_DAY = Kind("text", "00:00..23:59", _clock)
BEARING = number(0, 360, "degrees")
BEARINGS = Kind("list of numbers", "0..360 degrees", _list_of(BEARING.parse, "[0, 180]"))

RULE = Table(
    "rule",
    "One condition that is watched, and one alarm. Each kind, with an example: docs/rules.md.",
    (
        Key("id", ID, "name of the rule", '"benzene-tank-high"', required=True),
        Key("channel", TEXT, "`instrument.channel`", '"pid-tank.voc"', required=True),
        Key("kind", one_of(*KINDS), "what of the channel is watched", '"rate"', default="value"),
        Key("on", ON, "each reading, or an average", '"1h"', default="raw"),
        Key("above", number(), "the limit: higher values raise the alarm", "50.0"),
        Key("below", number(), "the limit: lower values raise the alarm", "20.0"),
        Key(
            "unit",
            TEXT,
            "the channel's, so that the limit is not mistaken; of a rate with `/min`; of a deviation "
            f'also "{OF_MEAN}"',
            '"ppm"',
        ),
        Key(
            "limit",
            TEXT,
            "a limit by its id, in place of `above` and `unit`: docs/limits.md",
            '"gb-37822-2019/in-plant/nmhc-hour"',
        ),
        Key("above_during", NUMBERS, "`above` in a [[phase]]; the first that holds", "{ charging = 80.0 }"),
        Key("below_during", NUMBERS, "`below` in a [[phase]]; the first that holds", "{ night = 10.0 }"),
        Key("per_day", integer(1, 1000), "exceedances that a local day allows: more raise the alarm", "2"),
        Key(
            "span",
            duration(1000, WEEK_MS),
            "of a rate: over which; of flat and no-data: how long; of the own lowest: how far back",
            '"5m"',
        ),
        Key("within", number(0), "of flat: how far the value moves at most", "0.1", default=0.0),
        Key("others", TEXTS, "channels in the same unit that this one is compared with", '["dust-n.tsp"]'),
        Key("background", one_of(*BACKGROUNDS), "what is taken off: of `others`, or the own", '"median"'),
        Key("bearings", BEARINGS, "of the channel, then of `others`, from the source", "[0, 180]"),
        Key("wind_direction", TEXT, "channel, in deg: where the wind comes from", '"met.wind_direction"'),
        Key("wind_speed", TEXT, "channel, in m/s", '"met.wind_speed"'),
        Key("calm", number(0, 20, "m/s"), "a slower wind tells nothing", "1.0", default=0.5),
        Key("sector", number(1, 89, "degrees"), "of wind, to either side of a bearing", "30", default=45.0),
        Key(
            "level",
            one_of(*ABOVE_LEVELS, *BELOW_LEVELS),
            "how serious it is; by default high, of `below` low",
            '"high-high"',
        ),
        Key("deadband", number(0), "how far back behind the limit it clears", "5.0", default=0.0),
        Key("on_delay", duration(0, DAY_MS), "how long it must hold to be raised", '"10s"', default="0s"),
        Key("off_delay", duration(0, DAY_MS), "how long it must be gone to clear", '"30s"', default="0s"),
        Key("latch", TRUTH, "held until it is acknowledged and reset", "true", default=False),
        Key("suppress_when", SUPPRESSION, "what keeps its alarm quiet", '"pid-tank.voc is M"'),
    ),
    many=True,
)

PHASE = Table(
    "phase",
    "A phase of the plant's work that limits may depend on: a shift, or while something runs.",
    (
        Key("id", ID, "name of the phase", '"night"', required=True),
        Key("from", TIME_OF_DAY, "of a shift: local time (`utc_offset`)", '"22:00"'),
        Key("to", TIME_OF_DAY, "up to it, on the next day where it is not later", '"06:00"'),
        Key("channel", TEXT, "or a channel that tells", '"fan.current"'),
        Key("above", number(), "it holds while the channel is above", "20.0"),
        Key("below", number(), "or while it is below", "5.0"),
        Key("unit", TEXT, "the channel's", '"A"'),
        Key("deadband", number(0), "how far back the value must be for it to end", "2.0", default=0.0),
    ),
    many=True,
)

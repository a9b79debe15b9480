"""Every table and key of a scenario, once: what reads the file and what describes it.

docs/plant.md shows these tables; a test keeps the two together.
"""

from agent.config.scenario_values import (
    AMOUNTS,
    AT,
    HOOD,
    HOURS,
    MEASURES,
    PLACE,
    POINT,
    START,
    SUBSTANCES,
)
from agent.config.schema import Key, Table
from agent.config.values import ID, duration, integer, number, one_of

__all__ = [
    "BACKGROUND",
    "EVENT",
    "EVENT_KEYS",
    "RECEPTOR",
    "SCENARIO",
    "SCENARIO_TABLES",
    "SOURCE",
    "SOURCE_KEYS",
    "WEATHER",
]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
UG_M3 = number(0, 1e9, "ug/m3")

SCENARIO = Table(
    "scenario",
    "The plant's time.",
    (
        Key("seed", integer(0, 2**63 - 1), "the same seed gives the same air, everywhere", "7", default=1),
        Key("start", START, "the plant's local time at the start", "2026-03-10T06:00:00", required=True),
        Key("speed", number(0.001, 10_000), "seconds of the plant in one of the bench", "60", default=1.0),
        Key(
            "ground",
            one_of("built-up", "open"),
            "how rough: how fast plumes spread",
            '"built-up"',
            default="built-up",
        ),
    ),
    required=True,
)

WEATHER = Table(
    "weather",
    "Means of the day; chance and the hour move about them.",
    (
        Key("wind_speed", number(0.1, 40, "m/s"), "at 10 m; strongest at 15 h", "2.5", default=2.5),
        Key("wind_direction", number(0, 360, "deg"), "where it comes from", "225", default=225.0),
        Key("gustiness", number(0, 1), "deviation of gusts, of the mean", "0.3", default=0.3),
        Key("temperature", number(-50, 50, "degC"), "mean of the day", "12.0", default=12.0),
        Key("temperature_swing", number(0, 25, "K"), "from the mean to 15 h", "6.0", default=6.0),
        Key("humidity", number(5, 100, "%"), "at the mean temperature", "55", default=55.0),
        Key("pressure", number(500, 1100, "hPa"), "at the plant", "1012", default=1012.0),
        Key("cloud", number(0, 1), "share of the sky; rain clouds all of it", "0.3", default=0.3),
        Key("showers_per_day", number(0, 24), "by chance, besides those of [[event]]", "2", default=0.0),
        Key("latitude", number(-66, 66, "deg"), "for the sun", "37.5", default=37.5),
    ),
)

BACKGROUND_UG_M3 = {
    "tsp": 120.0,
    "pm10": 75.0,
    "pm25": 38.0,
    "so2": 12.0,
    "no": 6.0,
    "no2": 30.0,
    "co": 600.0,
    "o3": 60.0,
    "h2s": 1.0,
    "nh3": 12.0,
    "benzene": 1.5,
    "voc": 60.0,
    "ch4": 1340.0,  # 2.04 ppm
    "co2": 770_000.0,  # 428 ppm
}
assert tuple(BACKGROUND_UG_M3) == SUBSTANCES

BACKGROUND = Table(
    "background",
    "What blows in from outside.",
    (
        *(
            Key(substance, UG_M3, "at the plant's edge", f"{usual:g}", default=usual)
            for substance, usual in BACKGROUND_UG_M3.items()
        ),
        Key("noise", number(0, 120, "dB"), "what is always heard", "52", default=52.0),
    ),
)

SOURCE = Table(
    "source",
    "One source of the plant. Which keys it has depends on its kind.",
    (
        Key("id", ID, "name of the source", '"crusher"', required=True),
        Key(
            "kind",
            one_of("steady", "cycle", "machine", "loading", "tank", "pile", "road"),
            "how it emits over time",
            '"machine"',
            required=True,
        ),
        Key("at", POINT, "where it stands; where a road begins", "[120, -40]", required=True),
        Key("to", POINT, "where a road ends", "[320, -60]"),
        Key("height", number(0, 300, "m"), "of release", "6.0", default=2.0),
        Key("size", number(0, 500, "m"), "width and depth of what emits", "8.0", default=3.0),
        Key("emits", AMOUNTS, "g/s while at work; a cycle: g each time", "{ tsp = 0.8, pm10 = 0.3 }"),
        Key("hours", HOURS, "when it is at work; by default always", '["08:00-12:00", "13:00-17:30"]'),
        Key("every", duration(10_000, DAY_MS, 1000), "from one cycle to the next", '"11m"'),
        Key("lasts", duration(1000, DAY_MS, 1000), "one cycle, one loading", '"90s"'),
        Key("per_hour", number(0, 60), "trucks or loadings, by chance", "12"),
        Key("runs", duration(10_000, DAY_MS, 1000), "a machine, from pause to pause", '"25m"', default="25m"),
        Key("pauses", duration(0, DAY_MS, 1000), "a machine, at a time", '"5m"', default="5m"),
        Key("area", number(1, 1e7, "m2"), "of a pile", "4000"),
        Key("threshold", number(0, 50, "m/s"), "wind at 10 m that raises its dust", "6.0", default=6.0),
        Key("disturbed", number(0, 100), "times an hour a pile is worked over", "0.5", default=0.5),
        Key("silt", number(0.01, 500, "g/m2"), "on a road", "7.0", default=7.0),
        Key("weight", number(0.5, 400, "t"), "of a truck", "30", default=30.0),
        Key("speed", number(1, 120, "km/h"), "of a truck", "20", default=20.0),
        Key(
            "hood",
            HOOD,
            "that draws it off, and filters its dust",
            "{ flow = 8.0, capture = 0.9, filter = 0.998 }",
        ),
        Key("sound", number(0, 160, "dB"), "sound power level while at work", "102"),
    ),
    many=True,
)

# By kind: keys that it needs, keys that it may have; id, kind, at, height, size and sound are everybody's.
SOURCE_KEYS = {
    "steady": (("emits",), ("hours", "hood")),
    "cycle": (("emits", "every", "lasts"), ("hours", "hood")),
    "machine": (("emits",), ("hours", "runs", "pauses", "hood")),
    "loading": (("emits", "per_hour", "lasts"), ("hours", "hood")),
    "tank": (("emits",), ("hood",)),
    "pile": (("area",), ("threshold", "disturbed")),
    "road": (("to", "per_hour"), ("hours", "silt", "weight", "speed")),
}

EVENT = Table(
    "event",
    "What happens once. Which keys it has depends on its kind.",
    (
        Key(
            "kind",
            one_of("leak", "stop", "convoy", "spray", "rain", "wind", "calm"),
            "what happens",
            '"leak"',
            required=True,
        ),
        Key("at", AT, "when: the clock of the plant, or since the start", '"08:10"', required=True),
        Key("lasts", duration(1000, 30 * DAY_MS, 1000), "for how long, in the plant's time", '"15m"'),
        Key("source", ID, "where; which source", '"benzene-tank"'),
        Key("emits", AMOUNTS, "a leak, g/s", "{ benzene = 4.0 }"),
        Key("trucks", integer(1, 200), "of a convoy, 20 s apart", "8"),
        Key("mm", number(0, 100, "mm"), "of water sprayed over roads and piles", "1.0", default=1.0),
        Key("mm_h", number(0, 200, "mm/h"), "of rain", "6.0", default=5.0),
        Key("speed", number(0, 40, "m/s"), "of the wind", "9.0"),
        Key("direction", number(0, 360, "deg"), "of the wind; by default as it was", "310"),
    ),
    many=True,
)

EVENT_KEYS = {
    "leak": (("source", "emits", "lasts"), ()),
    "stop": (("source", "lasts"), ()),
    "convoy": (("source", "trucks"), ()),
    "spray": ((), ("mm",)),
    "rain": (("lasts",), ("mm_h",)),
    "wind": (("speed", "lasts"), ("direction",)),
    "calm": (("lasts",), ()),
}

RECEPTOR = Table(
    "receptor",
    "Where an instrument of the bench stands.",
    (
        Key("instrument", ID, "id of the instrument", '"tsp-yard"', required=True),
        Key("at", PLACE, "in the open", "[150, 30, 3]"),
        Key("hood", ID, "or in the hood of this source", '"crusher"'),
        Key(
            "measures",
            MEASURES,
            "by default each channel that is named as a quantity",
            '{ gas = "h2s" }',
        ),
    ),
    many=True,
)

SCENARIO_TABLES = (SCENARIO, WEATHER, BACKGROUND, SOURCE, EVENT, RECEPTOR)

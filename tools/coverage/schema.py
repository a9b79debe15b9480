"""Every table and key of a plant file, once: what reads the file and what describes it.

docs/coverage.md shows these tables; a test keeps the two together.
"""

from agent.config.table import Key, Table
from agent.config.values import ID, TEXTS, TRUTH, number, one_of
from tools.coverage.annex_3 import AREAS, MONITORS, POINTS

__all__ = ["AREA", "MONITOR", "PLANT", "PLANT_TABLES", "POINT", "ROAD"]

NAMED = "ids of [[monitor]]"

PLANT = Table(
    "plant",
    "Which plant it is.",
    (
        Key("id", ID, "name of the plant", '"north-works"', required=True),
        Key(
            "absent",
            TEXTS,
            "kinds of area and of point anywhere, and `road`, that the plant has not",
            '["deep-processing"]',
        ),
    ),
    required=True,
)
MONITOR = Table(
    "monitor",
    "One monitor, on a station or not.",
    (
        Key("id", ID, "name of the monitor", '"purification-fid"', required=True),
        Key("kind", one_of(*MONITORS), "what it is", '"fid"', required=True),
        Key(
            "instruments",
            TEXTS,
            "those of station files that it consists of: `id`, or `station/id`; left out where it is on none",
            '["fid-1"]',
        ),
    ),
    many=True,
)
AREA = Table(
    "area",
    "One part of the plant.",
    (
        Key("id", ID, "name of the area", '"purification"', required=True),
        Key("kind", one_of(*AREAS), "what it is", '"gas-purification"', required=True),
        Key("monitors", TEXTS, f"{NAMED} that watch it as a whole", '["purification-fid"]'),
        Key("absent", TEXTS, "kinds of point that it has not", '["flare"]'),
    ),
    many=True,
)
POINT = Table(
    "point",
    "One place that Annex 3 names.",
    (
        Key("id", ID, "name of the point", '"screening-hood-1"', required=True),
        Key("kind", one_of(*POINTS), "what it is", '"hood"', required=True),
        Key("area", ID, "id of its area; required where the kind belongs to a kind of area", '"battery-1"'),
        Key("monitors", TEXTS, f"{NAMED} that watch it", '["hood-1-tsp"]'),
    ),
    many=True,
)
ROAD = Table(
    "road",
    "One road in the plant.",
    (
        Key("id", ID, "name of the road", '"coke-road"', required=True),
        Key("length_m", number(0, 100_000, "m"), "its length", "350", required=True),
        Key("material", TRUTH, "coal, coke or other material is hauled on it", "true", default=True),
        Key("area", ID, "id of its area", '"battery-1"'),
        Key("monitors", TEXTS, f"{NAMED} in its middle", '["road-station-1"]'),
    ),
    many=True,
)
PLANT_TABLES = (PLANT, MONITOR, AREA, POINT, ROAD)

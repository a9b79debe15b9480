"""[averages] and [[average]]: what makes a window valid, for all channels and for one."""

from agent.config.table import Key, Table
from agent.config.values import ROLLING, TEXT, TRUTH, integer

__all__ = ["AVERAGE", "AVERAGES"]

PERCENT = integer(1, 100, "%")
SAMPLES = integer(0, 6000)

AVERAGES = Table(
    "averages",
    "What becomes of readings over a minute, an hour, a day: docs/averages.md.",
    (
        Key("rolling", ROLLING, "windows that move on with each minute or hour", '["rolling:8h"]'),
        Key("readings", PERCENT, "of the readings due that make a window valid", "75", default=75),
        Key("minutes", PERCENT, "of its minutes that make a window of minutes valid", "75", default=75),
        Key("hours_of_8", integer(1, 8), "valid hours that make 8 hours valid", "6", default=6),
        Key("hours_of_day", integer(1, 24), "valid hours that make a day valid", "20", default=20),
        Key("samples", SAMPLES, "least readings of a valid minute, however few are due", "12", default=0),
    ),
)

AVERAGE = Table(
    "average",
    "What is otherwise for one channel.",
    (
        Key("channel", TEXT, "`instrument.channel`", '"stack.so2"', required=True),
        Key("readings", PERCENT, "as in [averages]", "75"),
        Key("minutes", PERCENT, "as in [averages]", "75"),
        Key("hours_of_8", integer(1, 8), "as in [averages]", "6"),
        Key("hours_of_day", integer(1, 24), "as in [averages]", "18"),
        Key("samples", SAMPLES, "as in [averages]: 12 of a CEMS", "12"),
        Key(
            "direction",
            TRUTH,
            "a wind direction, averaged as vectors; by default where the name says so and the unit is deg",
            "true",
        ),
    ),
    many=True,
)

"""[[outlet]]: the keys."""

from agent.config.table import Key, Table
from agent.config.values import ID, NUMBERS, TABLE, TEXT, TEXT_BY_NAME

__all__ = ["CONDITIONS", "OUTLET"]

CONDITIONS = ("above", "below")  # of `operating`

OUTLET = Table(
    "outlet",
    "An organised outlet: which channel tells which factor, for `fenceline report`.",
    (
        Key("id", ID, "name of the outlet", '"coke-oven-stack"', required=True),
        Key(
            "limits",
            TEXT,
            "document and place in `fenceline limits`; the factor follows",
            '"coking-ule-2023/coke-oven-stack"',
        ),
        Key(
            "channels",
            TEXT_BY_NAME,
            "`instrument.channel` of each factor",
            '{ pm = "cems.pm-8" }',
            required=True,
        ),
        Key("own", NUMBERS, "other limits than those, in the unit of the channel", "{ pm = 5.0 }"),
        Key(
            "operating",
            TABLE,
            "when it operates: its hour mean is `above`, or `below`, a number",
            '{ channel = "cems.flow", above = 5000 }',
        ),
    ),
    many=True,
)

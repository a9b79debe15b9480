"""[[conversion]] and [[area]]: the tables of what is computed from readings, and of what is in the air."""

from agent.config.table import Key, Table
from agent.config.values import ID, QUANTITY, SHARES, TEXT, TEXTS, duration, number, one_of
from agent.pipeline.concentration import CELSIUS

__all__ = ["ACTUAL", "AREA", "CONVERSION", "MAX_O2"]

HOUR_MS = 3_600_000
ACTUAL = "actual"  # the state of the gas where it is measured
MAX_O2 = 19.0

CONVERSION = Table(
    "conversion",
    "A channel computed from others: in another unit or state, for a compound, a sum or a difference.",
    (
        Key("channel", TEXT, "`instrument.channel` that it is computed from", '"stack.nox"', required=True),
        Key("name", ID, "of the value: its channel is `instrument.name`", '"nox-8"', required=True),
        Key("unit", TEXT, "of the value", '"mg/m3"', required=True),
        Key("compound", TEXT, "which gas it is: docs/units.md lists them", '"benzene"'),
        Key("mixture", SHARES, "of a PID: shares of the vapour's volume", "{ benzene = 0.7, toluene = 0.3 }"),
        Key("factor", number(1e-6, 1e6), "a response factor of your own, with `source`", "0.55"),
        Key("site_factor", number(1e-6, 1e6), "`unit` for one of the channel's, found on site", "1.9"),
        Key("source", TEXT, "where `factor` or `site_factor` comes from", '"comparison of 2026-08, no. 17"'),
        Key("plus", TEXT, "channel that is added first, in the same unit", '"stack.no2"'),
        Key("minus", TEXT, "channel that is subtracted first, in the same unit", '"fid.ch4"'),
        Key("noise", number(0), "with `minus`: a difference below 0 by no more is 0, by more is D", "0.2"),
        Key("from", one_of(*CELSIUS, ACTUAL), "state that the channel's mg/m3 are in", '"actual"'),
        Key("state", one_of(*CELSIUS), "state that the value's mg/m3 are in, at 101.325 kPa", '"0C"'),
        Key("temperature", QUANTITY, 'of "actual": a channel in degC, or a number', '"stack.temperature"'),
        Key("pressure", QUANTITY, 'of "actual", absolute: a channel, or a number in kPa', "100.8"),
        Key("static_pressure", QUANTITY, "added to `pressure`, the barometer's", '"stack.pressure"'),
        Key("moisture", QUANTITY, "from wet to dry: % of the volume; 0 where it is dry", '"stack.humidity"'),
        Key("oxygen", TEXT, "channel of the oxygen measured in dry gas, %", '"stack.oxygen"'),
        Key("base_o2", number(0, 20, "%"), "baseline oxygen, with `oxygen`", "8.0"),
        Key("max_o2", number(5, 20.5, "%"), "more oxygen makes the value invalid", "19.0", default=MAX_O2),
        Key("max_age", duration(1000, HOUR_MS), "of the other channels; by default 3 polls, 10 s", '"30s"'),
    ),
    many=True,
)

AREA = Table(
    "area",
    "What is in the air of an area: `check` says which of it the PIDs there cannot see.",
    (
        Key("name", TEXT, "as `area` of the instruments has it", '"gas purification"', required=True),
        Key("compounds", TEXTS, "docs/units.md lists them", '["benzene", "h2s", "nh3"]', required=True),
    ),
    many=True,
)

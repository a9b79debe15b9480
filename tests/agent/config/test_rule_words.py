"""Rules in words: what `fenceline alarms`, `status`, `explain`, the demo and `meta` show of each kind."""

import pytest

from agent.config.model import RuleSettings, WindSettings
from agent.config.rule_schema import KINDS
from agent.config.rule_words import words_of

WIND = WindSettings((0.0, 180.0), "m.dir", "m.speed", 0.5, 45.0)


def rule(kind: str = "value", above: float | None = None, unit: str = "ppm", **more: object) -> RuleSettings:
    return RuleSettings("r", "a.v", above, "high", unit, kind=kind, **more)  # type: ignore[arg-type]


WORDS = {
    "above 50 ppm": rule(above=50.0),
    "below 20 A": rule(below=20.0, unit="A"),
    "1h mean above 50 ppm": rule(above=50.0, on="1h"),
    "rolling 5m mean above 50 ppm": rule(above=50.0, on="rolling:5m"),
    "above 50 ppm (charging 80, night 20)": rule(above=50.0, during=(("charging", 80.0), ("night", 20.0))),
    "above 50 ppm, more than 2 times a day": rule(above=50.0, per_day=2),
    "change over 5m below -2.5 ppm/min": rule("rate", below=-2.5, unit="ppm/min", span_ms=300_000),
    "difference to b.v, c.v above 20 % of mean": rule("deviation", 20.0, "% of mean", others=("b.v", "c.v")),
    "1h mean less the median of b.v, c.v above 80 ppm": rule(
        "background", 80.0, background="median", others=("b.v", "c.v"), on="1h"
    ),
    "less the own lowest over 1h above 80 ppm": rule(
        "background", 80.0, background="own lowest", span_ms=3_600_000
    ),
    "against b.v, downwind less upwind above 80 ppm": rule("wind", 80.0, others=("b.v",), wind=WIND),
    "within 0.1 ppm for 10m": rule("flat", within=0.1, span_ms=600_000),
    "no data for 90s": rule("no-data", unit="s", span_ms=90_000),
}


@pytest.mark.parametrize("words", WORDS)
def test_a_rule_in_words(words: str) -> None:
    assert words_of(WORDS[words]) == words


def test_each_kind_has_words() -> None:
    assert {each.kind for each in WORDS.values()} == set(KINDS)

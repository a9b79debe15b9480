"""docs/rules.md: every example is a good station file, and does what stands beside it."""

import re
from pathlib import Path

import pytest

from agent.config import StationFile, examine
from agent.config.rule_schema import KINDS
from agent.pipeline.conditions import Running
from agent.pipeline.limit import Verdict
from agent.pipeline.rule_build import limits_of, phases_of
from agent.pipeline.rules import Rules
from drivers.sample import FLAGS, OVER_RANGE
from store.averages import Average
from store.rows import Reading

PAGE = (Path(__file__).parents[3] / "docs/rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```\n\n```play\n(.*?)```", PAGE, re.DOTALL)
T0 = 1_795_536_000_000  # 2026-11-25 00:00 at +08:00
SECONDS = {"s": 1, "m": 60, "h": 3600}
STATIONS = ("road", "gate", "office", "fence", "ms-north", "ms-south")

STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "."

[[line]]
id = "a"
port = "/dev/null"
"""
INSTRUMENT = '\n[[instrument]]\nid = "{}"\nline = "a"\ndriver = "{}"\naddress = {}\nsettings = {}\n'
INSTRUMENTS = [
    ("pid-tank", "honeywell-raeguard3", "{ divisor = 10 }"),
    ("pid-tank-2", "honeywell-raeguard3", "{ divisor = 10 }"),
    ("hood", "boling-dust", '{ unit = "mg/m3" }'),
    ("met", "campbell-metsens200", '{ order = "ABCD", speed_unit = "m/s" }'),
    ("fan", "waveshare-analog-8ch", "{}"),
    *[(each, "boling-dust", '{ unit = "ug/m3" }') for each in STATIONS],
]
LOOP = '\n[[loop]]\ninput = "fan.ai0"\nname = "current"\nlow = 0.0\nhigh = 100.0\nunit = "A"\n\n'


def station_of(folder: Path, example: str) -> StationFile:
    rows = [
        INSTRUMENT.format(name, driver, place, settings)
        for place, (name, driver, settings) in enumerate(INSTRUMENTS, 1)
    ]
    (folder / "station.toml").write_text(STATION + "".join(rows) + LOOP + example)
    station, findings = examine(folder / "station.toml")
    assert station is not None, findings
    assert [finding for finding in findings if finding.key.startswith(("rule", "phase"))] == []
    return station


def test_each_kind_has_an_example() -> None:
    shown = {kind for kind in KINDS for example, _ in BLOCKS if f'kind = "{kind}"' in example}
    assert shown == set(KINDS) - {"value"}, "and a value needs no kind"
    assert len(BLOCKS) == PAGE.count("```toml")


@pytest.mark.parametrize(("example", "play"), BLOCKS, ids=re.findall(r'\[\[rule\]\]\nid = "(.*)"', PAGE))
def test_an_example_does_what_the_page_says(example: str, play: str, tmp_path: Path) -> None:
    station = station_of(tmp_path, example)
    phases = phases_of(station)
    told_by_channel = [phase for phase in phases.values() if isinstance(phase, Running)]
    rules = Rules(limits_of(station, phases), told_by_channel)
    rules.tick(T0, 0)
    due, got = [], []
    for line in play.splitlines():
        at, channel, said, *transitions = line.split()
        due.append((line, transitions))
        verdicts = played(rules, int(at[:-1]) * SECONDS[at[-1]] * 1000, channel, said)
        got.append((line, [each.change.transition for each in verdicts if each.change is not None]))
    assert got == due


def played(rules: Rules, ms: int, channel: str, said: str) -> list[Verdict]:
    """One line of the page. A channel with a period is a mean of the window that ends then."""
    name, _, period = channel.partition("/")
    if not name.strip("-"):
        return rules.tick(T0 + ms, ms)
    if period:
        value = float(said)
        return rules.take_average(name, period, Average(0, T0 + ms, value, value, value, 60, 60), ms)
    flag, conditions = ("N", ()) if said not in FLAGS else (said, (OVER_RANGE,) if said == "T" else ())
    value = float(said) if flag == "N" else None
    return rules.take(Reading(name, T0 + ms, ms, True, value, None, flag, conditions))

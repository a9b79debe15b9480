"""`limit` of a [[rule]]: what the rule then is, and what is said of it."""

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config import StationFile, examine
from agent.config.rule_limits import FITS
from agent.limits import STATISTICS
from hal.clock import Clock

STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "."

[[line]]
id = "a"
port = "/dev/null"

[[instrument]]
id = "dust"
line = "a"
driver = "boling-dust"
address = 1
settings = { unit = "UNIT" }

[[instrument]]
id = "pid"
line = "a"
driver = "evikon-e2638-pid"
address = 2
settings = { unit = "UNIT" }

[[instrument]]
id = "fid"
line = "a"
driver = "lanbao-nmhc"
address = 3
settings = { unit = "mgC/m3" }

[[rule]]
id = "limited"
"""
RULE_LINE = STATION.count("\n") - 1
NOW = 1_795_564_800_000  # 2026-11-25 00:00 UTC
DUST_LIMIT = 'channel = "dust.tsp"\nlimit = "gb-16297-1996/boundary/pm"\n'


class Set(Clock):
    """A clock that stands."""

    def __init__(self, utc_ms: int) -> None:
        super().__init__()
        self._utc_ms = utc_ms

    def utc_ms(self) -> int:
        return self._utc_ms


def examined(
    folder: Path, rule: str, unit: str = "mg/m3", now: int = NOW
) -> tuple[StationFile | None, list[str]]:
    """The station file, and its findings from the rule on: line from the rule's header, key and words."""
    (folder / "station.toml").write_text(STATION.replace("UNIT", unit) + rule)
    station, findings = examine(folder / "station.toml", Set(now))
    return station, [
        f"{each.line - RULE_LINE} {each.severity} {each.key}: {each.message}"
        for each in findings
        if each.line > RULE_LINE - 2
    ]


def rule_of(station: StationFile | None) -> tuple[float, str, str | None]:
    assert station is not None
    (rule,) = station.rules
    return rule.above, rule.unit, rule.limit


@pytest.mark.parametrize(("unit", "above"), [("mg/m3", 1.0), ("ug/m3", 1000.0)])
def test_a_limit_is_taken_in_the_unit_of_the_channel(tmp_path: Path, unit: str, above: float) -> None:
    station, said = examined(tmp_path, DUST_LIMIT, unit)
    assert rule_of(station) == (above, unit, "gb-16297-1996/boundary/pm")
    assert said == [
        "3 warning rule.limit: edition 1996 is not confirmed against the final text",
        "3 warning rule.limit: it holds for the mean of an hour; the rule compares each reading of dust.tsp"
        " as it comes",
    ]


@pytest.mark.parametrize(
    ("on", "differs"),
    [
        ("1h", []),
        ("rolling:60m", []),
        ("8h", ["it holds for the mean of an hour; the rule compares means of 8h of dust.tsp as it comes"]),
    ],
)
def test_a_limit_of_an_hour_fits_a_rule_on_hours(tmp_path: Path, on: str, differs: list[str]) -> None:
    said = examined(tmp_path, DUST_LIMIT + f'on = "{on}"\n')[1]
    assert said[1:] == [f"3 warning rule.limit: {each}" for each in differs]


def test_every_statistic_is_one_that_rules_know() -> None:
    assert set(FITS) == set(STATISTICS)


@pytest.mark.parametrize(("unit", "above"), [("mg/m3", 0.035), ("ug/m3", 35.0)])
def test_no_digit_is_lost_on_the_way(tmp_path: Path, unit: str, above: float) -> None:
    rule = 'channel = "dust.pm25"\nlimit = "gb-3095-2026/class-1-to-2030/pm25-day"\n'
    assert rule_of(examined(tmp_path, rule, unit)[0])[0] == above


def test_nmhc_is_as_carbon(tmp_path: Path) -> None:
    rule = 'channel = "fid.nmhc"\nlimit = "coking-ule-2023/coke-oven-stack/nmhc"\n'
    station, said = examined(tmp_path, rule)
    assert rule_of(station) == (100.0, "mgC/m3", "coking-ule-2023/coke-oven-stack/nmhc")
    assert said == [
        "3 warning rule.limit: edition draft-2023 is not confirmed against the final text",
        "3 warning rule.limit: it holds for the mean of an hour; dry, 0 degC, 101.325 kPa; 8 % O2;"
        " the rule compares each reading of fid.nmhc as it comes",
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", ["0 error rule.channel: missing", "0 error rule.above: missing", "0 error rule.unit: missing"]),
        (
            DUST_LIMIT + 'above = 5.0\nunit = "mg/m3"\n',
            ["4 error rule.above: `limit` says it already", "5 error rule.unit: `limit` says it already"],
        ),
        (
            DUST_LIMIT.replace("/pm", "/dust"),
            ['3 error rule.limit: there is no limit "gb-16297-1996/boundary/dust"'],
        ),
        ('channel = "dust.tsp"\nlimit = 5\n', ["3 error rule.limit: 5 is not a text"]),
        (
            'channel = "pid.voc"\nlimit = "gb-37822-2019/in-plant/nmhc-single"\n',
            ["3 error rule.limit: pid.voc is a PID's: an isobutylene equivalent, which is not NMHC"],
        ),
        (
            'channel = "dust.pm10"\nlimit = "gb-16297-1996/boundary/pm"\n',
            ["3 error rule.limit: it is for particulate matter, and dust.pm10 measures PM10"],
        ),
        (
            'channel = "pid.voc"\nlimit = "gb-t-50493-2019/level-1/combustible"\n',
            ["3 error rule.limit: it is in %LEL, and pid.voc in mg/m3"],
        ),
        (DUST_LIMIT.replace("tsp", "dust"), ['2 error rule.channel: dust has no channel "dust"']),
        (DUST_LIMIT.replace("dust.tsp", "tsp"), ['2 error rule.channel: "tsp" names no channel']),
    ],
)
def test_a_limit_that_does_not_fit_is_refused(tmp_path: Path, rule: str, said: list[str]) -> None:
    station, found = examined(tmp_path, rule)
    assert station is None
    assert [line for line in found if " error " in line] == said


def test_ppm_is_no_mass(tmp_path: Path) -> None:
    rule = 'channel = "pid.voc"\nlimit = "gb-16297-1996/boundary/benzene"\n'
    (tmp_path / "station.toml").write_text(
        (STATION + rule).replace('"UNIT"', '"ppm"', 2).replace('"ppm"', '"mg/m3"', 1)
    )
    found = examine(tmp_path / "station.toml", Set(NOW))[1]
    assert [each.message for each in found if each.severity == "error"] == [
        "it is in mg/m3, and pid.voc in ppm"
    ]


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        ("2026-02-28T15:59:59Z", "not in force before 2026-03-01; today is 2026-02-28"),
        ("2026-02-28T16:00:00Z", None),  # the station's day begins at 16:00 UTC
        ("2030-12-31T15:59:59Z", None),
        ("2030-12-31T16:00:00Z", "no longer in force after 2030-12-31; today is 2031-01-01"),
    ],
)
def test_a_limit_out_of_its_time_is_told_of(tmp_path: Path, utc: str, said: str | None) -> None:
    rule = 'channel = "dust.pm25"\nlimit = "gb-3095-2026/class-2-to-2030/pm25-day"\n'
    station, found = examined(tmp_path, rule, now=int(datetime.fromisoformat(utc).timestamp() * 1000))
    assert station is not None
    assert [line.partition(": ")[2] for line in found if "in force" in line] == ([said] if said else [])


@given(st.text(max_size=60), st.text(max_size=40))
def test_whatever_stands_there_is_answered(channel: str, limit: str) -> None:
    with TemporaryDirectory() as folder:
        rule = f"channel = {json.dumps(channel)}\nlimit = {json.dumps(limit)}\n"
        assert examined(Path(folder), rule.replace("\\u007f", " ").replace("\x7f", " "))[0] is None

"""From the file to the value: worked examples, published and by hand; limits on such values."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config import StationFile, examine
from agent.config.conversion_schema import CONVERSION
from agent.pipeline.build import pipeline_of
from store.rows import Reading

CHANNELS = {  # of the stack
    "nox": "mg/m3",
    "no": "ppm",
    "no2": "ppm",
    "so2": "ppm",
    "t": "degC",
    "static": "Pa",
    "h2o": "%",
    "o2": "%vol",
    "thc": "mg/m3",
    "ch4": "mg/m3",
    "carbon": "ppmC",
    "o3": "ug/m3",
}
PROFILE = '[profile]\nname = "stack"\nprotocol = "modbus"\nclass = "cems"\n' + "".join(
    f'[[channel]]\nname = "{name}"\ntable = "input"\nregister = {2 * at}\ntype = "float32"\n'
    f'order = "ABCD"\nunit = "{unit}"\n'
    for at, (name, unit) in enumerate(CHANNELS.items())
)
STATION = """\
[station]
id = "gp-01"
site = "works"
data_dir = "."
[[line]]
id = "a"
port = "/dev/null"
[[instrument]]
id = "stack"
line = "a"
driver = "stack.toml"
address = 1
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 2
lamp = 10.6
[[instrument]]
id = "air"
line = "a"
driver = "dfrobot-sen0657"
settings = { pressure_divisor = 10 }
address = 3
"""
HEAD = STATION.count("\n")


def examined(folder: Path, text: str) -> tuple[StationFile | None, list[str]]:
    """The station with this behind it, and the findings there."""
    (folder / "stack.toml").write_text(PROFILE)
    (folder / "station.toml").write_text(STATION + text)
    station, findings = examine(folder / "station.toml")
    return station, [f"{each.severity} {each.key}: {each.message}" for each in findings if each.line > HEAD]


def computed(folder: Path, keys: str, **values: float) -> float | None:
    """What comes out as `x`, of one reading of each channel; `air_pressure` is air.pressure."""
    station, said = examined(folder, f'[[conversion]]\nname = "x"\n{keys}')
    assert station is not None, said
    names = [name.replace("_", ".") if "_" in name else f"stack.{name}" for name in values]
    readings = [
        Reading(name, 0, 0, True, value, None, "N")
        for name, value in zip(names, values.values(), strict=True)
    ]
    made = pipeline_of(station).take(readings).kept[-1]
    assert (made.channel.partition(".")[2], made.flag) == ("x", "N"), made
    return made.value


PID = 'channel = "pid.voc"\n'
HJ_212 = 3e-3  # its annex D counts from 273 K and divides by 22.4


@pytest.mark.parametrize(
    ("keys", "values", "expected", "rel"),
    [
        # Makers' notes: what a display of so much is of the compound.
        (PID + 'unit = "ppm"\ncompound = "m-xylene"', {"pid_voc": 100.0}, 43.0, 1e-9),  # TN-106, example 2
        (PID + 'unit = "ppm"\ncompound = "butyl-acetate"', {"pid_voc": 10.0}, 26.0, 1e-9),  # TN-106
        (PID + 'unit = "ppm"\ncompound = "anisole"', {"pid_voc": 10.0}, 4.7, 1e-9),  # TA-02
        (PID + 'unit = "ppm"\ncompound = "toluene"', {"pid_voc": 100.0}, 50.0, 1e-9),  # Shawcity
        (PID + 'unit = "ppm"\ncompound = "isobutylene"', {"pid_voc": 7.0}, 7.0, 1e-9),
        # 5 % benzene in hexane, TN-106's formula for mixtures: 3.2 rounded, so a display of 100 is 320 ppm.
        (PID + 'unit = "ppm"\nmixture = { benzene = 0.05, hexane = 0.95 }', {"pid_voc": 100.0}, 320, 0.02),
        # 10 ppm of reading are 5.3 ppm of benzene, of 78.11 g in 24.465 L.
        (
            PID + 'unit = "mg/m3"\nstate = "25C"\ncompound = "benzene"',
            {"pid_voc": 10.0},
            5.3 * 78.11 / 24.465,
            1e-4,
        ),
        (PID + 'unit = "mgC/m3"\nsite_factor = 1.9\nsource = "report 17"', {"pid_voc": 10.0}, 19.0, 1e-9),
        (
            PID + 'unit = "ppm"\ncompound = "phenol"\nfactor = 1.2\nsource = "list"',
            {"pid_voc": 5.0},
            6.0,
            1e-9,
        ),
        # NMHC as carbon: (24.95 - 1.94) x 12 / 16.
        (
            'channel = "stack.thc"\nminus = "stack.ch4"\nnoise = 0.2\nunit = "mgC/m3"\ncompound = "methane"',
            {"thc": 24.95, "ch4": 1.94},
            17.2575,
            1e-9,
        ),
        # An FID's ppmC: 0.536 mg of carbon each at 0 degC, 0.491 at 25 degC.
        ('channel = "stack.carbon"\nunit = "mgC/m3"\nstate = "0C"', {"carbon": 100.0}, 53.6, 1e-3),
        ('channel = "stack.carbon"\nunit = "mgC/m3"\nstate = "25C"', {"carbon": 100.0}, 49.1, 1e-3),
        ('channel = "stack.carbon"\nunit = "ppm"\ncompound = "propane"', {"carbon": 30.0}, 10.0, 1e-9),
        # HJ 212-2017, annex D: NOx as NO2 = (NO + NO2) x 46 / 22.4 ...
        (
            'channel = "stack.no"\nplus = "stack.no2"\nunit = "mg/m3"\nstate = "0C"\ncompound = "no2"',
            {"no": 100.0, "no2": 5.0},
            105 * 46 / 22.4,
            HJ_212,
        ),
        # ... its whole chain: Csn, then dry, then at 8 % oxygen; the barometer in kPa, the stack in Pa ...
        (
            'channel = "stack.nox"\nunit = "mg/m3"\nfrom = "actual"\nstate = "0C"\ntemperature = "stack.t"\n'
            'pressure = "air.pressure"\nstatic_pressure = "stack.static"\nmoisture = "stack.h2o"\n'
            'oxygen = "stack.o2"\nbase_o2 = 8',
            {"nox": 62.0, "t": 120.0, "air_pressure": 100.8, "static": -350.0, "h2o": 12.5, "o2": 12.0},
            62 * 101_325 / (100_800 - 350) * (273 + 120) / 273 / (1 - 0.125) * (21 - 8) / (21 - 12),
            HJ_212,
        ),
        # ... and the same gas as ppm, which no temperature changes.
        (
            'channel = "stack.so2"\nunit = "mg/m3"\nstate = "0C"\ncompound = "so2"\nmoisture = 0\n'
            'oxygen = "stack.o2"\nbase_o2 = 3.5',
            {"so2": 10.0, "o2": 7.0},
            10 * 64 / 22.4 * 17.5 / 14,
            HJ_212,
        ),
        (
            'channel = "stack.nox"\nunit = "ppm"\nfrom = "actual"\ntemperature = 25\npressure = 101.325\n'
            'compound = "no2"',
            {"nox": 1.880},
            1.0,
            1e-3,
        ),
        # Ambient gases: the limits of 2012 at 0 degC, those since the amendment of 2018 at 25 degC.
        ('channel = "stack.o3"\nunit = "mg/m3"\nfrom = "0C"\nstate = "25C"', {"o3": 200.0}, 0.1832, 1e-3),
    ],
)
def test_worked_examples(
    tmp_path: Path, keys: str, values: dict[str, float], expected: float, rel: float
) -> None:
    assert computed(tmp_path, keys, **values) == pytest.approx(expected, rel=rel)


# -- what may not be mixed up ---------------------------------------------------------------

ESTIMATE = PID + 'name = "nmhc"\nunit = "mgC/m3"\nsite_factor = 1.9\nsource = "report 17"\n'
SINGLE = 'limit = "gb-37822-2019/in-plant/nmhc-single"\n'
UNCONFIRMED = "warning rule.limit: edition 2019 is not confirmed against the final text"
NOT_NMHC = "is a PID's: an isobutylene equivalent, which is not NMHC"


def conversion(keys: str) -> str:
    return f"[[conversion]]\n{keys}"


def rule(channel: str, keys: str, name: str = "r") -> str:
    return f'[[rule]]\nid = "{name}"\nchannel = "{channel}"\n{keys}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rule("pid.voc", SINGLE), f"error rule.limit: pid.voc {NOT_NMHC}"),
        # Whatever it is called, and however it was converted.
        (
            conversion(PID + 'name = "x"\nunit = "mg/m3"\nstate = "25C"\ncompound = "benzene"\n')
            + rule("pid.x", SINGLE),
            f"error rule.limit: pid.x {NOT_NMHC}",
        ),
        (
            conversion('channel = "stack.thc"\nname = "x"\nunit = "mg/m3"\nplus = "pid.y"\n').join(
                [
                    conversion(PID + 'name = "y"\nunit = "mg/m3"\nstate = "25C"\ncompound = "benzene"\n'),
                    rule("stack.x", SINGLE),
                ]
            ),
            f"error rule.limit: stack.x {NOT_NMHC}",
        ),
        (
            rule("pid.voc", 'above = 10.0\nunit = "ppm"\n', "tank-nmhc"),
            f"error rule.id: pid.voc {NOT_NMHC}",
        ),
        (
            conversion(PID + 'name = "nmhc"\nunit = "mg/m3"\nstate = "25C"\ncompound = "benzene"\n'),
            f"error conversion.name: pid.voc {NOT_NMHC}",
        ),
        (
            conversion(PID + 'name = "nmhc"\nunit = "mgC/m3"\nsite_factor = 1.9\n'),
            "error conversion.source: missing: `site_factor` has none",
        ),
    ],
)
def test_a_pids_reading_is_not_nmhc(tmp_path: Path, text: str, said: str) -> None:
    station, found = examined(tmp_path, text)
    assert station is None
    assert [each for each in found if each.startswith("error")] == [said]


def test_a_site_factor_with_its_source_makes_nmhc_of_it_and_the_values_are_marked(tmp_path: Path) -> None:
    station, said = examined(tmp_path, conversion(ESTIMATE) + rule("pid.nmhc", SINGLE))
    assert said == [UNCONFIRMED]
    assert station is not None
    assert station.rules[0].above == 30.0
    marks = {channel.id: channel.marks for channel in station.channels if channel.marks}
    assert marks["pid.voc"] == ("pid",)
    assert marks["pid.nmhc"] == ("site factor",)
    outcome = pipeline_of(station).take([Reading("pid.voc", 0, 0, True, 16.0, None, "N")])
    assert outcome.kept[-1] == Reading("pid.nmhc", 0, 0, True, 30.4, 16.0, "N", ("site factor",))
    assert [verdict.change.transition for verdict in outcome.verdicts if verdict.change] == ["raised"]


def test_a_micro_stations_values_are_indicative_and_what_is_made_of_them(tmp_path: Path) -> None:
    text = 'channel = "air.pm10"\nname = "x"\nunit = "mg/m3"\n'
    station, _ = examined(tmp_path, conversion(text))
    assert station is not None
    marks = {channel.id: channel.marks for channel in station.channels}
    assert marks["air.pm10"] == marks["air.x"] == ("indicative",)
    assert marks["stack.nox"] == ()


STACK = (
    'channel = "stack.nox"\nname = "x"\nunit = "mg/m3"\nfrom = "0C"\nstate = "0C"\nmoisture = "stack.h2o"\n'
)
AT_8 = STACK + 'oxygen = "stack.o2"\nbase_o2 = 8\n'
HOUR = "it holds for the mean of an hour; "


@pytest.mark.parametrize(
    ("keys", "limit", "said"),
    [
        (AT_8, "coke-oven-stack/nox", f"warning: {HOUR}the rule"),
        (STACK, "coke-oven-stack/nox", f"warning: {HOUR}8 % O2; the rule"),
        (
            AT_8.replace("= 8", "= 3"),
            "coke-oven-stack/nox",
            "error: it holds at 8 % O2, and stack.x is at 3 %",
        ),
        (
            AT_8.replace('state = "0C"', 'state = "25C"'),
            "coke-oven-stack/nox",
            f"warning: {HOUR}dry, 0 degC, 101.325 kPa; the rule",
        ),
        (
            'channel = "stack.no"\nname = "x"\nunit = "mg/m3"\nstate = "0C"\ncompound = "no"\n',
            "coke-oven-stack/nox",
            "error: it is for nitrogen oxides as NO2, and stack.x measures nitric oxide alone",
        ),
        (
            'channel = "stack.no"\nname = "x"\nunit = "mg/m3"\nstate = "0C"\ncompound = "no2"\n',
            "coke-oven-stack/so2",
            "error: it is for sulfur dioxide, and stack.x measures nitrogen oxides as NO2",
        ),
    ],
)
def test_a_limit_is_held_against_the_state_of_the_value(
    tmp_path: Path, keys: str, limit: str, said: str
) -> None:
    named = f'limit = "coking-ule-2023/{limit}"\n'
    _, found = examined(tmp_path, conversion(keys) + rule("stack.x", named))
    found = [each.replace(" rule.limit", "") for each in found if "edition" not in each]
    assert len(found) == 1
    assert found[0].startswith(said), found


# -- arbitrary files ------------------------------------------------------------------------

WORDS = (
    *("pid.voc", "stack.nox", "stack.no", "stack.o2", "stack.t", "air.pressure", "air.humidity", "stack.x"),
    *("mg/m3", "ppm", "mgC/m3", "degC", "0C", "25C", "actual", "benzene", "methane", "x", "nmhc"),
)
PLAIN = st.one_of(
    st.sampled_from(WORDS),
    st.integers(-100, 100),
    st.floats(-1e3, 1e3),
    st.booleans(),
)
VALUES = st.one_of(PLAIN, st.just({"benzene": 0.7, "toluene": 0.3}), st.lists(PLAIN, max_size=2))
KEYS = st.sampled_from([key.name for key in CONVERSION.keys])


def written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {each}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=10), max_size=3), st.floats(-100, 100))
def test_whatever_stands_there_is_answered_and_what_is_accepted_can_be_run(
    rows: list[dict[str, object]], number: float
) -> None:
    rows = [{"channel": "stack.nox", "name": f"y{at}", "unit": "mg/m3", **row} for at, row in enumerate(rows)]
    text = "".join(
        conversion("".join(f"{key} = {written(value)}\n" for key, value in row.items())) for row in rows
    )
    with TemporaryDirectory() as folder:
        station, _ = examined(Path(folder), text)
    if station is None:
        return
    answer = [
        Reading(channel.id, 0, 0, True, number, None, "N")
        for channel in station.channels
        if channel.source is None
    ]
    kept = pipeline_of(station).take(answer).kept
    assert len(kept) == len(station.channels)

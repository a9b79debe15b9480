"""Instruments of a bench in the plant: what follows it, in which unit, and what wins over it."""

from pathlib import Path

import pytest

from agent.config import examine_bench
from agent.config.scenario import examine_scenario
from hal.clock import Clock
from hardware_sim.bench import Bench, BenchError
from hardware_sim.instruments.dust_66 import summed
from tests.hardware_sim.plant.scenes import SAMPLE, plain
from tests.rig import Lively

LINE = '[[line]]\nid = "l"\nlink = "l"\n'
SCENARIO = """
[scenario]
start = 2026-03-10T08:00:00
[[source]]
id = "crusher"
kind = "steady"
at = [0, 0]
emits = { tsp = 2, h2s = 0.01 }
hood = { flow = 4, capture = 0.5, filter = 0.99 }
[[receptor]]
instrument = "a"
"""


def instrument(driver: str, settings: str = "{}", more: str = "") -> str:
    return f'[[instrument]]\nid = "a"\nline = "l"\ndriver = "{driver}"\nsettings = {settings}\n{more}\n'


def bench(folder: Path, instruments: str, receptor: str, scenario: str = SCENARIO) -> Bench:
    """As `fenceline sim` makes it of two files."""
    (folder / "bench.toml").write_text(LINE + instruments)
    (folder / "scenario.toml").write_text(scenario + receptor + "\n")
    definition, findings = examine_bench(folder / "bench.toml")
    assert definition is not None, findings
    plant, findings = examine_scenario(folder / "scenario.toml", ["a"])
    assert plant is not None, findings
    return Bench({**definition, "scenario": plant}, Clock())


def test_channels_that_are_named_as_quantities_follow_the_plant(tmp_path: Path) -> None:
    made = bench(
        tmp_path,
        instrument("vaisala-aqt530", '{ temperature_unit = "degC" }', "address = 9"),
        "at = [100, 0, 3]",
    )
    followed = made.from_plant["a"]
    assert {"no2", "so2", "co", "h2s", "o3", "no", "pm25", "pm10", "temperature", "humidity"} <= set(followed)
    assert all(name == quantity for name, quantity in followed.items())


@pytest.mark.parametrize(
    ("driver", "settings", "followed"),
    [
        ("metone-bam-1020", '{ channel = "pm10", fields = 15 }', {"dust": "pm10"}),
        ("durag-f701-20", '{ channel = "tsp", unit = "mg/m3", items = 1 }', {"dust": "tsp"}),
        ("honeywell-hpma115", '{ model = "S0" }', {"pm25": "pm25", "pm10": "pm10"}),
    ],
)
def test_an_emulator_s_own_name_for_what_it_measures(
    tmp_path: Path, driver: str, settings: str, followed: dict[str, str]
) -> None:
    made = bench(tmp_path, instrument(driver, settings), "at = [100, 0, 3]")
    assert made.from_plant["a"] == followed


def pid(folder: Path, receptor: str, more: str = "") -> Bench:
    return bench(folder, instrument("evikon-e2638-pid", '{ unit = "ppm" }', f"address = 7\n{more}"), receptor)


def test_what_the_bench_scripts_wins_over_the_plant(tmp_path: Path) -> None:
    assert pid(tmp_path, "at = [1, 1, 1]").from_plant == {"a": {"voc": "voc"}}
    assert pid(tmp_path, "at = [1, 1, 1]", "values = { voc = 3 }").from_plant == {"a": {}}


LEAK = """
[[source]]
id = "s"
kind = "steady"
at = [0, 0]
emits = { h2s = 0.05 }
hood = { flow = 4, capture = 0.5 }
[[event]]
kind = "leak"
at = "08:00"
lasts = "1h"
source = "s"
emits = { h2s = 4 }
"""
HOOD = {"at": None, "hood": "s", "measures": {"voc": "h2s"}}


def lively(**behaviour: float) -> Lively:
    scenario = {**plain(LEAK), "receptor": {"x": HOOD}}
    return Lively("honeywell-raeguard3", settings={"divisor": 10}, behaviour=behaviour, scenario=scenario)


def test_what_it_measures_is_said_in_the_channel_s_unit() -> None:
    """0.5 x 0.05 g/s in 4 m3/s, and the background's 1 ug/m3, over 1.393 mg/m3 for 1 ppm."""
    said = lively().measure(7 * 3600)["voc"]
    assert (said.value, said.unit) == (
        pytest.approx((0.5 * 0.05 / 4 * 1000 + 0.001) / 1.393, abs=0.05),
        "ppm",
    )


def test_an_instrument_that_lives_follows_the_plant_with_its_response() -> None:
    rig = lively(t90_s=60.0)
    before, after = (lively().measure(at_s)["voc"].value for at_s in (8 * 3600 - 1, 8 * 3600))
    step = after - before
    shown = [(rig.measure(8 * 3600 + later_s)["voc"].value - before) / step for later_s in (0, 60, 600)]
    assert shown == [pytest.approx(share, abs=0.03) for share in (0, 0.9, 1)]


@pytest.mark.parametrize(
    ("measures", "what"),
    [
        ('{ vco = "voc" }', "vco: the instrument has no such value\n  hint: it has voc"),
        (
            '{ voc = "tsp" }',
            "voc: tsp cannot be said in ppm\n  hint: it is said in ug/m3, mg/m3, g/m3",
        ),
    ],
)
def test_measures_that_cannot_be(tmp_path: Path, measures: str, what: str) -> None:
    with pytest.raises(BenchError) as caught:
        pid(tmp_path, f"at = [1, 1, 1]\nmeasures = {measures}")
    assert str(caught.value).startswith("scenario: receptor a: measures: " + what)


def test_the_sample_scenario_fits_its_bench() -> None:
    """Every instrument of it has a place, so that the first command of docs/plant.md works."""
    definition, findings = examine_bench(SAMPLE.with_name("bench.toml"))
    assert definition is not None, findings
    plant, findings = examine_scenario(SAMPLE, [each["id"] for each in definition["instrument"]])
    assert plant is not None, findings
    made = Bench({**definition, "scenario": plant}, Clock())
    assert set(made.from_plant) == {each["id"] for each in definition["instrument"]}
    assert all(made.from_plant.values())


def test_what_the_plant_has_is_followed_with_the_instrument_s_behaviour_over_a_power_cut(
    tmp_path: Path,
) -> None:
    """The air and the drift, the same with a power cut in between; without power, nothing."""

    def dust(more: str, at_s: float) -> float:
        driver = instrument("sdl-model-2030", more="address = 3\n" + more)
        made = bench(tmp_path, driver, "at = [100, 0, 3]").lines["l"].slaves[0]
        reply = made.replies(summed(bytes((3, 0x66, 4, 0x9B, 0, 0, 0, 0))), at_s)[0]  # type: ignore[attr-defined]
        value = reply.values["tsp"]
        assert value is not None
        return value

    behaviour = "behaviour = { zero_drift = 10.0 }\n"
    cut = 'events = [{ at = "1h", for = "1m", do = "power off" }]\n'
    for at_s in (3000, 86400):
        drifted = dust("", at_s) + 10 * at_s / 86400
        assert dust(behaviour, at_s) == pytest.approx(drifted, abs=0.01)
        assert dust(behaviour + cut, at_s) == pytest.approx(drifted, abs=0.01)
    with pytest.raises(IndexError):
        dust(cut, 3610)

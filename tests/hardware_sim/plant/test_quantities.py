"""Units of what the plant says, against figures that are printed elsewhere."""

import pytest

from agent.config import scenario_values
from drivers.units import UNITS as OF_THE_DRIVERS
from hardware_sim.plant.quantities import QUANTITIES, SUBSTANCES, UNITS, converted, derived

CLEAN = dict.fromkeys(SUBSTANCES, 0.0)


@pytest.mark.parametrize(
    ("quantity", "inside", "unit", "due"),
    [
        ("tsp", 1500.0, "mg/m3", 1.5),
        ("co", 1000.0, "mg/m3", 1.0),
        ("co", 1145.0, "ppm", 1.0),  # 1 ppm CO = 1.145 mg/m3 at 25 degC
        ("so2", 2.62, "ppb", 1.0),
        ("no2", 1.88, "ppb", 1.0),
        ("o3", 1.96, "ppb", 1.0),
        ("benzene", 3.19, "ppb", 1.0),
        ("h2s", 1.393, "ppb", 1.0),
        ("nh3", 0.696, "ppb", 1.0),
        ("ch4", 656.0, "ppmC", 1.0),
        ("ch4", 16.043, "mgC/m3", 0.012011),
        ("co2", 1.799e6, "%vol", 0.1),
        ("thc", 2.0, "mg/m3", 1.31),  # as methane
        ("nmhc", 2.0, "mg/m3", 0.982),  # as carbon
        ("wind_speed", 10.0, "km/h", 36.0),
        ("wind_speed", 10.0, "kn", 19.44),
        ("temperature", 20.0, "degF", 68.0),
        ("pressure", 1013.25, "kPa", 101.325),
        ("pressure", 1013.25, "mmHg", 760.0),
        ("pressure", 1013.25, "inHg", 29.92),
    ],
)
def test_units(quantity: str, inside: float, unit: str, due: float) -> None:
    assert converted(quantity, inside, unit) == pytest.approx(due, rel=2e-3)


def test_every_unit_is_one_that_drivers_say() -> None:
    assert {unit for units in UNITS.values() for unit in units} <= set(OF_THE_DRIVERS)


def test_the_names_in_the_scenario_file_are_those_of_the_plant() -> None:
    assert set(scenario_values.SUBSTANCES) == set(SUBSTANCES)
    assert set(scenario_values.QUANTITIES) == set(QUANTITIES)


def test_what_a_pid_and_a_fid_make_of_benzene() -> None:
    said = derived({**CLEAN, "benzene": 3193.0})  # 1 ppm
    assert said["voc"] == pytest.approx(1 / 0.53, rel=1e-3)
    assert (said["thc"], said["nmhc"]) == (pytest.approx(6, rel=1e-3),) * 2
    assert said["lel"] == pytest.approx(1 / 12_000 * 100, rel=1e-3)


def test_methane_is_nothing_to_a_pid_and_all_to_an_explosimeter() -> None:
    said = derived({**CLEAN, "ch4": 656.0 * 44_000})  # 4.4 %vol: its lower explosive limit
    assert (said["voc"], said["nmhc"]) == (0, 0)
    assert said["lel"] == pytest.approx(100, rel=2e-3)


def test_nitrogen_oxides_count_as_dioxide_and_dust_divides() -> None:
    said = derived({**CLEAN, "no": 30.006, "no2": 46.006, "pm10": 60.0, "pm25": 40.0})
    assert said["nox"] == pytest.approx(92.01, rel=1e-3)
    assert (said["pm_coarse"], said["pm4"], said["pm1"]) == (20, 44, 28)

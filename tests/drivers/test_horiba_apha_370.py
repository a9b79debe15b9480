"""The HORIBA APHA-370 ignites, measures, loses its flame, and is given zero and span gas."""

import pytest

from drivers import catalogue
from hardware_sim.instruments.horiba_apha_370 import IGNITION_S
from tests.rig import Rig

SETTINGS = {"unit": "ppm"}


def test_it_warms_up_measures_and_loses_its_flame():
    rig = Rig(
        "horiba-apha-370",
        SETTINGS,
        2,
        ch4=1.9,
        nmhc=0.4,
        fuel=[[0, 1], [500, 1], [500, 0], [600, 0], [600, 1]],
    )
    assert rig.measure(10)["nmhc"] == ("nmhc", 0.0, "ppm", "F", ("flame igniting",))
    said = rig.measure(IGNITION_S)
    assert [(name, *said[name][1:4]) for name in said] == [
        ("ch4", 1.9, "ppm", "N"),
        ("nmhc", 0.4, "ppm", "N"),
        ("thc", 2.3, "ppm", "N"),
    ]
    assert rig.measure(550)["thc"][3:] == ("D", ("flame extinguished",))
    assert rig.measure(610)["thc"][3:] == ("F", ("flame igniting",))
    assert rig.measure(610 + IGNITION_S)["thc"].flag == "N"


def test_gas_is_switched():
    rig = Rig("horiba-apha-370", SETTINGS, 2, ch4=1.9, nmhc=0.4)
    assert rig.run("zero_gas", 200) == ("accepted", ("flame burning",))
    assert rig.measure(201)["thc"].value == 0.0
    assert rig.run("span_gas", 202).result == "accepted"
    assert rig.measure(203)["ch4"].value == 10.0
    assert rig.run("measure_gas", 204).result == "accepted"
    assert rig.measure(205)["ch4"].value == 1.9
    assert rig.run("status", 206)[0] == "flame burning"


def test_its_id_is_one_digit():
    with pytest.raises(ValueError, match="HORIBA id 10 is not within"):
        catalogue.create("horiba-apha-370", 10, SETTINGS)

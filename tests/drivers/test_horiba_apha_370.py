"""The HORIBA APHA-370 ignites, measures, loses its flame, and is given zero and span gas."""

import pytest

from drivers import catalogue
from drivers.exchange import WireError
from hardware_sim.instruments.horiba_apha_370 import IGNITION_S
from tests.dialogue import ask
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


@pytest.mark.parametrize(
    ("model", "gases"),
    [("apna", ("no", "no2", "nox")), ("apma", ("co",)), ("apsa", ("so2",)), ("apoa", ("o3",))],
)
def test_the_other_analysers_measure_and_take_zero_and_span_gas(model, gases):
    rig = Rig(f"horiba-{model}-370", {"unit": "ppm", "parameters": 8}, 4, **dict.fromkeys(gases, 0.25))
    assert [sample[:4] for sample in rig.measure(1).values()] == [(gas, 0.25, "ppm", "N") for gas in gases]
    assert rig.run("zero_gas", 2) == ("accepted", ())
    assert {sample.value for sample in rig.measure(3).values()} == {0.0}
    assert rig.run("measure_gas", 4) == ("accepted", ())
    assert rig.run("status", 5) == ("pressure 100.0 kPa", "pressure 99.0 kPa", "pressure 98.0 kPa")


def test_another_number_of_items_is_refused_and_too_few_cannot_be_set():
    talk = catalogue.create("horiba-apsa-370", 4, {"unit": "ppm", "parameters": 6}).measure()
    rig = Rig("horiba-apsa-370", {"unit": "ppm", "parameters": 8}, 4)
    with pytest.raises(WireError, match="parameters of R001: expected 6, got 8"):
        ask(talk, rig.device.answer(rig.driver.questions()[0].encode(), 1).frame)
    with pytest.raises(ValueError, match="3 concentrations do not fit into 4 parameters"):
        catalogue.create("horiba-apna-370", 1, {"unit": "ppm", "parameters": 4})

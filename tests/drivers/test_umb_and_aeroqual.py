"""Lufft weather stations and Aeroqual's SM70: drivers and emulators together, states to flags."""

import pytest

from drivers import catalogue
from drivers.exchange import WireError
from drivers.wire.umb import OF_THE_MEASUREMENT, STATUS
from hardware_sim.instruments.aeroqual_aqm import CALIBRATION_S
from hardware_sim.instruments.aeroqual_sm70 import WARM_UP_S
from hardware_sim.instruments.lufft_ws_umb import START_S
from tests.dialogue import ask
from tests.rig import Rig

ONE = {"class": 7, "values": ["temperature 100 degC"]}
SEVERAL = {"class": 8, "values": ["temperature 100 degC", "humidity 200 %", "pressure 300 hPa"]}


def test_umb_several_channels_are_one_question():
    rig = Rig("lufft-ws-umb", SEVERAL, 3, temperature=-4.5, humidity=81.25, pressure=1013.5)
    assert len(rig.driver.questions()) == 1
    said = rig.measure(START_S)
    assert [(name, said[name].value, said[name].flag) for name in said] == [
        ("temperature", -4.5, "N"),
        ("humidity", 81.25, "N"),
        ("pressure", 1013.5, "N"),
    ]


@pytest.mark.parametrize("settings", [ONE, SEVERAL])
def test_umb_while_it_starts(settings):
    rig = Rig("lufft-ws-umb", settings, 1, temperature=20)
    assert rig.measure(1)["temperature"][1:] == (
        None,
        "degC",
        "F",
        ("device not ready: initialising or calibrating",),
    )


@pytest.mark.parametrize("settings", [ONE, SEVERAL])
@pytest.mark.parametrize("status", OF_THE_MEASUREMENT)
def test_umb_every_status_of_a_channel(settings, status):
    rig = Rig("lufft-ws-umb", settings, 1, temperature=20, status=status)
    said = rig.measure(START_S)
    sample = said.pop("temperature")
    assert sample.flag == ("T" if status in (0x50, 0x52) else "D")
    assert sample.conditions[0] == STATUS[status]
    assert (sample.value, {other.flag for other in said.values()}) == (None, {"N"} if said else set())


@pytest.mark.parametrize("row", ["temperature 100", "temperature x degC", "temperature 100 C"])
def test_umb_a_value_that_cannot_be(row):
    with pytest.raises(ValueError, match="is not a name, a channel and a unit"):
        catalogue.create("lufft-ws-umb", 1, {**ONE, "values": [row]})


def test_umb_answers_for_itself_alone():
    rig = Rig("lufft-ws-umb", ONE, 1)
    rig.device.address = 2
    with pytest.raises(Exception, match="no answer"):
        rig.measure(START_S)


def test_sm70_warms_up_ages_fails_and_zeroes():
    rig = Rig(
        "aeroqual-sm70",
        {"gas": "o3"},
        gas=0.5,
        status=[[0, 0], [700, 0], [700, 3], [800, 3], [800, 1], [900, 1], [900, 0]],
        zeroing=[[0, 0], [1000, 0], [1000, 1]],
    )
    assert rig.measure(5)["o3"][1:] == (None, "ppm", "F", ("warming up",))
    assert rig.measure(WARM_UP_S)["o3"] == ("o3", 0.5, "ppm", "N", ())
    assert rig.measure(750)["o3"][3:] == ("N", ("sensor ageing",))
    assert rig.measure(850)["o3"][3:] == ("D", ("sensor failure",))
    assert rig.measure(1001)["o3"][3:] == ("C", ("zeroing",))


AQM = {"values": ["o3 48 ppm", "co 49 ppm"]}


def test_aqm_zero_air_zero_and_a_failed_pump():
    rig = Rig("aeroqual-aqm", AQM, 7, o3=0.05, co=1.25, pump=[[0, 0], [300, 0], [300, 1]])
    assert [(name, sample.value, sample.flag) for name, sample in rig.measure(1).items()] == [
        ("o3", pytest.approx(0.05), "N"),
        ("co", 1.25, "N"),
    ]
    assert rig.run("zero_gas", 2) == ("accepted", ("zero air on",))
    assert rig.measure(3)["co"][1:] == (0.0, "ppm", "C", ("zero air on",))
    assert rig.run("measure_gas", 4) == ("accepted", ("zero air off",))
    assert rig.run("zero", 10) == ("accepted", ("C zero air on",))
    assert rig.measure(11 + CALIBRATION_S)["co"].value == 1.25
    assert rig.run("span", 100, "co", 2.0) == ("accepted", ())
    assert rig.measure(301)["o3"][3:] == ("D", ("pump failed",))
    assert rig.run("identify", 0) == ("IQM60", "version 4.9")
    with pytest.raises(KeyError):
        next(rig.driver.span("so2", 1.0))


@pytest.mark.parametrize("rows", [["o3 48"], ["o3 256 ppm"], ["o3 x ppm"], ["o3 48 pp"], []])
def test_aqm_values_that_cannot_be(rows):
    with pytest.raises(ValueError, match="value"):
        catalogue.create("aeroqual-aqm", 1, {"values": rows})


def test_aqm_a_number_that_is_none():
    samples = ask(
        catalogue.create("aeroqual-aqm", 1, {"values": ["o3 48 ppm"]}).measure(),
        bytes.fromhex("AA01300000C07F00001E08190B7E1E"),
    )
    assert samples == [("o3", None, "ppm", "D", ("not a number",))]


MAXIMET = {"unit": "Q", "fields": 4, "values": ["wind_speed 2 m/s", "wind_direction 1 deg"], "status": 4}


def test_maximet_says_its_report_and_its_status():
    rig = Rig("gill-maximet", MAXIMET, wind_speed=3.25, wind_direction=270, status=[[0, 0], [10, 0], [10, 4]])
    assert ask(rig.driver.measure(), rig.device.speak(1).frame) == [
        ("wind_speed", 3.25, "m/s", "N", ()),
        ("wind_direction", 270.0, "deg", "N", ()),
    ]
    assert {s[3:] for s in ask(rig.driver.measure(), rig.device.speak(11).frame)} == {("D", ("status 0004",))}
    other = catalogue.create("gill-maximet", 0, {**MAXIMET, "status": 3})
    with pytest.raises(WireError, match="status: expected four hex digits"):
        ask(other.measure(), rig.device.speak(1).frame)


@pytest.mark.parametrize(
    "change",
    [{"values": ["wind_speed 5 m/s"]}, {"values": ["wind_speed 0 m/s"]}, {"status": 5}, {"unit": "q"}],
)
def test_maximet_a_setting_that_cannot_be(change):
    with pytest.raises(ValueError, match="is not"):
        catalogue.create("gill-maximet", 0, {**MAXIMET, **change})

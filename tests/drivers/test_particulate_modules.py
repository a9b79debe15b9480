"""Particulate modules and a wind sensor: drivers and emulators together, states to flags."""

import pytest

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused
from hardware_sim.instruments.cubic_pm1006k import ASKED_BY_S
from hardware_sim.instruments.particulate import WARM_UP_S
from tests.dialogue import ask
from tests.rig import Rig

ASKED = {"mode": "asked"}
CASES = {
    "plantower-pms": {"model": "PMS7003", "mode": "asked"},
    "nova-sds011": ASKED,
    "honeywell-hpma115": {"model": "C0"},
    "winsen-zh03": ASKED,
    "cubic-pm2012": {"calibration": "tsi"},
}
AIR = {"pm1": 8, "pm25": 12, "pm4": 15, "pm10": 20}


@pytest.mark.parametrize("name", CASES)
def test_it_says_the_air(name):
    rig = Rig(name, CASES[name], **AIR)
    said = rig.measure(WARM_UP_S + 1)
    assert said
    assert {channel: (said[channel].value, said[channel].flag) for channel in said} == {
        channel: (float(AIR[channel]), "N") for channel in said
    }


@pytest.mark.parametrize("name", [name for name in CASES if name != "cubic-pm2012"])
def test_it_is_put_to_sleep_and_woken(name):
    rig = Rig(name, CASES[name], **AIR)
    assert rig.run("stop", 40).result == "accepted"
    with pytest.raises((NoAnswer, Refused)):
        rig.measure(41)
    # A Plantower has no acknowledgement for being woken: only its next reading tells.
    assert rig.run("start", 42).result == ("unknown" if name == "plantower-pms" else "accepted")
    assert rig.measure(42 + WARM_UP_S)["pm25"].value == 12.0


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("plantower-pms", {"model": "PMS3003", "mode": "sends"}),
        ("nova-sds011", {"mode": "sends"}),
        ("winsen-zh03", {"mode": "sends"}),
    ],
)
def test_it_sends_on_its_own(name, settings):
    rig = Rig(name, settings, **AIR)
    assert rig.device.speaks_every_s == 1.0
    frame = rig.device.speak(WARM_UP_S + 1).frame
    said = {sample.channel: sample.value for sample in ask(rig.driver.measure(), frame)}
    assert said == {channel: float(AIR[channel]) for channel in said}
    assert rig.driver.questions()[0].listening
    assert Rig(name, {**settings, "mode": "asked"}).device.speaks_every_s is None


def test_plantower_warms_up_and_tells_its_errors():
    rig = Rig("plantower-pms", CASES["plantower-pms"], **AIR)
    assert {sample.conditions for sample in rig.measure(5).values()} == {("warming up",)}
    assert {sample.flag for sample in rig.measure(5).values()} == {"F"}
    frame = bytes.fromhex("424D001C" + "0001" * 12 + "9704")
    frame += sum(frame).to_bytes(2, "big")
    (pm1, *_) = ask(rig.driver.measure(), frame)
    assert pm1[1:] == (1.0, "ug/m3", "D", ("error code 4",))


def test_sds011_says_what_it_is():
    rig = Rig("nova-sds011", ASKED, **AIR)
    assert rig.run("identify", 0) == ("firmware of 2015-07-10",)
    assert rig.run("status", 0) == ("works", "period 0 min")
    rig.run("stop", 1)
    assert rig.run("status", 2)[0] == "asleep"


def test_sps30_is_started_blown_out_and_stopped():
    rig = Rig("sensirion-sps30", {}, **AIR, fault=[[0, 0], [100, 0], [100, 1]])
    assert rig.measure(0)["pm25"][1:] == (None, "ug/m3", "F", ("not measuring",))
    with pytest.raises(Refused, match="not allowed in the present state"):
        rig.run("purge", 1)
    assert rig.run("start", 2) == ("accepted", ("measuring",))
    with pytest.raises(Refused, match="not allowed"):
        rig.run("start", 3)
    said = rig.measure(4)
    assert {channel: said[channel].value for channel in AIR} == {name: float(v) for name, v in AIR.items()}
    assert said["typical_size"] == ("typical_size", 0.5, "um", "N", ())
    assert rig.measure(4.5)["pm25"][3:] == ("D", ("nothing new was measured",))
    assert rig.run("purge", 5).result == "accepted"
    assert rig.measure(101)["pm25"][1:] == (12.0, "ug/m3", "D", ("the sensor's status has an error",))
    assert rig.run("stop", 102) == ("accepted", ("not measuring",))


def test_pm2012_says_what_it_is():
    rig = Rig("cubic-pm2012", CASES["cubic-pm2012"])
    assert rig.run("identify", 0) == ("version PM2012 V1.0  ", "serial number 00010203040506070809")


@pytest.mark.parametrize(
    ("status", "flag", "condition"),
    [
        (1, "D", "axis 1 failed: too few samples on the U axis"),
        (2, "D", "axis 2 failed: too few samples on the V axis"),
        (4, "D", "both axes failed: too few samples"),
        (8, "D", "checksum of the settings memory"),
        (9, "D", "checksum of the program memory"),
        (51, "F", "building its average"),
        (7, "D", "status 07"),
    ],
)
def test_windsonic_every_status(status, flag, condition):
    rig = Rig(
        "gill-windsonic", {"unit": "Q", "mode": "asked"}, wind_speed=3, wind_direction=90, status=status
    )
    assert rig.measure(0)["wind_speed"][1:] == (3.0, "m/s", flag, (condition,))


def test_windsonic_wind_calm_and_another_unit():
    rig = Rig(
        "gill-windsonic", {"unit": "N", "mode": "sends"}, wind_speed=[[0, 3.5], [10, 0]], wind_direction=359
    )
    said = ask(rig.driver.measure(), rig.device.speak(0).frame)
    assert said == [("wind_speed", 3.5, "m/s", "N", ()), ("wind_direction", 359.0, "deg", "N", ())]
    speed, direction = ask(rig.driver.measure(), rig.device.speak(10).frame)
    assert (speed.value, speed.flag) == (0.0, "N")
    assert direction[1:] == (None, "deg", "D", ("calm: no direction",))
    text = b"N,090,007.00,K,00,"
    check = 0
    for byte in text:
        check ^= byte
    knots = catalogue.create("gill-windsonic", 0, {"unit": "N", "mode": "sends"})
    speed, direction = ask(knots.measure(), b"\x02" + text + b"\x03%02X\r\n" % check)
    assert speed[1:] == (None, "m/s", "D", ("the line is in K, not in m/s",))


def test_a_pm1006k_that_was_not_asked_in_its_first_seconds_never_answers():
    early, late = Rig("cubic-pm1006k", {}, pm25=12), Rig("cubic-pm1006k", {}, pm25=12)
    assert early.measure(ASKED_BY_S)["pm25"] == ("pm25", 12.0, "ug/m3", "N", ())
    assert early.measure(100)["pm25"].value == 12.0
    with pytest.raises(Exception, match="no answer"):
        late.measure(ASKED_BY_S + 1)

"""Weather stations that speak text: drivers and emulators together, states to flags."""

import pytest

from drivers import catalogue
from drivers.exchange import WireError
from tests.dialogue import ask
from tests.rig import Rig

MAXIMET = {
    "measurements": ["wind", "air", "rain"],
    "speed_unit": "m/s",
    "temperature_unit": "degC",
    "pressure_unit": "hPa",
    "rain_unit": "mm",
}
WXT = {"values": ["Dm", "Sm", "Ta", "Rc"], "messages": "composite"}


@pytest.mark.parametrize("messages", ["composite", "single"])
def test_wxt_says_what_it_measures_and_no_direction_in_calm_air(messages):
    speed = [[0, 3.2], [100, 3.2], [100, 0.0]]
    rig = Rig("vaisala-wxt-ascii", {**WXT, "messages": messages}, 3, wind_direction=270, wind_speed=speed)
    assert len(rig.driver.questions()) == (1 if messages == "composite" else 3)
    said = rig.measure(1)
    assert [(name, said[name].value, said[name].flag) for name in said] == [
        ("wind_direction", 270.0, "N"),
        ("wind_speed", 3.2, "N"),
        ("temperature", 20.0, "N"),
        ("rain", 0.0, "N"),
    ]
    calm = rig.measure(101)
    assert calm["wind_direction"][1:] == (None, "deg", "D", ("calm or invalid",))
    assert calm["wind_speed"][1:] == (0.0, "m/s", "N", ())


def test_wxt_counts_rain_from_its_reset_on():
    rig = Rig("vaisala-wxt-ascii", WXT, 3, rain=[[0, 0], [100, 5]])
    assert rig.measure(50)["rain"].value == 2.5
    assert rig.run("reset_rain", 50) == ("accepted", ())
    assert rig.measure(90)["rain"].value == 2.0
    assert rig.run("identify", 0) == ("name WXT536", "version 1.00")


def test_wxt_another_unit_and_a_parameter_that_is_not_sent():
    driver = catalogue.create("vaisala-wxt-ascii", 0, {"values": ["Sm", "Ta"], "messages": "composite"})
    assert [sample[1:] for sample in ask(driver.measure(), b"0r0,Sm=7.2KOhw\r\n")] == [
        (None, "m/s", "D", ("its unit is K, not M (m/s)",)),
        (None, "degC", "D", ("Ta is not in its message",)),
    ]


@pytest.mark.parametrize(
    ("address", "change", "message"),
    [
        (0, {"values": ["Sm", "Hc"]}, "value 'Hc' is none of Dn, Dm"),
        (0, {"values": []}, "values names no parameter"),
        (62, {}, "address 62 is not within 0..61"),
    ],
)
def test_wxt_what_cannot_be(address, change, message):
    with pytest.raises(ValueError, match=message):
        catalogue.create("vaisala-wxt-ascii", address, {**WXT, **change})


def test_wxt_every_address_is_one_letter():
    assert [catalogue.create("vaisala-wxt-ascii", at, WXT).address for at in (0, 9, 10, 35, 36, 61)] == list(
        "09AZaz"
    )


def test_maximet_over_sdi_12_measures_and_reads():
    rig = Rig(
        "gill-maximet-sdi12", MAXIMET, 4, wind_speed=3.25, pressure=999.9, status=[[0, 0], [100, 0], [100, 4]]
    )
    said = rig.measure(1)
    assert [(name, said[name].value, said[name].flag) for name in said] == [
        ("wind_direction", 0.0, "N"),
        ("wind_speed", 3.25, "N"),
        ("temperature", 20.0, "N"),
        ("humidity", 50.0, "N"),
        ("dew_point", 9.0, "N"),
        ("pressure", 999.9, "N"),
        ("rain_intensity", 0.0, "N"),
        ("rain", 0.0, "N"),
    ]
    assert {sample[3:] for sample in rig.measure(101).values()} == {("D", ("status 0004",))}
    assert rig.run("identify", 0)[1:] == ("GillInst", "serial number 00014490002")


def test_maximet_rain_in_inches_has_no_intensity():
    driver = catalogue.create(
        "gill-maximet-sdi12", 0, {**MAXIMET, "measurements": ["rain"], "rain_unit": "in"}
    )
    assert driver.channels == (("rain", "in"),)
    assert ask(driver.measure(), b"00033\r\n", b"0+000.1+012.3+0000CD@\r\n") == [
        ("rain", 12.3, "in", "N", ())
    ]


@pytest.mark.parametrize(
    ("address", "names", "message"),
    [(0, [], "are not some of wind"), (0, ["snow"], "are not some of wind"), (10, ["wind"], "within 0..9")],
)
def test_maximet_what_cannot_be(address, names, message):
    with pytest.raises(ValueError, match=message):
        catalogue.create("gill-maximet-sdi12", address, {**MAXIMET, "measurements": names})


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("nmea-wind", {"unit": "kn", "talker": "II", "reference": "T"}),
        ("vaisala-wmt700", {"unit": "km/h", "mode": "asked", "id": "C"}),
        ("vaisala-wmt700", {"unit": "m/s", "mode": "sends", "id": "A"}),
    ],
)
def test_wind_in_nmea_sentences_until_the_data_are_invalid(name, settings):
    rig = Rig(name, settings, wind_speed=3.25, wind_direction=270, invalid=[[0, 0], [10, 0], [10, 1]])
    said = rig.measure(1)
    assert said["wind_speed"] == ("wind_speed", 3.25, settings["unit"], "N", ())
    assert said["wind_direction"] == ("wind_direction", 270.0, "deg", "N", ())
    assert {sample[1:2] + sample[3:] for sample in rig.measure(11).values()} == {
        (None, "D", ("invalid data",))
    }


def test_sentences_of_the_other_reference_alone_are_told():
    driver = catalogue.create("nmea-wind", 0, {"unit": "m/s", "talker": "WI", "reference": "T"})
    with pytest.raises(WireError, match="reference: expected T, got none in 4 sentences"):
        ask(driver.measure(), *[b"$WIMWV,282,R,0.1,M,A*37\r\n"] * 4)


def test_a_wmt700_has_one_letter():
    with pytest.raises(ValueError, match=r"WMT700 id '1' is not one of A\.\.Z"):
        catalogue.create("vaisala-wmt700", 0, {"unit": "m/s", "mode": "asked", "id": "1"})

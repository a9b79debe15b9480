import pytest

from drivers import catalogue
from drivers.exchange import WireError
from drivers.wire.bayern_hessen import framed

SETTINGS = {"values": ["tsp"], "unit": "ug/m3", "measuring": 0}


def measured(text, settings=SETTINGS, address=14):
    driver = catalogue.create("thermo-5030i", address, settings)
    talk = driver.measure()
    request = next(talk)
    try:
        talk.send(request.parse(framed(text)))
    except StopIteration as end:
        return end.value
    raise AssertionError("it asks more than one question")


@pytest.mark.parametrize(
    ("operation", "error", "flag", "conditions"),
    [
        ("00", "00", "N", ()),
        ("04", "00", "M", ("operation status 04",)),
        ("00", "20", "D", ("error status 20",)),
        ("04", "20", "M", ("error status 20", "operation status 04")),
    ],
)
def test_status_becomes_the_flag(operation, error, flag, conditions):
    (sample,) = measured(f"MD01 014 +2578+01 {operation} {error} 0140000000")
    assert sample == ("tsp", 25.78, "ug/m3", flag, conditions)


def test_a_value_of_a_foreign_address_is_refused():
    settings = {**SETTINGS, "values": ["tsp", "pm10"]}
    with pytest.raises(WireError, match="address of value 2: expected 0x0F, got 0x13"):
        measured("MD02 014 +1000+00 00 00 0140000000 019 +2000+00 00 00 0140000000", settings)


def test_channels_carry_the_stated_unit():
    assert catalogue.create("thermo-5030i", 14, SETTINGS).channels == (("tsp", "ug/m3"),)


@pytest.mark.parametrize(("address", "measuring"), [(1000, 0), (14, 256)])
def test_what_is_out_of_range(address, measuring):
    with pytest.raises(ValueError, match="not within"):
        catalogue.create("thermo-5030i", address, {**SETTINGS, "measuring": measuring})

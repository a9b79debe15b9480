import pytest

from drivers import catalogue
from drivers.wire.dcon import ReadInputs

SETTINGS = {"unit": "mA", "checksum": "off"}
EIGHT = b">+08.074+05.794+07.228+07.748+05.763+06.812+11.576+14.668\r"


def measured(driver, frame):
    talk = driver.measure()
    request = next(talk)
    with pytest.raises(StopIteration) as end:
        talk.send(request.parse(frame))
    return end.value.value


def test_eight_inputs_in_the_stated_unit():
    driver = catalogue.create("adam-4017", 1, SETTINGS)
    samples = measured(driver, EIGHT)
    assert [sample.channel for sample in samples] == [f"ai{at}" for at in range(8)]
    assert samples[0] == ("ai0", 8.074, "mA", "N", ())
    assert samples[7] == ("ai7", 14.668, "mA", "N", ())
    assert driver.channels[0] == ("ai0", "mA")


def test_the_checksum_is_as_the_module_has_it():
    (request,) = catalogue.create("adam-4017", 5, {**SETTINGS, "checksum": "on"}).questions()
    assert request.encode() == b"#0588\r"
    (request,) = catalogue.create("adam-4017", 5, SETTINGS).questions()
    assert request.encode() == ReadInputs(5, 8, False).encode() == b"#05\r"


def test_its_answers_name_nobody_so_it_shares_its_line_with_nobody():
    assert catalogue.describe("adam-4017").shared_line is False


def test_what_is_out_of_range():
    with pytest.raises(ValueError, match="DCON address 256 is not within"):
        catalogue.create("adam-4017", 256, SETTINGS)

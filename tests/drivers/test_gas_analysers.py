"""Gas analysers over AK and Bayern-Hessen: drivers and emulators together."""

import pytest

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused
from drivers.wire.bayern_hessen import Control
from hardware_sim.instruments.ecotech_serinus import SPAN_GAS
from tests.rig import Rig

AK = {"values": ["co", "no"], "unit": "ppm", "extra": 1, "errors": ["7 D flow"]}
SERINUS = {"values": ["no", "no2"], "unit": "ppb", "measuring": 2}


@pytest.mark.parametrize(("name", "address"), [("emerson-nga2000", 9), ("servomex-servopro-nox", 0)])
def test_ak_measures_calibrates_and_tells_its_errors(name, address):
    rig = Rig(name, AK, address, co=12.5, no=4, errors=[[0, 0], [50, 0], [50, 7], [60, 7], [60, 8]])
    said = rig.measure(10)
    assert [(channel, said[channel].value, said[channel].flag) for channel in said] == [
        ("co", 12.5, "N"),
        ("no", 4.0, "N"),
    ]
    assert rig.measure(55)["co"][3:] == ("D", ("flow",))
    assert rig.measure(65)["co"][3:] == ("D", ("error 8",))
    assert rig.run("purge", 70) == ("accepted", ("SREM", "SSPL"))
    assert rig.measure(71)["co"].conditions[0] == "purging"
    with pytest.raises(Refused, match="busy"):
        rig.run("zero", 72)


def test_ak_on_a_bus_answers_for_itself_alone():
    rig = Rig("emerson-nga2000", AK, 9)
    rig.device.address = 10
    with pytest.raises(NoAnswer):
        rig.measure(0)
    assert rig.device.as_foreign(b"\x02\x0aAKON 0 1\x03") == b"\x02\x0bAKON 0 1\x03"
    with pytest.raises(ValueError, match="bus address byte 3 is not within"):
        catalogue.create("emerson-nga2000", 3, AK)


def test_serinus_is_switched_to_zero_and_span_and_back():
    rig = Rig("ecotech-serinus", SERINUS, 843, no=20, no2=30, operation=2)
    assert rig.measure(1)["no2"] == ("no2", 30.0, "ppb", "N", ())

    def switch(operation, at_s):
        """The command is not answered; the state that is read behind it is."""
        talk = getattr(rig.driver, operation)()
        command = next(talk)
        assert rig.device.answer(command.encode(), at_s) is None
        question = talk.send(None)
        with pytest.raises(StopIteration) as end:
            talk.send(question.parse(rig.device.answer(question.encode(), at_s).frame))
        return end.value.value

    assert switch("zero", 2) == ("seen", ("operation status 06", "error status 00"))
    assert rig.measure(3)["no"][1:] == (0.0, "ppb", "M", ("operation status 06",))
    assert switch("span", 4).result == "seen"
    assert rig.measure(5)["no"].value == SPAN_GAS
    assert switch("calibrate", 6).result == "seen"
    assert switch("measure_gas", 7) == ("seen", ("operation status 02", "error status 00"))
    assert rig.measure(8)["no"].flag == "N"


def test_serinus_the_span_command_is_that_of_the_manual():
    command = next(catalogue.create("ecotech-serinus", 843, SERINUS).span())
    assert isinstance(command, Control)
    assert command.encode() == b"\x02ST843 K\x0352"  # Serinus 44 manual p. 169
    assert not command.repeatable

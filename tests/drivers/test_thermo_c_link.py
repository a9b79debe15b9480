"""Thermo analysers over C-Link: drivers and emulators together, states to flags."""

import pytest

from drivers import catalogue
from drivers.exchange import Refused, WireError
from drivers.thermo_49i_c_link import FLAGS
from drivers.thermo_c_link import concentration
from hardware_sim.instruments.thermo_c_link import SPAN_VALUE
from tests.dialogue import ask
from tests.rig import Rig

SUMMED = {"unit": "ppb", "format": "01"}
GASES = {"42i": ("no", "nox"), "43i": ("so2",), "48i": ("co",), "49i": ("o3",)}


@pytest.mark.parametrize("form", ["00", "01", "01 with LF"])
@pytest.mark.parametrize("model", GASES)
def test_it_measures_and_takes_zero_and_span_gas(model, form):
    rig = Rig(
        f"thermo-{model}-c-link", {"unit": "ppb", "format": form}, 43, **dict.fromkeys(GASES[model], 12.5)
    )
    assert {sample[1:] for sample in rig.measure(1).values()} == {(12.5, "ppb", "N", ())}
    assert rig.run("zero_gas", 2) == ("accepted", ("gas mode zero",))
    assert {sample[1:] for sample in rig.measure(3).values()} == {(0.0, "ppb", "C", ("zero gas",))}
    assert rig.run("span_gas", 4) == ("accepted", ("gas mode span",))
    assert {sample[1:] for sample in rig.measure(5).values()} == {(SPAN_VALUE, "ppb", "C", ("span gas",))}
    assert rig.run("measure_gas", 6) == ("accepted", ("gas mode sample",))
    assert rig.run("status", 7)[0] == "gas mode sample"
    assert rig.run("identify", 7) == (("iSeries 49i 01.00.01.074" if model == "49i" else "Gas Analyzer"),)


def test_calibrations_are_those_of_its_model():
    assert Rig("thermo-48i-c-link", SUMMED).run("zero", 1) == ("accepted", ("gas mode sample",))
    assert Rig("thermo-49i-c-link", SUMMED).run("zero", 1) == ("accepted", ("gas mode sample",))
    assert Rig("thermo-49i-c-link", SUMMED).run("span", 1) == ("accepted", ("gas mode sample",))
    assert not hasattr(catalogue.create("thermo-43i-c-link", 0, SUMMED), "zero")


def test_in_service_mode_it_refuses():
    rig = Rig("thermo-43i-c-link", SUMMED, service=1)
    with pytest.raises(Refused, match="not allowed while the instrument is in service mode"):
        rig.run("zero_gas", 1)


@pytest.mark.parametrize(("bit", "flag", "condition"), FLAGS)
def test_49i_every_flag(bit, flag, condition):
    sample = Rig("thermo-49i-c-link", SUMMED, flags=bit, o3=20).measure(1)["o3"]
    assert sample[1:] == (20.0, "ppb", flag, (condition,))


@pytest.mark.parametrize("flags", ["0C10000", "0C10000G", ""])
def test_49i_flags_are_eight_hex_digits(flags):
    talk = catalogue.create("thermo-49i-c-link", 0, {"unit": "ppb", "format": "00"}).measure()
    with pytest.raises(WireError, match=r"flags|answer"):
        ask(talk, b"gas mode sample\r", f"flags {flags}\r".encode(), b"o3 1 ppb\r")


def test_a_gas_mode_that_no_manual_names_is_a_fault():
    talk = catalogue.create("thermo-43i-c-link", 0, {"unit": "ppb", "format": "00"}).measure()
    assert ask(talk, b"gas mode purge\r", b"so2 1.0 ppb\r") == [("so2", 1.0, "ppb", "D", ("gas mode purge",))]


@pytest.mark.parametrize(
    ("text", "said"),
    [("4.000E+1 ppm", (40.0, "ppm")), ("1.24E-2 PPB", (0.0124, "ppb")), ("-0.5 ppb", (-0.5, "ppb"))],
)
def test_concentrations(text, said):
    assert concentration(text) == said


@pytest.mark.parametrize("text", ["12.4", "12.4 ppb x", "1E6 ppb", "x ppb", "ppb 12.4"])
def test_what_is_no_concentration(text):
    with pytest.raises(WireError, match="concentration"):
        concentration(text)


def test_its_clock_is_set_and_read_back():
    rig = Rig("thermo-42i-c-link", SUMMED)
    assert rig.run("set_time", 1, (2026, 11, 25, 8, 7, 3)) == ("accepted", ("11-25-26", "08:07:03"))
    for moment in ((2026, 13, 25, 8, 7, 3), (1999, 1, 1, 0, 0, 0), (2026, 1, 1)):
        with pytest.raises(ValueError, match="is no time: year 2000"):
            next(rig.driver.set_time(moment))

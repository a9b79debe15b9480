"""States and errors of the CAI HFID become flags and conditions; driver and emulator together."""

import pytest

from drivers import catalogue
from drivers.ak_analyser import STATES
from drivers.cai_hfid import CURRENT
from drivers.exchange import Refused, WireError
from hardware_sim.instruments import EMULATORS
from hardware_sim.instruments.ak_analyser import CALIBRATION_S
from tests.dialogue import ask
from tests.rig import Rig

SETTINGS = {"values": ["thc"], "unit": "ppm", "errors": ["current"]}
GOOD = b"\x02_AKON 0 12.34 77\x03"


def measured(state="SMAN SMGA", errors="", values=GOOD, settings=SETTINGS):
    driver = catalogue.create("cai-hfid", 0, settings)
    status = 1 if errors else 0
    frames = [f"\x02_ASTZ {status} {state}\x03".encode(), values]
    if errors or values != GOOD:
        frames.append(f"\x02_ASTF {status} {errors}\x03".encode())
    (sample,) = ask(driver.measure(), *frames)
    return sample


DUE = {  # what each state means for a value, written down once more
    "F": ("STBY", "SPAU"),
    "C": ("SNGA", "SEGA", "SNAB", "SPAB", "SATK"),
    "M": ("SSPL", "SHDE", "SGTS", "SRES"),
    "N": ("SMGA", "SARE", "SARA", "SINT", "SINA", "SHDA"),
}


@pytest.mark.parametrize(("flag", "code"), [(flag, code) for flag, codes in DUE.items() for code in codes])
def test_every_state_has_its_flag_and_condition(flag, code):
    condition = STATES[code][1]
    assert measured(f"SREM {code}")[3:] == (flag, (condition,) if condition else ())
    assert bool(condition) == (flag != "N")


def test_no_state_is_left_out():
    assert sorted(code for codes in DUE.values() for code in codes) == sorted(STATES)


@pytest.mark.parametrize("state", ["SREM SXYZ", "SREM"])
def test_a_state_that_the_source_does_not_name_is_not_taken_for_a_healthy_one(state):
    assert measured(state).flag == "D"


@pytest.mark.parametrize("row", CURRENT)
def test_every_error_has_its_flag_and_condition(row):
    number, _, condition = row.split(" ", 2)
    flag = {"17": "T", "18": "T", "24": "N", "25": "N"}.get(number, "D")
    sample = measured(errors=number)
    assert (sample.flag, sample.conditions[0]) == (flag, condition)
    assert ("over range" in sample.conditions) == (flag == "T")


def test_a_stated_calibration_beats_a_fault_and_both_are_told():
    sample = measured("SREM SNAB", "1 3")
    assert (sample.flag, sample.conditions) == ("C", ("zero calibration", "no flame", "air pressure"))


def test_the_table_of_errors_is_the_unit_s_own():
    assert measured(errors="30").conditions == ("error 30",)
    own = {**SETTINGS, "errors": ["current", "30 M filter change", "1 D flame out"]}
    assert measured(errors="30 1", settings=own).conditions == ("filter change", "flame out")
    assert measured(errors="1", settings={**SETTINGS, "errors": ["none"]}).conditions == ("error 1",)
    with pytest.raises(ValueError, match="'no flame' is not a number, a flag and a name"):
        catalogue.create("cai-hfid", 0, {**SETTINGS, "errors": ["no flame"]})


def test_an_error_status_that_no_list_explains():
    assert measured(values=b"\x02_AKON 3 12.34 77\x03")[3:] == ("D", ("error status 3",))


def test_another_number_of_values_is_not_guessed_at():
    with pytest.raises(WireError, match="words of AKON: expected 2, got 3"):
        measured(values=b"\x02_AKON 0 12.34 0.4 77\x03")


def rig(**scripts):
    return Rig("cai-hfid", SETTINGS, **scripts)


def thc(cai, at_s):
    return cai.measure(at_s)["thc"]


def test_a_flame_that_goes_out_and_comes_back():
    cai = rig(thc=5.0, flame=[[0, 0], [60, 0], [60, 1], [100, 1], [100, 0]])
    assert thc(cai, 10) == ("thc", None, "ppm", "D", ("no flame", "marked as invalid"))
    assert thc(cai, 80) == ("thc", 5.0, "ppm", "N", ())
    assert thc(cai, 120).flag == "D"


def test_a_zero_takes_its_time_is_not_to_be_disturbed_and_takes_the_drift_away():
    cai = rig(thc=5.0, drift=[[0, 0], [100, 1]])
    assert thc(cai, 100).value == 6.0
    outcome = cai.run("zero_gas", 100)
    assert outcome == ("accepted", ("SREM", "SNGA"))
    assert thc(cai, 101)[1:] == (1.0, "ppm", "C", ("zero gas",))
    assert cai.run("zero", 102) == ("accepted", ("SREM", "SNAB"))
    sample = thc(cai, 103)
    assert (sample.value, sample.flag, sample.conditions[0]) == (None, "C", "zero calibration")
    with pytest.raises(Refused, match="busy"):
        cai.run("span", 104)
    end_s = 102 + CALIBRATION_S
    assert thc(cai, end_s)[1:4] == (0.0, "ppm", "C")
    assert cai.run("measure_gas", end_s).state == ("SREM", "SMGA")
    assert thc(cai, end_s + 1) == ("thc", 5.0, "ppm", "N", ())
    assert cai.run("stop", end_s + 2) == ("accepted", ("SREM", "STBY"))
    assert thc(cai, end_s + 3).conditions == ("standby",)
    assert cai.run("identify", end_s + 3) == ("700M HFID",)


@pytest.mark.parametrize(
    "moment", [(1999, 12, 31, 0, 0, 0), (2026, 13, 1, 0, 0, 0), (2026, 1, 1, 24, 0, 0), (2026, 1, 1)]
)
def test_a_time_that_there_is_not_is_never_sent(moment):
    with pytest.raises(ValueError, match=r"is no time: year 2000\.\.2099"):
        next(catalogue.create("cai-hfid", 0, SETTINGS).set_time(moment))


def test_the_emulated_clock_is_set_by_who_commands_it():
    emulated = EMULATORS["cai-hfid"](0, SETTINGS, {}, "rig")
    talk = catalogue.create("cai-hfid", 0, SETTINGS).set_time((2026, 11, 25, 8, 7, 3))
    request = next(talk)
    outcome = None
    while outcome is None:
        try:
            request = talk.send(request.parse(emulated.answer(request.encode(), 0.0).frame))
        except StopIteration as end:
            outcome = end.value
    assert outcome == ("accepted", ("261125", "080703"))

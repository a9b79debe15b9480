"""Instruments that speak lines, columns or records: states to flags, drivers and emulators together."""

import pytest

from drivers import catalogue
from drivers.exchange import Refused
from drivers.megatec_ups import CAUSES
from drivers.teledyne_4030 import STATES
from drivers.ultramat_23 import CALIBRATING, MAINTENANCE, causes_of
from drivers.wire.megatec import FLAGS
from hardware_sim.instruments.davis_vantage import AWAKE_S
from hardware_sim.instruments.lines import CALIBRATION_S
from hardware_sim.instruments.megatec_ups import AUTONOMY_S
from hardware_sim.instruments.synspec_gc955 import CYCLE_S
from hardware_sim.instruments.ultramat_23 import AUTOCAL_S
from hardware_sim.instruments.ultramat_23 import CYCLE_S as AUTOCAL_EVERY_S
from tests.dialogue import SILENCE, ask
from tests.rig import Rig

PPM = {"unit": "ppm"}
U23 = {"host": 1, "components": ["so2", "no", "o2"], "unit": "mg/m3", "crc_begins": "soh"}
GC955 = {"fields": 8, "values": ["benzene 4", "toluene 6"], "unit": "ppb"}


def heard(rig, at_s):
    """What the driver makes of the line that the emulator says now, and of the one after it."""
    mark = bytes((rig.driver.questions()[0].mark,))
    line = rig.device.speak(at_s).frame
    return {sample.channel: sample for sample in ask(rig.driver.measure(), mark + line)}


def test_4020_analyses_calibrates_and_runs_over():
    rig = Rig("teledyne-4020", PPM, thc=[[0, 2], [100, 2], [100, 12]])
    assert heard(rig, 2)["thc"] == ("thc", 2.0, "ppm", "N", ())
    assert rig.device.answer(b"az\r", 10) is None
    assert heard(rig, 12)["thc"][1:] == (0.0, "ppm", "C", ("zero calibration",))
    assert heard(rig, 10 + CALIBRATION_S)["thc"].flag == "N"
    assert rig.device.answer(b"as\r", 80) is None
    assert heard(rig, 82)["thc"].conditions == ("span calibration",)
    assert heard(rig, 200)["thc"].conditions[-2:] == ("beyond the end of range R-1", "over range")


def test_4020_after_a_command_only_its_lines_tell():
    driver = catalogue.create("teledyne-4020", 0, PPM)
    assert ask(driver.zero(), SILENCE, SILENCE) == ("unknown", ())


@pytest.mark.parametrize(
    ("state", "flag", "conditions"),
    [
        ("AL", "N", ()),
        ("AL1", "N", ("alarm 1",)),
        ("AL2", "N", ("alarm 2",)),
        ("AL12", "N", ("alarms 1 and 2",)),
        ("SPAN", "C", ("span",)),
    ],
)
def test_4030_every_state(state, flag, conditions):
    assert state in STATES
    driver = catalogue.create("teledyne-4030", 0, {"components": ["BNZ"], "unit": "ppm"})
    (sample,) = ask(driver.measure(), f"\x00BNZ 12.23 ppm R2 {state}\r\n\x00".encode())
    assert sample[1:] == (12.23, "ppm", flag, conditions)


def test_4030_components_in_turn_and_one_that_stays_away():
    settings = {"components": ["BNZ", "TOL"], "unit": "ppb"}
    rig = Rig("teledyne-4030", settings, bnz=12, tol=30)
    lines = [b"\x00" + rig.device.speak(at).frame for at in range(4)]
    assert lines[0] == b"\x00BNZ 12 ppb R2 AL\r\n\x00", "values in ppb have no decimals"
    said = ask(rig.driver.measure(), *lines[1:3])
    assert [(sample.channel, sample.value) for sample in said] == [("bnz", 12.0), ("tol", 30.0)]
    bnz, tol = ask(rig.driver.measure(), *lines[:1] * 4)
    assert (bnz.flag, tol[1:]) == ("N", (None, "ppb", "D", ("no line for TOL",)))
    wrong = ask(rig.driver.measure(), b"\x00BNZ 1.20 ppm R2 AL\r\n\x00", lines[1])[0]
    assert wrong[1:] == (None, "ppb", "D", ("the line is in ppm",))


def test_baseline_speaks_when_told_and_is_silent_behind_a_calibration():
    rig = Rig("baseline-9000", {"fields": 7, "unit": "ppmC"}, ch4=1.92, nmhc=0.35)
    assert rig.device.speak(1) is None
    rig.device.answer(b"\x11", 2)
    said = heard(rig, 3)
    assert [(name, said[name].value) for name in said] == [("ch4", 1.92), ("nmhc", 0.35), ("thc", 2.27)]
    rig.device.answer(b"\x0e", 4)
    assert rig.device.speak(5) is None
    with pytest.raises(KeyError):
        next(rig.driver.zero("thc"))
    with pytest.raises(ValueError, match="4 fields has no NMHC"):
        catalogue.create("baseline-9000", 0, {"fields": 4, "unit": "ppm"})


def test_microdust_speaks_between_x_and_z():
    rig = Rig("casella-microdust-pro", {"channel": "tsp", "unit": "mg/m3"}, dust=2.87)
    assert rig.device.speak(1) is None
    rig.device.answer(b"X", 2)
    driver, line = rig.driver, rig.device.speak(3).frame
    assert line == b"2.87\r\n"
    assert ask(driver.measure(), b"\r\n" + line) == [("tsp", 2.87, "mg/m3", "N", ())]
    rig.device.answer(b"Z", 4)
    assert rig.device.speak(5) is None


@pytest.mark.parametrize(
    ("flag", "due"),
    [
        ("utility fail", "N"),
        ("battery low", "N"),
        ("bypass or boost", "N"),
        ("UPS failed", "D"),
        ("standby type", ""),
        ("test in progress", "M"),
        ("shutdown active", "N"),
        ("beeper on", ""),
    ],
)
def test_ups_every_flag(flag, due):
    assert set(CAUSES) == set(FLAGS)
    bits = "".join(str(int(name == flag)) for name in FLAGS)
    frame = f"(226.0 195.0 226.0 014 49.0 27.5 30.0 {bits}\r".encode()
    samples = ask(catalogue.create("megatec-ups", 0, {}).measure(), frame)
    assert {sample.flag for sample in samples} == {due or "N"}
    assert {sample.conditions for sample in samples} == {(flag,) if due else ()}


def test_ups_without_mains_empties_its_battery_and_fills_it_again():
    rig = Rig("megatec-ups", {}, mains=[[0, 230], [100, 230], [100, 0], [2000, 0], [2000, 230]])
    assert rig.measure(10)["battery_voltage"] == ("battery_voltage", 27.6, "V", "N", ())
    assert rig.measure(101)["input_voltage"][1:] == (0.0, "V", "N", ("utility fail",))
    empty = rig.measure(101 + AUTONOMY_S)["battery_voltage"]
    assert (empty.value, empty.conditions) == (21.0, ("utility fail", "battery low"))
    assert rig.run("status", 102 + AUTONOMY_S) == ("utility fail", "battery low", "standby type")
    assert rig.measure(2001)["battery_voltage"].conditions == ()
    assert rig.run("identify", 0)[0] == "rated 230.0 V, 4 A, 50.0 Hz"


@pytest.mark.parametrize("state", range(256))
def test_ultramat_every_state(state):
    ((flag, condition),) = causes_of((0, state)) or [("N", "")]
    due = {4: "N", 18: "M", 21: "M"}.get(state, "C" if 5 <= state <= 20 else "D")
    assert (state in CALIBRATING, state in MAINTENANCE) == (due == "C", due == "M")
    assert flag == due
    assert condition or flag == "N"


def test_ultramat_measuring_is_both_bytes():
    assert causes_of((0, 4)) == []
    assert causes_of((1, 4)) == [("D", "state 1, 4")]


@pytest.mark.parametrize("begins", ["ack", "soh"])
def test_ultramat_measures_and_calibrates_itself(begins):
    settings = {**U23, "crc_begins": begins}
    rig = Rig("siemens-ultramat-23", settings, 1, so2=35, no=120.5, o2=16.16)
    said = rig.measure(10)
    assert [(name, *said[name][1:4]) for name in said] == [
        ("so2", 35.0, "mg/m3", "N"),
        ("no", 120.5, "mg/m3", "N"),
        ("o2", 16.16, "%", "N"),
    ]
    assert rig.measure(AUTOCAL_EVERY_S + 1)["no"].conditions == ("calibrating: state 5",)
    assert rig.measure(AUTOCAL_EVERY_S + AUTOCAL_S)["no"].flag == "N"
    with pytest.raises(ValueError, match="component 'co' is none of no, o2, so2"):
        catalogue.create("siemens-ultramat-23", 1, {**U23, "components": ["co"]})


def test_ultramat_a_component_that_the_answer_lacks():
    rig = Rig("siemens-ultramat-23", {**U23, "components": ["so2"]}, 1, so2=35)
    rig.driver = catalogue.create("siemens-ultramat-23", 1, U23)
    assert rig.measure(0)["o2"][1:] == (None, "%", "D", ("not in the answer",))


def test_gc955_has_no_data_before_its_first_analysis_and_one_record_until_the_next():
    rig = Rig("synspec-gc955", GC955, benzene=[[0, 1], [CYCLE_S, 1], [CYCLE_S, 3]], toluene=2)
    with pytest.raises(Refused, match="No data"):
        rig.measure(CYCLE_S - 1)
    first = rig.measure(CYCLE_S + 1)
    assert first["benzene"] == ("benzene", 1.0, "ppb", "N", ())
    assert first == rig.measure(2 * CYCLE_S - 1)
    assert rig.measure(2 * CYCLE_S)["benzene"].value == 3.0
    assert rig.run("status", CYCLE_S) == ("last analysis 25-11-26 00:15",)


@pytest.mark.parametrize("row", ["benzene", "benzene 3", "benzene 9", "benzene x", " 4"])
def test_gc955_a_place_that_cannot_be(row):
    with pytest.raises(ValueError, match=r"is not a name and a field within 4\.\.8"):
        catalogue.create("synspec-gc955", 0, {**GC955, "values": [row]})


def test_gc955_an_empty_field_is_no_value():
    driver = catalogue.create("synspec-gc955", 0, {**GC955, "fields": 6})
    benzene, toluene = ask(driver.measure(), b"1\t25-11-26\t12:30\t\tx\t2.0\x0f")
    assert benzene[1:] == (None, "ppb", "D", ("no value in the record",))
    assert toluene.value == 2.0


def test_a_davis_console_sleeps_until_it_is_woken():
    rig = Rig("davis-vantage", {}, temperature=41.5, radiation=[[0, float("nan")], [9, float("nan")]])
    assert rig.device.answer(b"LOOP 1\n", 0.0) is None
    samples = {sample.channel: sample for sample in rig.run("measure", 0.0)}
    assert (samples["temperature"].value, samples["temperature"].flag) == (41.5, "N")
    assert (samples["radiation"].value, samples["radiation"].flag) == (None, "D")
    assert rig.device.answer(b"LOOP 1\n", AWAKE_S) is not None
    assert rig.device.answer(b"LOOP 1\n", 2 * AWAKE_S + 1) is None

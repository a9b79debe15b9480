"""Every emulator lives as its protocol can show it, and its driver reads what it shows."""

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused
from drivers.sample import FLAGS
from tests.dialogue import created
from tests.rig import Lively

NAMES = catalogue.names()
FROM_S, EVERY_S = 7000, 100  # the emulators' own warm-ups and first records are over by then


@cache
def shows_of(name):
    return Lively(name).device.at_work.shows()


@pytest.mark.parametrize("name", NAMES)
def test_every_condition_that_happens_is_reported_by_the_driver_while_it_lasts(name):
    conditions = list(dict.fromkeys(show.condition for show in shows_of(name)))
    events = [
        {"at_s": FROM_S + EVERY_S * at, "for_s": EVERY_S / 2, "what": condition}
        for at, condition in enumerate(conditions)
    ]
    rig = Lively(name, events=events).started(0)
    assert rig.conditions(FROM_S - 1).isdisjoint(conditions)
    for event in events:
        said = rig.conditions(event["at_s"] + 2)
        assert event["what"] in said, event
        assert not [condition for condition in said if "is not in the profile" in condition], event
        assert event["what"] not in rig.conditions(event["at_s"] + event["for_s"] + 2), event


# Of a driver's own conditions, those that no state of the instrument makes: the wire, a value, a setting.
NOT_OF_A_STATE = {
    "not a number",  # the value itself
    "not available",
    "not in the answer",
    "instrument says no value",
    "calm: no direction",
    "nothing new was measured",
    "no value in the record",
    "PM1 above PM2.5: another order of values",
    "marked as invalid",  # an AK value with `#`, as without a flame
    "no state is told",
    "name",  # ("N", "name"): a letter of the WXT's settings
}


OF_SIBLINGS = {"tsi-dusttrak-drx-8533": {"message 5", "message 6"}}  # which it has names for


def stated_by(path):
    """The conditions of the (flag, condition) pairs that a driver's file writes, alone or behind a bit."""
    for node in ast.walk(ast.parse(Path(path).read_text())):
        if isinstance(node, ast.Tuple) and all(isinstance(each, ast.Constant) for each in node.elts):
            values = [each.value for each in node.elts]
            if len(values) >= 2 and values[-2] in tuple(FLAGS) and isinstance(values[-1], str) and values[-1]:
                yield values[-1]


def tabled_by(module):
    """Those of its tables of names alone, which it may have from its codec."""
    yield from (
        getattr(module, "FAULTS", {}).values() if isinstance(getattr(module, "FAULTS", 0), dict) else ()
    )
    yield from (row[-1] for row in getattr(module, "ERRORS", ()))
    yield from (row.split(maxsplit=2)[2] for row in getattr(module, "CURRENT", ()))


@pytest.mark.parametrize("name", [name for name in NAMES if catalogue.describe(name).kind == "python"])
def test_an_emulator_shows_every_condition_that_its_driver_names(name):
    modules = {made.__module__ for made in type(created(name)).__mro__} - {"builtins"}
    own = {each for module in modules for each in stated_by(sys.modules[module].__file__)}
    own.update(tabled_by(sys.modules[type(created(name)).__module__]))
    assert own - NOT_OF_A_STATE - OF_SIBLINGS.get(name, set()) <= {show.condition for show in shows_of(name)}


WARMS_UP = re.compile(r"warm|start-up|igniting|building its average|initialising")
WARMING = [
    (name, condition)
    for name in NAMES
    for condition in dict.fromkeys(show.condition for show in shows_of(name))
    if WARMS_UP.search(condition)
]


def test_there_are_drivers_that_tell_a_warm_up():
    assert len({name for name, _ in WARMING}) >= 12


@pytest.mark.parametrize(("name", "condition"), WARMING)
def test_behind_the_power_it_warms_up_and_says_so_as_long_as_the_bench_has_it(name, condition):
    events = [{"at_s": 5000, "for_s": 500, "do": "power off"}]
    rig = Lively(name, behaviour={"warm_up_s": 300}, events=events).started(0)
    assert condition in rig.conditions(298)
    assert condition not in rig.conditions(302)
    with pytest.raises(NoAnswer):
        rig.conditions(5100)
    assert condition in rig.started(5510).conditions(5798)
    assert condition not in rig.conditions(5802)


GAS, TRUTH, DRIFT = 50.0, 40.0, 0.5  # 50 % a day: after half a day 40 reads 50
CURRENT = 0.2  # of these, for a channel that is a current: 8 mA


@pytest.mark.parametrize("name", NAMES)
def test_after_a_span_the_reading_follows_the_gas_again(name):
    measured = Lively(name).device.at_work.measured()
    channels = created(name).channels
    if not measured:
        assert {unit for _, unit in channels} == {"deg"}, "nothing else drifts not"
        return
    own = [channel for channel in channels if channel[0] in measured]
    channel, unit = (own or channels)[0]
    truth, gas = [value * (CURRENT if unit == "mA" else 1) for value in (TRUTH, GAS)]
    values = dict.fromkeys(measured, truth)
    behaviour = {"span_drift": DRIFT, "span_gas": gas, "calibration_s": 60}
    rig = Lively(name, values=values, behaviour=behaviour, events=[{"at_s": 50000, "do": "span"}]).started(0)

    def reads(at_s):
        return rig.measure(at_s)[channel].value

    assert reads(45000) > truth * 1.15, "it has not drifted"
    assert reads(54060) == pytest.approx(truth, rel=0.026)


CALIBRATIONS = ("zero", "span", "calibrate")
COMMANDED = [
    (name, operation)
    for name in NAMES
    for operation in catalogue.describe(name).operations
    if operation.rstrip("0123456789") in CALIBRATIONS and catalogue.describe(name).kind == "profile"
]


def told(rig, operation, at_s):
    """The profile's command; what it leaves open is 1."""
    try:
        return rig.run("command", at_s, operation)
    except ValueError:
        return rig.run("command", at_s, operation, 1)


@pytest.mark.parametrize(("name", "operation"), COMMANDED)
def test_a_register_map_that_calibrates_is_busy_shows_it_and_is_done_by_itself(name, operation):
    rig = Lively(name, behaviour={"calibration_s": 60, "span_gas": 50.0})
    before = rig.conditions(5)
    assert told(rig, operation, 10).result == "accepted"
    states = {show.condition for show in rig.device.at_work.shows() if show.flag == "C"}
    assert not states or rig.conditions(12) & states
    with pytest.raises(Refused) as refused:
        told(rig, operation, 15)
    assert refused.value.code == 6, "busy, says the specification"
    lasts_s = 120 if operation.startswith("calibrate") else 60
    assert rig.conditions(10 + lasts_s + 1) == before
    assert told(rig, operation, 10 + lasts_s + 1).result == "accepted"


TELLS_CALIBRATION = [name for name in NAMES if any(show.flag == "C" for show in shows_of(name))]


@pytest.mark.parametrize("name", TELLS_CALIBRATION)
def test_a_calibration_by_hand_is_shown_by_whoever_can(name):
    rig = Lively(name, events=[{"at_s": 7000, "do": "zero"}, {"at_s": 8000, "do": "span"}]).started(0)
    named = {show.condition for show in shows_of(name) if show.flag == "C"}
    for at_s, shown in ((6990, False), (7030, True), (7090, False), (8030, True)):
        assert bool(rig.conditions(at_s) & named) == shown, at_s


def test_a_gas_that_a_register_map_switches_on_stays_until_the_sample_is_back():
    rig = Lively("thermo-43i", values={"so2": 7.0}, behaviour={"span_gas": 80.0})
    for operation, value, conditions in (
        ("zero_gas", 0.0, {"zero mode"}),
        ("measure_gas", 7.0, set()),
        ("span_gas", 80.0, {"span mode"}),
        ("zero_gas", 0.0, {"zero mode"}),
        ("measure_gas", 7.0, set()),
    ):
        rig.run("command", 10, operation)
        assert rig.measure(9999)["so2"].value == value
        assert rig.conditions(9999) == conditions


def test_a_calibration_that_a_register_map_ends_corrects_nothing():
    rig = Lively("teledyne-t101", behaviour={"zero_drift": 10.0, "calibration_s": 600})
    rig.run("command", 86400, "zero")
    rig.run("command", 86700, "measure_gas")
    assert rig.conditions(86701) == set()
    assert rig.run("measure", 88000)[0].value == pytest.approx(10.0, abs=0.3)


def test_of_a_station_with_gases_these_alone_drift():
    samples = Lively("lanbao-nmhc", behaviour={"zero_drift": 5.0}).measure(86400)
    assert {name: sample.value for name, sample in samples.items() if sample.value} == dict.fromkeys(
        ("nmhc", "benzene", "toluene", "xylene", "thc", "ch4", "pm"), 5.0
    )


SAYS_NO = {"cai-hfid": "BS", "emerson-nga2000": "BS", "servomex-servopro-nox": "BS"}  # AK: busy


@pytest.mark.parametrize(("name", "said"), SAYS_NO.items())
@pytest.mark.parametrize("operation", CALIBRATIONS)
def test_an_ak_analyser_that_calibrates_says_that_it_is_busy(name, said, operation):
    rig = Lively(name, behaviour={"calibration_s": 60, "span_gas": 50.0})
    assert rig.run(operation, 10).result == "accepted"
    assert {sample.flag for sample in rig.run("measure", 12)} == {"C"}
    with pytest.raises(Refused, match=said):
        rig.run(operation, 15)
    assert rig.run(operation, 131).result == "accepted"


@pytest.mark.parametrize("name", ["tsi-dusttrak-8530", "tsi-dusttrak-drx-8533"])
def test_a_dusttrak_that_zeroes_is_not_to_be_disturbed_for_as_long_as_the_bench_says(name):
    rig = Lively(name, behaviour={"calibration_s": 20})
    assert rig.run("zero", 10).state == ("Zeroing",)
    assert rig.run("start", 29).state == ("Idle",), "its state says that it did not start"
    assert rig.run("start", 31).state == ("Running",)


OVER = [name for name in NAMES if any(show.flag == "T" for show in shows_of(name))]


def test_there_are_drivers_that_tell_an_end_of_range():
    assert len(OVER) >= 7


@pytest.mark.parametrize("name", OVER)
def test_beyond_its_range_it_is_held_there_and_its_driver_says_over_range(name):
    measured = Lively(name).device.at_work.measured()
    values = {channel: [[0, 10.0], [7000, 10.0], [7000, 30.0]] for channel in measured}
    rig = Lively(name, values=values, behaviour={"top": 20.0}).started(0)
    assert {sample.flag for sample in rig.run("measure", 6990)} <= {"N", "D"}
    beyond = [sample for sample in rig.run("measure", 7100) if sample.flag == "T"]
    assert beyond
    assert all(
        sample.value is None or sample.value <= 20.0 for sample in beyond if sample.channel in measured
    )
    assert all("over range" in sample.conditions for sample in beyond)


def test_beyond_its_range_it_names_the_value_that_is():
    values = {"pm1": 5.0, "pm25": 5.0, "pm4": 5.0, "pm10": 30.0, "tsp": 5.0}
    rig = Lively("tsi-dusttrak-drx-8533", values=values, behaviour={"top": 20.0}).started(0)
    assert [name for name, sample in rig.measure(10).items() if sample.flag == "T"] == ["pm10"]

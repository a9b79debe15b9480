"""VOC instruments and fixed gas detectors that are profiles: registers in, samples and flags out.

The registers stand at the addresses of the sources; what is in them is a worked example, by hand.
"""

import pytest

from drivers import catalogue
from drivers.registers import resolve
from hardware_sim.modbus import ModbusInstrument
from hardware_sim.scripts import Script
from tests.drivers.profiles import gas_detectors, voc
from tests.drivers.profiles.memory import ADDRESS, measured, polled

CASES = {case.driver: case for case in voc.CASES + gas_detectors.CASES}
CLASSES = ("voc-pid", "voc-fid", "voc", "gas-detector")
ELSEWHERE = ("evikon-e2638-pid", "honeywell-raeguard3", "lanbao-nmhc")  # literal frames, or proven before
PROFILES = [
    name
    for name in catalogue.names()
    if catalogue.describe(name).kind == "profile" and catalogue.describe(name).about["class"] in CLASSES
]


def test_every_profile_of_these_classes_is_here():
    assert sorted(set(CASES) | set(ELSEWHERE)) == PROFILES


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_its_emulator_says_what_it_is_told_and_is_well(case):
    profile = resolve(catalogue.load_profile(case.driver), case.settings)
    told = {channel: Script(value, channel) for channel, (value, _) in case.said.items()}
    if any("decimals" in row for row in profile["channel"]):
        told["decimals"] = Script(2.0, "decimals")
    emulated = ModbusInstrument(ADDRESS, profile, told, case.driver)
    samples, asked = measured(case, emulated)
    assert asked == case.asked
    for sample in samples:
        value, unit = case.said[sample.channel]
        assert (sample.unit, sample.flag, sample.conditions) == (unit, "N", ())
        assert sample.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("driver", "register", "content", "value"),
    [
        (driver, register, *row)
        for driver, register, contents, values in gas_detectors.DECIMALS
        for row in zip(contents, values, strict=True)
    ],
)
def test_the_instrument_s_own_decimals(driver, register, content, value):
    (sample,), _ = polled(CASES[driver], "holding", {register: content})
    assert (sample.value, sample.flag) == (pytest.approx(value), "N")

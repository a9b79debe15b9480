"""Every table of registers: registers in, samples out, each status to its flag, and no status left out."""

import pytest

from drivers import catalogue
from tests.drivers.profiles import (
    ambient_analysers,
    analysers,
    dust,
    gas_detectors,
    stations,
    teledyne,
    voc,
)
from tests.drivers.profiles.memory import polled

TABLES = (voc, gas_detectors, dust, stations, ambient_analysers, analysers, teledyne)
CASES = {case.driver: case for table in TABLES for case in table.CASES}
STATES = [state for table in TABLES for state in table.STATES]


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_registers_in_samples_out(case):
    samples, asked = polled(case)
    said = [(channel, *value, "N", ()) for channel, value in case.said.items()]
    assert [tuple(sample) for sample in samples] == said
    assert asked == case.asked


@pytest.mark.parametrize("state", STATES, ids=[f"{row.driver}-{row.registers}" for row in STATES])
def test_each_status_to_its_flag(state):
    case = CASES[state.driver]
    samples, asked = polled(case, state.table, state.registers)
    assert asked == case.asked
    for sample in samples:
        meant = not state.channels or sample.channel in state.channels
        assert (sample.flag, sample.conditions) == ((state.flag, state.conditions) if meant else ("N", ()))


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_state_of_a_profile_is_left_out(name):
    known = {
        (state["flag"], state["condition"])
        for status in catalogue.load_profile(name).get("status", ())
        for state in status.get("values", []) + status.get("bits", [])
        if state["flag"] != "N" or "condition" in state
    }
    shown = {(row.flag, condition) for row in STATES if row.driver == name for condition in row.conditions}
    assert known - shown == set()

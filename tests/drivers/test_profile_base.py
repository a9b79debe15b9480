"""A profile whose registers begin where the instrument is set to let them begin."""

import pytest

from drivers.registers import RegisterDriver, faults, resolve


def rig(base):
    return {
        "profile": {"name": "rig", "protocol": "modbus", "base": base},
        "setting": [{"name": "base", "type": "integer", "help": "where the block begins"}],
        "channel": [{"name": "a", "table": "holding", "register": 201, "type": "uint16", "unit": "ppm"}],
        "status": [{"name": "s", "table": "holding", "register": 202, "type": "uint16"}],
        "identity": [{"name": "type", "table": "holding", "register": 5, "type": "uint16"}],
    }


@pytest.mark.parametrize(("base", "start"), [(0, 201), (40000, 40201), (-1, 200)])
def test_a_base_is_added_to_every_register_and_may_be_a_setting(base, start):
    profile = rig("$base")
    assert list(faults(profile)) == []
    questions = RegisterDriver(1, profile, {"base": base}).questions()
    assert [(q.pdu.start, q.pdu.count) for q in questions] == [(start, 2)]
    assert profile == rig("$base"), "the profile stays as it is"
    assert resolve(profile, {"base": base})["identity"][0]["register"] == 5, "scan knows no settings"


@pytest.mark.parametrize(("base", "registers"), [(-202, (-1, 0)), (65400, (65601, 65602))])
def test_a_base_that_leads_out_of_the_registers_is_a_fault(base, registers):
    said = [what for _, _, key, what, _ in faults(resolve(rig("$base"), {"base": base})) if key == "register"]
    assert said == [f"{at} is not within 0..65535" for at in registers if not 0 <= at <= 65535]


@pytest.mark.parametrize(
    ("base", "what"),
    [
        (70000, "70000 is not within -65535..65535"),
        (0.5, "0.5 is not a whole number"),
        ("$b", "'$b' names no [[setting]]"),
    ],
)
def test_a_wrong_base_is_a_fault_of_the_profile(base, what):
    assert list(faults(rig(base))) == [("profile", 0, "base", what, "")]

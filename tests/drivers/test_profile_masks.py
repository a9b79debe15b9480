"""A status that is a part of its register, decimals and units that the instrument says itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused
from drivers.profile import faults, masked, resolve
from drivers.registers import RegisterDriver
from hardware_sim.modbus import ModbusInstrument
from hardware_sim.scripts import Script

PROFILE = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "setting": [{"name": "unit", "type": "string", "help": "as set on the instrument"}],
    "channel": [
        {
            "name": "gas",
            "table": "holding",
            "register": 0,
            "type": "uint16",
            "decimals": "decimals",
            "unit": "$unit",
        }
    ],
    "status": [
        {
            "name": "state",
            "table": "holding",
            "register": 1,
            "type": "uint16",
            "mask": 0xF000,
            "values": [{"is": 2, "flag": "N"}, {"is": 5, "flag": "C", "condition": "calibrating"}],
            "bits": [{"bit": 0, "flag": "D", "condition": "lamp"}],
        },
        {
            "name": "decimals",
            "table": "holding",
            "register": 2,
            "type": "uint16",
            "mask": 0x0003,
            "values": [{"is": places, "flag": "N"} for places in range(4)],
        },
        {
            "name": "unit",
            "table": "holding",
            "register": 2,
            "type": "uint16",
            "mask": 0x0F00,
            "values": [{"is": 1, "flag": "N", "unit": "ppm"}, {"is": 2, "flag": "N", "unit": "ppb"}],
        },
    ],
}


def sample(*registers, unit="ppm"):
    talk = RegisterDriver(1, PROFILE, {"unit": unit}).measure()
    next(talk)
    try:
        talk.send(registers)
    except StopIteration as end:
        return end.value[0]
    raise AssertionError("it asks more")


def test_the_profile_is_sound():
    assert list(faults(PROFILE)) == []


@pytest.mark.parametrize(
    ("registers", "expected"),
    [
        ((123, 0x2000, 0x0100), (123.0, "N", ())),
        ((123, 0x2000, 0x0101), (12.3, "N", ())),
        ((123, 0x2FFE, 0xF1FE), (1.23, "N", ())),
        ((123, 0x5000, 0x0103), (0.123, "C", ("calibrating",))),
        ((123, 0x2001, 0x0100), (123.0, "D", ("lamp",))),
        ((123, 0x7000, 0x0100), (123.0, "D", ("state 7 is not in the profile",))),
        ((123, 0x2000, 0x0200), (123.0, "D", ("the instrument says ppb, not ppm",))),
        ((123, 0x2000, 0x0300), (123.0, "D", ("unit 3 is not in the profile",))),
    ],
)
def test_parts_of_registers_by_hand(registers, expected):
    assert sample(*registers)[1:2] + sample(*registers)[3:] == expected


def test_decimals_that_no_register_can_have_are_no_value():
    wide = {**PROFILE, "status": [{**row, "mask": 0xFFFF} for row in PROFILE["status"]]}
    talk = RegisterDriver(1, wide, {"unit": "ppm"}).measure()
    next(talk)
    with pytest.raises(StopIteration) as end:
        talk.send((123, 2, 65535))
    (said,) = end.value.value
    assert (said.value, said.flag) == (None, "D")
    assert "65535 decimals" in said.conditions


def test_without_its_decimals_a_reading_is_no_value_and_the_cause_stands_once():
    apart = [{**row, "table": "input"} if row["name"] == "decimals" else row for row in PROFILE["status"]]
    talk = RegisterDriver(1, {**PROFILE, "status": apart}, {"unit": "ppm"}).measure()
    assert next(talk).pdu.function == 3
    assert talk.send((123, 0x2000, 0x0100)).pdu.function == 4
    with pytest.raises(StopIteration) as end:
        talk.throw(Refused(2))
    (said,) = end.value.value
    assert (said.value, said.flag) == (None, "D")
    assert len(said.conditions) == 1
    assert said.conditions[0].endswith("at input register 2")


@given(raw=st.integers(0, 0xFFFFFFFF), low=st.integers(0, 31), size=st.integers(1, 32))
def test_what_is_masked_is_what_a_shift_gives(raw, low, size):
    mask = ((1 << size) - 1 << low) & 0xFFFFFFFF
    assert masked(raw, mask) == raw >> low & (1 << size) - 1 & mask >> low


@pytest.mark.parametrize("unit", ["ppm", "ppb"])
def test_the_emulator_keeps_the_parts_of_a_register_apart(unit):
    told = {"gas": Script(1.23, "gas"), "decimals": Script(2.0, "decimals")}
    settings = {"unit": unit}
    emulated = ModbusInstrument(1, resolve(PROFILE, settings), told, "w")
    talk = RegisterDriver(1, PROFILE, settings).measure()
    request = next(talk)
    answer = emulated.answer(request.encode(), 0.0)
    assert answer is not None
    with pytest.raises(StopIteration) as end:
        talk.send(request.parse(answer.frame))
    assert end.value.value == [("gas", 1.23, unit, "N", ())]


STATUS = {"name": "s", "table": "holding", "register": 1, "type": "uint16"}


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        ("status", {"mask": 0}, ("mask", "0 is not within 1..4294967295", "")),
        (
            "status",
            {"mask": 1, "type": "float32"},
            ("mask", "a float32 has no mask", "a mask takes bits of a whole number"),
        ),
        (
            "channel",
            {"decimals": "places"},
            (
                "decimals",
                "'places' is no status of this profile",
                "it names the [[status]] of the decimals' register",
            ),
        ),
    ],
)
def test_faults_are_named(table, change, expected):
    channel = {"name": "a", "table": "holding", "register": 0, "type": "uint16", "unit": "ppm"}
    rig = {"profile": {"name": "rig", "protocol": "modbus"}, "channel": [channel], "status": [STATUS]}
    rig[table] = [{**rig[table][0], **change}]
    assert list(faults(rig)) == [(table, 0, *expected)]


@pytest.mark.parametrize(
    ("key", "state", "what"),
    [
        ("bits", {"bit": 1, "flag": "N", "unit": "ppm"}, "unknown key `unit` in a state"),
        ("values", {"is": 1, "flag": "N", "unit": 5}, "a state's `unit` must be a string"),
    ],
)
def test_a_unit_belongs_to_a_value_and_is_a_text(key, state, what):
    channel = {"name": "a", "table": "holding", "register": 0, "type": "uint16", "unit": "ppm"}
    status = [{**STATUS, key: [state]}]
    rig = {"profile": {"name": "rig", "protocol": "modbus"}, "channel": [channel], "status": status}
    assert [fault[3] for fault in faults(rig)] == [what]

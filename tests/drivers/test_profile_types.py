"""Types that are no plain number: what a profile may say of them, and what the emulator makes of it."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused
from drivers.identification import identified
from drivers.profile import KEYS, TYPE_NAMES, faults, resolve
from drivers.registers import RegisterDriver
from hardware_sim.modbus import ModbusInstrument
from hardware_sim.scripts import Script

CLOCK = ["YYYY", "MMDD", "hhmm", "ss"]
PLACE = {"table": "holding", "register": 0}
GAS = {"name": "gas", **PLACE, "type": "uint16", "unit": "ppm"}
RIG = {
    "profile": {"name": "rig", "protocol": "modbus"},
    "channel": [
        GAS,
        {
            "name": "dust",
            **PLACE,
            "register": 1,
            "type": "bcd32",
            "order": "CDAB",
            "divisor": 10,
            "unit": "mg/m3",
        },
        {
            "name": "h2s",
            **PLACE,
            "register": 3,
            "type": "uint16",
            "mask": 0x1FFF,
            "sign": 0x8000,
            "decimals": "decimals",
            "unit": "ppm",
        },
        {
            "name": "temperature",
            **PLACE,
            "register": 4,
            "type": "int16",
            "mask": 0xFFF0,
            "divisor": 16,
            "unit": "degC",
        },
        {"name": "flow", **PLACE, "register": 5, "type": "text_number", "length": 3, "unit": "L/min"},
    ],
    "status": [
        {"name": "decimals", **PLACE, "register": 3, "type": "uint16", "mask": 0x6000, "channels": ["h2s"]}
    ],
    "identity": [
        {"name": "serial", **PLACE, "register": 40, "type": "string", "length": 4},
        {
            "name": "model",
            **PLACE,
            "register": 44,
            "type": "string",
            "length": 3,
            "order": "BADC",
            "is": "M2A-X",
        },
        {"name": "clock", **PLACE, "register": 50, "type": "bcd_time", "layout": CLOCK},
        {"name": "date", **PLACE, "register": 60, "type": "binary_time", "layout": ["DD", "MM", "YY"]},
        {"name": "number", **PLACE, "register": 70, "type": "bcd32"},
    ],
    "command": [
        {"name": "span", **PLACE, "register": 80, "values": [3, {"type": "float32"}]},
        {"name": "set_time", **PLACE, "register": 90, "values": [{"type": "bcd_time", "layout": CLOCK}, 1]},
    ],
}


def changed(table, change):
    """RIG with another first row of this table; None takes a key away."""
    rig = copy.deepcopy(RIG)
    row = {**rig[table][0], **change}
    rig[table][0] = {key: value for key, value in row.items() if value is not None}
    return rig


def found(profile):
    return [(table, key, what) for table, _, key, what, _ in faults(profile)]


def test_the_rig_is_sound():
    assert found(RIG) == []


TYPE = "a text is no measured value"
WHOLE = "a time has a year, month and day, then hour and minute, then seconds"


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        ("channel", {"type": "string", "length": 2}, [("type", TYPE)]),
        (
            "status",
            {"type": "bcd_time", "mask": None},
            [("type", "a time is no measured value"), ("layout", "missing")],
        ),
        ("channel", {"type": "text_number"}, [("length", "missing")]),
        (
            "channel",
            {"type": "text_number", "length": 3, "order": "DCBA"},
            [("order", "a text is ABCD or BADC")],
        ),
        ("channel", {"type": "text_number", "length": 3, "mask": 1}, [("mask", "a text_number has no mask")]),
        ("channel", {"type": "bcd16", "mask": 0x0FF0}, [("mask", "a bcd16 has no mask")]),
        ("channel", {"type": "float32", "mask": 1}, [("mask", "a float32 has no mask")]),
        ("channel", {"mask": 0x1FFFF}, [("mask", "0x1FFFF has bits that a uint16 has not")]),
        ("channel", {"sign": 0x8000}, [("sign", "a sign of its own needs `mask`")]),
        ("channel", {"mask": 0xFFFF, "sign": 0x8000}, [("sign", "it lies within `mask`")]),
        (
            "channel",
            {"type": "int16", "mask": 0xFF, "sign": 0x8000},
            [("sign", "the type int16 has its sign already")],
        ),
        ("channel", {"mask": 0xFF, "sign": 0}, [("sign", "0 is not within 1..4294967295")]),
        ("channel", {"every": 0}, [("every", "0 is not within 1..1000")]),
        ("channel", {"every": 2.5}, [("every", "2.5 is not a whole number")]),
        ("identity", {"length": None}, [("length", "missing")]),
        ("identity", {"length": 126}, [("length", "126 is not within 1..125")]),
        ("identity", {"register": 65533}, [("register", "4 registers from 65533 end behind 65535")]),
        ("identity", {"order": "CDAB"}, [("order", "a text is ABCD or BADC")]),
        ("identity", {"is": 5}, [("is", "5 cannot be: a string is a text")]),
        ("identity", {"type": "uint16"}, [("length", "a uint16 has none")]),
        ("identity", {"type": "bcd_time", "length": None}, [("layout", "missing")]),
        ("identity", {"type": "bcd_time", "length": None, "layout": ["YYYY"]}, [("layout", WHOLE)]),
        ("identity", {"type": "bcd_time", "length": None, "layout": ["YYMM", "DDYY"]}, [("layout", WHOLE)]),
        (
            "identity",
            {"type": "bcd_time", "length": None, "layout": ["year"]},
            [("layout", "'year' is no part of a time")],
        ),
        (
            "identity",
            {"type": "bcd_time", "length": None, "layout": CLOCK, "is": "x"},
            [("is", "a time proves no model")],
        ),
        ("identity", {"register": "$base"}, [("register", "'$base' names no [[setting]]")]),
        ("command", {"values": None}, [("type", "missing")]),
        ("command", {"values": []}, [("values", "0 registers: a write carries 1..123")]),
        ("command", {"values": 3}, [("values", "3 is not a list of registers and { type, value } tables")]),
        ("command", {"values": [65536]}, [("values", "65536 does not fit into uint16")]),
        ("command", {"values": ["x"]}, [("values", "'x' is not a number")]),
        ("command", {"values": ["$gas"]}, [("values", "'$gas' names no [[setting]]")]),
        (
            "command",
            {"values": [{"type": "float32"}, {"type": "uint16"}]},
            [("values", "two places are left open")],
        ),
        (
            "command",
            {"values": [{"type": "string"}]},
            [
                (
                    "values",
                    "'string' is none of int16, uint16, int32, uint32, "
                    "float32, int64, uint64, float64, bcd16, bcd32, bcd64, bcd_time, binary_time",
                )
            ],
        ),
        ("command", {"values": [{"value": 1}]}, [("values", "a value has no `type`")]),
        (
            "command",
            {"values": [{"type": "uint16", "valeu": 1}]},
            [("values", "unknown key `valeu` in a value")],
        ),
        (
            "command",
            {"values": [{"type": "bcd16", "value": 10000}]},
            [("values", "10000 does not fit into bcd16")],
        ),
        ("command", {"values": [1] * 124}, [("values", "124 registers: a write carries 1..123")]),
        ("command", {"register": 65535}, [("values", "3 registers from 65535 end behind 65535")]),
        ("command", {"type": "uint16"}, [("type", "does not belong to a list of values")]),
        ("command", {"table": "coil"}, [("values", "coils are written one by one")]),
        (
            "command",
            {"values": None, "type": "bcd_time", "layout": CLOCK, "value": 2020},
            [("value", "a time is said by whoever gives the command")],
        ),
    ],
)
def test_faults_are_named(table, change, expected):
    assert found(changed(table, change)) == [(table, *fault) for fault in expected]


def test_something_is_read_at_every_poll():
    rig = copy.deepcopy(RIG)
    for row in rig["channel"]:
        row["every"] = 2
    assert found(rig) == [("channel", "every", "no channel is read at every poll")]


def test_a_setting_cannot_say_what_identifies():
    rig = changed("identity", {"register": "$at"})
    rig["setting"] = [{"name": "at", "type": "integer", "help": "where it lies"}]
    assert found(rig) == [("identity", "register", "'$at' cannot be known here")]


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-70000, 70000),
    st.floats(allow_nan=True),
    st.sampled_from([*TYPE_NAMES, "holding", "coil", "$x", "$", "", "state", "ABCD", "N"]),
)
VALUE = st.recursive(
    ANYTHING,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["is", "bit", "flag", "type", "value", "layout", "order"]), inner),
    ),
    max_leaves=6,
)


@st.composite
def profiles(draw):
    """The rig with some of its keys put to anything at all."""
    rig = copy.deepcopy(RIG)
    rig["setting"] = [{"name": "x", "type": "number", "help": "anything"}]
    for _ in range(draw(st.integers(1, 4))):
        table, keys = draw(st.sampled_from(KEYS))
        if draw(st.integers(0, 15)) == 0:
            rig[table] = draw(VALUE)
            continue
        rows = rig.get(table) or [{}]
        rows = rows if isinstance(rows, list) else [rows]
        row = draw(st.sampled_from(rows)) if rows else {}
        if isinstance(row, dict):
            row[draw(st.sampled_from([key for key, _, _ in keys]))] = draw(VALUE)
    return rig


@given(profile=profiles())
def test_no_profile_is_too_odd_to_be_checked_and_a_sound_one_can_be_asked(profile):
    if list(faults(profile)):
        return
    settings = {"x": 1}
    if not list(faults(resolve(profile, settings))):
        assert RegisterDriver(1, profile, settings).questions()


def emulated(**scripts):
    said = {name: Script(value, name) for name, value in scripts.items()}
    return ModbusInstrument(1, resolve(RIG, {}), said, "rig")


def carry(talk, emulator, elapsed_s=0.0):
    """What a conversation makes of the emulator's answers."""
    try:
        request = next(talk)
        while True:
            answer = emulator.answer(request.encode(), elapsed_s)
            try:
                said = request.parse(answer.frame)
            except Refused as refusal:
                request = talk.throw(refusal)
            else:
                request = talk.send(said)
    except StopIteration as end:
        return end.value


@given(
    counts=st.tuples(
        st.integers(0, 65535), st.integers(0, 99999999), st.integers(-2048, 2047), st.integers(-9999, 99999)
    ),
    h2s=st.integers(-8191, 8191),
    decimals=st.integers(0, 3),
)
def test_what_the_emulator_says_the_driver_reads(counts, h2s, decimals):
    gas, dust, temperature, flow = counts
    values = {
        "gas": float(gas),
        "dust": dust / 10,
        "h2s": h2s / 10**decimals,
        "temperature": temperature / 16,
        "flow": flow / 100,
    }
    emulator = emulated(**values, decimals=float(decimals))
    samples = carry(RegisterDriver(1, RIG, {}).measure(), emulator)
    assert {sample.channel: sample.value for sample in samples} == pytest.approx(values)
    assert {sample.flag for sample in samples} == {"N"}


def test_the_registers_of_the_emulator_by_hand():
    talk = RegisterDriver(1, RIG, {}).measure()
    request = next(talk)
    emulator = emulated(dust=1234567.8, h2s=-1.23, decimals=2.0, temperature=-2.5, flow=-7.25)
    answer = emulator.answer(request.encode(), 0.0)
    words = (0, 0x5678, 0x1234, 0xC07B, 0xFD80, 0x2D37, 0x2E32, 0x3530)  # the last three: -7.250
    assert request.parse(answer.frame) == words


def test_it_says_who_it_is_and_its_clock_runs_and_can_be_set():
    driver, emulator = RegisterDriver(1, RIG, {}), emulated()
    assert carry(driver.identify(), emulator, 61.0) == (
        "serial: emulated",
        "model: M2A-X",
        "clock: 2026-01-01 00:01:01",
        "date: 2026-01-01",
        "number: 0",
    )
    assert carry(driver.command("set_time", (2031, 2, 28, 23, 59, 50)), emulator, 100.0).result == "accepted"
    assert carry(driver.identify(), emulator, 115.0)[2:4] == (
        "clock: 2031-03-01 00:00:05",
        "date: 2031-03-01",
    )
    assert carry(driver.command("span", 12.5), emulator).result == "accepted"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("span", [4, 0x4148, 0]),
        ("span", [3, 0x4148]),
        ("set_time", [0x2031, 0x1328, 0, 0, 1]),
        ("set_time", [0] * 4),
    ],
)
def test_the_emulator_refuses_what_is_not_the_command(name, values):
    emulator = emulated()
    (row,) = [row for row in RIG["command"] if row["name"] == name]
    twin = {**RIG, "command": [{**row, "values": values}]}
    with pytest.raises(Refused, match="illegal data value"):
        carry_raising(RegisterDriver(1, twin, {}).command(name), emulator)
    assert carry(RegisterDriver(1, RIG, {}).identify(), emulator)[2] == "clock: 2026-01-01 00:00:00"


def carry_raising(talk, emulator):
    request = next(talk)
    return request.parse(emulator.answer(request.encode(), 0.0).frame)


def test_scan_shows_what_it_says_of_itself():
    result = carry(identified("modbus", 1, [("rig", "modbus", RIG)]), emulated())
    assert ("serial", "emulated") in result.facts
    assert ("clock", "2026-01-01 00:00:00") in result.facts
    assert result.fits == ("rig",)
    other = {**RIG, "identity": [{**RIG["identity"][1], "is": "M2A"}]}
    assert carry(identified("modbus", 1, [("rig", "modbus", other)]), emulated()).fits == ()


def test_digits_that_are_none_are_a_fault_of_the_value_and_of_a_status():
    rig = {
        "profile": {"name": "rig", "protocol": "modbus"},
        "channel": [{**GAS, "type": "bcd16"}, {**GAS, "name": "other", "register": 1}],
        "status": [
            {
                "name": "state",
                **PLACE,
                "register": 2,
                "type": "bcd16",
                "channels": ["other"],
                "values": [{"is": 12, "flag": "N"}],
                "bits": [{"bit": 9, "flag": "D"}],
            }
        ],
    }
    assert found(rig) == []
    for words, expected in (
        ((0x0123, 5, 0x0012), [(123.0, "N", ()), (5.0, "N", ())]),
        ((0x01A3, 5, 0x00F2), [(None, "D", ("not a number",)), (5.0, "D", ("state is not a number",))]),
    ):
        talk = RegisterDriver(1, rig, {}).measure()
        next(talk)
        with pytest.raises(StopIteration) as end:
            talk.send(words)
        assert [(said.value, said.flag, said.conditions) for said in end.value.value] == expected

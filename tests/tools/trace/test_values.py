"""Registers in the driver's words: order, scale and unit, only what was asked and truly answered."""

import struct
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.capture import Header
from tools.trace.values import Values, _said

HEADER = Header(
    "a",
    9600,
    "8N1",
    0,
    "agent",
    (
        ("pid", 3, "honeywell-raeguard3"),
        ("fid", 201, "lanbao-nmhc"),
        ("aqt", 9, "vaisala-aqt530"),
        ("tsp", 14, "thermo-5030i"),
        ("co", 6, "singoan-sga"),
        ("own", 4, "/etc/fenceline/own.toml"),
    ),
)


def ask(start: int, count: int, function: int = 3) -> bytes:
    return struct.pack(">BHH", function, start, count)


def answer(*registers: int, function: int = 3) -> bytes:
    return struct.pack(f">BB{len(registers)}H", function, 2 * len(registers), *registers)


def test_scaled_where_the_profile_says_all_and_raw_where_a_setting_does() -> None:
    values = Values(HEADER)
    values.ask(9, ask(8, 3))
    assert (
        values.answered(9, answer(123, 456, 215))
        == "pm25 = 12.3 ug/m3, pm10 = 45.6 ug/m3, temperature = 21.5"
    )
    values.ask(3, ask(8, 2))
    assert values.answered(3, answer(0, 125)) == "voc = 125 raw"


def test_parts_of_a_register_and_decimals_that_another_one_says() -> None:
    values = Values(HEADER)
    values.ask(6, ask(0x102, 3))
    assert values.answered(6, answer(2, 7, 2)) == "decimals = 2, unit = 2"
    row = {"name": "gas", "type": "uint16", "mask": 0x1FFF, "sign": 0x8000, "divisor": 10, "unit": "ppm"}
    assert _said(row, (0xC07B,)) == "gas = -12.3 ppm"
    assert _said({**row, "decimals": "places"}, (0xC07B,)) == "gas = -123 raw"
    state = {"name": "state", "type": "uint16", "mask": 0xF000}
    assert _said(state, (0x5001,)) == "state = 5"
    assert _said({**state, "bits": []}, (0x5001,)) == "state = 20481"


def test_word_order_and_many_fields() -> None:
    """Lanbao: floats CDAB from register 0; NMHC is the seventh, its state follows."""
    values = Values(HEADER)
    values.ask(201, ask(12, 4))
    high, low = struct.unpack(">HH", struct.pack(">f", 12.5))
    said = values.answered(201, answer(low, high, 0, 0))
    assert said == "nmhc = 12.5, state = 0", "the unit is a setting"
    values.ask(201, ask(0, 28))
    assert values.answered(201, answer(*[0] * 28)).endswith(", ... (12)")


def test_only_an_answer_to_a_known_question_is_explained() -> None:
    values = Values(HEADER)
    assert values.answered(9, answer(1)) == "", "nobody asked"
    values.ask(9, ask(8, 1))
    values.ask(9, ask(8, 1, function=6))
    assert values.answered(9, answer(1)) == "", "something else was asked since"
    values.ask(9, ask(8, 1, function=4))
    assert values.answered(9, answer(1, function=4)) == "", "its registers are in the other table"
    values.ask(9, ask(200, 1))
    assert values.answered(9, answer(1)) == ""
    for address in (4, 14, 77):
        values.ask(address, ask(0, 1))
        assert values.answered(address, answer(1)) == ""


@given(st.binary(max_size=8), st.binary(max_size=80))
def test_any_bytes_are_explained_or_not(question: bytes, reply: bytes) -> None:
    values: Any = Values(HEADER)
    for address in (3, 9, 201):
        values.ask(address, question)
        assert isinstance(values.answered(address, reply), str)

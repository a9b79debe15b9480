import math
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_sim.instruments.thermo_5030i import Thermo5030i, block_check, number
from hardware_sim.scripts import Script
from hardware_sim.tables import BenchError

SPAN = b"\x02ST843 K\x03"  # Ecotech Serinus manual p. 169, printed with its check 52


def monitor(*names: str, address: int = 14, **values: Any) -> Thermo5030i:
    scripts = {name: Script(value, f"w: values: {name}") for name, value in values.items()}
    return Thermo5030i(address, {"values": list(names or ("tsp",)), "unit": "µg/m³"}, scripts, "w")


def test_block_check_of_the_vendors_example() -> None:
    assert block_check(SPAN) == b"52"
    assert Thermo5030i.request_length(SPAN + b"52") == len(SPAN) + 2
    assert Thermo5030i.request_length(SPAN + b"53") == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (25.78, "+2578+01"),
        (0.0, "+0000+00"),
        (-0.02578, "-2578-02"),
        (9999.6, "+1000+04"),
        (1.0, "+1000+00"),
        (1e-120, "+0000+00"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_an_answer_with_check_and_one_without() -> None:
    body = b"MD01 014 +2578+01 00 00 0000000000"
    checked = b"\x02" + body + b"\x03"
    check = f"{reduce(lambda a, b: a ^ b, checked):02X}".encode()
    ask = b"\x02DA014\x03"
    answer = monitor(tsp=25.78).answer(ask + block_check(ask), 0)
    assert answer is not None
    assert answer.frame == checked + check
    assert answer.values == {"tsp": 25.78}
    bare = monitor(tsp=25.78).answer(b"\x02DA014\r", 0)
    assert bare is not None
    assert bare.frame == b"\x02" + body + b"\r"


def test_the_status_of_measuring_is_the_one_that_the_settings_name() -> None:
    device = Thermo5030i(14, {"values": ["tsp"], "unit": "ug/m3", "measuring": 18}, {}, "w")
    answer = device.answer(b"\x02DA\r", 0)
    assert answer is not None
    assert answer.frame == b"\x02MD01 014 +0000+00 12 00 0000000000\r"


def test_several_values_statuses_and_scripts() -> None:
    device = monitor("pm10", "tsp", address=9, pm10=[[0, 1], [10, 2]], tsp=300, operation=0x1A, error=255)
    answer = device.answer(b"\x02DA009\r", 5)
    assert answer is not None
    assert answer.frame == (b"\x02MD02 009 +1500+00 1A FF 0000000000 010 +3000+02 1A FF 0000000000\r")
    assert answer.values == {"pm10": 1.5, "tsp": 300.0}


@pytest.mark.parametrize("ask", [b"\x02DA014\r", b"\x02DA 14\r", b"\x02DA\r"])
def test_ways_to_ask(ask: bytes) -> None:
    assert Thermo5030i.request_length(ask) == len(ask)
    assert monitor().answer(ask, 0) is not None


@pytest.mark.parametrize("ask", [b"\x02DA015\r", b"\x02ST014 N\r", SPAN + b"52"])
def test_what_is_not_answered(ask: bytes) -> None:
    assert Thermo5030i.request_length(ask) == len(ask)
    assert monitor().answer(ask, 0) is None


def test_a_foreign_answer_bears_the_next_addresses_and_a_valid_check() -> None:
    ask = b"\x02DA014\x03"
    answer = monitor("a", "b").answer(ask + block_check(ask), 0)
    assert answer is not None
    foreign = monitor("a", "b").as_foreign(answer.frame)
    assert foreign.startswith(b"\x02MD02 015 +0000+00 00 00 0000000000 016 ")
    assert foreign[-2:] == block_check(foreign[:-2])


@given(value=st.floats(-9.99e99, 9.99e99))
def test_what_is_said_is_what_four_digits_keep(value: float) -> None:
    answer = monitor(tsp=value).answer(b"\x02DA\r", 0)
    assert answer is not None
    word = answer.frame.split()[2]
    assert len(word) == 8
    heard = int(word[:5]) * 10.0 ** (int(word[5:]) - 3)
    assert answer.values["tsp"] == pytest.approx(heard, rel=1e-12)
    assert answer.values["tsp"] == pytest.approx(value, rel=5.1e-4, abs=1e-99)


@given(noise=st.binary(max_size=30), bit=st.integers(0, 8 * 9 - 1))
def test_neither_noise_nor_a_flipped_bit_is_a_request(noise: bytes, bit: int) -> None:
    assert Thermo5030i.request_length(b"\x02D" + noise) == 0 or noise[:1] == b"A"
    ask = bytearray(b"\x02DA014\x03")
    ask += block_check(bytes(ask))
    ask[bit // 8] ^= 1 << bit % 8
    # The case of a check's hex digit is the one bit that means nothing.
    same = bytes(ask).upper() == b"\x02DA014\x03" + block_check(b"\x02DA014\x03") and bit >= 56
    assert Thermo5030i.request_length(bytes(ask)) == (9 if same else 0)


@pytest.mark.parametrize(
    ("settings", "values", "address", "what"),
    [
        ({}, {}, 14,
         'w: settings: values: names the values of the answer in order\n  hint: values = ["tsp"]'),
        ({"values": ["a", "a"]}, {}, 14,
         "w: settings: values: ['a', 'a']: each name once, and none of operation, error"),
        ({"values": ["a"], "speed": 1}, {}, 14,
         "w: settings: speed: unknown key\n  hint: known are measuring, unit, values"),
        ({"values": ["a"]}, {}, 128, "w: address: 128 is not within 0..127"),
        ({"values": ["a"]}, {"error": 256}, 14, "v: 256 cannot be said: it is not within 0..255"),
        ({"values": ["a"]}, {"a": math.nan}, 14,
         "v: nan cannot be said: it is not within -9.999e+99..9.999e+99"),
    ],
)  # fmt: skip
def test_messages(settings: Any, values: Any, address: int, what: str) -> None:
    with pytest.raises(BenchError) as caught:
        Thermo5030i(address, settings, {name: Script(value, "v") for name, value in values.items()}, "w")
    assert str(caught.value) == what

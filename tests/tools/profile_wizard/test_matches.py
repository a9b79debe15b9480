"""Which registers say what the display says: any number, in any type, order, table and scale, is found; what
only looked like it does not follow the display."""

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pymodbus.client.mixin import ModbusClientMixin

from drivers.register_values import ORDERS
from tools.profile_wizard.matches import (
    DIVISORS,
    Block,
    Look,
    Match,
    Snapshot,
    matches,
    narrowed,
    shown,
    signed_where_needed,
)

INTEGERS = {"int16": 1, "uint16": 1, "int32": 2, "uint32": 2, "int64": 4, "uint64": 4}
FLOATS = {"float32": 2, "float64": 4}
DIGITS = {"bcd16": 1, "bcd32": 2, "bcd64": 4}
REGISTERS = {**INTEGERS, **FLOATS, **DIGITS}


def encoded(number: float, type_name: str, order: str) -> list[int]:
    """The registers, by pymodbus's own converter; it knows no swapped bytes, and no decimal digits."""
    words = "big" if order in ("ABCD", "BADC") else "little"
    if type_name in DIGITS:
        number = int(f"{int(number)}", 16)
        type_name = f"uint{16 * DIGITS[type_name]}"
    kind = ModbusClientMixin.DATATYPE[type_name.upper()]
    registers = ModbusClientMixin.convert_to_registers(number, kind, word_order=words)  # type: ignore[arg-type]
    swapped = order in ("BADC", "DCBA")
    return [(each & 0xFF) << 8 | each >> 8 if swapped else each for each in registers]


def look(text: str, *tables: list[int], table: str = "holding", start: int = 100) -> Look:
    return Look(shown(text), [Snapshot([Block(table, start, tuple(words))]) for words in tables])


def ways(found: list[Match]) -> set[tuple[Any, ...]]:
    """(register, type, order, divisor) of all, those that say the same included."""
    return {
        (match.register, type_name, match.order, match.divisor)
        for match in found
        for type_name in (match.type, *match.also)
    }


def orders_of(type_name: str) -> list[str]:
    return list(ORDERS) if REGISTERS[type_name] > 1 else ["ABCD", "BADC"]


@st.composite
def hidden(draw: st.DrawFn) -> tuple[str, str, int, list[str], list[list[int]]]:
    """A value somewhere among other registers, twice: type, order, divisor, display, registers."""
    type_name = draw(st.sampled_from(sorted(REGISTERS)))
    order = draw(st.sampled_from(orders_of(type_name)))
    divisor = draw(st.sampled_from(DIVISORS))
    room = draw(st.lists(st.integers(0, 65535), min_size=12, max_size=12))
    texts, tables = [], []
    for _ in range(2):
        if type_name in DIGITS:
            raw: float = draw(st.integers(0, 10 ** (4 * DIGITS[type_name]) - 1))
            texts.append(f"{Decimal(raw) / divisor:f}")
        elif type_name in INTEGERS:
            bits = 16 * INTEGERS[type_name] - 1
            raw = draw(st.integers(-(2**bits) if type_name[0] == "i" else 0, 2**bits - 1))
            texts.append(f"{Decimal(int(raw)) / divisor:f}")
        else:
            raw = float(f"{draw(st.floats(-1e5, 1e5)):.6g}")
            texts.append(f"{Decimal(repr(raw)) / divisor:.{draw(st.integers(1, 4))}f}")
        words = list(room)
        words[5 : 5 + REGISTERS[type_name]] = encoded(raw, type_name, order)
        tables.append(words)
    return type_name, order, divisor, texts, tables


@given(hidden())
def test_the_true_one_is_among_those_found(case: Any) -> None:
    type_name, order, divisor, texts, tables = case
    found = matches([look(text, words) for text, words in zip(texts, tables, strict=True)])
    assert (105, type_name, order, divisor) in ways(found)
    for match in found:
        assert abs(match.says - float(shown(texts[1]).value)) <= float(shown(texts[1]).step) * 1.001
        assert match.says == match.raws[-1] / match.divisor


@given(
    st.sampled_from(["int32", "uint32", "int64", "uint64", "float32", "float64"]),
    st.sampled_from(ORDERS),
    st.integers(0, 2**31),
)
def test_a_second_number_leaves_no_other_order(type_name: str, order: str, seed: int) -> None:
    """With numbers of full length. What is read in another order was once by luck the same: bytes that
    are equal, a number whose high word tells enough of it."""
    chance = random.Random(seed)
    looks, room = [], [0] * 4
    for _ in range(2):
        number = round(chance.uniform(1e4, 9e4), 1)
        raw = number if type_name in FLOATS else int(number * 10)
        words = encoded(raw, type_name, order)
        assume(len(set(words)) == len(words) or type_name[0] in "iu")
        looks.append(look(f"{number:.1f}", [*room, *words, *room]))
    divisor = 1 if type_name in FLOATS else 10
    same_place = [way for way in ways(matches(looks)) if way[0] == 104 and way[1] == type_name]
    assert same_place == [(104, type_name, order, divisor)]


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_the_likeliest_comes_first(first: int, second: int) -> None:
    """A count of tenths among other numbers, beside wider and odder ways to read the same registers."""
    assume(first != second)
    looks = [look(f"{raw / 10:.1f}", [0, 0, 0, raw, 0, 0, 0]) for raw in (first, second)]
    best = matches(looks)[0]
    assert (best.register, best.type, best.order, best.divisor) == (103, "uint16", "ABCD", 10)
    assert best.also == (("int16", "bcd16") if max(first, second) < 10 else ("int16",))


def test_signed_and_unsigned_part_where_they_differ() -> None:
    (match,) = [match for match in matches([look("-1.2", [65524])]) if match.divisor == 10]
    assert (match.type, match.also) == ("int16", ())
    both = matches([look("-1.2", [65524]), look("3.4", [34])])
    assert ways(both) == {(100, "int16", "ABCD", 10)}


def test_a_temperature_is_signed_where_both_fit() -> None:
    best = matches([look("21.7", [217])])[0]
    signed = signed_where_needed(best, "degC")
    assert (best.type, signed.type, signed.also) == ("uint16", "int16", ("uint16",))
    assert signed_where_needed(best, "ppm") == best
    assert signed_where_needed(signed, "degC") == signed


def test_another_value_tells_the_order_and_keeps_its_registers() -> None:
    known = matches([look("20228.6", [5678, 3])])[0]
    assert (known.register, known.order) == (100, "CDAB")
    found = matches([look("21.7", [0, 217, 0, 217])])
    left = narrowed(found, [known])
    assert all(match.register > 101 for match in left)
    assert {match.order for match in left if match.registers > 1} <= {"CDAB"}
    assert narrowed(found[:1], [known]) == found[:1], "better a doubtful one than none"


@pytest.mark.parametrize(
    ("text", "value", "fits"),
    [
        ("12.3", 12.25, True),  # half a digit up and down: rounded
        ("12.3", 12.35, True),
        ("12.3", 12.39, True),  # a display that cuts off
        ("12.3", 12.24, False),
        ("12.3", 12.41, False),
        ("-12.3", -12.39, True),
        ("-12.3", -12.24, False),
        ("12", 12.4, True),
        ("12,0", 12.4, False),
        ("0.0", -0.04, True),
    ],
)
def test_the_digits_typed_say_how_exact_it_is(text: str, value: float, fits: bool) -> None:
    found = ways(matches([look(text, encoded(value, "float32", "ABCD"))]))
    assert ((100, "float32", "ABCD", 1) in found) is fits


def test_a_plain_fit_is_before_one_that_is_cut_off() -> None:
    words = encoded(12.38, "float32", "ABCD") + encoded(12.31, "float32", "ABCD")
    usual = [
        match for match in matches([look("12.3", words)]) if (match.type, match.order) == ("float32", "ABCD")
    ]
    assert [match.register for match in usual] == [102, 100]


def test_a_value_that_moved_while_it_was_typed() -> None:
    passed = look("12.3", encoded(11.9, "float32", "ABCD"), encoded(12.9, "float32", "ABCD"))
    assert (100, "float32", "ABCD", 1) in ways(matches([passed]))
    leapt = look("12.3", encoded(2.0, "float32", "ABCD"), encoded(90.0, "float32", "ABCD"))
    assert ways(matches([leapt])) == set(), "whatever jumps about passes over every number"


def test_what_was_missing_at_first_is_looked_at() -> None:
    """As where an answer was damaged."""
    snapshots = [Snapshot([]), Snapshot([Block("holding", 5, (123,))])]
    assert {match.register for match in matches([Look(shown("12.3"), snapshots)])} == {5}


def test_what_jumps_about_comes_behind_what_stays() -> None:
    jumpy = look("12.3", [9000, 123], [123, 123], [40000, 123])
    assert [match.register for match in matches([jumpy]) if match.type == "uint16"] == [101, 100]


def test_the_display_s_own_decimals_come_first() -> None:
    words = [12300, 9, 1230, 9, 123, 9]
    found = [match for match in matches([look("12.3", words)]) if match.type == "uint16"]
    assert [(match.register, match.divisor) for match in found] == [(104, 10), (100, 1000), (102, 100)]


def test_what_once_was_no_decimal_digits_never_is() -> None:
    assert (100, "bcd16", "ABCD", 10) in ways(matches([look("12.3", [0x0123])]))
    assert (100, "bcd16", "ABCD", 10) not in ways(matches([look("12.3", [0x0123], [0x012A])]))


def test_registers_of_two_answers_make_no_number() -> None:
    high, low = encoded(12.3, "float32", "ABCD")
    apart = Snapshot([Block("input", 100, (high,)), Block("input", 101, (low,))])
    assert matches([Look(shown("12.3"), [apart])]) == []
    overlapping = Snapshot([Block("input", 99, (7, high)), Block("input", 100, (high, low))])
    best = matches([Look(shown("12.3"), [overlapping])])[0]
    assert (best.table, best.register, best.type) == ("input", 100, "float32")


@pytest.mark.parametrize("text", ["", "12.3.4", "abc", "1e5", "12 3", ".5", "nan", "1" * 30])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        shown(text)


@given(st.lists(st.integers(0, 65535), max_size=20), st.decimals(-(10**9), 10**9, places=3))
def test_no_registers_upset_it(words: list[int], number: Decimal) -> None:
    for match in matches([look(f"{number:f}", words)]):
        assert abs(Decimal(match.says) - number) <= Decimal("0.0011")

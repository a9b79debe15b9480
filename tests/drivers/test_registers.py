import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.registers import RegisterDriver, decode, faults
from drivers.wire.modbus_rtu import ReadRegisters


def profile(*channels, status=(), **limits):
    rows = [{"table": "holding", "type": "uint16", "unit": "ppm", **channel} for channel in channels]
    return {
        "profile": {"name": "rig", "protocol": "modbus", **limits},
        "channel": rows,
        "status": [{"table": "holding", "type": "uint16", **row} for row in status],
    }


def play(driver, *told):
    """Run `measure` against what each question was told; an exception is thrown in."""
    talk = driver.measure()
    asked = [next(talk)]
    try:
        for answer in told:
            step = talk.throw(answer) if isinstance(answer, Exception) else talk.send(answer)
            asked.append(step)
    except StopIteration as end:
        return end.value
    raise AssertionError(f"still asking {asked[-1]}")


def test_neighbours_share_one_question():
    driver = RegisterDriver(1, profile({"name": "a", "register": 0}, {"name": "b", "register": 1}), {})
    assert [request.encode() for request in driver.questions()] == [ReadRegisters(1, 3, 0, 2).encode()]


@pytest.mark.parametrize(
    ("max_gap", "max_registers", "questions"),
    [(0, 125, [(0, 1), (3, 2), (100, 1)]), (2, 125, [(0, 5), (100, 1)]), (2, 4, [(0, 1), (3, 2), (100, 1)])],
)
def test_gaps_and_limits_of_the_device(max_gap, max_registers, questions):
    driver = RegisterDriver(
        1,
        profile(
            {"name": "c", "register": 100},
            {"name": "a", "register": 0},
            {"name": "b", "register": 3, "type": "uint32"},
            max_gap=max_gap,
            max_registers=max_registers,
        ),
        {},
    )
    assert [(q.start, q.count) for q in driver.questions()] == questions


def test_tables_are_never_mixed():
    driver = RegisterDriver(
        1, profile({"name": "a", "register": 0}, {"name": "b", "register": 1, "table": "input"}), {}
    )
    assert [(q.function, q.start) for q in driver.questions()] == [(3, 0), (4, 1)]


@given(
    starts=st.lists(st.integers(0, 300), min_size=1, max_size=30, unique=True),
    max_gap=st.integers(0, 20),
    max_registers=st.integers(4, 125),
)
def test_every_field_is_read_once_and_limits_are_kept(starts, max_gap, max_registers):
    channels = [{"name": f"c{at}", "register": at, "type": "uint32"} for at in starts]
    driver = RegisterDriver(1, profile(*channels, max_gap=max_gap, max_registers=max_registers), {})
    for question in driver.questions():
        assert question.count <= max_registers
    for at in starts:
        holding = [q for q in driver.questions() if q.start <= at and at + 2 <= q.start + q.count]
        assert holding, f"register {at} is read by nobody"
    samples = play(driver, *[tuple(range(q.count)) for q in driver.questions()])
    assert [sample.channel for sample in samples] == [f"c{at}" for at in starts]


WORDS = (0x1122, 0x3344)


@pytest.mark.parametrize(
    ("order", "number"),
    [("ABCD", 0x11223344), ("CDAB", 0x33441122), ("BADC", 0x22114433), ("DCBA", 0x44332211)],
)
def test_orders_by_hand(order, number):
    assert decode(WORDS, "uint32", order) == number


@pytest.mark.parametrize(
    ("order", "number"),
    [
        ("ABCD", 0x1122334455667788),
        ("CDAB", 0x7788556633441122),
        ("BADC", 0x2211443366558877),
        ("DCBA", 0x8877665544332211),
    ],
)
def test_orders_of_64_bits_by_hand(order, number):
    assert decode((0x1122, 0x3344, 0x5566, 0x7788), "uint64", order) == number


@pytest.mark.parametrize(
    ("type_name", "words", "number"),
    [
        ("int16", (0xFFFE,), -2),
        ("uint16", (0xFFFE,), 65534),
        ("int32", (0xFFFF, 0xFFFE), -2),
        ("float32", (0x4248, 0x0000), 50.0),
        ("float64", (0x4049, 0x0000, 0, 0), 50.0),
        ("int64", (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE), -2),
    ],
)
def test_types_by_hand(type_name, words, number):
    assert decode(words, type_name, "ABCD") == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_is_given_as_a_short_decimal_that_is_the_same_float32(number):
    words = struct.unpack(">2H", struct.pack(">f", number))
    got = decode(words, "float32", "ABCD")
    assert struct.pack(">f", got) == struct.pack(">f", number)
    assert len(repr(got)) <= len(repr(number))


def test_vendor_frame_of_a_lanbao_cabinet():
    """The 28 registers printed in the site driver (its CRC is a placeholder, its data is not)."""
    data = bytes.fromhex(
        "CCCC42AA3333C193147A41CEEB854185000000000000000"
        "04BC63EF700000000B8513F9EA3D740A051EB3F38E1473F3AA3D73F70D8934287"
    )
    driver = catalogue.create("lanbao-nmhc", 201, {"unit": "mg/m3"})
    (question,) = driver.questions()
    assert question.encode() == bytes.fromhex("C9 03 00 00 00 1C 54 4B")
    samples = {s.channel: s for s in play(driver, struct.unpack(">28H", data))}
    assert samples["temperature"].value == 85.399994  # the words as printed; the driver says 85.4
    assert samples["pressure"].value == pytest.approx(-18.4, abs=1e-5)
    assert samples["nmhc"].value == pytest.approx(0.483, abs=5e-4)
    assert {s.flag for s in samples.values()} == {"N"}


@pytest.mark.parametrize(
    ("state", "flag", "condition"),
    [
        (0, "N", ()),
        (1, "F", ("stopped",)),
        (2, "M", ("maintenance",)),
        (6, "T", ("over range",)),
        (9, "D", ("state 9.0 is not in the profile",)),
    ],
)
def test_a_status_register_decides_the_flag(state, flag, condition):
    driver = catalogue.create("lanbao-nmhc", 201, {"unit": "mg/m3"})
    words = [0] * 28
    high, low = struct.unpack(">2H", struct.pack(">f", state))
    words[14:16] = [low, high]
    assert {(s.flag, s.conditions) for s in play(driver, tuple(words))} == {(flag, condition)}


def test_status_bits_and_precedence_keep_all_causes():
    driver = RegisterDriver(
        1,
        profile(
            {"name": "a", "register": 0, "over": 100.0},
            status=[
                {
                    "name": "bits",
                    "register": 1,
                    "bits": [
                        {"bit": 0, "flag": "D", "condition": "lamp"},
                        {"bit": 3, "flag": "C", "condition": "calibrating"},
                    ],
                }
            ],
        ),
        {},
    )
    assert play(driver, (7, 0))[0][1:] == (7.0, "ppm", "N", ())
    assert play(driver, (150, 0b1001))[0][1:] == (150.0, "ppm", "C", ("over range", "lamp", "calibrating"))


def test_over_range_by_another_name_is_still_found_by_a_rule():
    """A rule looks for the condition `over range` behind any letter."""
    status = {"name": "s", "register": 1, "bits": [{"bit": 0, "flag": "T", "condition": "ADC full"}]}
    driver = RegisterDriver(1, profile({"name": "a", "register": 0}, status=[status]), {})
    assert play(driver, (7, 1))[0][1:] == (7.0, "ppm", "T", ("ADC full", "over range"))


def test_a_status_may_belong_to_some_channels_only():
    driver = RegisterDriver(
        1,
        profile(
            {"name": "a", "register": 0},
            {"name": "b", "register": 1},
            status=[
                {"name": "s", "register": 2, "channels": ["b"], "values": [{"is": 1, "flag": "M"}]},
            ],
        ),
        {},
    )
    assert [s.flag for s in play(driver, (0, 0, 1))] == ["N", "M"]


def test_scale_divisor_offset_invalid_and_over_range():
    driver = RegisterDriver(
        1,
        profile(
            {"name": "a", "register": 0, "type": "int16", "divisor": 10, "offset": -40.0, "invalid": [-9999]},
            {"name": "b", "register": 1, "scale": 2.5, "over": 1000.0},
        ),
        {},
    )
    a, b = play(driver, (653, 4))
    assert (a.value, b.value) == (pytest.approx(25.3), 10.0)
    a, b = play(driver, (-9999 & 0xFFFF, 400))
    assert (a.value, a.flag, a.conditions) == (None, "D", ("instrument says no value",))
    assert (b.value, b.flag, b.conditions) == (1000.0, "T", ("over range",))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_value(number):
    driver = RegisterDriver(1, profile({"name": "a", "register": 0, "type": "float32"}), {})
    (sample,) = play(driver, struct.unpack(">2H", struct.pack(">f", number)))
    assert (sample.value, sample.flag, sample.conditions) == (None, "D", ("not a number",))


TWO_BLOCKS = RegisterDriver(1, profile({"name": "a", "register": 0}, {"name": "b", "register": 50}), {})


@pytest.mark.parametrize(
    ("failure", "flag", "condition"),
    [
        (
            Refused(2, "illegal data address"),
            "D",
            "refused with 0x02 (illegal data address) at holding register 50",
        ),
        (Refused(10), "B", "refused with 0x0A at holding register 50"),
        (Refused(11), "B", "refused with 0x0B at holding register 50"),
        (NoAnswer(300), "B", "no answer in 300 ms at holding register 50"),
        (WireError("CRC", 1, 2), "B", "CRC: expected 0x01, got 0x02 at holding register 50"),
    ],
)
def test_a_failed_block_leaves_the_others_alone(failure, flag, condition):
    a, b = play(TWO_BLOCKS, (5,), failure)
    assert (a.value, a.flag) == (5.0, "N")
    assert (b.value, b.flag, b.conditions) == (None, flag, (condition,))


@pytest.mark.parametrize("failure", [NoAnswer(300), WireError("CRC", 1, 2)])
def test_silence_at_the_first_question_ends_it(failure):
    talk = TWO_BLOCKS.measure()
    next(talk)
    with pytest.raises(type(failure)):
        talk.throw(failure)


def test_a_refused_first_block_does_not_hide_the_second():
    a, b = play(TWO_BLOCKS, Refused(2), (9,))
    assert (a.flag, b.value, b.flag) == ("D", 9.0, "N")


def test_a_missing_setting_is_named():
    with pytest.raises(ValueError, match="setting `divisor` is missing"):
        catalogue.create("honeywell-raeguard3", 1, {})


@pytest.mark.parametrize("name", catalogue.names())
def test_every_named_profile_is_without_fault_and_sourced(name):
    described = catalogue.describe(name)
    assert described.path.exists()
    for setting in described.settings:
        assert setting["help"]
    if described.kind == "profile":
        loaded = catalogue.load_profile(name)
        assert list(faults(loaded)) == []
        assert loaded["profile"]["name"] == name
        assert loaded["profile"]["sources"]
        assert loaded["profile"]["confidence"] in "AB"


ALL_TYPES = "int16, uint16, int32, uint32, float32, int64, uint64, float64"
GOOD = profile({"name": "a", "register": 0})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scal": 1.0}, ("channel", 0, "scal", "unknown key", "")),
        ({"order": "ABDC"}, ("channel", 0, "order", "'ABDC' is none of ABCD, CDAB, BADC, DCBA", "")),
        ({"register": 65536}, ("channel", 0, "register", "65536 is not within 0..65535", "")),
        ({"register": "8"}, ("channel", 0, "register", "'8' is not a whole number", "")),
        (
            {"register": 65535, "type": "int32"},
            ("channel", 0, "register", "2 registers from 65535 end behind 65535", ""),
        ),
        ({"type": "float16"}, ("channel", 0, "type", f"'float16' is none of {ALL_TYPES}", "")),
        ({"divisor": 0}, ("channel", 0, "divisor", "a value cannot be divided by 0", "")),
        ({"divisor": "$scale"}, ("channel", 0, "divisor", "'$scale' names no [[setting]]", "")),
        ({"over": math.nan}, ("channel", 0, "over", "nan is not a number", "")),
        ({"table": "coil"}, ("channel", 0, "table", "'coil' is none of holding, input", "")),
    ],
)  # fmt: skip
def test_faults_are_named(change, expected):
    broken = {**GOOD, "channel": [{**GOOD["channel"][0], **change}]}
    assert expected in list(faults(broken))


def test_every_fault_is_told_at_once():
    broken = {"profile": {"name": ""}, "channel": [{}], "extra": {}}
    keys = [(table, key) for table, _, key, _, _ in faults(broken)]
    assert ("extra", "") in keys
    assert ("profile", "name") in keys
    assert ("profile", "protocol") in keys
    assert {key for table, key in keys if table == "channel"} == {"name", "table", "register", "type", "unit"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
KEYS = (
    "name",
    "table",
    "register",
    "type",
    "order",
    "scale",
    "divisor",
    "values",
    "bits",
    "channels",
    "invalid",
)


@given(
    st.dictionaries(
        st.sampled_from(["profile", "channel", "status", "setting", "other"]),
        ANYTHING | st.lists(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=8), max_size=3),
    )
)
def test_no_profile_breaks_the_check(broken):
    for fault in faults(broken):
        assert len(fault) == 5

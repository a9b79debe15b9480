import math
import struct
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers import catalogue
from drivers import profile as profile_format
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.registers import RegisterDriver, decode, faults
from drivers.wire.modbus_ascii import AsciiRequest, framed
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, with_crc
from drivers.wire.modbus_tcp import TcpFraming


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
    assert [(q.pdu.start, q.pdu.count) for q in driver.questions()] == questions


def test_tables_are_never_mixed():
    driver = RegisterDriver(
        1, profile({"name": "a", "register": 0}, {"name": "b", "register": 1, "table": "input"}), {}
    )
    assert [(q.pdu.function, q.pdu.start) for q in driver.questions()] == [(3, 0), (4, 1)]


@given(
    starts=st.lists(st.integers(0, 300), min_size=1, max_size=30, unique=True),
    max_gap=st.integers(0, 20),
    max_registers=st.integers(4, 125),
)
def test_every_field_is_read_once_and_limits_are_kept(starts, max_gap, max_registers):
    channels = [{"name": f"c{at}", "register": at, "type": "uint32"} for at in starts]
    driver = RegisterDriver(1, profile(*channels, max_gap=max_gap, max_registers=max_registers), {})
    for question in driver.questions():
        assert question.pdu.count <= max_registers
    for at in starts:
        holding = [q for q in driver.questions() if q.pdu.start <= at and at + 2 <= q.pdu.start + q.pdu.count]
        assert holding, f"register {at} is read by nobody"
    samples = play(driver, *[tuple(range(q.pdu.count)) for q in driver.questions()])
    assert [sample.channel for sample in samples] == [f"c{at}" for at in starts]


BIT = {"table": "coil", "type": "bit"}


def test_bits_are_read_as_bits_and_coalesced_within_their_own_limit():
    driver = RegisterDriver(
        1,
        profile(
            {**BIT, "name": "pump", "register": 16},
            {**BIT, "name": "fan", "register": 20},
            {**BIT, "name": "far", "register": 24},
            {**BIT, "name": "door", "register": 16, "table": "discrete"},
            {"name": "v", "register": 16},
            max_gap=3,
            max_bits=8,
            max_registers=1,
        ),
        {},
    )
    assert [(q.pdu.function, q.pdu.start, q.pdu.count) for q in driver.questions()] == [
        (1, 16, 5),
        (1, 24, 1),
        (2, 16, 1),
        (3, 16, 1),
    ]
    samples = play(driver, (True, False, False, False, True), (False,), (True,), (7,))
    assert [(s.channel, s.value, s.flag) for s in samples] == [
        ("pump", 1.0, "N"),
        ("fan", 1.0, "N"),
        ("far", 0.0, "N"),
        ("door", 1.0, "N"),
        ("v", 7.0, "N"),
    ]


def test_a_bit_speaks_through_its_frame():
    """The specification's coils 20..38 (6.1): CD 6B 05, the lowest bit of the first byte first."""
    rows = [{**BIT, "name": f"c{at}", "register": at} for at in range(19, 38)]
    driver = RegisterDriver(17, profile(*rows), {})
    (question,) = driver.questions()
    assert question.encode() == with_crc(bytes.fromhex("11 01 00 13 00 13"))
    states = question.parse(with_crc(bytes.fromhex("11 01 03 CD 6B 05")))
    samples = play(driver, states)
    assert "".join(f"{sample.value:g}" for sample in samples) == "1011001111010110101"


def test_a_bit_status_flags_its_channels():
    driver = RegisterDriver(
        1,
        profile(
            {"name": "v", "register": 0},
            status=[
                {
                    "name": "lamp",
                    "table": "discrete",
                    "type": "bit",
                    "register": 5,
                    "values": [{"is": 1, "flag": "D", "condition": "lamp out"}, {"is": 0, "flag": "N"}],
                }
            ],
        ),
        {},
    )
    (good,) = play(driver, (False,), (7,))
    (bad,) = play(driver, (True,), (7,))
    (silent,) = play(driver, Refused(2, "illegal data address"), (7,))
    assert (good.flag, good.conditions) == ("N", ())
    assert (bad.flag, bad.conditions) == ("D", ("lamp out",))
    assert silent.conditions == ("refused with 0x02 (illegal data address) at discrete input 5",)


def test_several_bits_that_are_refused_are_named():
    driver = RegisterDriver(1, profile(*[{**BIT, "name": f"c{at}", "register": at} for at in range(4)]), {})
    samples = play(driver, Refused(2, "illegal data address"))
    assert {s.conditions for s in samples} == {
        ("refused with 0x02 (illegal data address) at coils 0..3",),
    }


WHOLE = profile({"name": "v", "register": 8, "type": "uint32"})
ANSWER = bytes.fromhex("03 04 00 00 00 D1")  # RAEGuard 3 manual p. 81: 209


@pytest.mark.parametrize(
    ("framing", "asked", "answer"),
    [
        (RtuRequest, "01 03 00 08 00 02 45 C9", with_crc(b"\x01" + ANSWER)),
        (AsciiRequest, b":010300080002F2\r\n".hex(), framed(b"\x01" + ANSWER)),
        (TcpFraming(6), "00 07 00 00 00 06 01 03 00 08 00 02", bytes.fromhex("000700000007 01") + ANSWER),
    ],
)
def test_a_profile_in_every_framing(framing, asked, answer):
    talk = RegisterDriver(1, WHOLE, {}, framing).measure()
    question = next(talk)
    assert question.encode() == bytes.fromhex(asked)
    with pytest.raises(StopIteration) as end:
        talk.send(question.parse(answer))
    assert [sample.value for sample in end.value.value] == [209.0]


def test_over_tcp_each_poll_asks_under_new_numbers():
    driver = RegisterDriver(255, profile({"name": "a", "register": 0}), {}, TcpFraming(0xFFFF))
    keys = {next(driver.measure()).encode()[:2] for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("framing", "address", "text"),
    [
        (RtuRequest, 0, "Modbus address 0 is not within 1..247"),
        (AsciiRequest, 248, "Modbus address 248 is not within 1..247"),
        (TcpFraming(0), 256, "Modbus unit 256 is not within 0..255"),
    ],
)
def test_an_address_is_the_framing_s_to_judge(framing, address, text):
    with pytest.raises(ValueError, match=text):
        RegisterDriver(address, WHOLE, {}, framing)


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


def digits_of(number):
    return len(Decimal(repr(number)).normalize().as_tuple().digits)


@example(999999995904.0)  # 1e12: fewer digits, yet longer when written out
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_is_given_as_a_short_decimal_that_is_the_same_float32(number):
    words = struct.unpack(">2H", struct.pack(">f", number))
    got = decode(words, "float32", "ABCD")
    assert struct.pack(">f", got) == struct.pack(">f", number)
    assert digits_of(got) <= digits_of(number)


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
        (9, "D", ("state 9 is not in the profile",)),
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


ALL_TYPES = (
    "int16, uint16, int32, uint32, float32, int64, uint64, float64, bcd16, bcd32, bcd64, bit, "
    "text_number, string, bcd_time, binary_time"
)
GOOD = profile({"name": "a", "register": 0})
HINT_BITS = 'use values = [{ is = 1, flag = "D" }, { is = 0, flag = "N" }]'
TABLES = "holding, input, coil, discrete"
FITS = "coil and discrete hold bits, holding and input hold registers"


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
        ({"table": "coils"}, ("channel", 0, "table", f"'coils' is none of {TABLES}", "")),
        ({"table": "coil"}, ("channel", 0, "type", "'uint16' does not fit the table 'coil'", FITS)),
        ({"type": "bit"}, ("channel", 0, "type", "'bit' does not fit the table 'holding'", FITS)),
        (
            {"table": "discrete", "type": "bit", "order": "ABCD"},
            ("channel", 0, "order", "a bit has no order", "leave it out"),
        ),
    ],
)  # fmt: skip
def test_faults_are_named(change, expected):
    broken = {**GOOD, "channel": [{**GOOD["channel"][0], **change}]}
    assert expected in list(faults(broken))


def test_a_bit_status_has_values_and_a_limit_of_bits():
    lamp = {"name": "lamp", "table": "coil", "type": "bit", "register": 3}
    broken = profile({"name": "a", "register": 0}, status=[{**lamp, "bits": [{"bit": 0, "flag": "D"}]}])
    broken["profile"]["max_bits"] = 2001
    assert list(faults(broken)) == [
        ("profile", 0, "max_bits", "2001 is not within 1..2000", ""),
        ("status", 0, "bits", "a bit has no bits", HINT_BITS),
    ]


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
KEYS = sorted({key for _, keys in profile_format.KEYS for key, _, _ in keys})


@given(
    st.dictionaries(
        st.sampled_from(["profile", "channel", "status", "setting", "identity", "other"]),
        ANYTHING | st.lists(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=8), max_size=3),
    )
)
def test_no_profile_breaks_the_check(broken):
    for fault in faults(broken):
        assert len(fault) == 5

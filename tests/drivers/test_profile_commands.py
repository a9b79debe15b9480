"""Commands of a profile: one write, never twice, and what the instrument answers when it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.outcome import ACCEPTED, SEEN, UNKNOWN
from drivers.profile import ORDERS, TYPES, faults
from drivers.profile_commands import COMMANDS
from drivers.register_values import encoded
from drivers.registers import RegisterDriver, decode
from drivers.wire.modbus_pdu import Accepted
from drivers.wire.modbus_rtu import with_crc

ACCEPTED_5 = bytes.fromhex("018605")  # function 6, exception 5
BUSY_6 = bytes.fromhex("018606")


def rig(**command):
    row = {"name": "zero", "table": "holding", "register": 40, "type": "uint16", "value": 1, **command}
    return {
        "profile": {"name": "rig", "protocol": "modbus"},
        "channel": [{"name": "a", "table": "holding", "register": 0, "type": "uint16", "unit": "ppm"}],
        "status": [
            {
                "name": "mode",
                "table": "holding",
                "register": 1,
                "type": "uint16",
                "bits": [{"bit": 3, "flag": "C", "condition": "zeroing"}],
            }
        ],
        "command": [{key: value for key, value in row.items() if value is not None}],
    }


def talk(profile, *answers, name="zero", value=None):
    """(the questions sent, the Outcome): bytes are answers, exceptions are thrown in."""
    conversation = RegisterDriver(1, profile, {}).command(name, value)
    sent = []
    try:
        request = next(conversation)
        for answer in answers:
            sent.append(request)
            try:
                said = request.parse(with_crc(answer)) if isinstance(answer, bytes) else answer
            except Refused as refusal:
                said = refusal
            request = conversation.throw(said) if isinstance(said, Exception) else conversation.send(said)
    except StopIteration as end:
        return sent, end.value
    raise AssertionError("it asks more")


@pytest.mark.parametrize(
    ("command", "value", "frame"),
    [
        ({}, None, "01 06 00 28 00 01"),
        ({"function": 16}, None, "01 10 00 28 00 01 02 00 01"),
        ({"type": "int16", "value": -2}, None, "01 06 00 28 FF FE"),
        ({"type": "float32", "order": "CDAB", "value": None}, 12.5, "01 10 00 28 00 02 04 00 00 41 48"),
        ({"table": "coil", "type": "bit"}, None, "01 05 00 28 FF 00"),
        ({"table": "coil", "type": "bit", "value": 0}, None, "01 05 00 28 00 00"),
    ],
)
def test_what_is_sent_is_one_write_that_is_never_repeated(command, value, frame):
    profile = rig(**command, settle_ms=500)
    assert list(faults(profile)) == []
    request = next(RegisterDriver(1, profile, {}).command("zero", value))
    assert request.encode() == with_crc(bytes.fromhex(frame))
    assert (request.repeatable, request.settle_ms) == (False, 500)


def test_an_accepted_command_reads_its_state_back():
    sent, outcome = talk(
        rig(reads="mode", shows="zeroing"), bytes.fromhex("010600280001"), bytes.fromhex("0103020008")
    )
    assert outcome == (ACCEPTED, ("zeroing",))
    assert [request.encode()[1] for request in sent] == [6, 3]
    assert talk(rig(), bytes.fromhex("010600280001"))[1] == (ACCEPTED, ())


@pytest.mark.parametrize("first", [NoAnswer(300), WireError("CRC", 1, 2), ACCEPTED_5], ids=str)
@pytest.mark.parametrize(
    ("state", "result", "told"), [(8, SEEN, ("zeroing",)), (0, UNKNOWN, ())], ids=["does", "does not"]
)
def test_one_that_is_not_confirmed_is_told_by_its_state_and_not_sent_again(first, state, result, told):
    sent, outcome = talk(rig(reads="mode", shows="zeroing"), first, bytes((1, 3, 2, 0, state)))
    assert outcome == (result, told)
    assert [request.repeatable for request in sent] == [False, True]


def test_a_refusal_is_raised_as_the_instrument_says_it():
    with pytest.raises(Refused, match="server device busy") as busy:
        talk(rig(reads="mode"), BUSY_6)
    assert busy.value.later
    assert not isinstance(busy.value, Accepted)
    with pytest.raises(Refused, match="illegal function"):
        talk(rig(), bytes.fromhex("018601"))


def test_a_state_that_cannot_be_read_leaves_the_result():
    _, outcome = talk(rig(reads="mode"), bytes.fromhex("010600280001"), NoAnswer(300))
    assert outcome == (ACCEPTED, ("its state was not read: no answer in 300 ms",))


@pytest.mark.parametrize(
    ("command", "name", "value", "text"),
    [
        ({}, "span", None, "'span' is no command of this instrument: it can be told zero"),
        ({}, "zero", 3, "zero takes no value"),
        ({"value": None}, "zero", None, "zero needs a value"),
        ({"value": None}, "zero", 65536, "65536 does not fit into uint16"),
        ({"value": None}, "zero", 0.5, "0.5 does not fit into uint16"),
        ({"value": None, "type": "float32"}, "zero", 1e39, "does not fit into float32"),
        ({"value": 2, "table": "coil", "type": "bit"}, "zero", None, "a coil takes 0 or 1, not 2"),
        ({"value": None, "table": "coil", "type": "bit"}, "zero", 7, "a coil takes 0 or 1, not 7"),
    ],
)
def test_what_cannot_be_told_is_said_before_anything_is_sent(command, name, value, text):
    with pytest.raises(ValueError, match=text):
        RegisterDriver(1, rig(**command), {}).command(name, value)


@pytest.mark.parametrize(
    ("command", "key", "what"),
    [
        ({"name": "explode"}, "name", "'explode' is none of start, stop"),
        ({"table": "input"}, "table", "'input' can only be read"),
        ({"function": 5}, "function", "5 is none of 6, 16"),
        ({"reads": "mood"}, "reads", "'mood' is no status of this profile"),
        ({"reads": "mode", "shows": "z"}, "shows", "'z' is no condition of the status 'mode'"),
        ({"shows": "zeroing"}, "shows", "nothing is read that could show it"),
        ({"settle_ms": -1}, "settle_ms", "-1 is not within 0..600000"),
        ({"type": "bit"}, "type", "'bit' does not fit the table 'holding'"),
        ({"value": "on"}, "value", "'on' is not a number"),
        ({"value": 70000}, "value", "70000 does not fit into uint16"),
    ],
)
def test_faults_of_a_command(command, key, what):
    found = list(faults(rig(**command)))
    assert [(table, index, k) for table, index, k, _, _ in found] == [("command", 0, key)]
    assert found[0][3].startswith(what)


def test_its_names_are_those_of_the_operations():
    acting = [name for name, _ in catalogue.OPERATIONS if name not in ("identify", "status")]
    assert list(COMMANDS) == acting


@given(data=st.data(), row=st.sampled_from(TYPES), order=st.sampled_from(ORDERS))
def test_what_is_encoded_is_decoded_again(data, row, order):
    name, count, _ = row
    if name.startswith("float"):
        width = 32 if name == "float32" else 64
        number = data.draw(st.floats(allow_nan=False, allow_infinity=False, width=width))
    else:
        bits = 16 * count
        low, high = (0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if name.startswith("bcd"):
            low, high = 0, 10 ** (4 * count) - 1
        number = data.draw(st.integers(low, high))
        with pytest.raises(ValueError, match="does not fit"):
            encoded(high + 1, name, order)
        with pytest.raises(ValueError, match="does not fit"):
            encoded(low - 1, name, order)
    words = encoded(number, name, order)
    assert len(words) == count
    assert decode(words, name, order) == pytest.approx(number, rel=1e-6, abs=1e-44)


STEPS = [  # of a command that must be let go of again, and of one that waits between its two writes
    {"name": "zero", "table": "coil", "register": 7, "type": "bit", "value": 0},
    {"name": "zero", "table": "coil", "register": 6, "type": "bit", "value": 1, "settle_ms": 1000},
]


def stepwise():
    return {**rig(), "command": [STEPS[0], {**STEPS[1], "reads": "mode", "shows": "zeroing"}]}


def test_rows_of_one_name_are_writes_in_their_order_then_its_state():
    assert list(faults(stepwise())) == []
    off, on = bytes.fromhex("010500070000"), bytes.fromhex("01050006FF00")
    sent, outcome = talk(stepwise(), off, on, bytes.fromhex("0103020008"))
    assert outcome == (ACCEPTED, ("zeroing",))
    assert [request.encode() for request in sent[:2]] == [with_crc(off), with_crc(on)]
    assert [request.settle_ms for request in sent[:2]] == [0, 1000]
    assert talk(stepwise(), off, NoAnswer(300), bytes.fromhex("0103020008"))[1] == (SEEN, ("zeroing",))


def test_where_one_step_is_refused_the_next_is_not_sent():
    with pytest.raises(Refused, match="illegal data address"):
        talk(stepwise(), bytes.fromhex("018502"))


def test_a_value_that_is_open_goes_into_the_step_that_leaves_it_open():
    last = {"name": "zero", "table": "holding", "register": 9, "type": "uint16"}
    conversation = RegisterDriver(1, {**rig(), "command": [STEPS[0], last]}, {}).command("zero", 25)
    next(conversation)
    assert conversation.send(0).encode() == with_crc(bytes.fromhex("010600090019"))


@pytest.mark.parametrize(
    ("name", "known"), [("zero2", True), ("span12", True), ("zero_2", False), ("2", False)]
)
def test_one_sensor_among_several_has_a_number(name, known):
    assert (list(faults(rig(name=name))) == []) == known


def test_a_mos_5_that_answers_by_exception_5_is_looked_at():
    profile = catalogue.load_profile("msa-ultima-mos5")
    sent, outcome = talk(profile, ACCEPTED_5, bytes.fromhex("0103020008"), name="calibrate")
    assert sent[0].encode() == with_crc(bytes.fromhex("010600010008"))
    assert outcome == (SEEN, ("calibration mode",))

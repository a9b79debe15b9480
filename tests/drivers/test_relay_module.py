"""Relay modules by literal frames: the Waveshare wiki's, and those of a board for address 255."""

import pytest

from drivers.catalogue import load_relay, relay_names
from drivers.relay_module import ModbusRelays, relay_faults
from drivers.wire.modbus_rtu import with_crc
from drivers.wire.modbus_tcp import TcpFraming

ON = bytes.fromhex("01 05 00 00 FF 00 8C 3A")  # Waveshare wiki, Modbus RTU Relay: relay 0 on
OFF = bytes.fromhex("01 05 00 00 00 00 CD CA")  # ibid.: relay 0 off
READ = bytes.fromhex("01 01 00 00 00 08 3D CC")  # ibid.: read the states of all 8


def module(address=1, name="waveshare-relay-8"):
    return ModbusRelays(address, load_relay(name))


def test_waveshares_frames():
    relays = module()
    (on,), (off,) = relays.switch(0, True), relays.switch(0, False)
    assert (on.encode(), off.encode()) == (ON, OFF)
    assert on.parse(ON) is not None, "it repeats the question"
    talk = relays.read()
    assert next(talk).encode() == READ
    with pytest.raises(StopIteration) as end:
        talk.send(relays.questions()[0].parse(with_crc(bytes((1, 1, 1, 0x41)))))
    assert end.value.value == (True, False, False, False, False, False, True, False)


def test_a_switch_is_never_repeated_and_reading_may_be():
    relays = module()
    (on,) = relays.switch(7, True)
    assert not on.repeatable
    assert relays.questions()[0].repeatable
    assert on.encode()[2:4] == b"\x00\x07"


def test_a_read_back_holds_up_no_switch_behind_it():
    """One of them at a time: a read that waited for its turn would let the switch wait, too."""
    (on,), read = module().switch(0, True), next(module().read())
    assert (on.urgent, read.urgent) == (True, True)


def test_over_tcp_each_question_has_a_number_of_its_own():
    relays = ModbusRelays(255, load_relay("waveshare-relay-8"), TcpFraming(first=7))
    (on,), reads = relays.switch(0, True), [next(relays.read()) for _ in range(2)]
    asked = [on.encode(), *[read.encode() for read in reads]]
    assert [frame[2:] for frame in asked] == [
        bytes.fromhex("00 00 00 06 FF 05 00 00 FF 00"),
        *[bytes.fromhex("00 00 00 06 FF 01 00 00 00 08")] * 2,
    ]
    assert len({frame[:2] for frame in asked}) == 3


def test_an_echo_of_another_switch_is_none():
    (on,) = module().switch(0, True)
    for other in (OFF, with_crc(bytes.fromhex("010500 01FF00"))):
        with pytest.raises(Exception, match=r"state|coil"):
            on.parse(other)


def test_the_first_relay_may_be_another_coil():
    relays = ModbusRelays(1, {"name": "m", "coils": 4, "first": 16})
    assert relays.questions()[0].encode()[2:6] == bytes((0, 16, 0, 4))
    (on,) = relays.switch(3, True)
    assert on.encode()[2:4] == bytes((0, 19))


@pytest.mark.parametrize("name", relay_names())
def test_each_named_module_is_sound_and_has_a_source(name):
    relay = load_relay(name)
    assert list(relay_faults({"relay": relay})) == []
    assert relay["name"] == name
    assert relay["sources"]
    assert relay["confidence"] in ("A", "B"), "without a source it is a user's own"
    with pytest.raises(KeyError):
        load_relay("../" + name)


@pytest.mark.parametrize(
    ("relay", "key"),
    [
        ({"name": "m"}, "coils"),
        ({"coils": 4}, "name"),
        ({"name": "m", "coils": 0}, "coils"),
        ({"name": "m", "coils": 65}, "coils"),
        ({"name": "m", "coils": True}, "coils"),
        ({"name": "", "coils": 4}, "name"),
        ({"name": "m", "coils": 4, "first": 65533}, "first"),
        ({"name": "m", "coils": 4, "first": -1}, "first"),
        ({"name": "m", "coils": 4, "sources": "wiki"}, "sources"),
        ({"name": "m", "coils": 4, "coil": 0}, "coil"),
    ],
)
def test_what_is_wrong_in_a_file(relay, key):
    assert [path for path, _, _ in relay_faults({"relay": relay})] == [("relay", key)]


@pytest.mark.parametrize("tables", [{}, {"relay": []}, {"relay": {"name": "m", "coils": 1}, "channel": []}])
def test_a_file_that_is_no_relay_module(tables):
    assert len(list(relay_faults(tables))) == 1

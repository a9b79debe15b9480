import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import Refused
from drivers.wire.dcon_outputs import (
    ClearTimeout,
    HostIsWell,
    ReadOutputs,
    ReadReset,
    ReadSafeValue,
    ReadWatchdog,
    SetWatchdog,
    SwitchOutput,
)
from tests.codec import ends_as_stated, said, sees_every_wrong_byte, whole

ADDRESSES = st.integers(0, 255)


def answer(text, checked=False):
    """An encoder of the test's own."""
    data = text.encode()
    return data + (b"%02X" % (sum(data) % 256) if checked else b"") + b"\r"


def questions(address, checked):
    return (
        SwitchOutput(address, 3, True, checked),
        ReadOutputs(address, checked),
        ReadReset(address, checked),
        ReadWatchdog(address, checked),
        ReadSafeValue(address, checked),
        ClearTimeout(address, checked),
        SetWatchdog(address, 100, checked),
    )


@given(address=ADDRESSES, checked=st.booleans(), bits=st.integers(0, 255))
def test_round_trips(address, checked, bits):
    name = f"{address:02X}"
    assert whole(ReadOutputs(address, checked), answer(f"!{bits:02X}0000", checked)) == bits
    assert whole(ReadOutputs(address, checked), answer(f"!00{bits:02X}00", checked)) == bits
    assert whole(ReadSafeValue(address, checked), answer(f"!{name}{bits:02X}00", checked)) == bits
    assert whole(ReadWatchdog(address, checked), answer(f"!{name}{bits:02X}", checked)) == bits
    assert whole(SwitchOutput(address, 0, True, checked), answer(">", checked)) is True
    assert whole(ClearTimeout(address, checked), answer(f"!{name}", checked)) is True


@given(st.binary(max_size=20), st.booleans(), st.sampled_from([b"", b"!", b"!01", b">", b"?", b"?01"]))
def test_anything_ends_in_one_of_the_four_ways(data, checked, head):
    for request in questions(1, checked):
        ends_as_stated(request, head + data)


def test_every_wrong_byte_is_seen_where_the_checksum_is_on():
    for request, text in zip(
        questions(1, True), (">", "!150000", "!011", "!0104", "!015500", "!01", "!01"), strict=True
    ):
        sees_every_wrong_byte(request, answer(text, True))


def test_two_bytes_that_both_say_something_are_no_outputs():
    for text in ("!0F0100", "!000001", "!0F00", "!0f0000"):
        assert said(ReadOutputs(1, False), answer(text))[0] == "wrong", text


def test_an_ignored_switch_says_why():
    with pytest.raises(Refused, match="host watchdog has run out: its outputs keep the safe value"):
        SwitchOutput(1, 0, True, False).parse(b"!\r")


def test_what_acts_or_clears_is_never_asked_twice():
    acting = [request for request in questions(1, False) if not request.repeatable]
    assert [type(request).__name__ for request in acting] == [
        "SwitchOutput",
        "ReadReset",
        "ClearTimeout",
        "SetWatchdog",
    ]
    host = HostIsWell(1, True)
    assert (host.broadcast, host.repeatable) == (True, False)
    assert host.encode() == b"~**D2\r"
    assert host.parse(b"") is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: SwitchOutput(1, 16, True, False),
        lambda: SetWatchdog(1, 0, False),
        lambda: SetWatchdog(1, 256, False),
        lambda: ReadOutputs(256, False),
    ],
)
def test_what_cannot_be_asked(make):
    with pytest.raises(ValueError, match="not within"):
        make()

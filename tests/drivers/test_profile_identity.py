"""What a profile may say of an instrument's identity, for `fenceline scan`."""

import pytest

from drivers.profile import faults

GOOD = {
    "profile": {"name": "x", "protocol": "modbus"},
    "channel": [{"name": "v", "table": "holding", "register": 0, "type": "uint16", "unit": "ppm"}],
}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"object": 1, "is": "AQT530"}, []),
        ({"table": "holding", "register": 0, "type": "uint16", "is": 0x24}, []),
        ({"object": 256}, [("object", "256 is not within 0..255", "")]),
        ({"object": 1, "is": 5}, [("is", "5 cannot be: an object is a text", "")]),
        (
            {"object": 1, "register": 3},
            [("register", "does not belong to an object", "an object, or a register: not both")],
        ),
        (
            {"table": "coil", "register": 3, "type": "bit"},
            [("table", "a bit identifies nothing", "holding or input")],
        ),
        (
            {"table": "holding", "register": 3},
            [("type", "missing", "[identity] needs `object`, or `table`, `register` and `type`")],
        ),
        (
            {"table": "holding", "register": 3, "type": "uint16", "is": "x"},
            [("is", "'x' cannot be: a register is a number", "")],
        ),
        (
            {"object": 1, "is": [1]},
            [("is", "[1] is not a number or a text", "")],
        ),
    ],
)  # fmt: skip
def test_what_identifies_an_instrument_is_checked(row, expected):
    broken = {**GOOD, "identity": [{"name": "x", **row}]}
    assert list(faults(broken)) == [("identity", 0, *fault) for fault in expected]

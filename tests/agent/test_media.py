"""Which timing and which framing a line's medium means."""

import pytest

from agent.config.model import LineSettings
from agent.media import framing_of, timing_of
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_pdu import ReadRegisters
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpRequest

PDU = ReadRegisters(3, 0, 1)


@pytest.mark.parametrize(
    ("port", "char_ms", "silence_ms", "margin_ms"),
    [
        ("/dev/ttyUSB0", 11 / 9.6, 3.5 * 11 / 9.6, 50.0),
        ("usb:FT4X1234", 11 / 9.6, 3.5 * 11 / 9.6, 50.0),
        ("rtu+tcp://10.0.0.7:4001", 11 / 9.6, 3.5 * 11 / 9.6, 300.0),
        ("tcp://10.0.0.7:502", 0.0, 0.0, 300.0),
    ],
)
def test_timing(port, char_ms, silence_ms, margin_ms):
    timing = timing_of(LineSettings("a", port, 9600, 8, "E", 1))
    assert (timing.char_ms, timing.silence_ms) == pytest.approx((char_ms, silence_ms))
    assert timing.margin_ms == margin_ms


@pytest.mark.parametrize(
    ("medium", "mode", "kind"),
    [
        ("", "rtu", RtuRequest),
        ("", "ascii", AsciiRequest),
        ("rtu+tcp", "ascii", AsciiRequest),
        ("tcp", "rtu", TcpRequest),
    ],
)
def test_framing(medium, mode, kind):
    assert type(framing_of(medium, mode)(1, PDU)) is kind


def test_a_new_process_does_not_begin_where_the_last_one_did():
    """Else an answer that is owed to a killed one would be taken for the first of this one's."""
    first = {framing_of("tcp")(1, PDU).transaction for _ in range(20)}
    assert len(first) > 10
    assert all(0 <= number <= 0xFFFF for number in first)

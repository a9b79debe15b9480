"""Siemens Ultramat 23 on the ELAN bus: `k` 2, the measured values. It calibrates itself (AUTOCAL) every
CYCLE_S for AUTOCAL_S and holds its values meanwhile.

DLE SOH text DLE ETX CRC, every DLE of the text doubled; an answer stands behind DLE ACK. Source: public
driver rtuacq_protocol_cems_BJXueDiLong_U23.c. The CRC is pymodbus's; this encoder shares nothing with the
driver's.
"""

from collections.abc import Mapping
from typing import Any

from pymodbus.framer.rtu import FramerRTU

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted

__all__ = ["AUTOCAL_S", "CYCLE_S", "Ultramat23"]

NUMBERS = {"so2": 6, "no": 7, "o2": 12}
CYCLE_S, AUTOCAL_S = 6 * 3600.0, 600.0
MEASURING, AUTOCAL = 4, 5
CALIBRATING = (*range(5, 18), 19, 20)
MAINTENANCE = (18, 21)
SHOWS = (
    *(Show(f"calibrating: state {state}", "state", state, flag="C") for state in CALIBRATING),
    *(Show(f"maintenance: state {state}", "state", state) for state in MAINTENANCE),
    *(Show(f"state 0, {state}", "state", state) for state in (1, 3, 22)),
)


class Ultramat23(Scripted):
    """scripts: by its `components`, and `state`, the second status byte (4: measuring; 0: what it
    does by itself)."""

    keys = ("host", "components", "unit", "crc_begins")
    has_check = True
    states = ("state",)

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*settings.get("components", ()), "state"]

    @staticmethod
    def request_length(buf: bytes) -> int:
        end = buf.find(b"\x10\x03", 2)
        whole = buf.startswith(b"\x10\x01") and 0 < end <= len(buf) - 4
        return end + 4 if whole and _crc(buf[: end + 2]) == buf[end + 2 : end + 4] else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        text = request[2:-4].replace(b"\x10\x10", b"\x10")
        if text[0] >> 4 != self.address or text[1:4] != b"\xd0k\x02":
            return None
        calibrates = elapsed_s >= CYCLE_S and elapsed_s % CYCLE_S < AUTOCAL_S
        state = self.state("state", elapsed_s) or (AUTOCAL if calibrates else MEASURING)
        at_s = elapsed_s // CYCLE_S * CYCLE_S if calibrates else elapsed_s
        body = bytes((0xD0, text[0], 0, state)) + text[2:4]
        said: dict[str, float | None] = {}
        for name in self.settings["components"]:
            word = f"{self.value(name, at_s):.2f}"
            said[name] = float(word)
            body += word.encode() + bytes((0, 0, 0, NUMBERS[name], 0))
        return Answer(self._framed(body), said)

    def _framed(self, body: bytes) -> bytes:
        frame = b"\x10\x01" + body.replace(b"\x10", b"\x10\x10") + b"\x10\x03"
        ack = b"\x10\x06"
        return ack + frame + _crc(ack + frame if self.settings["crc_begins"] == "ack" else frame)

    def as_foreign(self, frame: bytes) -> bytes:
        """The next channel's answer."""
        body = frame[4:-4].replace(b"\x10\x10", b"\x10")
        return self._framed(body[:1] + bytes(((body[1] + 0x10) & 0xFF,)) + body[2:])


def _crc(data: bytes) -> bytes:
    return FramerRTU.compute_CRC(data).to_bytes(2, "big")

"""Aeroqual SM70 on RS-485: `55 1A 00 91` is answered by 15 bytes that sum to 0. It warms up for WARM_UP_S.

Source: support.aeroqual.com, RS485_protocol. This encoder shares nothing with the driver's.
"""

import struct

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted, until

__all__ = ["WARM_UP_S", "AeroqualSm70"]

QUESTION = bytes.fromhex("551A0091")
WARM_UP_S = 600.0
SHOWS = (
    Show("warming up", "warming", 1),
    Show("sensor failure", "status", 1),
    Show("sensor status 2", "status", 2),
    Show("sensor ageing", "status", 3),
    Show("zeroing", "zeroing", 1, flag="C"),
)


class AeroqualSm70(Scripted):
    """scripts: `gas` in ppm, `status` (0 well, 1 failure, 3 ageing), `zeroing` and `warming` (0, 1)."""

    keys = ("gas",)
    usual = {"gas": 0.0, "status": 0.0, "zeroing": 0.0, "warming": until(WARM_UP_S)}
    states = ("status", "zeroing", "warming")
    has_check = True

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

    @staticmethod
    def request_length(buf: bytes) -> int:
        return len(QUESTION) if buf.startswith(QUESTION) else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer:
        value = round(self.value("gas", elapsed_s), 3)
        warm = not self.state("warming", elapsed_s)
        body = bytes((0xAA, 0x10 if warm else 0x0F)) + struct.pack("<f", value) + bytes(6)
        body += bytes((self.state("status", elapsed_s), self.state("zeroing", elapsed_s) << 2))
        return Answer(body + bytes((-sum(body) % 256,)), {"gas": value if warm else None})

"""Aeroqual SM70 on RS-485: `55 1A 00 91` is answered by 15 bytes that sum to 0. It warms up for WARM_UP_S.

Source: support.aeroqual.com, RS485_protocol. This encoder shares nothing with the driver's.
"""

import struct

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted

__all__ = ["WARM_UP_S", "AeroqualSm70"]

QUESTION = bytes.fromhex("551A0091")
WARM_UP_S = 600.0


class AeroqualSm70(Scripted):
    """scripts: `gas` in ppm, `status` (0 well, 1 failure, 3 ageing), `zeroing` (0, 1)."""

    keys = ("gas",)
    usual = {"gas": 0.0, "status": 0.0, "zeroing": 0.0}
    has_check = True

    @staticmethod
    def request_length(buf: bytes) -> int:
        return len(QUESTION) if buf.startswith(QUESTION) else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer:
        value = round(self.value("gas", elapsed_s), 3)
        warm = elapsed_s >= WARM_UP_S
        body = bytes((0xAA, 0x10 if warm else 0x0F)) + struct.pack("<f", value) + bytes(6)
        body += bytes((self.state("status", elapsed_s), self.state("zeroing", elapsed_s) << 2))
        return Answer(body + bytes((-sum(body) % 256,)), {"gas": value if warm else None})

"""Siemens ELAN frames as a public driver builds them. Runs on MicroPython too."""

from drivers.wire.elan import ReadComponents
from tests.frames.row import request

__all__ = ["FRAMES"]

U23 = "built by the rule of driver rtuacq_protocol_cems_BJXueDiLong_U23.c"

FRAMES = (
    request(U23, ReadComponents(1, 1, crc_from_ack=False), "10 01 11 D0 6B 02 10 03 63 71"),
    request(U23, ReadComponents(1, 1, crc_from_ack=True), "10 01 11 D0 6B 02 10 03 63 71"),
)

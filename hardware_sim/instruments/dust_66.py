"""Stack dust meters that speak function 0x66: LSS2004, LSS2014, SDL Model 2030.

Address, 0x66, count, command, data, CRC-16/MODBUS. 0x9B: the dust as a float, high byte first, at byte 9,
the state at byte 30, the alarm at 31. 0x9C: the parameters. Source: public driver
rtuacq_protocol_tsp_AnRongXin_LSS2004_LSS2014.c. Its CRC is pymodbus's; this encoder shares nothing with
the driver's.
"""

import struct

from pymodbus.framer.rtu import FramerRTU

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted

__all__ = ["Dust66"]

DUST, PARAMETERS = 0x9B, 0x9C
SHOWS = (
    Show("instrument fault", "state", 1),
    Show("maintenance", "state", 2),
    Show("state 3", "state", 3),
    Show("calibrating", "calibrating", 1, flag="C"),
    Show("alarm 1", "alarm", 1),
    Show("alarm 2", "alarm", 2),
)
ASKS = {DUST: 4, PARAMETERS: 0}


def summed(frame: bytes) -> bytes:
    """The frame with its CRC, low byte first."""
    return frame + FramerRTU.compute_CRC(frame).to_bytes(2, "big")


class Dust66(Scripted):
    """scripts: `tsp` in mg/m3, `state` (0 ok, 1 fault, 2 maintenance), `calibrating` (0, 1), `alarm`."""

    usual = {"tsp": 0.0, "state": 0.0, "calibrating": 0.0, "alarm": 0.0}
    states = ("state", "calibrating", "alarm")
    has_check = True

    def shows(self) -> tuple[Show, ...]:
        return SHOWS

    @staticmethod
    def request_length(buf: bytes) -> int:
        if len(buf) < 4 or buf[1] != 0x66 or buf[2] != ASKS.get(buf[3]):
            return 0
        size = 6 + buf[2]
        return size if len(buf) >= size and summed(buf[: size - 2]) == buf[:size] else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        if request[0] != self.address:
            return None
        if request[3] == PARAMETERS:
            data = bytearray(0x39)
            data[4:8], data[8:12] = struct.pack(">f", 1.0), struct.pack(">f", 0.0)
            data[12:14], data[14:18] = struct.pack(">H", 100), struct.pack(">f", 60.0)
            return Answer(summed(bytes((self.address, 0x66, 0x39, PARAMETERS)) + data))
        data = bytearray(0x1E)
        data[5:9] = struct.pack(">f", self.value("tsp", elapsed_s))
        data[26] = self.state("state", elapsed_s) | self.state("calibrating", elapsed_s) << 3
        data[27] = self.state("alarm", elapsed_s)
        (said,) = struct.unpack(">f", data[5:9])
        return Answer(summed(bytes((self.address, 0x66, 0x1E, DUST)) + data), {"tsp": said})

    def as_foreign(self, frame: bytes) -> bytes:
        """The next meter's answer."""
        return summed(bytes((self.address % 255 + 1,)) + frame[1:-2])

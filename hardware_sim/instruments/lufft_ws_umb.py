"""Lufft weather stations over UMB: one channel (23h) or several (2Fh), as floats. Not ready for START_S.

Source: Lufft WS500-UMB manual p. 50-52, NIRS31-UMB p. 43. This encoder shares nothing with the driver's.
"""

import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hardware_sim.instrument import Answer, Show
from hardware_sim.instruments.scripted import Scripted, until

__all__ = ["START_S", "LufftWsUmb"]

START_S = 10.0
SHOWS = (
    Show("device not ready: initialising or calibrating", "starting", 1),
    Show("error in the measurement", "status", 0x2B),
    Show("value above the specified range", "status", 0x50, flag="T"),
    Show("value below the specified range", "status", 0x51),
    Show("physically above the measuring range", "status", 0x52),
    Show("physically below the measuring range", "status", 0x53),
    Show("error in the data, or no valid data", "status", 0x54),
    Show("no valid measurement in these ambient conditions", "status", 0x55),
)


def crc(data: bytes) -> bytes:
    """CRC-CCITT, lowest bit first, from FFFF, bit by bit."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value.to_bytes(2, "little")


class LufftWsUmb(Scripted):
    """scripts: by the names of its values, `status`, of its first channel (0: well), `starting` (0, 1)."""

    keys = ("class", "values")
    usual = {"starting": until(START_S)}
    states = ("status", "starting")
    has_check = True

    @classmethod
    def scriptable(cls, settings: Mapping[str, Any]) -> list[str]:
        return [*(str(row).split()[0] for row in settings.get("values", ())), *cls.states]

    def shows(self) -> tuple[Show, ...]:
        first = (str(self.settings["values"][0]).split()[0],)
        return tuple(replace(show, channels=first) if show.state == "status" else show for show in SHOWS)

    @staticmethod
    def request_length(buf: bytes) -> int:
        size = 12 + buf[6] if len(buf) > 6 and buf[:2] == b"\x01\x10" else 0
        return size if size and len(buf) >= size and crc(buf[: size - 3]) == buf[size - 3 : size - 1] else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        own = (int(self.settings["class"]) << 12 | self.address).to_bytes(2, "little")
        if request[2:4] != own:
            return None
        command, data = request[8], request[10:-4]
        said: dict[str, float | None] = {}
        if self.state("starting", elapsed_s):
            payload = b"\x28"
        elif command == 0x23:
            status, item = self._channel(data, elapsed_s, said)
            payload = bytes((status,)) + item[1:]
        else:
            items = [self._channel(data[at : at + 2], elapsed_s, said) for at in range(1, len(data), 2)]
            payload = bytes((0, len(items))) + b"".join(bytes((len(item),)) + item for _, item in items)
        head = b"\x01\x10" + request[4:6] + own + bytes((2 + len(payload), 0x02, command, 0x10))
        body = head + payload + b"\x03"
        return Answer(body + crc(body) + b"\x04", said)

    def _channel(self, channel: bytes, elapsed_s: float, said: dict[str, float | None]) -> tuple[int, bytes]:
        """Status, and the item: status, channel, type and value."""
        rows = [str(row).split() for row in self.settings["values"]]
        number = int.from_bytes(channel, "little")
        name = next((row[0] for row in rows if int(row[1]) == number), None)
        if name is None:
            return 0x24, b"\x24" + channel
        status = self.state("status", elapsed_s) if name == rows[0][0] else 0
        if status:
            return status, bytes((status,)) + channel
        said[name] = round(self.value(name, elapsed_s), 2)
        return 0, b"\x00" + channel + b"\x16" + struct.pack("<f", said[name])

    def as_foreign(self, frame: bytes) -> bytes:
        """The next device's answer."""
        body = frame[:4] + bytes((self.address % 255 + 1,)) + frame[5:-3]
        return body + crc(body) + b"\x04"

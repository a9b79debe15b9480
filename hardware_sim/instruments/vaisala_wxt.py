"""Vaisala WXT weather transmitters, polled in ASCII with the CRC. In calm air they say no direction, but `#`.

Source: WXT530 user guide M211840EN p. 74-90; WXT510 user guide p. 57, 65-66. This encoder shares nothing with
the driver's.
"""

from collections.abc import Mapping
from typing import Any

from hardware_sim.instrument import Answer
from hardware_sim.instruments.scripted import Scripted
from hardware_sim.source import Source

__all__ = ["CALM_M_S", "VaisalaWxt", "sdi_crc"]

CALM_M_S = 0.05
MESSAGES = (  # number, and what it holds: the channel, the parameter as written
    (1, "wind_direction_min", "Dn={:03.0f}D"),
    (1, "wind_direction", "Dm={:03.0f}D"),
    (1, "wind_direction_max", "Dx={:03.0f}D"),
    (1, "wind_speed_min", "Sn={:.1f}M"),
    (1, "wind_speed", "Sm={:.1f}M"),
    (1, "wind_speed_max", "Sx={:.1f}M"),
    (2, "temperature", "Ta={:.1f}C"),
    (2, "humidity", "Ua={:.1f}P"),
    (2, "pressure", "Pa={:.1f}H"),
    (3, "rain", "Rc={:.2f}M"),
    (3, "rain_duration", "Rd={:.0f}s"),
    (3, "rain_intensity", "Ri={:.1f}M"),
    (3, "rain_intensity_peak", "Rp={:.1f}M"),
    (5, "heating_temperature", "Th={:.1f}C"),
    (5, "supply_voltage", "Vs={:.1f}V"),
    (5, "reference_voltage", "Vr={:.3f}V"),
)
ADDRESSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def sdi_crc(text: str) -> str:
    """The CRC of SDI-12, bit by bit, as its three characters."""
    register = 0
    for byte in text.encode():
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return "".join(chr(0x40 | register >> shift & 0x3F) for shift in (12, 6, 0))


class VaisalaWxt(Scripted):
    """scripts: by the channels; `rain` is what has fallen, counted from the last reset on."""

    keys = ("values", "messages")
    usual = {
        **{name: 0.0 for _, name, _ in MESSAGES},
        **{"temperature": 20.0, "humidity": 50.0, "pressure": 1013.0},
        **{"heating_temperature": 20.0, "supply_voltage": 12.0, "reference_voltage": 3.5},
    }
    has_check = True

    def __init__(self, address: int, settings: Mapping[str, Any], scripts: Mapping[str, Source], where: str):
        super().__init__(address, settings, scripts, where)
        self._own = ADDRESSES[address]
        self._rain_at_reset = 0.0

    @staticmethod
    def request_length(buf: bytes) -> int:
        end = buf.find(b"\r\n")
        text = buf[: max(end, 0)].decode("latin-1")
        asks = text[1:] in ("XU", "XZRU") or (text[1:2] == "r" and text[3:] == sdi_crc(text[:3]))
        return end + 2 if end > 0 and asks else 0

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        text = request[:-2].decode()
        if text[0] != self._own:
            return None
        if text[1:] == "XU":
            settings = "M=P,T=0,C=3,I=0,B=19200,D=8,P=N,S=1,L=25,N=WXT536,V=1.00"
            return Answer(f"{self._own}XU,A={self._own},{settings}\r\n".encode())
        if text[1:] == "XZRU":
            self._rain_at_reset = self.value("rain", elapsed_s)
            return Answer(f"{self._own}TX,Rain reset\r\n".encode())
        said: dict[str, float | None] = {}
        parts = [
            self._parameter(name, form, elapsed_s, said)
            for number, name, form in MESSAGES
            if text[2] in ("0", str(number))
        ]
        body = text[:3] + "".join("," + part for part in parts)
        return Answer(f"{body}{sdi_crc(body)}\r\n".encode(), said)

    def _parameter(self, name: str, form: str, elapsed_s: float, said: dict[str, float | None]) -> str:
        value = self.value(name, elapsed_s) - (self._rain_at_reset if name == "rain" else 0.0)
        word = form.format(value % 360 if name.startswith("wind_direction") else value)
        if name.startswith("wind_direction") and self.value("wind_speed", elapsed_s) < CALM_M_S:
            said[name] = None
            return word[:-1] + "#"
        said[name] = float(word[3:-1])
        return word

    def as_foreign(self, frame: bytes) -> bytes:
        """The next transmitter's answer."""
        body = ADDRESSES[(self.address + 1) % len(ADDRESSES)] + frame[1:-5].decode()
        return f"{body}{sdi_crc(body)}\r\n".encode()

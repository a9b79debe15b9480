"""AK from the other side: a device that is asked. Bytes in, answer out; for detector heads.

AK carries no check: a digit that noise turns into another is read as that. Where the master can
speak Modbus, prefer drivers.wire.modbus_slave. Source: Emerson AK manual 90003752, p. 1-3..1-18;
CAI 700M HFID manual, p. 153-155. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused
from drivers.wire.ak import DONT_CARE, ETX, STX, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.exchange import Buffer

    # (channel 0..99, data behind it) -> (error status 0..9, data of the answer); may raise
    # Refused with "BS", "NA", "SE", "DF" or "OF"
    Code = Callable[[int, str], tuple[int, str]]

__all__ = ["AkSlave"]


class AkSlave:
    """A device that knows `codes`, a function for each four letters.

    address: its bus address byte, 4..255; None for a device alone on its line, which answers
    whatever the second byte is. Any other code is answered `????`. Raises ValueError for another
    address.
    """

    def __init__(self, codes: "dict[str, Code]", address: "int | None" = None) -> None:
        if address is not None and not ETX < address <= 0xFF:
            raise ValueError("AK bus address byte %d is not within 4..255" % address)
        self.codes = codes
        self.address = address

    def answer(self, data: "Buffer") -> bytes:
        """What to answer to the bytes between two silences; nothing where none is due.

        An answer (our own, heard back) is no question: it names no channel.
        """
        frame = bytes(data)
        frame = frame[max(frame.rfind(bytes((STX,))), 0) :]
        if len(frame) < 9 or frame[0] != STX or frame[-1] != ETX:
            return b""
        if self.address is not None and frame[1] != self.address:
            return b""
        body = frame[2:-1]
        if not all(32 <= byte <= 126 for byte in body):
            return b""
        words = body.decode().split(" ")
        if len(words) < 2 or words[1][:1] != "K" or not words[1][1:].isdigit() or len(words[1]) > 3:
            return b""
        text = self._carry_out(words[0], int(words[1][1:]), " ".join(words[2:]))
        lead = DONT_CARE if self.address is None else self.address
        return bytes((STX, lead)) + text.encode() + bytes((ETX,))

    def _carry_out(self, code: str, channel: int, data: str) -> str:
        if code not in self.codes:
            return UNKNOWN + " 0"
        try:
            status, said = self.codes[code](channel, data)
        except Refused as refusal:
            return "%s 0 %s" % (code, refusal.code)
        return "%s %d%s" % (code, status, said and " " + said)

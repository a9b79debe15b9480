"""Siemens ELAN, the bus of Ultramat 23 analysers: DLE SOH text DLE ETX and a CRC-16.

A DLE within the text is doubled. The CRC is that of Modbus, over every byte before it, low byte
first. Source: public driver rtuacq_protocol_cems_BJXueDiLong_U23.c; no manual was at hand.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.modbus_rtu import crc16
from drivers.wire.text import plain, printable

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    from drivers.exchange import Buffer

    class Answer(NamedTuple):
        status: tuple[int, int]
        data: bytes

    class Component(NamedTuple):
        component: int
        value: float

    class Measured(NamedTuple):
        status: tuple[int, int]
        components: tuple[Component, ...]
else:
    Answer = namedtuple("Answer", ("status", "data"))
    Component = namedtuple("Component", ("component", "value"))
    Measured = namedtuple("Measured", ("status", "components"))

__all__ = [
    "COMPONENTS",
    "Answer",
    "Component",
    "ElanRequest",
    "Measured",
    "ReadComponents",
    "stuffed",
    "texts",
]

SOH, ETX, ACK, DLE = 0x01, 0x03, 0x06, 0x10
TO_DEVICE = 0xD0
HEAD = bytes((DLE, ACK, DLE, SOH))
READS = (("k", 0x02), ("s", 0x08), ("w", 0x02), ("w", 0x05), ("w", 0x2B))  # all that the source asks
COMPONENTS = {6: "SO2", 7: "NO", 12: "O2"}  # the source knows these


def stuffed(text: bytes) -> bytes:
    """The text with every DLE doubled."""
    return text.replace(bytes((DLE,)), bytes((DLE, DLE)))


def texts(data: bytes, behind: int) -> "list[tuple[str, bytes]]":
    """The values of an answer: text, NUL and `behind` bytes each (4 for k 2, 2 for w). Raises WireError."""
    found: list[tuple[str, bytes]] = []
    at = 0
    while at < len(data):
        end = data.find(b"\x00", at)
        if end < 0 or end + 1 + behind > len(data):
            raise WireError("value %d" % (len(found) + 1), "text, NUL and %d bytes" % behind, repr(data[at:]))
        found.append((printable(data[at:end]), data[end + 1 : end + 1 + behind]))
        at = end + 1 + behind
    return found


class ElanRequest(Request):
    """One reading command of the analyser on `channel` (0..15), asked by `host` (0..15).

    command, sub: `k` 2 measured values, `s` 8 state, `w` 2 ranges, `w` 5 and `w` 0x2B drift and
    limits: what the source asks. The value is an Answer: the two status bytes, and the data behind
    the repeated command. The source reads an answer 3 s after it asked `k` 2, 1 s after `s` and 2 s
    after `w`: give the instrument such a timeout.
    crc_from_ack: whether the CRC of an answer begins with the DLE ACK before it; the source does
    not check it, so that it must be tried on the instrument.
    Raises ValueError for what cannot be asked.
    """

    longest = 512

    def __init__(self, channel: int, host: int, command: str, sub: int, crc_from_ack: bool) -> None:
        for name, number in (("channel", channel), ("host", host)):
            if not 0 <= number <= 15:
                raise ValueError("ELAN %s %d is not within 0..15" % (name, number))
        if (command, sub) not in READS:
            raise ValueError("ELAN command %s %02X: no source says that it only reads" % (command, sub))
        self.address = channel
        self.route = channel << 4 | host
        self.command = command.encode() + bytes((sub,))
        self.crc_from_ack = crc_from_ack
        self.shape = ("ELAN", self.route, self.command)

    def encode(self) -> bytes:
        text = stuffed(bytes((self.route, TO_DEVICE)) + self.command)
        frame = bytes((DLE, SOH)) + text + bytes((DLE, ETX))
        crc = crc16(frame)
        return frame + bytes((crc & 0xFF, crc >> 8))

    def length(self, buf: "Buffer") -> "int | None":
        at = len(HEAD)
        while at + 1 < len(buf):
            if buf[at] != DLE:
                at += 1
            elif buf[at + 1] == ETX:
                return at + 4
            else:
                at += 2
        return None

    def parse(self, buf: "Buffer") -> "Any":
        for at, want in enumerate(HEAD[: len(buf)]):
            if buf[at] != want:
                raise WireError("byte %d of the answer" % (at + 1), want, buf[at])
        size = self.length(buf)
        if (size or len(buf)) > self.longest:
            raise WireError("answer", "at most %d bytes" % self.longest, "%d" % (size or len(buf)))
        end = len(buf) if size is None else size - 4
        text = self._text(buf, end)
        if size is None or len(buf) < size:
            return None
        first = 0 if self.crc_from_ack else 2
        due, got = crc16(buf[first : size - 2]), buf[size - 2] | buf[size - 1] << 8
        if due != got:
            raise WireError("CRC", due, got)
        at = text.find(self.command, 4)
        if at < 0:
            raise WireError("repeated command", repr(self.command), repr(text[4:]))
        return self.value(Answer((text[2], text[3]), text[at + 2 :]))

    def value(self, answer: "Answer") -> "Any":
        """What a whole answer says; never None."""
        return answer

    def _text(self, buf: "Buffer", end: int) -> bytes:
        """The text so far, its doubled DLEs single again. Raises WireError as soon as it cannot fit."""
        text, at = bytearray(), len(HEAD)
        while at < end:
            if buf[at] == DLE:
                at += 1
                if at < end and buf[at] != DLE:
                    raise WireError("byte behind DLE", "DLE or ETX", buf[at])
            if at < end:
                text.append(buf[at])
            at += 1
        for at, want in enumerate((TO_DEVICE, self.route)[: len(text)]):
            if text[at] != want:
                raise WireError(("direction", "channel and host")[at], want, text[at])
        return bytes(text)


class ReadComponents(ElanRequest):
    """`k` 2: the measured values, as Measured: status bytes and (component number, value) in order.

    Status 0, 4 is measuring; the second byte: 5..17, 19 and 20 calibrating, 18 and 21 maintenance.
    """

    expected = 48

    def __init__(self, channel: int, host: int, crc_from_ack: bool) -> None:
        super().__init__(channel, host, "k", 2, crc_from_ack)

    def value(self, answer: "Answer") -> "Measured":
        found = [Component(behind[2], plain(word.lstrip(" "))) for word, behind in texts(answer.data, 4)]
        if not found:
            raise WireError("values", "at least one", "none")
        return Measured(answer.status, tuple(found))

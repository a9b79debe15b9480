"""Honeywell HPMA115S0 and HPMA115C0 dust sensors: head, length, command, data, check.

The check makes the sum of all bytes 0 modulo 256: it sees any single wrong byte. The answer to a
command that changes something is two bytes, A5 A5 or 96 96, that do not say to what.
Source: Honeywell HPM Series datasheet 32322550, tables 4, 5 and 6; avaldebe/PyPMS (captures).
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.binary import BinaryRequest, words
from drivers.wire.checks import to_zero
from drivers.wire.plantower import PMSX003, StreamedFrame

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer

__all__ = ["Command", "ReadCoefficient", "ReadValues", "SetCoefficient", "StreamedValues"]

HEAD, ANSWER, ACK, NACK = 0x68, 0x40, 0xA5, 0x96
READ, SET_COEFFICIENT, READ_COEFFICIENT = 0x04, 0x08, 0x10
COMMANDS = {"start": 0x01, "stop": 0x02, "auto send off": 0x20, "auto send on": 0x40}
COEFFICIENT = (30, 200)  # the factory sets 100
DATA_BYTES = {"S0": 4, "C0": 12}


def framed(command: int, data: bytes = b"") -> bytes:
    body = bytes((HEAD, 1 + len(data), command)) + data
    return body + bytes((to_zero(body),))


class HpmaAnswer(BinaryRequest):
    """A frame of `data_bytes` that answers `command`, or a negative acknowledgement."""

    address = 0
    names: tuple[str, ...] = ("head", "length", "command")

    def __init__(self, command: int, data_bytes: int) -> None:
        self.question = framed(command)
        self.head = (ANSWER, 1 + data_bytes, command)
        self.size = self.longest = self.expected = 4 + data_bytes
        self.shape = ("HPMA115", command, data_bytes)

    def length(self, buf: "Buffer") -> int:
        return 2 if buf and buf[0] == NACK else self.size

    def parse(self, buf: "Buffer") -> "Any":
        if not buf or buf[0] != NACK:
            return super().parse(buf)
        if len(buf) < 2:
            return None
        if buf[1] != NACK:
            raise WireError("negative acknowledgement", NACK, buf[1])
        raise Refused("NACK", "the sensor did not carry out the command")

    def check(self, frame: bytes) -> None:
        due, got = to_zero(frame[:-1]), frame[-1]
        if due != got:
            raise WireError("checksum", due, got)


class ReadValues(HpmaAnswer):
    """The value is (PM2.5, PM10) for model "S0", (PM1, PM2.5, PM4, PM10) for "C0", in ug/m3.

    Raises ValueError for another model.
    """

    def __init__(self, model: str = "S0") -> None:
        if model not in DATA_BYTES:
            raise ValueError("HPMA115 model %r is neither S0 nor C0" % model)
        super().__init__(READ, DATA_BYTES[model])
        self.count = 2 if model == "S0" else 4  # the rest of C0's is reserved

    def value(self, frame: bytes) -> tuple[int, ...]:
        return words(frame[3 : 3 + 2 * self.count])


class ReadCoefficient(HpmaAnswer):
    """The user's adjustment coefficient. The value is 30..200."""

    def __init__(self) -> None:
        super().__init__(READ_COEFFICIENT, 1)

    def value(self, frame: bytes) -> int:
        return frame[3]


class Command(HpmaAnswer):
    """`start`, `stop` (the fan too), `auto send on`, `auto send off`. The value is True.

    Raises ValueError for another word.
    """

    repeatable = False

    def __init__(self, word: str, code: "int | None" = None, data: bytes = b"") -> None:
        if code is None and word not in COMMANDS:
            raise ValueError("HPMA115 command %r is none of start, stop, auto send on, auto send off" % word)
        super().__init__(0, 0)
        self.question = framed(COMMANDS[word] if code is None else code, data)
        self.head = (ACK, ACK)
        self.names = ("acknowledgement", "acknowledgement")
        self.size = self.longest = self.expected = 2
        self.shape = ("HPMA115", ACK)  # it does not say to what

    def check(self, frame: bytes) -> None:
        return None

    def value(self, frame: bytes) -> bool:
        return True


class SetCoefficient(Command):
    """Set the user's adjustment coefficient, 30..200. The value is True. Raises ValueError outside."""

    def __init__(self, coefficient: int) -> None:
        low, high = COEFFICIENT
        if not low <= coefficient <= high:
            raise ValueError("HPMA115 coefficient %d is not within %d..%d" % (coefficient, low, high))
        super().__init__("", SET_COEFFICIENT, bytes((coefficient,)))


class StreamedValues(StreamedFrame):
    """What an HPMA115S0 sends on its own. The value is (PM2.5, PM10) in ug/m3.

    Its frame is laid out as a Plantower's of 13 words; that of the C0 is not in the sources.
    """

    def __init__(self) -> None:
        super().__init__(PMSX003)

    def value(self, frame: bytes) -> tuple[int, ...]:
        return super().value(frame)[1:3]

"""A Modbus instrument up to its memory: frames, functions and refusals, in RTU, ASCII or TCP.

It answers through pymodbus (framers, request decoder), so that it shares no mistake with the
project's own codec. Its memory is ours: of pymodbus 3.16's stores the older ones are deprecated,
and the newer cannot have an empty table.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol, cast

from pymodbus.constants import DeviceInformation, ExcCodes
from pymodbus.datastore import ModbusServerContext
from pymodbus.exceptions import ModbusIOException
from pymodbus.framer import FramerAscii, FramerBase, FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.device import DeviceInformationFactory, ModbusDeviceIdentification
from pymodbus.pdu.mei_message import ReadDeviceInformationRequest, ReadDeviceInformationResponse

from hardware_sim.instrument import Answer, Instrument

__all__ = ["FRAMINGS", "Memory", "ModbusServer", "table_of"]

DECODER = DecodePDU(is_server=True)
TABLES = {1: "coil", 2: "discrete", 3: "holding", 4: "input", 5: "coil", 15: "coil"}
TABLES |= dict.fromkeys((6, 16, 22, 23), "holding")
ASCII_END = b"\r\n"
UNCOUNTED_BYTES = 6  # of a TCP frame, before what its length field counts
IDENTITY = 43


@dataclass(frozen=True)
class Framing:
    """request_length: as Instrument's; adu: address, function and data of a whole frame."""

    framer: FramerBase
    request_length: Callable[[bytes], int]
    adu: Callable[[bytes], bytes]

    def transaction(self, frame: bytes) -> int:
        return int.from_bytes(frame[:2], "big") if isinstance(self.framer, FramerSocket) else 0


def _rtu_length(buf: bytes) -> int:
    """A known function's length comes from pymodbus, any other's from the check fitting."""
    if len(buf) < FramerRTU.MIN_SIZE:
        return 0
    known = buf[1] < 0x80 and DECODER.lookupPduClass(buf)
    size = known.calculateRtuFrameSize(buf) if known else len(buf)
    fits = FramerRTU.MIN_SIZE <= size <= len(buf) and FramerRTU.check_CRC(
        buf[: size - 2], int.from_bytes(buf[size - 2 : size], "big")
    )
    return size if fits else 0


def _ascii_length(buf: bytes) -> int:
    end = buf.find(ASCII_END)
    if buf[:1] != FramerAscii.START or end < 0:
        return 0
    size = end + len(ASCII_END)
    try:
        used, _, _, body = FramerAscii(DECODER).decode(buf[:size])
    except ValueError:  # no hex digits where the address should be
        return 0
    return size if body and used == size else 0


def _tcp_length(buf: bytes) -> int:
    """Whatever the header says, of a frame with the protocol's number and room for a function."""
    size = UNCOUNTED_BYTES + int.from_bytes(buf[4:6], "big")
    whole = FramerSocket.MIN_SIZE <= size <= min(len(buf), FramerSocket.MAX_SIZE)
    return size if whole and buf[2:4] == b"\0\0" else 0


FRAMINGS = {
    "rtu": Framing(FramerRTU(DECODER), _rtu_length, lambda frame: frame[:-2]),
    "ascii": Framing(FramerAscii(DECODER), _ascii_length, lambda frame: bytes.fromhex(frame[1:-4].decode())),
    "tcp": Framing(FramerSocket(DECODER), _tcp_length, lambda frame: frame[6:]),
}


def table_of(function: int) -> str | None:
    """The table that a function reads or writes."""
    return TABLES.get(function)


class Memory(Protocol):
    """What pymodbus's requests ask of a datastore. said: see Answer.values."""

    elapsed_s: float
    said: dict[str, float | None]

    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> "list[int] | list[bool] | ExcCodes": ...

    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: "list[int] | list[bool]"
    ) -> "ExcCodes | None": ...


class ModbusServer(Instrument):
    """An instrument at `address` with this memory. framing: "rtu", "ascii" or "tcp".

    identity: object number (0..255) to text, for function 43/14; None: it does not know that.
    """

    can_refuse = True

    def __init__(
        self,
        address: int,
        memory: Memory,
        framing: str = "rtu",
        identity: Mapping[int, str] | None = None,
    ) -> None:
        self.address = address
        self._memory = memory
        self._framing = FRAMINGS[framing]
        self.request_length = self._framing.request_length
        self.has_check = framing != "tcp"
        self._identity = None if identity is None else ModbusDeviceIdentification(info=dict(identity))  # type: ignore[no-untyped-call]

    def answer(self, request: bytes, elapsed_s: float) -> Answer | None:
        """None to other addresses and broadcasts. Unknown functions get exception 1, unknown
        registers 2, impossible counts 3."""
        adu = self._framing.adu(request)
        if adu[0] != self.address or adu[1] >= 0x80:
            return None
        # pymodbus knows more functions than any instrument here: they would speak for its own process.
        if adu[1] not in (*TABLES, IDENTITY) or not DECODER.lookupPduClass(adu):
            return Answer(self.refusal(request, ExcCodes.ILLEGAL_FUNCTION))
        try:
            _, pdu = self._framing.framer.handleFrame(request, 0, 0)
        except ModbusIOException:  # the decoder found a count that cannot be
            return Answer(self.refusal(request, ExcCodes.ILLEGAL_VALUE))
        assert pdu is not None, "request_length checked the frame"
        self._memory.elapsed_s = elapsed_s
        self._memory.said = {}
        response = self._response(pdu)
        response.dev_id, response.transaction_id = pdu.dev_id, pdu.transaction_id
        said = {} if response.isError() else dict(self._memory.said)
        return Answer(self._framing.framer.buildFrame(response), said)

    def _response(self, pdu: ModbusPDU) -> ModbusPDU:
        if isinstance(pdu, ReadDeviceInformationRequest):
            return self._identified(pdu)
        work = pdu.datastore_update(cast(ModbusServerContext, self._memory), self.address)
        return _finished(work)

    def _identified(self, pdu: ReadDeviceInformationRequest) -> ModbusPDU:
        """As pymodbus does it, whose own identity is one for the whole process."""
        if self._identity is None:
            return ExceptionResponse(IDENTITY, ExcCodes.ILLEGAL_FUNCTION)
        if not DeviceInformation.BASIC <= pdu.read_code <= DeviceInformation.SPECIFIC:
            return ExceptionResponse(IDENTITY, ExcCodes.ILLEGAL_VALUE)
        control = SimpleNamespace(Identity=self._identity)
        found = DeviceInformationFactory.get(control, pdu.read_code, pdu.object_id)  # type: ignore[no-untyped-call]
        if pdu.read_code == DeviceInformation.SPECIFIC and not found.get(pdu.object_id):
            return ExceptionResponse(IDENTITY, ExcCodes.ILLEGAL_ADDRESS)
        return ReadDeviceInformationResponse(read_code=pdu.read_code, information=found)

    def as_foreign(self, frame: bytes) -> bytes:
        transaction = self._framing.transaction(frame)
        return self._framing.framer.encode(self._framing.adu(frame)[1:], self.address % 247 + 1, transaction)

    def refusal(self, request: bytes, code: int) -> bytes:
        function = self._framing.adu(request)[1]
        transaction = self._framing.transaction(request)
        return self._framing.framer.buildFrame(
            ExceptionResponse(function, code, device_id=self.address, transaction=transaction)
        )


def _finished(work: Coroutine[Any, Any, ModbusPDU]) -> ModbusPDU:
    """The result of a coroutine that waits for nothing: pymodbus's requests are async in form only."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast(ModbusPDU, done.value)
    work.close()
    raise RuntimeError("a pymodbus request waited for something")

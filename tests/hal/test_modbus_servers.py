"""Our master against pymodbus's own server: every function and every refusal, in RTU and ASCII over a
pty, and over TCP in RTU (as through a device server) and in Modbus TCP."""

import asyncio
import itertools
import logging
import os
import pty
import tty
from contextlib import asynccontextmanager

import pytest
from pymodbus.framer import FramerType
from pymodbus.pdu.device import ModbusDeviceIdentification
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.exchange import Refused
from drivers.wire.modbus_ascii import AsciiRequest
from drivers.wire.modbus_identity import BASIC, EXTENDED, INDIVIDUAL, ReadIdentity, identify
from drivers.wire.modbus_pdu import (
    MaskWrite,
    ReadBits,
    ReadRegisters,
    ReadWriteRegisters,
    WriteCoil,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
)
from drivers.wire.modbus_rtu import RtuRequest
from drivers.wire.modbus_tcp import TcpFraming
from hal.job import TcpTiming, Timing
from hal.line import Line
from hal.port import Framing
from hal.serial_port import SerialPort
from hal.tcp_port import TcpAddress, TcpPort
from hardware_sim.wire import run

BAUD = 115200
COILS = [at % 3 == 0 for at in range(48)]
DISCRETE = [at % 2 == 0 for at in range(48)]
HOLDING = [1000 + at for at in range(130)]
INPUTS = [2000 + at for at in range(130)]
# The longest texts make the identity too long for one answer: it must be asked for on.
IDENTITY = {0: "Acme", 1: "9000", 2: "V1.2", 0x80: "x" * 200, 0x81: "y" * 100}
FRAMINGS = {
    "rtu": RtuRequest,
    "ascii": AsciiRequest,
    "rtu+tcp": RtuRequest,
    "tcp": TcpFraming(first=0xFFFA),  # wraps meanwhile
}
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


def device():
    return SimDevice(
        id=3,
        simdata=(
            [SimData(0, values=COILS, datatype=DataType.BITS)],
            [SimData(0, values=DISCRETE, datatype=DataType.BITS)],
            [SimData(0, values=HOLDING, datatype=DataType.REGISTERS)],
            [SimData(0, values=INPUTS, datatype=DataType.REGISTERS)],
        ),
    )


def wired():
    """Two ttys, what is written to the one being read from the other; what closes them all."""
    loop = asyncio.get_running_loop()
    (here, ours), (there, theirs) = pty.openpty(), pty.openpty()
    for end in (ours, theirs):
        tty.setraw(end)
    loop.add_reader(here, lambda: os.write(there, os.read(here, 4096)))
    loop.add_reader(there, lambda: os.write(here, os.read(there, 4096)))

    def close():
        for end in (here, there):
            loop.remove_reader(end)
        for end in (here, ours, there, theirs):
            os.close(end)

    return os.ttyname(ours), os.ttyname(theirs), close


@asynccontextmanager
async def served(framing):
    """A line to pymodbus's server with the device at address 3."""
    loop = asyncio.get_running_loop()
    identity = ModbusDeviceIdentification(info=IDENTITY)
    closing = []
    if framing in ("tcp", "rtu+tcp"):
        framer = FramerType.SOCKET if framing == "tcp" else FramerType.RTU
        server = ModbusTcpServer(device(), framer=framer, identity=identity, address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        port = TcpPort(TcpAddress(framing, *server.transport.sockets[0].getsockname()), loop)
        line = Line("a", port, TcpTiming() if framing == "tcp" else Timing(BAUD, 10))
    else:
        ours, theirs, close = wired()
        closing.append(close)
        framer = FramerType.ASCII if framing == "ascii" else FramerType.RTU
        server = ModbusSerialServer(device(), identity=identity, framer=framer, port=theirs, baudrate=BAUD)
        await server.serve_forever(background=True)
        line = Line("a", SerialPort(ours, BAUD, Framing("8N1"), loop), Timing(BAUD, 10))
    line.attach(3, (), timeout_ms=2000.0, retries=0)
    task = asyncio.create_task(line.run())
    try:
        async with asyncio.timeout(10):
            while not line.is_open:  # noqa: ASYNC110 - the connection is another program's to accept
                await asyncio.sleep(0.005)
        yield line
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await server.shutdown()
        for close in closing:
            close()


def told(framing, *pdus):
    """What each is answered by the server: its value, or the exception's code."""

    def talk():
        answers = []
        for pdu in pdus:
            try:
                answers.append((yield FRAMINGS[framing](3, pdu)))
            except Refused as refusal:
                answers.append(f"refused {refusal.code}")
        return answers

    async def main():
        async with served(framing) as line:
            answers = (await line.converse(3, talk())).result
            state = line.core.addresses[3]
            assert (state.silent, state.late, state.wire_errors) == (0, 0, {})
            return answers

    return run(main())


EVERY = pytest.mark.parametrize("framing", FRAMINGS)


@EVERY
def test_reads(framing):
    pdus = {
        ReadBits(1, 0, 48): tuple(COILS),
        ReadBits(1, 5, 19): tuple(COILS[5:24]),
        ReadBits(2, 7, 1): (DISCRETE[7],),
        ReadRegisters(3, 3, 125): tuple(HOLDING[3:128]),
        ReadRegisters(4, 129, 1): (INPUTS[129],),
    }
    assert told(framing, *pdus) == list(pdus.values())


@EVERY
def test_writes_and_what_they_left(framing):
    pdus = (
        (WriteCoil(1, True), (1, 0xFF00)),
        (WriteCoil(0, False), (0, 0)),
        (WriteCoils(30, (True, False, True, True, False, True, True, True, True)), (30, 9)),
        (ReadBits(1, 0, 2), (False, True)),
        (ReadBits(1, 30, 9), (True, False, True, True, False, True, True, True, True)),
        (WriteRegister(7, 0xBEEF), (7, 0xBEEF)),
        (WriteRegisters(8, (1, 0xFFFF, 3)), (8, 3)),
        (ReadRegisters(3, 7, 5), (0xBEEF, 1, 0xFFFF, 3, 1011)),
        (MaskWrite(7, 0xF0F0, 0x0505), (7, 0xF0F0, 0x0505)),
        (ReadRegisters(3, 7, 1), (0xBEEF & 0xF0F0 | 0x0505,)),
        (ReadWriteRegisters(20, 3, 21, (5, 6)), (1020, 5, 6)),
        (WriteRegisters(0, tuple(range(123))), (0, 123)),
        (ReadRegisters(3, 0, 123), tuple(range(123))),
    )
    assert told(framing, *[pdu for pdu, _ in pdus]) == [value for _, value in pdus]


@EVERY
def test_refusals_and_what_follows_them(framing):
    beyond = (
        ReadBits(1, 47, 2),
        ReadBits(2, 48, 1),
        ReadRegisters(3, 130, 1),
        ReadRegisters(4, 6, 125),
        WriteCoil(48, True),
        WriteRegister(130, 1),
        WriteCoils(47, (True, True)),
        WriteRegisters(129, (1, 2)),
        MaskWrite(130, 0, 0),
        ReadWriteRegisters(0, 1, 130, (1,)),
        ReadIdentity(INDIVIDUAL, 99),
    )
    good = ReadRegisters(3, 1, 1)
    mixed = tuple(itertools.chain.from_iterable((pdu, good) for pdu in beyond))
    assert told(framing, *mixed) == ["refused 2", (1001,)] * len(beyond)


@EVERY
def test_identity(framing):
    basic = ReadIdentity(BASIC)
    one = ReadIdentity(INDIVIDUAL, 2)
    first, single = told(framing, basic, one)
    assert first.objects == ((0, b"Acme"), (1, b"9000"), (2, b"V1.2"))
    assert single.objects == ((2, b"V1.2"),)


@EVERY
def test_an_identity_in_several_answers(framing):
    async def main():
        async with served(framing) as line:
            talk = identify(lambda pdu: FRAMINGS[framing](3, pdu), EXTENDED)
            return (await line.converse(3, talk)).result

    objects = dict(run(main()))
    assert {number: objects[number].decode() for number in IDENTITY} == IDENTITY

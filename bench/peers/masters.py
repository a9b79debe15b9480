"""Bare masters on one line, ours among them: 10 registers of every address in turn, back to back.

usage: masters.py NAME PORT BAUD ADDRESSES   (until SIGTERM)   NAME: one of NAMES
"""

import asyncio
import contextlib
import itertools
import selectors
import signal
import sys

NAMES = ("fenceline", "pymodbus-async", "pymodbus-sync", "minimalmodbus")


def fenceline(port: str, baud: int, addresses: list[int]) -> None:
    from drivers.exchange import Conversation, NoAnswer, WireError  # noqa: PLC0415
    from drivers.wire.modbus_rtu import ReadRegisters  # noqa: PLC0415
    from hal.line import Line  # noqa: PLC0415
    from hal.line_core import Timing  # noqa: PLC0415
    from hal.port import Framing  # noqa: PLC0415
    from hal.serial_port import SerialPort  # noqa: PLC0415

    def read(question: ReadRegisters) -> Conversation:
        yield question
        return []

    async def poll(line: Line, question: ReadRegisters) -> None:
        while True:
            with contextlib.suppress(NoAnswer, WireError):
                await line.converse(question.address, read(question))

    async def main() -> None:
        framing = Framing("8N1")
        device = SerialPort(port, baud, framing, asyncio.get_running_loop())
        line = Line("a", device, Timing(baud, framing.bits))
        running = asyncio.create_task(line.run())
        while not line.is_open:  # noqa: ASYNC110 - the line's own task opens it
            await asyncio.sleep(0.01)
        questions = [ReadRegisters(address, 3, 0, 10) for address in addresses]
        for question in questions:
            line.attach(question.address, [question], timeout_ms=500.0)
        await asyncio.gather(running, *(poll(line, question) for question in questions))

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        runner.run(main())


def pymodbus_sync(port: str, baud: int, addresses: list[int]) -> None:
    from pymodbus import ModbusException  # noqa: PLC0415 - only the one that is measured
    from pymodbus.client import ModbusSerialClient  # noqa: PLC0415

    client = ModbusSerialClient(port, baudrate=baud, timeout=0.5, retries=0)
    client.connect()
    for address in itertools.cycle(addresses):
        with contextlib.suppress(ModbusException):  # a busy machine's answer came too late
            client.read_holding_registers(0, count=10, device_id=address)


def pymodbus_async(port: str, baud: int, addresses: list[int]) -> None:
    from pymodbus import ModbusException  # noqa: PLC0415
    from pymodbus.client import AsyncModbusSerialClient  # noqa: PLC0415

    async def read() -> None:
        client = AsyncModbusSerialClient(port, baudrate=baud, timeout=0.5, retries=0)
        await client.connect()
        for address in itertools.cycle(addresses):
            with contextlib.suppress(ModbusException):
                await client.read_holding_registers(0, count=10, device_id=address)

    asyncio.run(read())


def minimalmodbus(port: str, baud: int, addresses: list[int]) -> None:
    from minimalmodbus import Instrument, ModbusException  # noqa: PLC0415

    instruments = [Instrument(port, address) for address in addresses]
    for instrument in instruments:
        instrument.serial.baudrate = baud
        instrument.serial.timeout = 0.5
    for instrument in itertools.cycle(instruments):
        with contextlib.suppress(ModbusException):
            instrument.read_registers(0, 10)


def main() -> None:
    name, port, baud, count = sys.argv[1:5]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    master = {
        "fenceline": fenceline,
        "pymodbus-async": pymodbus_async,
        "pymodbus-sync": pymodbus_sync,
        "minimalmodbus": minimalmodbus,
    }[name]
    master(port, int(baud), list(range(1, int(count) + 1)))


if __name__ == "__main__":
    main()

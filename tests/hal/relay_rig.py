"""A relay module on a pty, the bank that drives its relays, and all that was told."""

import asyncio

from hal.clock import Clock
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing
from hal.serial_port import SerialPort
from hardware_sim.bench import Bench


class RelayRig:
    """row: the module in a bench. A test's own rig says what drives it (`make_bank`), and hears what the
    module is asked (`heard`), which answers by `answer`."""

    def __init__(self, **row):
        self.row = row
        self.told, self.asked = [], []

    async def start(self):
        row = {"id": "m", "line": "a", **self.row}
        self.bench = Bench({"line": [{"id": "a", "baud": 115200}], "instrument": [row]}, Clock())
        await self.bench.start()
        (self.slave,) = self.bench.lines["a"].slaves
        self.module = self.slave.instrument
        self.answer, self.module.answer = self.module.answer, self.heard
        loop = asyncio.get_running_loop()
        port = SerialPort(self.bench.lines["a"].path, 115200, Framing("8N1"), loop)
        self.line = Line("a", port, Timing(115200, 10))
        self.bank = self.make_bank()
        self.tasks = [asyncio.create_task(self.line.run())]

    def begin(self):
        self.tasks.append(asyncio.create_task(self.bank.run()))

    def tell(self, *told):
        self.told.append(told)

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - a pty fulfils it
                await asyncio.sleep(0.002)

    async def settled(self):
        async with asyncio.timeout(10):
            await self.bank.settle()

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.bench.stop()

"""A module with a host watchdog of its own, over a pty: it lets go by itself when we fall silent."""

import asyncio

import pytest

import hal.relay
from drivers.catalogue import load_relay
from drivers.dcon_relays import DconRelays
from hal.clock import Clock
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing
from hal.relay import RelayBank
from hal.serial_port import SerialPort
from hardware_sim.bench import Bench
from hardware_sim.wire import run

WATCH_S = 1.5


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.2)
    monkeypatch.setattr(hal.relay, "RETRY_S", (0.02, 0.05))


class Rig:
    """The module on a pty, the bank that drives its relay 2, what was told, what the module heard."""

    def __init__(self):
        self.told, self.asked = [], []

    async def start(self, checked, guard=True):
        settings = {"coils": 7, "checksum": checked}
        row = {"id": "m", "line": "a", "address": 1, "driver": "dcon-relays", "settings": settings}
        self.bench = Bench({"line": [{"id": "a", "baud": 115200}], "instrument": [row]}, Clock())
        await self.bench.start()
        self.module = self.bench.lines["a"].slaves[0].instrument
        self.answer, self.module.answer = self.module.answer, self.heard
        self.deaf = False
        self.elapsed_s = 0.0
        loop = asyncio.get_running_loop()
        port = SerialPort(self.bench.lines["a"].path, 115200, Framing("8N1"), loop)
        self.line = Line("a", port, Timing(115200, 10))
        self.bank = RelayBank(
            self.line,
            DconRelays(1, load_relay("icpdas-i-7067"), checked, WATCH_S),
            (2,),
            timeout_ms=100,
            guard=guard,
            report=lambda *told: self.told.append(told),
        )
        self.tasks = [asyncio.create_task(self.line.run()), asyncio.create_task(self.bank.run())]

    def heard(self, request, elapsed_s):
        self.elapsed_s = elapsed_s
        if self.deaf:
            return None
        self.asked.append(request.partition(b"\r")[0].decode())
        return self.answer(request, elapsed_s)

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - a pty fulfils it
                await asyncio.sleep(0.005)

    async def settled(self):
        async with asyncio.timeout(10):
            await self.bank.settle()

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.bench.stop()


def on_a_rig(use, checked=False, guard=True, prepare=lambda module: None):
    async def main():
        rig = Rig()
        await rig.start(checked, guard)
        prepare(rig.module)
        try:
            await asyncio.wait_for(use(rig), 20)
        finally:
            await rig.stop()

    run(main())


@pytest.mark.parametrize("checked", [False, True])
def test_the_watchdog_is_switched_on_first_and_fed_in_time(checked):
    async def use(rig):
        rig.bank.want(2, True)
        await rig.settled()
        assert rig.module.watch_s == WATCH_S
        assert rig.asked[0].startswith("~014S"), "its safe value is looked at"
        assert rig.asked[1].startswith("~01310F")
        switched = next(at for at, text in enumerate(rig.asked) if text.startswith("#01"))
        assert any(text.startswith("~**") for text in rig.asked[:switched])
        began = rig.elapsed_s
        await rig.until(lambda: rig.elapsed_s - began > 2 * WATCH_S)
        assert not rig.module.timed_out
        assert rig.module.outputs == 0b100
        assert [what for _, what, _ in rig.told] == ["switched"]

    on_a_rig(use, checked)


def test_it_lets_go_by_itself_and_is_put_right_when_we_are_back():
    async def use(rig):
        rig.bank.want(2, True)
        await rig.settled()
        rig.deaf = True
        await rig.until(lambda: any(what == "failing" for _, what, _ in rig.told))
        began = rig.elapsed_s
        await rig.until(lambda: rig.elapsed_s - began > WATCH_S + 0.5)
        rig.module.pass_time(rig.elapsed_s)
        assert (rig.module.timed_out, rig.module.outputs) == (True, 0), "nobody told it to"
        rig.deaf = False
        await rig.settled()
        assert rig.module.outputs == 0b100
        assert not rig.module.timed_out
        assert "repaired" in [what for _, what, _ in rig.told]

    on_a_rig(use)


def test_after_a_power_cut_it_is_switched_on_again_though_no_relay_tells_of_it():
    """The relay was let go before and is let go now: only the module's own word shows the reset."""

    async def use(rig):
        await rig.settled()
        assert rig.module.watch_s == WATCH_S
        rig.module.power_cycle()
        assert rig.module.watch_s is None
        await rig.until(lambda: rig.module.watch_s == WATCH_S)
        assert rig.module.written == []

    on_a_rig(use)


def test_a_module_that_had_run_out_before_the_start_obeys_again():
    def ran_out(module):
        module.timed_out = True

    async def use(rig):
        rig.bank.want(2, True)
        await rig.settled()
        assert rig.module.outputs == 0b100

    on_a_rig(use, prepare=ran_out)


def test_a_safe_value_that_energises_is_told():
    def unsafe(module):
        module.safe_value = 0b0000100

    async def use(rig):
        await rig.settled()
        assert [(coil, what) for coil, what, _ in rig.told] == [(2, "failing")]
        assert "safe value energises it" in rig.told[0][2]
        assert not any("5S" in text for text in rig.asked), "it is never changed"

    on_a_rig(use, prepare=unsafe)


def test_the_stop_command_s_bank_leaves_the_watchdog_alone():
    async def use(rig):
        await rig.settled()
        assert not any(text.startswith(("~013", "~**", "~014")) for text in rig.asked)

    on_a_rig(use, guard=False)

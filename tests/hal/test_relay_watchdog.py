"""A module with a host watchdog of its own, over a pty: it lets go by itself when we fall silent."""

import asyncio

import pytest

import hal.relay
from drivers.catalogue import load_relay
from drivers.dcon_relays import DconRelays
from hal.relay import RelayBank
from hardware_sim.wire import run
from tests.hal.relay_rig import RelayRig

WATCH_S = 1.5


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.2)
    monkeypatch.setattr(hal.relay, "RETRY_S", (0.02, 0.05))


class Rig(RelayRig):
    """It drives relay 2. asked: the words that the module heard."""

    def __init__(self, checked, guard):
        super().__init__(address=1, driver="dcon-relays", settings={"coils": 7, "checksum": checked})
        self.checked, self.guard = checked, guard
        self.deaf = False
        self.elapsed_s = 0.0

    def make_bank(self):
        relays = DconRelays(1, load_relay("icpdas-i-7067"), self.checked, WATCH_S)
        return RelayBank(self.line, relays, (2,), timeout_ms=100, guard=self.guard, report=self.tell)

    def heard(self, request, elapsed_s):
        self.elapsed_s = elapsed_s
        if self.deaf:
            return None
        self.asked.append(request.partition(b"\r")[0].decode())
        return self.answer(request, elapsed_s)


def on_a_rig(use, checked=False, guard=True, prepare=lambda module: None):
    async def main():
        rig = Rig(checked, guard)
        await rig.start()
        rig.begin()
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

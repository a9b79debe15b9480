"""Relays over a real pty against an emulated module: what is written, what is read back, what is told."""

import asyncio
import itertools

import pytest
from pymodbus.constants import ExcCodes

import hal.relay
from drivers.catalogue import load_relay
from drivers.relay_module import ModbusRelays
from hal.relay import RelayBank
from hardware_sim.wire import run
from tests.hal.relay_rig import RelayRig

WAVESHARE = load_relay("waveshare-relay-8")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(hal.relay, "READ_BACK_S", 0.05)
    monkeypatch.setattr(hal.relay, "RETRY_S", (0.01, 0.02))


class Rig(RelayRig):
    """It drives relays 0 and 5. asked: function codes, as the module got them."""

    def __init__(self):
        super().__init__(address=10, driver="relay-module", settings={"coils": 8})
        self.deaf = lambda request: False

    def make_bank(self):
        return RelayBank(self.line, ModbusRelays(10, WAVESHARE), (0, 5), timeout_ms=60, report=self.tell)

    def heard(self, request, elapsed_s):
        self.asked.append(request[1])
        return None if self.deaf(request) else self.answer(request, elapsed_s)


def on_a_rig(use):
    async def main():
        rig = Rig()
        await rig.start()
        try:
            await asyncio.wait_for(use(rig), 20)
        finally:
            await rig.stop()

    run(main())


def test_it_is_switched_once_and_read_back():
    async def use(rig):
        rig.begin()
        await rig.settled()
        assert rig.module.coils.written == [], "it was as wanted: nothing was written"
        rig.bank.want(5, True)
        await rig.settled()
        assert rig.module.coils.written == [(5, True)]
        assert rig.bank.relays[5].confirmed is True
        assert rig.bank.relays[0].confirmed is False
        assert rig.told == [(5, "switched", "")]

    on_a_rig(use)


def test_what_is_found_energised_at_the_start_is_let_go_and_told():
    async def use(rig):
        rig.module.coils.states.update({0: True, 3: True})
        rig.begin()
        await rig.settled()
        assert rig.module.coils.written == [(0, False)], "relay 3 is nobody's here, and left alone"
        assert rig.told == [(0, "switched", "")]

    on_a_rig(use)


def test_a_switch_whose_answer_is_lost_is_not_sent_again():
    async def use(rig):
        rig.begin()
        await rig.settled()

        def carried_out_in_silence(request):
            if request[1] == 5:
                rig.answer(request, 0)
            return request[1] == 5

        rig.deaf = carried_out_in_silence
        rig.bank.want(0, True)
        await rig.settled()
        await rig.until(lambda: rig.told[-1:] == [(0, "switched", "")])
        assert rig.module.coils.written == [(0, True)]
        assert [what for _, what, _ in rig.told] == ["failing", "switched"]
        assert "no answer" in rig.told[0][2]

    on_a_rig(use)


def test_a_switch_that_never_arrived_is_sent_again_after_a_read_back_has_shown_so():
    async def use(rig):
        rig.begin()
        await rig.settled()
        lost = [True, True]
        rig.deaf = lambda request: request[1] == 5 and bool(lost and lost.pop())
        rig.asked.clear()
        rig.bank.want(0, True)
        await rig.settled()
        switches = [at for at, code in enumerate(rig.asked) if code == 5]
        assert len(switches) == 3
        for first, second in itertools.pairwise(switches):
            assert 1 in rig.asked[first:second], "it was sent again without having looked"
        assert rig.module.coils.written == [(0, True)]
        assert [what for _, what, _ in rig.told] == ["failing", "switched"], "told once, however often"

    on_a_rig(use)


def test_while_nothing_is_heard_of_a_switch_it_is_asked_for_and_not_sent_again():
    """Neither the switch nor the read-backs behind it are answered: only reading goes on."""

    async def use(rig):
        rig.begin()
        await rig.settled()
        rig.asked.clear()
        rig.deaf = lambda request: True
        rig.bank.want(0, True)
        await rig.until(lambda: len(rig.asked) > 3)  # with the first probe of what is dead by then
        assert rig.asked.count(5) == 1
        rig.deaf = lambda request: False
        await rig.settled()
        assert rig.module.coils.written == [(0, True)], "the first one was lost: it took a second one"
        assert rig.asked.count(5) == 2

    on_a_rig(use)


def test_read_backs_that_come_damaged_allow_no_second_switch():
    async def use(rig):
        rig.begin()
        await rig.settled()
        rig.asked.clear()
        whole = rig.answer

        def damaged(request, elapsed_s):
            answer = whole(request, elapsed_s)
            return answer and type(answer)(answer.frame[:-1] + bytes((answer.frame[-1] ^ 1,)))

        rig.answer = damaged
        rig.bank.want(0, True)
        await rig.until(lambda: rig.asked.count(1) > 5)
        assert rig.asked.count(5) == 1
        rig.answer = whole
        await rig.settled()
        assert rig.module.coils.written == [(0, True)]

    on_a_rig(use)


def test_a_module_that_lost_its_power_is_put_right_and_that_is_told():
    async def use(rig):
        rig.begin()
        rig.bank.want(0, True)
        await rig.settled()
        rig.module.power_cycle()
        await rig.until(lambda: len(rig.told) > 1)
        assert rig.module.coils.states[0] is True
        assert [what for _, what, _ in rig.told] == ["switched", "repaired"]
        assert "lost its power" in rig.told[1][2]

    on_a_rig(use)


def test_a_module_that_refuses_is_told_once():
    async def use(rig):
        rig.begin()
        await rig.settled()
        rig.module.coils.async_setValues = refuse
        rig.asked.clear()
        rig.bank.want(0, True)
        await rig.until(lambda: rig.told)
        await rig.until(lambda: rig.asked.count(5) > 3)
        (told,) = rig.told
        assert told[:2] == (0, "failing")
        assert "0x04" in told[2]

    on_a_rig(use)


async def refuse(*_):
    return ExcCodes.DEVICE_FAILURE


def test_a_dead_module_is_told_once_and_put_right_when_it_is_back():
    async def use(rig):
        rig.begin()
        rig.bank.want(0, True)
        await rig.settled()
        rig.deaf = lambda request: True
        await rig.until(lambda: len(rig.told) > 2)
        assert rig.bank.relays[0].confirmed is None, "nobody knows"
        rig.module.power_cycle()
        rig.deaf = lambda request: False
        await rig.settled()
        assert rig.module.coils.states[0] is True
        assert sorted(what for coil, what, _ in rig.told if coil == 0) == ["failing", "repaired", "switched"]
        assert [what for coil, what, _ in rig.told if coil == 5] == ["failing", "recovered"]

    on_a_rig(use)


def test_a_change_of_mind_under_way_ends_as_wanted_last():
    async def use(rig):
        rig.begin()
        await rig.settled()
        for on in (True, False, True, False, True, False):
            rig.bank.want(0, on)
            await asyncio.sleep(0.001)
        await rig.settled()
        assert rig.module.coils.states[0] is False

    on_a_rig(use)


def test_the_line_asks_nobody_else_between_a_read_back_and_the_switch_behind_it():
    """However late this process is: whoever waits is let in with line.expect, and by time that passes."""

    async def use(rig):
        rig.begin()
        await rig.settled()
        steps = []
        expect, switch = rig.line.expect, rig.bank.module.switch

        def asked(request):
            if request[1] == 1 and not rig.bank.relays[5].wanted:  # a read-back is on the wire
                rig.bank.want(5, True)
                steps.append("wanted")
            return False

        def expected(address, due):
            steps.append("expected")
            expect(address, due)

        def switched(coil, on):
            steps.append("switched")
            return switch(coil, on)

        rig.deaf, rig.line.expect, rig.bank.module.switch = asked, expected, switched
        await rig.until(lambda: "switched" in steps)
        wanted = steps.index("wanted")
        assert steps[wanted : wanted + 2] == ["wanted", "switched"]

    on_a_rig(use)

"""Every fault of a line over a real pty: no wrong value is taken, and the line goes on by itself."""

import asyncio
import random
import sys
from contextlib import suppress

import pytest

from drivers.exchange import NoAnswer, Refused, WireError
from drivers.registers import RegisterDriver
from drivers.wire import bayern_hessen, dusttrak
from drivers.wire.modbus_pdu import Accepted, MaskWrite, WriteCoil, WriteCoils, WriteRegister, WriteRegisters
from drivers.wire.modbus_rtu import ReadRegisters, RtuRequest, with_crc
from hal.line import Line
from hal.line_core import BUSY_WAIT_MS
from hal.port import Framing
from hal.serial_port import SerialPort
from hardware_sim.wire import run
from tests.hal.scripted_slave import BAUD, TIMING, ScriptedSlave, answer_to, registers_of

TIMEOUT_MS, QUIET_MS, CYCLE_MS = 60.0, 500.0, 80.0
PROMPT_MS = 2.0
OLD, NEW = ReadRegisters(1, 3, 100, 2), ReadRegisters(1, 3, 300, 2)  # one may be taken for the other
SPARE = ReadRegisters(1, 3, 100, 1)
NEIGHBOUR = ReadRegisters(2, 3, 500, 2)
NOISE = random.Random(1).randbytes(40)


class Rig:
    """A line on a scripted slave: polls two instruments, judges every value."""

    def __init__(self, answer, **settings):
        self.slave = ScriptedSlave(answer, ordered=settings.pop("ordered", True))
        self.settings = {"retries": 1, "quiet_ms": QUIET_MS, "timeout_ms": TIMEOUT_MS, **settings}
        self.failures, self.good, self.news = [], [], []

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        clearing, echo = self.settings.pop("clearing", None), self.settings.pop("echo", False)
        port = SerialPort(self.slave.path, BAUD, Framing("8N1"), loop)
        self.line = Line("a", port, TIMING, echo=echo, report=lambda *news: self.news.append(news))
        self.line.attach(1, (OLD, NEW), clearing=clearing, **self.settings)
        self.line.attach(2, (NEIGHBOUR,), **self.settings)
        self.task = asyncio.create_task(self.line.run())
        await self.until(lambda: self.line.is_open)
        return self

    async def __aexit__(self, *error):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.slave.close()

    @staticmethod
    async def until(condition, timeout_s=20.0):
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110 - ptys fulfil it
                await asyncio.sleep(0.002)

    async def ask(self, *requests):
        """One conversation; what it gave is judged."""
        answer = None
        try:
            answer = await self.line.converse(requests[0].address, asks(requests))
        except (NoAnswer, WireError, Refused) as failure:
            self.failures.append(failure)
            return None
        for request, registers in zip(requests, answer.result, strict=True):
            assert registers == registers_of(request.start, request.count), f"{request}: a wrong value"
            self.good.append(request)
        return answer

    async def poll(self, rounds):
        """Both instruments, a few times, each in its cycle."""
        for _ in range(rounds):
            done = asyncio.gather(self.ask(OLD, NEW), self.ask(NEIGHBOUR), asyncio.sleep(CYCLE_MS / 1000))
            await asyncio.wait_for(done, 20)

    async def recovers(self, within=20):
        """Three rounds without a failure: the line is in step again."""
        for _ in range(within):
            before = len(self.failures)
            await self.poll(3)
            if len(self.failures) == before:
                return
        raise AssertionError(f"still failing: {self.failures[-1]}")

    @property
    def state(self):
        return self.line.core.addresses[1]


def asks(requests):
    told = []
    for request in requests:
        told.append((yield request))
    return told


def struck(fault, first=3, count=1):
    """Answers of address 1 are as they should be, but those from the `first` on, `count` of them."""

    def answer(question, number):
        right = answer_to(question)
        answer.seen += question[0] == 1
        if question[0] == 1 and first <= answer.seen < first + count:
            return fault(question, right)
        return [(PROMPT_MS, right)]

    answer.seen = 0
    return answer


def flipped(data, at):
    return data[:at] + bytes((data[at] ^ 0x10,)) + data[at + 1 :]


def late(ms):
    return lambda question, right: [(ms, right)]


FAULTS = {
    "no answer": lambda question, right: [],
    "late": late(1.4 * TIMEOUT_MS),
    "one cycle late": late(CYCLE_MS),
    "two cycles late": late(2 * CYCLE_MS),
    "five cycles late": late(5 * CYCLE_MS),
    "wrong address": lambda question, right: [(PROMPT_MS, with_crc(bytes((9,)) + right[1:-2]))],
    "the neighbour's address": lambda question, right: [(PROMPT_MS, with_crc(b"\x02" + right[1:-2]))],
    "CRC": lambda question, right: [(PROMPT_MS, flipped(right, len(right) - 1))],
    "a flipped bit": lambda question, right: [(PROMPT_MS, flipped(right, 4))],
    "truncated": lambda question, right: [(PROMPT_MS, right[:-3])],
    "noise before": lambda question, right: [(PROMPT_MS, NOISE[:7] + right)],
    "noise inside": lambda question, right: [(PROMPT_MS, right[:4] + NOISE[:3] + right[4:])],
    "noise after": lambda question, right: [(PROMPT_MS, right + NOISE[:7])],
    "a false start": lambda question, right: [(PROMPT_MS, right[:3] + right)],
    "sent twice": lambda question, right: [(PROMPT_MS, right), (PROMPT_MS, right)],
    "zeros, as a break leaves": lambda question, right: [(PROMPT_MS, bytes(30))],
    "another length": lambda question, right: [(PROMPT_MS, with_crc(b"\x01\x03\x02\x00\x07"))],
    "another function": lambda question, right: [(PROMPT_MS, with_crc(b"\x01\x04" + right[2:-2]))],
    "echo": lambda question, right: [(0, question), (PROMPT_MS, right)],
    **{
        f"exception {code}": lambda question, right, code=code: [
            (PROMPT_MS, with_crc(bytes((question[0], question[1] | 0x80, code))))
        ]
        for code in (1, 2, 3, 4, 5, 6, 8, 10, 11)
    },
}
HARMLESS = ("noise before", "noise after", "a false start", "sent twice", "echo", "exception 6")


def in_all_ways(use):
    """Run `use(clearing, count)` side by side: quiet time and probe, struck once and twice in a row."""

    async def main():
        await asyncio.gather(*(use(clearing, count) for clearing in (None, SPARE) for count in (1, 2)))

    run(main())


@pytest.mark.parametrize("fault", FAULTS)
def test_no_wrong_value_and_the_line_is_in_step_again(fault):
    async def use(clearing, count):
        async with Rig(struck(FAULTS[fault], count=count), clearing=clearing) as rig:
            await rig.recovers()
            assert rig.state.asked > 3 + count, "the fault was never met"
            assert {request.start for request in rig.good[-9:]} == {100, 300, 500}, "each has its turn"
            if fault in HARMLESS and count == 1:
                assert rig.failures == []

    in_all_ways(use)


def test_lost_answers_of_two_questions_leave_both_their_turn():
    """One answer in three is lost, whichever it is."""

    async def use(clearing, count):
        lost = random.Random(count)

        def answer(question, number):
            return [] if question[0] == 1 and lost.random() < 0.35 else [(PROMPT_MS, answer_to(question))]

        async with Rig(answer, clearing=clearing, retries=count) as rig:
            while min(rig.good.count(OLD), rig.good.count(NEW)) < 5 or rig.state.silent < 3:
                await rig.poll(1)

    in_all_ways(use)


ASK_AND_WAIT = """
import asyncio, sys
from drivers.wire.modbus_rtu import ReadRegisters
from hal.line import Line
from hal.port import Framing
from hal.serial_port import SerialPort
from tests.hal.scripted_slave import BAUD, TIMING

def asks():
    return (yield ReadRegisters(1, 3, 100, 2))

async def main():
    port = SerialPort(sys.argv[1], BAUD, Framing("8N1"), asyncio.get_running_loop())
    line = Line("a", port, TIMING)
    line.attach(1, (ReadRegisters(1, 3, 100, 2),), timeout_ms=60_000.0)
    asyncio.create_task(line.run())
    while not line.is_open:
        await asyncio.sleep(0.01)
    await line.converse(1, asks())

asyncio.run(main())
"""


@pytest.mark.parametrize("clearing", [None, SPARE], ids=["quiet time", "probe"])
def test_an_answer_owed_to_a_killed_process_is_not_the_next_one_s(clearing):
    """SIGKILL while it waits; the answer comes when the next process has asked for something else."""

    async def main():
        dead = []  # the questions of the process that is killed

        def answer(question, number):
            if not dead:
                dead.append(question)
                return [(4 * TIMEOUT_MS, answer_to(question))]
            return [(PROMPT_MS, answer_to(question))]

        rig = Rig(answer, clearing=clearing)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", ASK_AND_WAIT, rig.slave.path)
        try:
            await rig.until(lambda: dead)
        finally:
            process.kill()
            await process.wait()
        async with rig:
            while not rig.good:
                await rig.ask(NEW, OLD)
            await rig.recovers()
            assert dead == [OLD.encode()]

    run(main())


# -- writes -------------------------------------------------------------------------------------

WRITES = {
    "relay": RtuRequest(1, WriteCoil(3, True)),
    "zero": RtuRequest(1, WriteRegister(40, 1)),
    "span": RtuRequest(1, WriteRegisters(41, (0x4248, 0))),
    "register": RtuRequest(1, MaskWrite(4, 0xF2, 0x25)),
    "relays": RtuRequest(1, WriteCoils(0, (True, False, True))),
}
UNANSWERED = {
    name: FAULTS[name]
    for name in ("no answer", "late", "five cycles late", "CRC", "truncated", "wrong address", "noise inside")
}
SAID_NO = {f"exception {code}": FAULTS[f"exception {code}"] for code in (1, 2, 3, 4, 5, 6, 8, 10, 11)}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_never_sent_twice(name):
    """Whatever becomes of its answer; the conversation is told, and reads the state back."""
    write = WRITES[name]

    def operate():
        try:
            yield write
        except (NoAnswer, WireError, Refused) as failure:
            outcome = failure
        try:
            return outcome, (yield NEW)
        except NoAnswer:  # the instrument is still at it
            return outcome, None

    async def use(fault):
        async with Rig(struck(fault, first=1), retries=3) as rig:
            rig.state.doubted = False  # the conversation is what is asked, not the start
            outcome, read_back = (await rig.line.converse(1, operate())).result
            assert read_back in (registers_of(300, 2), None if fault is FAULTS["five cycles late"] else ())
            await rig.poll(8)
            assert rig.slave.asked.count(write.encode()) == 1
            return outcome

    async def main():
        faults = {**UNANSWERED, **SAID_NO}
        outcomes = dict(zip(faults, await asyncio.gather(*map(use, faults.values())), strict=True))
        assert isinstance(outcomes["no answer"], NoAnswer)
        assert all(isinstance(outcomes[fault], NoAnswer | WireError) for fault in UNANSWERED)
        assert [outcomes[fault].code for fault in SAID_NO] == [1, 2, 3, 4, 5, 6, 8, 10, 11]
        assert isinstance(outcomes["exception 5"], Accepted), "it is being carried out: look at the state"

    run(main())


COMMANDS = [  # of instruments whose protocol is not Modbus: (command, its question in bytes)
    (dusttrak.Command("MZERO"), b"MZERO\r"),  # zero, DustTrak
    (bayern_hessen.Control(1, "N"), bayern_hessen.framed("ST001 N")),  # zero, Thermo 5030i
    (bayern_hessen.Control(1, "K"), bayern_hessen.framed("ST001 K")),  # span
]


@pytest.mark.parametrize(("command", "bytes_due"), COMMANDS, ids=["zero", "filter change", "span"])
def test_a_command_of_another_protocol_is_never_sent_twice(command, bytes_due):
    async def main():
        async with Rig(lambda question, number: [], retries=3) as rig:
            sent = []
            write = rig.line.port.write
            rig.line.port.write = lambda data: (sent.append(data), write(data))
            rig.line.attach(command.address, (command,), timeout_ms=50.0, retries=3)
            told = []
            try:
                told = (await rig.line.converse(command.address, asks([command]))).result
            except NoAnswer as failure:
                told.append(failure)
            await asyncio.sleep(0.3)
            assert told == [None] if command.may_be_silent else isinstance(told[0], NoAnswer)
            assert sent == [bytes_due]

    run(main())


# -- what a conversation is told ----------------------------------------------------------------


def test_busy_is_asked_again_later_and_an_illegal_address_never():
    async def main():
        async with Rig(struck(FAULTS["exception 6"], first=1), retries=1) as rig:
            await rig.ask(NEIGHBOUR)
            began = asyncio.get_running_loop().time()
            await rig.line.converse(1, asks([SPARE]))
            assert asyncio.get_running_loop().time() - began >= BUSY_WAIT_MS / 1000
            assert rig.slave.asked.count(SPARE.encode()) == 2
        async with Rig(struck(FAULTS["exception 2"], first=1), retries=3) as rig:
            with pytest.raises(Refused, match="illegal data address"):
                await rig.line.converse(1, asks([SPARE]))
            await rig.poll(3)
            assert rig.slave.asked.count(SPARE.encode()) == 1

    run(main())


def test_an_illegal_address_is_reported_by_register():
    profile = {
        "profile": {"name": "rig", "protocol": "modbus"},
        "channel": [
            {"name": "old", "table": "holding", "register": 100, "type": "float32", "unit": "ppm"},
            {"name": "new", "table": "holding", "register": 300, "type": "uint16", "unit": "ppm"},
        ],
    }

    def answer(question, number):
        refused = with_crc(bytes((1, 0x83, 2)))
        return [(PROMPT_MS, refused if question[3] == 100 else answer_to(question))]

    async def main():
        async with Rig(answer) as rig:
            samples = (await rig.line.converse(1, RegisterDriver(1, profile, {}).measure())).result
            assert [(sample.flag, sample.value) for sample in samples] == [("D", None), ("N", 300.0)]
            assert samples[0].conditions == (
                "refused with 0x02 (illegal data address) at holding registers 100..101",
            )

    run(main())


# -- who else is on the line --------------------------------------------------------------------


def test_a_babbling_instrument_gives_no_value_and_the_line_goes_on_behind_it():
    """In whatever gaps its noise leaves; that it leaves none is tested in virtual time."""

    async def main():
        async with Rig(struck(lambda question, right: [])) as rig:
            noise, stop = random.Random(2), asyncio.Event()

            async def babble():
                while not stop.is_set():
                    rig.slave.send(noise.randbytes(8))
                    await asyncio.sleep(0.0005)

            talker = asyncio.create_task(babble())
            began = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() < began + 1.5:
                await rig.poll(1)
            stop.set()
            await talker
            await rig.recovers()
            assert rig.line.core.noise_bytes > 1000

    run(main())


@pytest.mark.parametrize("other", [ReadRegisters(7, 3, 0, 4), ReadRegisters(1, 3, 700, 2)], ids=str)
def test_another_master_is_noticed_and_nothing_is_believed_meanwhile(other):
    """Also one that asks our own instrument, for registers that look like ours."""

    async def main():
        async with Rig(lambda question, number: [(20.0, answer_to(question))]) as rig:
            await rig.poll(1)
            before = len(rig.good)
            taken = []

            async def poll():
                for _ in range(12):
                    with suppress(NoAnswer, WireError):
                        taken.append(await rig.line.converse(1, asks([OLD])))
                    await asyncio.sleep(0.01)

            async def talk():
                for _ in range(8):
                    rig.slave.send(other.encode())
                    await asyncio.sleep(0.004)
                    rig.slave.send(answer_to(other.encode()))
                    await asyncio.sleep(0.03)

            await asyncio.gather(poll(), talk())
            assert before
            assert rig.news == [("second master", f"function 3 asked of address {other.address}")]
            wrong = [each for each in taken if each.result != [registers_of(100, 2)]]
            assert all(each.second_master for each in wrong)
            assert taken[-1].second_master, "until it has been quiet for two minutes"
            assert other.address == 7 or wrong, "no value was mistaken: the test shows nothing"

    run(main())


@pytest.mark.parametrize("set_", [True, False], ids=["echo set", "echo not set"])
@pytest.mark.parametrize("echoes", [True, False], ids=["echoes", "does not echo"])
def test_any_setting_of_echo_works_with_any_adapter(set_, echoes):
    def answer(question, number):
        return [(0, question)] * echoes + [(PROMPT_MS, answer_to(question))]

    async def main():
        async with Rig(answer, echo=set_) as rig:
            await rig.poll(4)
            assert rig.failures == []
            assert [what for what, _ in rig.news] == ["echo"] * (echoes and not set_)

    run(main())

"""The heartbeat in virtual time: who may pause how long, and that feeding ends with the first who hangs."""

import asyncio
import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.model import InstrumentSettings
from agent.heartbeat import JOURNAL_PAUSE_S, PAUSE_MIN_S, Feeder, Heartbeat, poll_pause_s
from agent.polling import Poller
from drivers.exchange import NoAnswer
from drivers.registers import RegisterDriver
from drivers.sample import Sample
from hal.line import Line
from hal.line_core import Timing
from hal.port import Framing, MemoryPort
from hal.serial_port import SerialPort
from hal.watchdog import ServiceManager, WatchdogDevice
from store.errors import JournalError
from store.journal import Journal
from store.recorder import Recorder
from store.rows import Reading


class Box:
    """Feeder, service manager's socket and device file, run in virtual time from 1000 s on."""

    def __init__(self, folder):
        self.link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.link.bind(str(folder / "notify"))
        self.link.setblocking(False)
        self.path = folder / "watchdog"
        self.path.touch()
        self.environ = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "60000000"}
        self.said, self.reported, self.answers = [], [], True
        self._bytes = 0

    def listen(self):
        """Read as it comes: the kernel keeps ten datagrams."""
        with suppress(BlockingIOError):
            while True:
                self.said.append(self.link.recv(1024).decode())

    def heard(self):
        self.listen()
        said, self.said = self.said, []
        return said

    def feeder(self, heart):
        loop = asyncio.get_running_loop()
        loop.add_reader(self.link, self.listen)
        self.device = WatchdogDevice(str(self.path), loop.time)
        return Feeder(
            heart,
            ServiceManager(self.environ, 1),
            self.device,
            report=lambda *each: self.reported.append(each),
            answers=lambda: self.answers,
            doing="polling",
        )

    def fed(self):
        """(WATCHDOG=1 messages, bytes for the device) since the last call."""
        said, before = self.heard(), self._bytes
        self._bytes = len(self.path.read_bytes())
        return said.count("WATCHDOG=1"), self._bytes - before


@pytest.fixture
def box(tmp_path):
    box = Box(tmp_path)
    yield box
    box.link.close()


def beside(virtually, box, play):
    """Run play(heart, feeder) while the feeder runs."""

    async def main():
        heart = Heartbeat(asyncio.get_running_loop().time)
        feeder = box.feeder(heart)
        running = asyncio.create_task(feeder.run())
        await play(heart, feeder)
        assert not running.done(), "it ended"
        running.cancel()

    virtually(main())


def test_ready_is_said_once_and_only_when_the_agent_answers(virtually, box):
    async def play(heart, feeder):
        box.answers = False
        await asyncio.sleep(5)
        assert set(box.heard()) == {"WATCHDOG=1"}
        box.answers = True
        await asyncio.sleep(0.2)
        assert box.heard()[0] == "READY=1\nSTATUS=polling"
        await asyncio.sleep(100)
        assert set(box.heard()) == {"WATCHDOG=1"}

    beside(virtually, box, play)


def test_feeding_ends_with_the_first_task_that_hangs_and_goes_on_when_it_turns(virtually, box):
    async def play(heart, feeder):
        quick, slow = heart.watch("line a", 60.0), heart.watch("uplink", 180.0)
        await asyncio.sleep(59.5)
        manager, device = box.fed()
        assert 59 <= manager == device <= 61
        await asyncio.sleep(1)
        box.fed()
        await asyncio.sleep(100)  # nobody turns any more
        assert box.fed() == (0, 0)
        assert box.reported == [
            ("task line a", "stuck", "has not turned for 60 s: no watchdog is fed until it does")
        ], "told once, by name"
        quick()
        await asyncio.sleep(5)
        manager, device = box.fed()
        assert 4 <= manager == device <= 6
        assert box.reported[1:] == [("task line a", "recovered", "turns again")]
        await asyncio.sleep(200)
        assert {what for what, state, _ in box.reported[2:] if state == "stuck"} == {
            "task line a",
            "task uplink",
        }
        box.fed()
        slow()
        await asyncio.sleep(50)
        assert box.fed() == (0, 0), "one of two is not enough"

    beside(virtually, box, play)


def test_the_status_line_says_who_hangs(virtually, box):
    async def play(heart, feeder):
        beat = heart.watch("line a", 60.0)
        await asyncio.sleep(70)
        assert "STATUS=line a stuck, no watchdog is fed" in box.heard()
        beat()
        await asyncio.sleep(2)
        assert "STATUS=polling" in box.heard()

    beside(virtually, box, play)


def test_a_whole_process_that_stood_still_is_no_task_s_fault(virtually, box):
    async def play(heart, feeder):
        beat = heart.watch("line a", 60.0)
        await asyncio.sleep(30)
        box.fed()
        asyncio.get_running_loop().leap.now_s += 600  # SIGSTOP, SIGCONT
        await asyncio.sleep(20)
        assert box.reported == []
        assert box.fed()[0] >= 19
        beat()
        await asyncio.sleep(62)
        assert [state for _, state, _ in box.reported] == ["stuck"], "after that the pause counts as ever"

    beside(virtually, box, play)


def test_the_feeder_counts_from_its_own_start(virtually, box):
    async def main():
        heart = Heartbeat(asyncio.get_running_loop().time)
        heart.watch("journal", 60.0)
        await asyncio.sleep(500)  # a journal of gigabytes is opened
        running = asyncio.create_task(box.feeder(heart).run())
        await asyncio.sleep(30)
        running.cancel()

    virtually(main())
    assert box.reported == []
    assert box.fed()[0] >= 30


def test_the_end_is_said_and_the_device_disarmed(virtually, box):
    async def play(heart, feeder):
        await asyncio.sleep(2)
        box.heard()
        feeder.stopping(restarting=True)
        assert box.heard() == ["STATUS=restarting"], "the same process goes on: it does not stop"
        feeder.stopping(restarting=False)
        assert box.heard() == ["STOPPING=1\nSTATUS=stopping"]
        feeder.close()
        assert box.path.read_bytes().endswith(b"\0V")

    beside(virtually, box, play)


@pytest.mark.parametrize(("usec", "least"), [("200000", 100), ("2000000", 10), ("60000000", 10)])
def test_it_feeds_at_half_the_manager_s_time_and_at_least_once_a_second(virtually, box, usec, least):
    box.environ["WATCHDOG_USEC"] = usec

    async def play(heart, feeder):
        await asyncio.sleep(10.05)
        assert least <= box.fed()[0] <= least + 2

    beside(virtually, box, play)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100)), max_size=20),
    st.dictionaries(st.sampled_from("abc"), st.floats(1, 100), min_size=1),
)
def test_overdue_are_exactly_those_whose_last_turn_is_too_long_ago(turns, pauses):
    now = 0.0
    heart = Heartbeat(lambda: now)
    beats = {name: heart.watch(name, pause_s) for name, pause_s in pauses.items()}
    last = dict.fromkeys(pauses, 0.0)
    for name, after_s in turns:
        now += after_s
        if name in beats:
            beats[name]()
            last[name] = now
        assert heart.overdue() == {each: now - at for each, at in last.items() if now - at > pauses[each]}


# -- the loops themselves -------------------------------------------------------------------


class Beats:
    """Takes the place of a `beat` and keeps the longest pause between two."""

    def __init__(self, now):
        self.now, self.at, self.count, self.longest_s = now, now(), 0, 0.0

    def __call__(self):
        self.longest_s = max(self.longest_s, self.now() - self.at)
        self.at, self.count = self.now(), self.count + 1

    def end(self):
        self()
        return self.longest_s


def profile(channels):
    """Channels so far apart that each is a question of its own."""
    rows = [
        {"name": f"v{n}", "table": "holding", "register": 1000 * n, "type": "uint16", "unit": "ppm"}
        for n in range(channels)
    ]
    return {"profile": {"name": "rig", "protocol": "modbus"}, "channel": rows}


class AllAtOnce:
    """A driver that asks all its questions, whatever becomes of each."""

    def __init__(self, address, channels):
        self._inner = RegisterDriver(address, profile(channels), {})
        self.channels = self._inner.channels

    def questions(self):
        return self._inner.questions()

    def measure(self):
        for question in self.questions():
            with suppress(NoAnswer):
                yield question
        return [Sample(name, 0.0, unit, "N", ()) for name, unit in self.channels]


@pytest.mark.parametrize(
    ("retries", "timeout_ms", "quiet_ms", "every_ms"),
    [(1, 500, None, 1000), (10, 3000, None, 1000), (0, 500, 60_000, 0), (3, 60_000, 1000, 300_000)],
)
def test_a_line_at_its_worst_is_never_taken_for_a_hanging_poller(
    virtually, retries, timeout_ms, quiet_ms, every_ms
):
    """Five silent instruments of four questions each on a line of 1200 baud."""

    async def main():
        now = asyncio.get_running_loop().time
        line = Line("a", MemoryPort(), Timing(1200, 11))
        pollers = [
            Poller(
                InstrumentSettings(
                    f"i{address}", "a", "rig", address, every_ms, timeout_ms, retries, quiet_ms
                ),
                AllAtOnce(address, 4),
                line,
                lambda *poll: None,
            )
            for address in range(1, 6)
        ]
        pauses = [poll_pause_s(poller, pollers) for poller in pollers]
        for poller in pollers:
            poller.beat = Beats(now)
        line.beat = Beats(now)
        tasks = [asyncio.create_task(each.run()) for each in (line, *pollers)]
        await asyncio.sleep(min(2 * pauses[0], 5000))
        for task in tasks:
            task.cancel()
        assert all(poller.beat.count > 1 for poller in pollers), "they poll at all"
        assert line.beat.end() < PAUSE_MIN_S
        for poller, pause_s in zip(pollers, pauses, strict=True):
            assert pause_s >= PAUSE_MIN_S + every_ms / 1000
            assert poller.beat.end() < pause_s
        await asyncio.gather(*tasks, return_exceptions=True)

    virtually(main())


def test_a_poller_whose_answer_never_comes_is_noticed(virtually):
    """The line's engine has hung up: a conversation that nobody ends."""

    async def main():
        loop = asyncio.get_running_loop()
        line = Line("a", MemoryPort(), Timing(9600, 10))
        driver = RegisterDriver(1, profile(1), {})
        poller = Poller(InstrumentSettings("pid", "a", "rig", 1, 1000), driver, line, lambda *poll: None)
        heart = Heartbeat(loop.time)
        poller.beat = heart.watch("instrument pid", poll_pause_s(poller, [poller]))
        tasks = [asyncio.create_task(each.run()) for each in (line, poller)]
        await asyncio.sleep(300)
        assert heart.overdue() == {}
        line._pump = lambda: None
        await asyncio.sleep(300)
        assert list(heart.overdue()) == ["instrument pid"]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    virtually(main())


def test_a_line_without_a_port_turns_and_so_does_one_that_is_lost(virtually):
    async def main():
        loop = asyncio.get_running_loop()
        missing = Line("a", SerialPort("/dev/ttyNOSUCH9", 9600, Framing("8N1"), loop), Timing(9600, 10))
        port = MemoryPort()
        lost = Line("b", port, Timing(9600, 10))
        tasks = []
        for line in (missing, lost):
            line.beat = Beats(loop.time)
            tasks.append(asyncio.create_task(line.run()))
        await asyncio.sleep(100)
        port.lose()
        await asyncio.sleep(500)
        assert lost.is_open
        assert not missing.is_open
        assert missing.beat.end() < 5
        assert lost.beat.end() < PAUSE_MIN_S / 2
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    virtually(main())


@pytest.mark.parametrize("disk", ["works", "full"])
@pytest.mark.parametrize("every_s", [1, 10_000])
def test_the_recorder_turns_whether_or_not_it_has_work_or_a_disk(virtually, tmp_path, disk, every_s):
    async def main():
        loop = asyncio.get_running_loop()
        journal = Journal.open(tmp_path / "journal.db", utc_ms=lambda: 1_800_000_000_000)

        async def at_once(work):
            if disk == "full":
                raise JournalError("journal.db", "disk full", "", "disk full")
            return work()

        recorder = Recorder(
            journal,
            run=at_once,
            utc_ms=lambda: 1_800_000_000_000,
            monotonic=loop.time,
            on_fault=lambda text: None,
        )
        recorder.beat = Beats(loop.time)
        task = asyncio.create_task(recorder.run())
        for n in range(3):
            recorder.put(
                Reading("pid.v", 1_800_000_000_000 + n, round(loop.time() * 1000), True, 1.0, 1.0, "N")
            )
            await asyncio.sleep(every_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert recorder.beat.end() < JOURNAL_PAUSE_S / 2
        journal.close()

    virtually(main())

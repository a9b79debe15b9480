"""The archive beside a running recorder: on its own thread, and failing without stopping anything."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

import agent.archiving
from agent.archiving import Archiving
from agent.pipeline.windows import HOUR_MS, MINUTE_MS
from hal.clock import Clock
from store.archive_reader import ArchiveReader
from store.journal import Journal
from store.recorder import Recorder
from tests.store.archive_rig import HOUR, plant_readings

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
[archive]
raw = ["pid.voc"]
[[line]]
id = "a"
port = "/dev/null"
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 7
every = "10s"
"""


class SetClock(Clock):
    now_ms = HOUR + 2 * HOUR_MS

    def utc_ms(self):
        return self.now_ms


class Beside:
    """A recorder with readings of three hours, and the archiving of them."""

    def __init__(self, station):
        self.station, self.said = station, []
        self.clock = SetClock("trusted")
        self.readings = plant_readings(HOUR, HOUR + 3 * HOUR_MS, channels=("pid.voc",))

    async def use(self, play):
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as thread:

            def on_thread(work):
                return loop.run_in_executor(thread, work)

            path = self.station.data_dir / "journal.db"
            journal = await on_thread(lambda: Journal.open(path, utc_ms=self.clock.utc_ms))
            recorder = Recorder(
                journal, run=on_thread, utc_ms=self.clock.utc_ms, monotonic=loop.time, period_s=0.05
            )
            for reading in self.readings:
                recorder.put(reading)
            self.archiving = Archiving(
                self.station,
                recorder=recorder,
                clock=self.clock,
                report=lambda *said: self.said.append(said),
            )
            tasks = [asyncio.create_task(each.run()) for each in (recorder, self.archiving)]
            try:
                await play()
            finally:
                for task in reversed(tasks):
                    task.cancel()
                    await asyncio.wait([task])
                self.archiving.shut_down()
                await on_thread(journal.close)

    async def until(self, condition):
        deadline = asyncio.get_running_loop().time() + 20
        while not condition():
            assert asyncio.get_running_loop().time() < deadline, (self.said, self.archiving.status())
            await asyncio.sleep(0.01)

    def read(self, period_ms):
        reader = ArchiveReader(self.station.data_dir / "archive.db")
        try:
            (channel,) = reader.channels()
            assert (channel.name, channel.unit) == ("pid.voc", "ppm")
            return list(reader.averages(channel.number, period_ms, HOUR, HOUR + 10 * HOUR_MS))
        finally:
            reader.close()


@pytest.fixture
def beside(station_of, monkeypatch):
    monkeypatch.setattr(agent.archiving, "EVERY_S", 0.02)
    monkeypatch.setattr(agent.archiving, "RETRY_S", 0.02)
    return Beside(station_of(STATION))


def test_closed_hours_are_archived_while_the_recorder_runs(beside):
    async def play():
        await beside.until(lambda: beside.archiving.status()["bytes"] and beside.read(MINUTE_MS))
        assert len(beside.read(MINUTE_MS)) == 60, "the second hour may still lack what is on its way"
        beside.clock.now_ms += 60_000
        await beside.until(lambda: len(beside.read(HOUR_MS)) == 2)
        assert beside.archiving.status()["closed"] == HOUR + 2 * HOUR_MS

    asyncio.run(beside.use(play))
    assert beside.said == []


def test_its_heart_beats_for_each_question_and_while_it_fails(beside, monkeypatch):
    monkeypatch.setattr("store.archiver.CHUNK", 50)
    folder = beside.station.data_dir / "archive.db"
    folder.mkdir()
    beats = []

    async def play():
        beside.archiving.beat = lambda: beats.append(beside.archiving.status()["failing"])
        await beside.until(lambda: len(beats) > 3 and beats[-1])
        folder.rmdir()
        failed = len(beats)
        await beside.until(lambda: beside.archiving.status()["bytes"])
        archived = beside.archiving.status()["archived"]
        assert archived > 300
        assert len(beats) - failed >= archived // 50
        rounds = len(beats)
        await beside.until(lambda: len(beats) > rounds + 3)

    asyncio.run(beside.use(play))


def test_a_file_that_is_no_archive_is_set_aside_and_a_new_one_filled(beside):
    (beside.station.data_dir / "archive.db").write_bytes(b"not a database, " * 100)

    async def play():
        await beside.until(lambda: beside.archiving.status()["bytes"] and beside.read(MINUTE_MS))

    asyncio.run(beside.use(play))
    ((what, state, detail),) = beside.said
    assert (what, state) == ("archive", "set aside")
    (aside,) = beside.station.data_dir.glob("archive.db.damaged-*")
    assert aside.name in detail


def test_damage_met_while_writing_sets_the_file_aside_and_saves_the_rest(beside):
    async def two_hours():
        beside.clock.now_ms += 60_000
        await beside.until(lambda: beside.archiving.status()["bytes"] and len(beside.read(HOUR_MS)) == 2)

    async def the_third():
        await beside.until(lambda: any(state == "recovered" for _, state, _ in beside.said))
        assert len(beside.read(MINUTE_MS)) == 180

    asyncio.run(beside.use(two_hours))
    path = beside.station.data_dir / "archive.db"
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name='spans_of_hour'").fetchone()
    db.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * 1024] = 0  # no kind of page
    path.write_bytes(data)
    beside.clock.now_ms += HOUR_MS
    beside.readings = ()
    asyncio.run(beside.use(the_third))
    assert [state for _, state, _ in beside.said] == ["failing", "set aside", "recovered"]
    assert "4 rows of it go on in a new one" in beside.said[1][2]  # two hours, and their raw readings


def test_an_archive_that_fails_is_said_once_and_goes_on_when_it_can(beside):
    folder = beside.station.data_dir / "archive.db"
    folder.mkdir()

    async def play():
        await beside.until(lambda: beside.archiving.status()["failing"])
        await asyncio.sleep(0.1)
        folder.rmdir()
        await beside.until(lambda: beside.archiving.status()["bytes"] and beside.read(MINUTE_MS))

    asyncio.run(beside.use(play))
    assert [(what, state) for what, state, _ in beside.said] == [
        ("archive", "failing"),
        ("archive", "recovered"),
    ]

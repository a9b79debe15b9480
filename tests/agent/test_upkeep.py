"""Modes and calibrations over a real journal: what ends, what becomes overdue, what outlives kills."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from agent.device_records import DeviceRecords
from agent.judge import Judge
from agent.pipeline.build import pipeline_of
from agent.upkeep import Upkeep
from drivers.sample import Sample
from hal.clock import Clock
from store.journal import Journal
from store.recorder import Recorder

DAY = 86_400_000
STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"

[[line]]
id = "a"
port = "/dev/null"

[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
address = 3
settings = { divisor = 10 }

[[calibration]]
channel = "pid.voc"
unit = "ppm"
drift_in = "unit"
span_gas = 50.0
span_drift = 5.0
every = "7d"
"""
GOOD = {"channel": "pid.voc", "by": "li", "span_before": 51.0}
BAD = {"channel": "pid.voc", "by": "li", "span_before": 44.0, "span_after": 50.0}


class Shifted(Clock):
    """A clock whose UTC the test moves on; trusted as the test says."""

    def __init__(self):
        super().__init__("trusted")
        self.ahead_ms, self.is_trusted = 0, True

    def utc_ms(self):
        return super().utc_ms() + self.ahead_ms

    def utc_trusted(self):
        return self.is_trusted


class Rig:
    def __init__(self, station, recorder, clock, faults):
        self.clock, self.recorder, self.faults = clock, recorder, faults
        self.judge = Judge(recorder, clock, pipeline_of(station), boot=1, undurable=lambda event: None)
        self.records = DeviceRecords(
            station, [], recorder=recorder, clock=clock, judge=self.judge, fault=lambda *said: None
        )
        self.upkeep = Upkeep(
            station,
            judge=self.judge,
            recorder=recorder,
            records=self.records,
            clock=clock,
            fault=lambda *said: faults.append(said),
        )

    async def ask(self, operation, **request):
        return await self.upkeep.operations()[operation](request)

    def read(self, value=7.0):
        """(flag, conditions) of a reading of now."""
        self.judge.take("pid", [Sample("voc", value, "ppm", "N", ())], asyncio.get_running_loop().time())
        latest = self.judge.latest["pid.voc"]
        return latest.flag, latest.conditions

    async def told(self, kind="control"):
        """The states that events of the kind tell; with the causes where there are."""
        rows = await self.recorder.ask(lambda journal: journal.events(1, 10**6, 1000))
        bodies = [event.body for _, _, event in rows if event.kind == kind]
        return [(body["state"], body["causes"]) if "causes" in body else body["state"] for body in bodies]


@pytest.fixture
def running(station_of):
    """`async with running(clock) as rig`: an agent's upkeep from its start to its kill, again and again."""
    station = station_of(STATION)

    @asynccontextmanager
    async def run(clock, faults=None):
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as thread:

            def on_journal(work):
                return loop.run_in_executor(thread, work)

            path = station.data_dir / "journal.db"
            journal = await on_journal(lambda: Journal.open(path, utc_ms=clock.utc_ms))
            recorder = Recorder(
                journal, run=on_journal, utc_ms=clock.utc_ms, monotonic=loop.time, period_s=0.02
            )
            tasks = [asyncio.create_task(recorder.run())]
            rig = Rig(station, recorder, clock, [] if faults is None else faults)
            await rig.upkeep.begin()
            tasks.append(asyncio.create_task(rig.records.run()))
            while not rig.records.is_read:  # noqa: ASYNC110 - a thread of its own fulfils it
                await asyncio.sleep(0.005)
            try:
                yield rig
                await rig.judge.announce("end", {})  # with everything that waits
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
                rig.records.shut_down()
                await on_journal(journal.close)

    run.station = station
    return run


def test_one_that_was_never_made_is_due_from_the_first_start_on(running):
    async def main():
        clock = Shifted()
        async with running(clock) as rig:
            await rig.upkeep.look()
            assert rig.read() == ("N", ())
        clock.ahead_ms = 4 * DAY
        async with running(clock) as rig:
            assert rig.read() == ("N", ()), "a restart does not begin anew"
            clock.ahead_ms = 7 * DAY + 60_000
            assert rig.read() == ("D", ("out of control", "calibration overdue"))
            await rig.upkeep.look()
            await rig.upkeep.look()
            assert await rig.told() == [("out of control", ["calibration overdue"])], "once"
            answer = await rig.ask("calibrate", **GOOD)
            assert answer["causes"] == []
            assert rig.read() == ("N", ())
            (row,) = await rig.ask("calibrations")
            assert row["due"] - row["last_good"] == 7 * DAY
            assert row["last"] == row["last_good"]
            return await rig.told()

    told = asyncio.run(main())
    assert told == [("out of control", ["calibration overdue"]), ("in control", [])]


def test_a_failed_one_does_not_put_off_the_next(running):
    async def main():
        clock = Shifted()
        async with running(clock) as rig:
            await rig.ask("calibrate", **GOOD)
        clock.ahead_ms = 6 * DAY
        async with running(clock) as rig:
            assert (await rig.ask("calibrations"))[0]["due"] < rig.clock.utc_ms() + DAY + 60_000
            assert (await rig.ask("calibrations"))[0]["last_good"] is not None
            assert (await rig.ask("calibrate", **BAD))["causes"] == ["span drift"]
            clock.ahead_ms = 7 * DAY + 60_000
            assert rig.read() == ("D", ("out of control", "span drift", "calibration overdue"))
            (row,) = await rig.ask("calibrations")
            assert row["last_good"] < row["last"]

    asyncio.run(main())


def test_without_trusted_time_nothing_becomes_overdue(running):
    async def main():
        clock = Shifted()
        async with running(clock) as rig:
            clock.ahead_ms, clock.is_trusted = 3650 * DAY, False
            assert rig.read() == ("N", ())
            await rig.upkeep.look()
            return await rig.told()

    assert asyncio.run(main()) == []


def test_what_was_overdue_stays_so_where_a_restart_does_not_know_the_time(running):
    async def main():
        clock = Shifted()
        async with running(clock) as rig:
            await rig.ask("calibrate", **GOOD)
            clock.ahead_ms = 7 * DAY + 60_000
            await rig.upkeep.look()
        clock.ahead_ms, clock.is_trusted = 0, False
        async with running(clock) as rig:
            assert rig.read() == ("D", ("out of control", "calibration overdue"))
            await rig.upkeep.look()
            assert await rig.told() == [("out of control", ["calibration overdue"])], "and is told once"
            assert (await rig.ask("calibrate", **GOOD))["causes"] == []
            assert rig.read() == ("N", ())

    asyncio.run(main())


def test_a_box_that_began_in_1970_is_not_overdue_once_it_knows_the_time(running):
    async def main():
        clock = Shifted()
        clock.ahead_ms, clock.is_trusted = -20_000 * DAY, False
        async with running(clock) as rig:
            await rig.upkeep.look()
            assert (await rig.ask("calibrate", **GOOD))["causes"] == []
            clock.ahead_ms, clock.is_trusted = 0, True
            await rig.upkeep.look()
            assert rig.read() == ("N", ())
            clock.ahead_ms = 7 * DAY + 60_000
            assert rig.read() == ("D", ("out of control", "calibration overdue"))

    asyncio.run(main())


def test_what_failed_outlives_a_restart_a_lost_file_and_a_lost_journal(running):
    async def main():
        clock, folder, due = Shifted(), running.station.data_dir, ("D", ("out of control", "span drift"))
        async with running(clock) as rig:
            await rig.ask("calibrate", **GOOD)
            await rig.ask("calibrate", **BAD)
        async with running(clock) as rig:
            assert rig.read() == due
        (folder / "records.json").unlink()
        async with running(clock) as rig:
            assert rig.read() == due
            rows = (await rig.records.report({}))["calibrations"]
            assert [row["over"] for row in rows] == [[], ["span drift"]], "built anew from the journal"
        for path in folder.glob("journal.db*"):
            path.unlink()
        async with running(clock) as rig:
            assert rig.read() == due
            (row,) = await rig.ask("calibrations")
            assert row["last_good"] is not None, "as the records have it"
            await rig.upkeep.look()
            assert await rig.told() == [("out of control", ["span drift"])], "the new log is told, too"

    asyncio.run(main())


def test_state_that_cannot_be_read_is_reported_and_the_records_are_asked(running):
    async def main():
        clock, faults = Shifted(), []
        async with running(clock) as rig:
            await rig.ask("calibrate", **BAD)
            rig.recorder.put_state("calibrations", {"pid.voc": {"t": "yesterday"}})
            rig.recorder.put_state("modes", "holidays")
        async with running(clock, faults) as rig:
            assert rig.read() == ("D", ("out of control", "span drift"))
        assert [(what, state) for what, state, _ in faults] == [("modes", "reset"), ("calibrations", "reset")]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"channel": "pid.vic"}, "no measured channel 'pid.vic': there are pid.voc"),
        ({"channel": None}, "`channel` is a text"),
        ({"by": ""}, "`by` is a text"),
        ({"by": "x" * 201}, "`by` is a text"),
        ({"by": "\x1b[2J"}, "`by` is a text of 1..200 printable"),
        ({"cylinder": 4711}, "`cylinder` is a text"),
        ({"span_before": "51"}, "span_before: '51' is no number"),
        ({"span_before": float("nan")}, "span_before: nan is no number"),
        ({"span_before": True}, "span_before: True is no number"),
        ({"span_before": 10**400}, "span_before: 1000"),
        ({"span_before": 1e200}, "is no number"),
        ({"span_before": None}, "span-before is missing: span drift has a limit"),
    ],
)
def test_a_calibration_that_is_refused_changes_nothing(running, wrong, why):
    async def main():
        async with running(Shifted()) as rig:
            with pytest.raises(ValueError, match=why):
                await rig.ask("calibrate", **(GOOD | wrong))
            (row,) = await rig.ask("calibrations")
            return row["last"], (await rig.records.report({}))["calibrations"]

    assert asyncio.run(main()) == (None, [])


ON = {"instrument": "pid", "mode": "maintenance", "state": "on", "by": "li", "why": "lamp"}


def test_a_mode_outlives_a_restart_and_runs_out(running):
    async def main():
        clock = Shifted()
        async with running(clock) as rig:
            await rig.ask("mode", **ON, for_ms=60_000)
            assert rig.read() == ("M", ("maintenance",))
        clock.ahead_ms = 58_000
        async with running(clock) as rig:
            assert rig.read() == ("M", ("maintenance",))
            (row,) = rig.upkeep.modes()
            assert 0 <= row["left_s"] <= 2
        clock.ahead_ms = 60_000
        async with running(clock) as rig:
            assert rig.read() == ("N", ())
            await rig.upkeep.look()
            assert rig.upkeep.modes() == []
            return await rig.told("mode")

    assert asyncio.run(main()) == ["on", "expired"]


def test_what_nobody_says_is_the_default(running):
    async def main():
        async with running(Shifted()) as rig:
            maintenance = await rig.ask("mode", **ON)
            calibration = await rig.ask("mode", **{**ON, "mode": "calibration", "why": None})
            return maintenance["left_s"], calibration["left_s"], calibration["why"], rig.read()

    assert asyncio.run(main()) == (7200, 3600, "", ("M", ("maintenance", "calibration")))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"mode": "holiday"}, "`mode` is one of maintenance, calibration"),
        ({"mode": {"a": 1}}, "`mode` is a text"),
        ({"state": "maybe"}, "`state` is on or off"),
        ({"instrument": "pit"}, "there is no instrument 'pit': there are pid"),
        ({"by": " "}, "`by` is a text"),
        ({"why": ""}, "`why` is a text"),
        ({"for_ms": 24 * 3_600_000 + 1}, "maintenance lasts from 1 s to 24 h"),
        ({"for_ms": 999}, "maintenance lasts"),
        ({"for_ms": True}, "maintenance lasts"),
        ({"for_ms": "2h"}, "maintenance lasts"),
        ({"state": "off"}, "pid is not in maintenance"),
    ],
)
def test_a_mode_that_is_refused_changes_nothing(running, wrong, why):
    async def main():
        async with running(Shifted()) as rig:
            with pytest.raises(ValueError, match=why):
                await rig.ask("mode", **(ON | wrong))
            return rig.upkeep.modes(), rig.read(), await rig.told("mode")

    assert asyncio.run(main()) == ([], ("N", ()), [])

"""The agent in this process, over an emulated line and files of its own, without a broker."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import pytest

import agent.app
import agent.status
from agent.__main__ import main as run_agent
from agent.app import Agent
from drivers.exchange import Refused
from drivers.wire.modbus_rtu import ReadRegisters
from hal.clock import Clock
from hardware_sim.bench import Bench
from hardware_sim.wire import run
from store.journal import Journal
from store.numbers import RESERVE
from tools.demo.stage import journal_rows

STATION = """
[station]
id = "gp-01"
site = "works"
data_dir = "data"
utc = "trusted"
[journal]
commit_every = "50ms"
[[line]]
id = "a"
port = "{port}"
baud = 115200
[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
settings = { divisor = 10 }
address = 7
every = "0s"
timeout = "100ms"
area = "oil depot"
[[rule]]
id = "high"
channel = "pid.voc"
above = 50.0
unit = "ppm"
"""


@pytest.fixture
def station(tmp_path, station_of):
    return station_of(STATION.replace("{port}", str(tmp_path / "tty")))


def bench_for(station):
    (instrument,) = station.instruments
    row = {
        "id": "pid",
        "line": "a",
        "address": 7,
        "driver": instrument.driver,
        "profile": instrument.profile,
        "settings": instrument.settings,
        "values": {"voc": 60.0},
    }
    line = {"id": "a", "baud": 115200, "link": station.lines[0].port}
    return Bench({"line": [line], "instrument": [row]}, Clock())


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - threads and ptys fulfil it
            await asyncio.sleep(0.01)


def with_agent(station, use, bench=True):
    """Run `use(agent, bench)` while the agent runs; its own end, the stop included."""

    async def main():
        emulated = bench_for(station)
        if bench:
            await emulated.start()
        agent = Agent(station, Clock("trusted"))
        running = asyncio.create_task(agent.run())
        try:
            await until(lambda: hasattr(agent, "control") or running.done())
            return await use(agent, emulated)
        finally:
            agent.stop()
            await asyncio.wait_for(running, 10)
            await emulated.stop()

    return run(main())


def events_of(station, first=1):
    """Without the device records, which come at their own time."""
    journal = Journal.open(station.data_dir / "journal.db", utc_ms=lambda: 0)
    rows = [event for _, _, event in journal.events(first, 10**6, 1000) if event.kind != "record"]
    journal.close()
    return rows


def test_the_status_is_whole_and_plain(station):
    async def use(agent, bench):
        await until(lambda: agent.recorder.stats.readings > 5)
        return json.loads(json.dumps(await agent._status({})))

    status = with_agent(station, use)
    assert (status["station"], status["boot"], status["destinations"]) == ("gp-01", 1, {})
    (line,) = status["lines"]
    assert line["open"]
    assert line["trouble"] is None
    assert 0 < line["load"] <= 1
    assert line["errors"]["answered"] > 0
    (row,) = status["instruments"]
    assert (row["id"], row["area"], row["dead"], row["trouble"]) == ("pid", "oil depot", False, None)
    voc = next(channel for channel in row["channels"] if channel["channel"] == "voc")
    assert (voc["value"], voc["unit"], voc["flag"]) == (60.0, "ppm", "N")
    assert 0 <= voc["age_s"] < 5
    (alarm,) = status["alarms"]
    assert (alarm["rule"], alarm["state"], alarm["limit"]) == ("high", "unacked", 50.0)
    assert status["last_seq"] > 5
    assert status["restarts"] == {}


def test_the_plan_stands_beside_what_is_measured(station):
    """Question 8, answer 9 bytes: 0.087 ms each at 115200, 20 ms assumed, 1.75 ms of silence."""

    async def use(agent, bench):
        await until(lambda: agent.judge.readings > 0)
        return await agent._status({})

    status = with_agent(station, use)
    plan = {"cycle_ms": 23.2, "dead_cycle_ms": 204.9, "load": 0.0, "feasible": True}
    assert status["lines"][0]["plan"] == plan
    assert status["instruments"][0]["planned_latency_ms"] == 20.8
    assert status["instruments"][0]["latency_ms"] > 0


def test_start_alarm_and_stop_stand_in_the_journal_and_the_next_boot_goes_on(station):
    async def use(agent, bench):
        await until(lambda: agent.recorder.stats.readings > 5)
        return agent.judge.readings

    with_agent(station, use)
    assert [event.kind for event in events_of(station)] == ["start", "alarm", "stop"]  # opens it: boot 2
    with_agent(station, use)
    kinds = [event.kind for event in events_of(station)]
    assert kinds == ["start", "alarm", "stop", "start", "stop"], "the alarm is still the same one"


def test_the_last_readings_of_a_stop_are_on_disk(station):
    async def use(agent, bench):
        await until(lambda: agent.judge.readings > 20)
        return agent

    agent = with_agent(station, use)
    assert agent.recorder.stats.readings == agent.judge.readings
    assert agent.recorder.stats.waiting == 0


def test_the_load_is_that_of_the_last_seconds_although_nobody_asked(station, monkeypatch):
    window_s = 0.2
    monkeypatch.setattr(agent.status, "WINDOW_S", window_s)
    monkeypatch.setattr(agent.app, "WATCH_EVERY_S", window_s / 10)

    async def use(agent, bench):
        await until(lambda: agent.lines["a"].core.busy_ms > 100)
        await bench.stop()
        await until(lambda: not agent.lines["a"].is_open)
        await asyncio.sleep(3 * window_s)  # two windows pass, and nothing happens in them
        return (await agent._status({}))["lines"][0]["load"]

    assert with_agent(station, use) == 0.0


def test_instruments_are_noted_in_the_device_records(station):
    async def use(agent, bench):
        await until((station.data_dir / "records.json").exists)

    with_agent(station, use)
    records = json.loads((station.data_dir / "records.json").read_text())
    (row,) = records["instruments"].values()
    assert (row["id"], row["address"], row["area"]) == ("pid", 7, "oil depot")


def test_lost_device_records_are_built_anew_from_the_journal(station):
    path = station.data_dir / "records.json"

    async def use(agent, bench):
        await until(lambda: agent.records.is_read)
        await until(lambda: "configurations" in json.loads(path.read_text() if path.exists() else "{}"))
        await until(lambda: agent.recorder.stats.readings > 5)

    async def add(agent, bench):
        await use(agent, bench)
        await agent.records.add("instruments", "moved-away", {"driver": "x"})
        for number in range(12):
            await agent.records.add("calibrations", "pid", {"zero": number})
        await agent.records.add("sign_offs", "pid", {"by": "a technician"})
        return await agent.records.report({})

    told = with_agent(station, add)
    assert [row["id"] for row in told["instruments"]] == ["pid", "moved-away"]
    assert [row["zero"] for row in told["calibrations"]] == list(range(2, 12))
    before = json.loads(path.read_text())
    path.unlink()
    with_agent(station, use)
    after = json.loads(path.read_text())
    assert {kind: list(rows.values()) for kind, rows in after.items()} == {
        kind: list(rows.values()) for kind, rows in before.items()
    }


def test_a_change_of_the_station_file_is_a_revision(station):
    async def use(agent, bench):
        await until(lambda: agent.recorder.stats.readings > 2)
        return [row["sha256"] for row in (await agent.records.report({}))["configurations"]]

    first = with_agent(station, use)
    assert with_agent(station, use) == first, "the same file is no new revision"
    station.path.write_text(station.path.read_text() + "# a word\n")
    second = with_agent(station, use)
    assert second[:1] == first
    assert len(second) == 2


def test_an_instrument_that_is_another_one_is_told_of(station):
    """It is asked who it is once it answers, and again when it has been away."""
    says = ["serial number 1"]

    class Driver:
        def __init__(self, driver):
            self._driver = driver

        def __getattr__(self, name):
            return getattr(self._driver, name)

        def identify(self):
            measuring = self._driver.questions()[0].pdu
            with suppress(Refused):  # by a register map that ends there
                yield ReadRegisters(7, measuring.function, measuring.start, measuring.count + 1)
            return tuple(says)

    async def use(agent, bench):
        (poller,) = agent.pollers
        poller.driver = Driver(poller.driver)
        await until(lambda: poller.good)
        poller.state.doubt_until = 0.0
        await agent.records._identify(poller)
        says[:] = ["serial number 2"]
        assert not agent.records._may_be_asked(poller), "once is enough"
        poller.state.misses = 3
        agent.records._may_be_asked(poller)
        poller.state.misses = 0
        assert agent.records._may_be_asked(poller)
        await agent.records._identify(poller)
        return (await agent.records.report({}))["identities"]

    (row,) = with_agent(station, use)
    assert (row["id"], row["says"]) == ("pid", ["serial number 2"])
    faults = [event.body for event in events_of(station) if event.kind == "fault"]
    assert {
        "what": "instrument pid",
        "state": "another one",
        "detail": "it was serial number 1; now it is serial number 2",
    } in faults


def test_records_that_cannot_be_written_are_told_of_and_stop_nothing(station):
    (station.data_dir / "records.json").mkdir()

    async def use(agent, bench):
        await until(lambda: agent.recorder.stats.readings > 5)
        await until(lambda: agent.recorder.stats.events >= 3)

    with_agent(station, use)
    (fault,) = [event for event in events_of(station) if event.kind == "fault"]
    assert (fault.body["what"], fault.body["state"]) == ("device records", "failing")
    assert "records.json" in fault.body["detail"]


def test_a_missing_port_is_told_once_and_its_return_too(station):
    async def use(agent, bench):
        await until(lambda: agent.pollers[0].polls > 3)
        await bench.start()
        await until(lambda: agent.pollers[0].good)

    with_agent(station, use, bench=False)
    faults = [event.body for event in events_of(station) if event.kind == "fault"]
    assert [(body["what"], body["state"]) for body in faults] == [
        ("line a", "failing"),
        ("line a", "recovered"),
    ]
    assert "there is no such device" in faults[0]["detail"]


def test_what_goes_on_beside_the_judge_has_a_heart_that_beats(station):
    async def use(agent, bench):
        began = {name: agent._heart._last[name] for name in ("judge", "alarm load", "raw windows", "upkeep")}
        await until(lambda: all(agent._heart._last[name] > at for name, at in began.items()))

    with_agent(station, use)


def test_a_rule_whose_state_is_damaged_begins_anew(station):
    async def use(agent, bench):
        await until(lambda: agent.recorder.stats.readings > 5)

    with_agent(station, use)
    journal = Journal.open(station.data_dir / "journal.db", utc_ms=lambda: 0)
    journal._file.db.execute("UPDATE state SET value = '{oops' WHERE key = 'rule/high'")
    journal.close()
    with_agent(station, use)
    told = [(event.kind, event.body.get("state")) for event in events_of(station)[3:]]
    assert told == [("start", None), ("fault", "reset"), ("alarm", "unacked"), ("stop", None)]


def config_of(tmp_path: Path, data_dir: Path) -> Path:
    path = tmp_path / "station.toml"
    text = STATION.replace("{port}", str(tmp_path / "tty"))
    path.write_text(text.replace('"data"', f'"{data_dir}"'))
    return path


def test_a_data_dir_that_cannot_be_made(tmp_path, capfd):
    config = config_of(tmp_path, Path("/proc/fenceline"))  # where even root makes no folder
    assert run_agent(["--config", str(config)]) == 1
    err = capfd.readouterr().err
    assert "/proc/fenceline: No such file or directory\n  hint: the agent's user must" in err


def test_a_journal_that_cannot_be_opened(tmp_path, capfd):
    (tmp_path / "data" / "journal.db.suspect").mkdir(parents=True)
    config = config_of(tmp_path, tmp_path / "data")
    assert run_agent(["--config", str(config)]) == 1
    err = capfd.readouterr().err
    assert f"{tmp_path}/data/journal.db: opening: " in err
    assert "hint:" in err
    assert "Traceback" not in err


def test_a_damaged_journal_is_salvaged_while_the_agent_runs(station):
    async def use(agent, bench):
        await until(lambda: agent.recorder.stats.readings > 20)

    async def use_again(agent, bench):
        held = agent.journal.held_up_to
        assert ("archive" in agent._heart._last) == (not held), "what does not run yet cannot hang"
        await until(lambda: agent.recorder.stats.readings > 5 and not agent.journal.held_up_to)
        await until(lambda: "archive" in agent._heart._last)

    with_agent(station, use)
    path = station.data_dir / "journal.db"
    log, before = journal_rows(path)[0][0], [row for *_, row in journal_rows(path)]
    path.write_bytes(bytes(512) + path.read_bytes()[512:])
    with_agent(station, use_again)
    rows = journal_rows(path)
    assert ([row for *_, row in rows[: len(before)]], rows[0][0]) == (before, log)
    faults = [
        (event.body["what"], event.body["state"])
        for event in events_of(station, RESERVE + 1)
        if event.kind == "fault"
    ]
    assert faults == [("journal", "set aside"), ("journal", "salvaged")]

"""When the agent must not start, or not alone: other agents, wrong files, damaged ones."""

import json
import sqlite3
import sys

import pytest

pytestmark = pytest.mark.needs("mosquitto")

FAULTS = (("baud = 115200", 'baud = "fast"'), ("address = 3", "adress = 3"), ("divisor = 10", "divisor = 7"))


def test_a_second_agent_on_the_same_data_dir(station):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    done = station.run(sys.executable, "-m", "agent", "--config", str(station.config))
    assert done.returncode == 1
    assert f"{station.data_dir}: another agent works here (process {agent.pid})" in done.stderr
    assert "hint: stop it first" in done.stderr
    before = len(station.platform.readings())
    station.wait_delivered(before + 10)
    station.settle(agent)


def test_a_second_agent_on_the_same_port(station, until):
    pid = station.instrument("pid", 3)
    station.configure(pid)
    agent = station.start()
    station.wait_delivered(5)
    other = station.folder / "other"
    other.mkdir()
    (other / "station.toml").write_text(station.station_file("gp-02", other / "data", (pid,)))
    second = station.start_agent(other / "station.toml")
    said = f"in use by process {agent.pid}"
    (line,) = until("the second looks at its port", lambda: station.status(other / "data")["lines"])
    assert not line["open"]
    assert said in line["trouble"]
    until("it says so to the platform", lambda: station.platform.events("gp-02", kind="fault"))
    assert said in station.platform.events("gp-02", kind="fault")[0]["detail"]
    rows = until("a row of the second", lambda: station.platform.readings("gp-02"))
    assert {(row["v"], row["f"]) for row in rows.values()} == {(None, "B")}
    (first,) = station.status()["lines"]
    assert first["errors"]["asked"] - first["errors"]["answered"] <= 1, "the first did not even notice"
    assert first["noise_bytes"] == 0
    second.terminate()
    assert second.wait(15) == 0
    station.settle(agent)
    assert {row["f"] for row in station.platform.readings().values()} == {"N"}


def test_agent_and_check_say_the_same_words_and_nothing_is_started(station):
    station.configure(station.instrument("pid", 3))
    text = station.config.read_text()
    for right, wrong in FAULTS:
        assert right in text
        text = text.replace(right, wrong)
    station.config.write_text(text)
    check = station.fenceline("check", "--config", str(station.config))
    agent = station.run(sys.executable, "-m", "agent", "--config", str(station.config))
    assert (check.returncode, agent.returncode) == (2, 2)
    *checked, summary = check.stdout.splitlines()
    *said, last = agent.stderr.splitlines()
    assert "error" in summary
    assert last == f"{station.config}: not started"
    assert " ".join(" ".join(said).split()) == " ".join(" ".join(checked).split())
    for word in ("baud", "adress", "divisor"):
        assert word in agent.stderr
    assert not station.data_dir.exists()
    assert not (station.folder / "run").exists()


def spoil(path, how):
    if how == "garbage":
        path.write_bytes(b"\xa5" * path.stat().st_size)
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


@pytest.mark.parametrize("how", ["garbage", "truncated"])
def test_damaged_files_are_set_aside_and_told_of(station, until, how):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(10)
    station.settle(agent)
    (old_log,) = {log for log, _ in station.platform.readings()}
    highest = max(seq for _, seq in station.platform.readings())
    for name in ("journal.db", "records.json"):
        spoil(station.data_dir / name, how)
    damaged = (station.data_dir / "journal.db").read_bytes()

    station.start_sim()
    agent = station.start_agent()
    status = station.status()
    assert status["log"] == old_log, "journal.numbers knows which numbers were given: the log goes on"
    assert status["boot"] == 2
    assert status["last_seq"] >= highest
    for what, name in (("journal", "journal.db"), ("device records", "records.json")):
        fields = {"kind": "fault", "what": what, "state": "set aside"}
        (told,) = until(f"{what} set aside", lambda fields=fields: station.platform.events(**fields))
        (aside,) = station.data_dir.glob(f"{name}.damaged-*Z")
        assert aside.name in told["detail"]
    assert next(station.data_dir.glob("journal.db.damaged-*Z")).read_bytes() == damaged
    path = station.data_dir / "records.json"
    until("the records", lambda: path.exists() and "instruments" in json.loads(path.read_text()))
    records = json.loads(path.read_text())
    assert [row["id"] for row in records["instruments"].values()] == ["pid"]
    before = len(station.platform.readings())
    station.wait_delivered(before + 10)
    agent.terminate()
    assert agent.wait(15) == 0
    assert station.ledger().wrong() == []


def test_damage_that_shows_only_when_writing_is_healed_without_a_hand(station, until):
    """The page that holds the rules' states: the agent starts, cannot write, and starts itself anew."""
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(10)
    station.settle(agent)
    path = station.data_dir / "journal.db"
    with sqlite3.connect(path) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'state'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)

    station.start_sim()
    agent = station.start_agent()
    fields = {"kind": "fault", "what": "journal", "state": "set aside"}
    (told,) = until("the journal set aside", lambda: station.platform.events(**fields))
    (aside,) = station.data_dir.glob("journal.db.damaged-*Z")
    assert aside.name in told["detail"]
    assert agent.poll() is None, "it is still the same process"
    before = set(station.platform.readings())
    (log,) = {log for log, _ in before}
    highest = max(seq for _, seq in before)
    until("newer readings", lambda: max(seq for _, seq in station.platform.readings()) > highest + 5)
    assert {log for log, _ in station.platform.readings()} == {log}, "the log goes on"
    agent.terminate()
    assert agent.wait(15) == 0
    assert station.ledger().wrong() == []

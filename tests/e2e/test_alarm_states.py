"""Every state of an alarm in a running agent, over a SIGKILL, by the commands that people use."""

import json
import signal

import pytest

from agent.alarms import STATES
from agent.control import ask, socket_paths
from agent.marking import STATE_KEY
from agent.pipeline.raw_window import AFTER_MS, BEFORE_MS
from store.journal import Journal

pytestmark = pytest.mark.needs("mosquitto")

HIGH, FALLEN = "values = { voc = 60 }", "values = { voc = 10 }"
RULES = {
    "is-normal": "above = 1000.0",
    "is-unacked": "above = 5.0",
    "is-acked": "above = 5.0",
    "is-returned": "above = 50.0",
    "is-latched": "above = 50.0\nlatch = true",
    "is-latched-acked": "above = 50.0\nlatch = true",
    "is-shelved": "above = 5.0",
    "is-suppressed": 'above = 5.0\nsuppress_when = "is-unacked"',
    "is-out-of-service": "above = 5.0",
}


def rule(name, keys):
    return f'\n[[rule]]\nid = "{name}"\nchannel = "pid.voc"\nunit = "ppm"\n{keys}\n'


class Desk:
    """The commands, without the half second that each takes to start, and with it."""

    def __init__(self, station):
        self.station = station
        self.config = ("--config", str(station.config))

    def rows(self):
        """By rule, but for what goes on with time."""
        paths = socket_paths(self.station.data_dir, self.station.environ)
        return {row["rule"]: row for row in ask(paths, "alarms")["alarms"]}

    def states(self):
        return {name: row["state"] for name, row in self.rows().items()}

    def do(self, operation, name, **more):
        paths = socket_paths(self.station.data_dir, self.station.environ)
        return ask(paths, operation, rule=name, by="jan", **more)

    def command(self, *words):
        return self.station.fenceline("alarms", *words, *self.config)


def brought_about(desk, until):
    """Each alarm in the state that its name says."""
    stand = set(RULES) - {"is-normal", "is-suppressed"}
    until("all stand", lambda: all(desk.states()[name] == "unacked" for name in stand))
    desk.do("acknowledge", "is-acked")
    desk.do("shelve", "is-shelved", why="probe is in the wash", for_ms=3_600_000)
    desk.do("remove", "is-out-of-service", why="new cell")
    desk.station.stop_sim()
    desk.station.set_bench(desk.station.instrument("pid", 3, FALLEN))
    desk.station.start_sim()
    until("the limits of 50 are over", lambda: desk.states()["is-latched"] == "latched")
    until("of all of them", lambda: desk.states()["is-latched-acked"] == "latched")
    desk.do("acknowledge", "is-latched-acked")
    wanted = {name: name.removeprefix("is-") for name in RULES}
    until("each is in its state", lambda: desk.states() == wanted)
    assert set(wanted.values()) == set(STATES), "every state there is"


def lasting(rows):
    """What a kill may not change. until: of the wall clock, to the second."""
    steady = ("state", "since", "active", "stands", "acknowledged", "quiet")
    return {
        name: {**{key: row[key] for key in steady}, "until": row["until"] and round(row["until"] / 5000)}
        for name, row in rows.items()
    }


def test_every_state_is_the_same_after_a_kill_and_is_left_as_the_table_says(station, until):
    station.configure(
        station.instrument("pid", 3, HIGH), rules="".join(rule(*each) for each in RULES.items())
    )
    agent = station.start()
    desk = Desk(station)
    brought_about(desk, until)
    before = desk.rows()
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    agent = station.start_agent()
    until("it polls again", lambda: desk.rows()["is-normal"]["value"] is not None)
    assert lasting(desk.rows()) == lasting(before)
    told = station.platform.events(kind="alarm")
    shelved = next(event for event in told if event["transition"] == "shelved")
    why = (shelved["rule"], shelved["by"], shelved["origin"], shelved["why"], shelved["state"])
    assert why == ("is-shelved", "jan", "control socket", "probe is in the wash", "shelved")
    assert 3_599_000 < shelved["until"] - shelved["t"] <= 3_600_000

    done = desk.command("reset", "is-latched")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "fenceline alarms reset: rule is-latched is latched: acknowledge it first\n"
    assert desk.do("reset", "is-latched-acked") == {"rule": "is-latched-acked", "state": "normal"}
    assert desk.do("unshelve", "is-shelved")["state"] == "unacked", "still stands"
    assert desk.do("put-back", "is-out-of-service")["state"] == "unacked"
    desk.do("remove", "is-unacked", why="ends the logic of another")
    until("the logic is over", lambda: desk.states()["is-suppressed"] == "unacked")
    until("told", lambda: len(station.platform.events(cause="still stands")) == 3)
    raised = [event for event in station.platform.events(transition="raised") if event["id"].startswith("2-")]
    assert len(raised) == 3, "the restart itself raises nothing anew"
    station.settle(agent)


def test_the_readings_around_an_alarm_are_named_also_where_the_agent_was_killed_meanwhile(station, until):
    """In two seconds instead of ten minutes: while no agent runs, the alarm is dated back in its state."""
    instrument = station.instrument("pid", 3, HIGH, keys='area = "tanks"')
    station.configure(instrument, rules=rule("tank", "above = 50.0"))
    agent = station.start()
    until("it is raised", lambda: station.platform.events(transition="raised"))
    station.wait_delivered(30)
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    journal = Journal.open(station.data_dir / "journal.db", utc_ms=lambda: 0)
    state = journal.load(STATE_KEY)
    (window,) = state["open"]
    back_ms = AFTER_MS - 2000  # the window then ends 2 s after the alarm
    for clock in ("t", "mono"):
        window["at"][clock] -= back_ms
    journal.commit([], [], {STATE_KEY: state})
    journal.close()
    agent = station.start_agent()
    (event,) = until("it is told", lambda: station.platform.events(kind="raw-window"))
    (alarm,) = station.platform.events(transition="raised")
    said = [event[key] for key in ("rule", "channel", "area", "alarm", "raised", "t_last")]
    assert said == ["tank", "pid.voc", "tanks", alarm["id"], 1, alarm["t"] + 2000]
    inside = [
        seq
        for _, seq, row in station.rows()
        if -BEFORE_MS <= row.mono - window["at"]["mono"] <= AFTER_MS and seq < event["seq"]
    ]
    assert len(inside) >= 10
    assert event["ranges"] == [[min(inside), max(inside)]]
    station.settle(agent)


def test_a_shelf_ends_by_itself_also_where_the_agent_was_killed_meanwhile(station, until):
    station.configure(station.instrument("pid", 3, HIGH), rules=rule("tank", "above = 50.0"))
    agent = station.start()
    desk = Desk(station)
    until("it is raised", lambda: desk.states() == {"tank": "unacked"})
    desk.do("shelve", "tank", why="a short one", for_ms=6000)
    agent.send_signal(signal.SIGKILL)
    agent.wait(10)
    agent = station.start_agent()
    until("its time is over", lambda: desk.states() == {"tank": "unacked"})
    until("told", lambda: station.platform.events(transition="unshelved"))
    shelved, unshelved = (station.platform.events(transition=word)[0] for word in ("shelved", "unshelved"))
    assert unshelved["cause"] == "its time is over"
    again = station.platform.events(kind="start")[-1]["t"]
    due = max(shelved["t"] + 6000, again)  # a busy machine may take longer to start
    assert due <= unshelved["t"] < due + 3000, "and a tick"
    station.settle(agent)


def test_the_commands_as_a_person_sees_them(station, until):
    station.configure(station.instrument("pid", 3, HIGH), rules=rule("tank", "above = 50.0"))
    agent = station.start()
    desk = Desk(station)
    until("it is raised", lambda: desk.states() == {"tank": "unacked"})
    text = desk.command().stdout.splitlines()
    assert text[0].startswith("tank: UNACKED since ")
    assert text[1] == "  pid.voc 60 ppm; high: above 50 ppm"
    done = desk.command("shelve", "tank", "--by", "jan", "--why", "the wash", "--for", "2h")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tank: shelved until 20")
    text = desk.command().stdout.splitlines()
    assert text[2].startswith("  shelved by jan until ")
    assert text[2].endswith("left: the wash")
    assert text[3] == "  its condition STANDS"
    for words, said in (
        (("shelve", "tank", "--why", "a"), "alarms shelve: rule tank is shelved: it is so already"),
        (("ack", "tank"), "alarms ack: rule tank is shelved: there is nothing to acknowledge"),
        (("put-back", "tank"), "alarms put-back: rule tank is shelved: it is not out-of-service"),
        (("unshelve", "tonk"), "alarms unshelve: rule 'tonk': this station's are tank"),
        (("shelve", "tank", "--why", "a", "--for", "13h"), "alarms shelve: shelved for at most 12 h"),
    ):
        done = desk.command(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"fenceline {said}")
    done = desk.command("shelve", "tank", "--why", "a", "--for", "2 hours")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'fenceline alarms shelve: --for 2 hours: "2 hours" is not a duration' in done.stderr
    assert desk.command("unshelve", "tank", "--by", "jan").stdout == "tank: unacked\n"
    history = json.loads(desk.command("history", "--json").stdout)
    told = [(event["transition"], event.get("by")) for event in history]
    assert told == [("raised", None), ("unshelved", "jan"), ("shelved", "jan"), ("raised", None)]
    text = desk.command("history", "tank", "--count", "2").stdout.splitlines()
    assert len(text) == 2
    assert text[0].endswith(" tank raised: still stands (60 ppm)")
    assert text[1].endswith(" tank unshelved by jan")
    station.settle(agent)

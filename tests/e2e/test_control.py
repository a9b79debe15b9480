"""The control socket of a running agent: what strangers send it, who may reach it, `fenceline status`."""

import json
import os
import socket
import stat

import pytest

from agent.control import socket_paths

pytestmark = pytest.mark.needs("mosquitto")

NONSENSE = {
    "no JSON": b"{nonsense\n",
    "wrong version": b'{"v": 2, "op": "status"}\n',
    "no object": b"[1, 2]\n",
    "unknown operation": b'{"v": 1, "op": "reboot"}\n',
    "no operation": b'{"v": 1, "op": {"a": 1}}\n',
    "a line of 1 MB": b'{"v": 1, "op": "' + b"a" * 1_000_000 + b'"}\n',
    "binary garbage": bytes(range(256)) * 16 + b"\n",
    "deep nesting": b"[" * 60_000 + b"\n",
}


def path_of(station):
    return next(path for path in socket_paths(station.data_dir, station.environ) if path.exists())


def connect(path):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(5)
    client.connect(os.fspath(path))
    return client


def answer_to(path, sent):
    """The answer; None where the agent closed the connection instead."""
    with connect(path) as client:
        try:
            client.sendall(sent)
        except (BrokenPipeError, ConnectionResetError):
            return None  # it hung up before it had all
        try:
            line = client.makefile("rb").readline()
        except ConnectionResetError:
            return None
    return json.loads(line) if line else None


def test_nonsense_is_refused_and_the_agent_goes_on(station):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    path = path_of(station)
    with connect(path), connect(path) as half:  # one that says nothing, one that stops in mid-line
        half.sendall(b'{"v": 1, "op": "sta')
        for name, sent in NONSENSE.items():
            answer = answer_to(path, sent)
            if name == "a line of 1 MB" and answer is None:
                continue  # it hung up while we were still sending
            assert answer["ok"] is False, name
            assert answer["error"], name
            assert station.status()["station"] == "gp-01", f"after {name}"
        assert "known are status" in answer_to(path, NONSENSE["unknown operation"])["error"]
        assert '"v": 1' in answer_to(path, NONSENSE["wrong version"])["error"]
        station.wait_delivered(len(station.platform.readings()) + 5)
        agent.terminate()
        assert agent.wait(10) == 0, "a silent client does not hold the agent up"
    assert not path.exists()


def test_who_may_reach_the_socket(station):
    station.configure(station.instrument("pid", 3))
    station.start()
    path = path_of(station)
    assert path.is_relative_to(station.folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0


def test_a_range_is_delivered_once_more(station, until):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(5)
    config = ("--config", str(station.config))

    def copies(seq):
        rows = [row for message in station.platform.of("readings") for row in message["readings"]]
        return sum(row["seq"] == seq for row in rows)

    station.wait_delivered(15)
    seqs = {seq for _, seq in station.platform.readings()}
    first = next(seq for seq in sorted(seqs) if {seq + 1, seq + 2, seq + 3} <= seqs)  # no event among them
    done = station.fenceline("resend", str(first), str(first + 2), *config)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"mqtt: seq {first}..{first + 2} will be sent once more\n"
    until("they come again", lambda: [copies(first + at) for at in range(4)] == [2, 2, 2, 1])
    done = station.fenceline("resend", "1", "2", "--to", "moon", *config)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "fenceline resend: destination 'moon': this station's are mqtt\n"
    done = station.fenceline("resend", "900000", "900001", "--json", *config)
    assert done.returncode == 1
    assert "seq 900000..900001: this journal's numbers are 1.." in done.stderr
    station.settle(agent)


def test_the_buffer_as_text_and_as_json(station, until):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(5)
    config = ("--config", str(station.config))
    done = station.fenceline("buffer", "--json", *config)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["journal"]["max_bytes"] == 2_000_000_000
    assert told["journal"]["used_bytes"] > 0
    assert told["journal"]["readings"] >= 5
    assert told["destinations"]["mqtt"]["connected"] is True
    assert told["measured_over_s"] is None
    text = station.fenceline("buffer", *config)
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout.endswith("rates are known two minutes after the start\n")
    assert "mqtt: connected\n" in text.stdout
    station.settle(agent)
    done = station.fenceline("buffer", *config)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "fenceline buffer: no agent is running with this configuration\n"


def test_the_records_of_a_running_agent(station, until):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(5)
    config = ("--config", str(station.config))

    def told():
        done = station.fenceline("records", "--json", *config)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    until("the revision is noted", lambda: told().get("configurations"))
    (row,) = told()["instruments"]
    assert (row["id"], row["address"], row["driver"]) == ("pid", 3, "honeywell-raeguard3")
    text = station.fenceline("records", "--kind", "instruments", *config)
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout.startswith("instruments, as last configured:\n  pid  20")
    kinds = [event["record"] for event in station.platform.events(kind="record")]
    assert kinds[:2] == ["instruments", "configurations"], "journalled, and told to the platform"
    station.settle(agent)


def test_status_as_text_and_as_json(station):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    station.wait_delivered(5)
    config = ("--config", str(station.config))
    text = station.fenceline("status", *config)
    assert (text.returncode, text.stderr) == (0, "")
    for words in (
        "gp-01 (works), up ",
        f"line a ({station.port}, now /dev/pts/",
        "pid (address 3, honeywell-raeguard3): answers in ",
        " ppm    N ",
        f"mqtt: connected to 127.0.0.1:{station.broker.port}, MQTT 5",
        "no rules",
    ):
        assert words in text.stdout
    done = station.fenceline("status", "--json", *config)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert set(told) >= {"station", "lines", "instruments", "alarms", "journal", "destinations", "restarts"}
    assert told["instruments"][0]["channels"][0]["flag"] == "N"
    station.settle(agent)
    for words in (("status",), ("status", "--json")):
        done = station.fenceline(*words, *config)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "fenceline status: no agent is running with this configuration\n"


def test_an_alarm_is_acknowledged_and_what_is_none_is_not(station, until):
    rule = '\n[[rule]]\nid = "any"\nchannel = "pid.voc"\nabove = -1.0\nunit = "ppm"\n'
    station.configure(station.instrument("pid", 3), rules=rule)
    agent = station.start()
    config = ("--config", str(station.config))

    def listed():
        return station.fenceline("alarms", *config).stdout

    until("it is raised", lambda: listed().startswith("any: UNACKED since "))
    done = station.fenceline("alarms", "ack", "any", "--by", "A", *config)
    assert (done.returncode, done.stdout, done.stderr) == (0, "any: acked\n", "")
    assert json.loads(station.fenceline("alarms", "--json", *config).stdout)[0]["state"] == "acked"
    assert '"control socket"' in station.fenceline("records", "--json", *config).stdout
    done = station.fenceline("alarms", "ack", "no-such-rule", *config)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "fenceline alarms ack: rule 'no-such-rule': this station's are any\n"
    station.settle(agent)


def test_a_value_is_explained_from_the_wire_on_and_why_there_is_no_newer_one(station, until):
    rule = '[[rule]]\nid = "voc-high"\nchannel = "pid.voc"\nabove = 50.0\nunit = "ppm"\n'
    station.configure(station.instrument("pid", 3, "values = { voc = 20.9 }"), rules=rule)
    station.start()
    until("it is read", lambda: station.status()["instruments"][0]["good"])
    config = ("--config", str(station.config))
    said = station.fenceline("explain", "pid.voc", *config)
    assert (said.returncode, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    assert lines[0].startswith("pid.voc: 20.9 ppm, flag N, ")
    for line in (
        "            > 03 03 00 08 00 02 44 2B",
        "decoded     holding registers 8..9: 0000 00D1",
        "            209 / 10 = 20.9 ppm",
        "journal     kept",
        "rule        voc-high (high): above 50 ppm",
    ):
        assert line in lines
    station.stop_sim()
    until("it is missed", lambda: station.status()["instruments"][0]["trouble"])
    answer = json.loads(station.fenceline("explain", "pid.voc", "--json", *config).stdout)
    assert (answer["value"], answer["flag"], answer["stale"]) == (None, "B", True)
    assert answer["why"][0].startswith("line a has no port: ")
    gone = station.fenceline("explain", "pid.vox", *config)
    assert gone.returncode == 1
    assert gone.stderr.startswith("fenceline explain: there is no channel 'pid.vox'; did you mean pid.voc?")

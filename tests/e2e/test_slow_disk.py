"""A disk whose every sync takes three seconds: lines poll on, relays switch, alarms go out; nothing is lost.

strace makes the agent's own fsync and fdatasync slow, as a worn card does.
"""

import itertools
import json
import signal
import subprocess

import pytest

pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.needs("strace")]

STALL_S = 3
PULSE = "values = { voc = [[0, 10], [12, 10], [12.001, 90], [60, 90]] }"
RULE = '[[rule]]\nid = "voc-high"\nchannel = "pid.voc"\nabove = 50.0\nunit = "ppm"\n'
SIREN = """
[[output]]
id = "siren"
alarm_on = ["voc-high"]
energised = "alarm"
driver = "waveshare-relay-8"
line = "a"
address = 10
coil = 0
timeout = "200ms"
"""
ON = "0a050000ff00"


def stalled(agent, folder):
    """strace on a running agent; it ends with SIGINT and lets the agent go on."""
    slow = f"inject=fsync,fdatasync:delay_enter={STALL_S * 1_000_000}"
    words = f"strace -f -qq -p {agent.pid} -e trace=fsync,fdatasync -e {slow} -o {folder}/strace.log"
    return subprocess.Popen(words.split())


def test_no_line_and_no_relay_waits_for_a_disk_that_stalls(station, until):
    def said():
        rows = [json.loads(line) for line in station.truth.read_text().splitlines() if line.endswith("}")]
        polls = [(row["mono"], row["values"]["voc"]) for row in rows if row["instrument"] == "pid"]
        return polls, [row["mono"] for row in rows if row["request"].startswith(ON)]

    station.configure(station.instrument("pid", 3, PULSE), SIREN, rules=RULE)
    agent = station.start()
    station.wait_delivered(3)
    strace = stalled(agent, station.folder)
    until("a commit stalls", lambda: station.status()["journal"]["commit_ms"] > STALL_S * 900)
    from_ms = said()[0][-1][0]
    until("the siren", lambda: said()[1])
    alarms = until("the alarm, undurable", lambda: station.platform.events(kind="alarm", durable=False))
    polls, switched = said()
    assert station.platform.events(kind="alarm", durable=True) == [], "the disk was quick"
    above = next(at for at, voc in polls if voc > 50)
    assert above - from_ms > 1000, "this machine was too slow to begin before the pulse"
    assert switched[0] - above < 200
    waits = [after - before for (before, _), (after, _) in itertools.pairwise(polls) if after > from_ms]
    assert max(waits) < 500, "polled each 100 ms"
    strace.send_signal(signal.SIGINT)
    strace.wait(10)
    kept = until("it is kept", lambda: station.platform.events(kind="alarm", durable=True))
    assert [event["id"] for event in kept] == [alarms[0]["id"]], "the same alarm"
    station.settle(agent)

"""A disk whose every write fails under a running station, and works again: nothing committed is lost.

strace has the agent's own writes and syncs fail, with what a dying card and a file system that was
remounted read-only give. (The kernel refuses to remount one on which a file is open for writing; what
makes it read-only all the same is an error, of which no test can undo the effect.)
"""

import signal
import subprocess

import pytest

pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.needs("strace")]

RULE = '\n[[rule]]\nid = "voc-high"\nchannel = "pid.voc"\nabove = 50.0\nunit = "ppm"\n'
CALLS = "pwrite64,pwritev,fsync,fdatasync,ftruncate,fallocate"


@pytest.mark.parametrize("error", ["EIO", "EROFS"])
def test_readings_wait_and_alarms_do_not(station, until, error):
    station.configure(station.instrument("pid", 3, "values = { voc = 10 }"), rules=RULE)
    agent = station.start()
    station.wait_delivered(5)
    words = f"strace -f -qq -p {agent.pid} -e trace={CALLS} -e inject={CALLS}:error={error}"
    strace = subprocess.Popen([*words.split(), "-o", f"{station.folder}/strace.log"])
    try:
        until("the journal fails", lambda: station.status()["journal"]["failing"])
        station.stop_sim()
        station.set_bench(station.instrument("pid", 3, "values = { voc = [[0, 80], [60, 140]] }"))
        station.start_sim()
        (alarm,) = until("the alarm", lambda: station.platform.events(kind="alarm", durable=False))
        assert alarm["seq"] is None
        until("readings wait", lambda: station.status()["journal"]["waiting"] >= 20)
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait(10)
    until("the journal works again", lambda: station.status()["journal"]["failing"] is None)
    (kept,) = until("its durable copy", lambda: station.platform.events(kind="alarm", durable=True))
    assert kept["id"] == alarm["id"]
    assert station.status()["journal"]["dropped"] == 0
    station.settle(agent)  # everything that waited has arrived
    states = [event["state"] for event in station.platform.events(kind="fault", what="journal")]
    assert states == ["failing", "recovered"]

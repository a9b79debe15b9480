"""A disk that is really full under a running station: a small one of the test's own."""

import os
import subprocess
from contextlib import suppress

import pytest

pytestmark = pytest.mark.needs("mosquitto")

RULE = '\n[[rule]]\nid = "voc-high"\nchannel = "pid.voc"\nabove = 50.0\nunit = "ppm"\n'


@pytest.fixture
def small_disk(station):
    """The station's data_dir on 8 MB of its own; needs the right to mount."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    station.data_dir.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(station.data_dir)]
    if subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    yield station.data_dir
    station.end()
    subprocess.run(["umount", str(station.data_dir)], check=True)


def fill(path):
    """Take every block that is left."""
    with path.open("wb", buffering=0) as other:
        for size in (1 << 16, 1 << 12):
            with suppress(OSError):
                while True:
                    other.write(bytes(size))


def test_readings_wait_for_space_and_alarms_do_not(station, small_disk, until):
    station.configure(station.instrument("pid", 3, "values = { voc = 10 }"), rules=RULE)
    agent = station.start()
    station.wait_delivered(5)
    fill(small_disk / "somebody-else")
    until("the journal fails", lambda: station.status()["journal"]["reason"] == "disk full")
    station.stop_sim()
    station.set_bench(station.instrument("pid", 3, "values = { voc = [[0, 80], [60, 140]] }"))
    station.start_sim()
    copies = until("the alarm", lambda: alarms(station))
    assert [copy["durable"] for copy in copies] == [False]
    until("readings wait", lambda: station.status()["journal"]["waiting"] >= 20)
    assert station.status()["journal"]["reason"] == "disk full"

    (small_disk / "somebody-else").unlink()
    until("the journal works again", lambda: station.status()["journal"]["failing"] is None)
    first, second = until("the alarm's durable copy", lambda: alarms(station)[1:] and alarms(station))
    assert first["id"] == second["id"]
    assert (first["seq"], second["durable"]) == (None, True)
    assert second["seq"] > 0
    assert station.status()["journal"]["dropped"] == 0
    station.settle(agent)  # everything that waited has arrived
    states = [event["state"] for event in station.platform.events(kind="fault", what="journal")]
    assert states == ["failing", "recovered"]


def alarms(station):
    """Every copy of an alarm, as it came."""
    events = [event for message in station.platform.of("events") for event in message["events"]]
    return [event for event in events if event["kind"] == "alarm"]

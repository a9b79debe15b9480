"""`fenceline demo`, as a person tries it first: with mosquitto, and with the broker it brings along."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = "20"  # its shortest
KEYS = {
    "seconds",
    "broker",
    "polled",
    "journalled",
    "delivered",
    "duplicates",
    "lost",
    "wrong",
    "alarms_raised",
    "alarms_cleared",
    "alarm_latency_ms",
    "first_delivery_s",
    "details",
    "line_load",
    "rss_mb",
    "cpu_percent",
}


@pytest.fixture(scope="module")
def demos():
    """Both brokers' demos, run side by side to save time."""
    words = [sys.executable, "-m", "tools.cli", "demo", "--seconds", SECONDS, "--json", "--broker"]
    pipe = subprocess.PIPE
    running = {
        kind: subprocess.Popen([*words, kind], cwd=ROOT, stdout=pipe, stderr=pipe, text=True)
        for kind in ("mosquitto", "amqtt")
    }
    yield running
    for process in running.values():
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.needs("mosquitto")
@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_nothing_is_lost_and_nothing_wrong(demos, kind):
    out, err = demos[kind].communicate(timeout=60)
    assert demos[kind].returncode == 0, out + err
    summary = json.loads(out)
    assert set(summary) == KEYS
    assert summary["broker"] == kind
    assert (summary["lost"], summary["wrong"], summary["details"]) == (0, 0, [])
    assert summary["delivered"] == summary["journalled"] > 100
    assert summary["alarms_raised"] == summary["alarms_cleared"] == 3

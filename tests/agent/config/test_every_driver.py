"""Every named driver in a station file: accepted with the settings that it asks for, and emulated."""

import json

import pytest

from agent.config import examine, examine_bench
from drivers import catalogue
from hal.clock import Clock
from hardware_sim.bench import Bench

STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "data"
[mqtt]
host = "127.0.0.1"
[[line]]
id = "a"
port = "/dev/null"
[[instrument]]
id = "x"
line = "a"
driver = "{driver}"
every = "60s"
timeout = "3s"
{address}
settings = {settings}
"""


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)


@pytest.mark.parametrize("name", catalogue.names())
def test_it_is_accepted_and_emulated(name, tmp_path):
    about = catalogue.describe(name)
    text = STATION.format(
        driver=name,
        address="" if about.addresses is None else f"address = {about.addresses[0]}",
        settings=toml(catalogue.sample_settings(about.settings)),
    )
    path = tmp_path / "station.toml"
    path.write_text(text)
    station, findings = examine(path)
    wrong = [
        str(finding) for finding in findings if finding.severity == "error" and "line.port" not in finding.key
    ]
    assert wrong == []
    assert station is None or station.instruments[0].driver == name
    bench, findings = examine_bench(path)
    assert [str(finding) for finding in findings if finding.severity == "error"] == []
    assert Bench(bench, Clock()).lines["a"].slaves[0].id == "x"

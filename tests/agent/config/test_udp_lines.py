"""A line of datagrams in a station file and in a bench."""

import asyncio

from agent.config import examine, examine_bench
from agent.lines import make_line
from hal.udp_port import UdpPort
from hardware_sim.wire import run

STATION = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "data"
[mqtt]
host = "127.0.0.1"
[[line]]
id = "fid"
port = "udp://192.168.1.12:53700"
[[instrument]]
id = "nmhc"
line = "fid"
driver = "horiba-apha-370"
address = 2
every = "5s"
settings = { unit = "ppm" }
"""


def messages(path, text):
    path.write_text(text)
    return [str(finding).partition(": ")[2] for finding in examine(path)[1]]


def test_it_is_checked_and_made(tmp_path):
    path = tmp_path / "station.toml"
    assert messages(path, STATION) == []
    station, _ = examine(path)

    async def main():
        return make_line(station.lines[0], asyncio.get_running_loop())

    line = run(main())
    assert isinstance(line.port, UdpPort)
    assert (station.lines[0].medium, line.port.name) == ("udp", "udp://192.168.1.12:53700")


def test_what_is_wrong_with_one(tmp_path):
    path = tmp_path / "station.toml"
    (said,) = messages(path, STATION.replace(":53700", ""))
    assert said.startswith('[line] port: "udp://192.168.1.12": it names no port')
    twice = STATION + '[[line]]\nid = "b"\nport = "udp://192.168.1.12:53700"\n'
    assert any("is the port of line fid already" in said for said in messages(path, twice))
    device = STATION.replace('53700"', '53700"\nlow_latency = true')
    assert any("means nothing on a udp:// line" in said for said in messages(path, device))


def test_the_bench_listens_at_any_free_port_of_this_machine(tmp_path):
    path = tmp_path / "bench.toml"
    path.write_text(STATION)
    bench, findings = examine_bench(path)
    assert findings == []
    assert bench["line"][0]["listen"] == "udp://127.0.0.1:0"

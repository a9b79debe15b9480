"""A whole station on three media: a Modbus gateway, a device server, and a pty with RTU and ASCII mixed.

The gateway and the device server are a process of their own, which is killed and started again.
"""

import signal
from collections import Counter

import pytest

pytestmark = pytest.mark.needs("mosquitto")

STATION = """\
[station]
id = "gp-01"
site = "works"
data_dir = "{data}"
utc = "trusted"
[mqtt]
host = "127.0.0.1"
port = {broker}
[journal]
commit_every = "200ms"
"""
# Its own columns: line, id, address, driver, settings, values, and what else
INSTRUMENTS = (
    ("gateway", "unit-1", 1, "honeywell-raeguard3", "{ divisor = 10 }", "{ voc = [[0, 10], [60, 610]] }", ""),
    ("gateway", "unit-255", 255, "renke-fsxcs", "{ wind_divisor = 10 }", "{}", ""),
    ("server", "pid", 3, "honeywell-raeguard3", "{ divisor = 10 }", "{ voc = [[0, 20], [60, 620]] }", ""),
    ("server", "old", 4, "honeywell-raeguard3", "{ divisor = 10 }", "{ voc = 7.5 }", 'mode = "ascii"'),
    (
        "server",
        "tsp",
        14,
        "thermo-5030i",
        '{ values = ["tsp"], unit = "ug/m3", measuring = 0 }',
        "{ tsp = [[0, 30], [60, 630]] }",
        "",
    ),
    ("a", "rtu", 5, "honeywell-raeguard3", "{ divisor = 10 }", "{ voc = [[0, 40], [60, 640]] }", ""),
    (
        "a",
        "ascii",
        6,
        "honeywell-raeguard3",
        "{ divisor = 10 }",
        "{ voc = [[0, 50], [60, 650]] }",
        'mode = "ascii"',
    ),
)
LINE = '[[line]]\nid = "{id}"\n{port}\n{speed}\n'
INSTRUMENT = """\
[[instrument]]
line = "{}"
id = "{}"
address = {}
driver = "{}"
settings = {}
{}
"""
POLLED = 'every = "100ms"\ntimeout = "200ms"\n'


def written(lines, head, benched):
    """The tables of these lines ({id: port key}); benched: with what the emulator alone is told."""
    text = head
    for name, port in lines.items():
        text += LINE.format(id=name, port=port, speed="" if name == "gateway" else "baud = 115200")
    for line, name, address, driver, settings, values, keys in INSTRUMENTS:
        if line in lines:
            more = f"values = {values}\n" if benched else POLLED
            text += INSTRUMENT.format(line, name, address, driver, settings, keys + "\n" + more)
    return text


@pytest.fixture
def network(station, free_port):
    """The station's files; its emulators are `network.toml` and `bench.toml`."""
    gateway, server = f"tcp://127.0.0.1:{free_port()}", f"rtu+tcp://localhost:{free_port()}"
    head = STATION.format(data=station.data_dir, broker=station.broker.port)
    ports = {
        "gateway": f'port = "{gateway}"',
        "server": f'port = "{server}"',
        "a": f'port = "{station.port}"',
    }
    station.config.write_text(written(ports, head, benched=False))
    (station.folder / "bench.toml").write_text(written({"a": f'link = "{station.port}"'}, "", benched=True))
    listens = {"gateway": f'listen = "{gateway}"', "server": f'listen = "{server}"'}
    (station.folder / "network.toml").write_text(written(listens, "", benched=True))
    return station


def start_network(station, until):
    """The gateway and the device server, as soon as they listen."""
    config = str(station.folder / "network.toml")
    log = station.folder / "sim.log"
    before = log.read_text().count("answering") if log.exists() else 0
    process = station.start_program("sim", "--config", config, "--log", str(station.truth))
    until("they listen", lambda: station.log("sim").count("answering") > before)
    return process


def good(station):
    """Readings of flag N by instrument."""
    rows = station.platform.readings().values()
    return Counter(row["ch"].partition(".")[0] for row in rows if row["f"] == "N")


def test_three_media_deliver_right_values_through_a_killed_gateway(network, until):
    station = network
    names = [name for _, name, *_ in INSTRUMENTS]
    gateway = start_network(station, until)
    agent = station.start()
    until("all of them are delivered", lambda: all(good(station)[name] >= 10 for name in names))
    assert {row["f"] for row in station.platform.readings().values()} == {"N"}, "from the first poll on"
    gateway.send_signal(signal.SIGKILL)
    gateway.wait(10)

    def line(name):
        return next(row for row in station.status()["lines"] if row["id"] == name)

    until("both losses are seen", lambda: not (line("gateway")["open"] or line("server")["open"]))
    until("the cause is said", lambda: "but nothing listens on port" in line("gateway")["trouble"])
    before = good(station)
    until("the other line goes on", lambda: good(station)["ascii"] >= before["ascii"] + 10)
    gateway = start_network(station, until)
    before = good(station)
    until("all are back", lambda: all(good(station)[name] >= before[name] + 10 for name in names), 30)
    assert [line(name)["trouble"] for name in ("gateway", "server", "a")] == [None] * 3
    for row in station.status()["lines"]:
        assert row["errors"]["damaged"] == 0, row
    station.settle(agent)
    faults = {(event["what"], event["state"]) for event in station.platform.events(kind="fault")}
    assert faults == {
        (f"line {name}", state) for name in ("gateway", "server") for state in ("failing", "recovered")
    }
    assert len(station.platform.events(kind="fault")) == 4, "each is said once"

"""`fenceline sim` as a process: a master reads it, a signal ends it, the log holds what was said."""

import json
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.exceptions import ModbusException

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Start = Callable[..., "subprocess.Popen[str]"]

BENCH = """\
[[line]]
id = "a"
link = "a"
baud = 19200

[[line]]
id = "b"

[[instrument]]
id = "voc"
line = "a"
driver = "honeywell-raeguard3"
address = 3
settings = { divisor = 10 }
values = { voc = 12.5 }

[[instrument]]
id = "dust"
line = "b"
driver = "boling-dust"
address = 1
settings = { unit = "mg/m3" }
"""


@pytest.fixture
def start(command: list[str], tmp_path: Path) -> Iterator[Start]:
    """Starts `fenceline sim` in `tmp_path` and waits until it answers."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> "subprocess.Popen[str]":
        words = [*command, "sim", "--config", "bench.toml", *options]
        pipe = subprocess.PIPE
        process = subprocess.Popen(words, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    (tmp_path / "bench.toml").write_text(BENCH)
    yield run
    for process in started:
        process.kill()
        process.communicate()


def shown(process: "subprocess.Popen[str]") -> list[str]:
    """What it prints until it answers."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if lines[-1] == "answering; Ctrl-C stops":
            return lines
    raise AssertionError(f"it ended: {lines}, {process.stderr and process.stderr.read()}")


def read_voc(port: Path) -> list[int]:
    client = ModbusSerialClient(str(port), baudrate=19200, timeout=5, retries=0)
    try:
        assert client.connect()
        return list(client.read_holding_registers(8, count=2, device_id=3).registers)
    finally:
        client.close()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_until_it_is_told_to_stop(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start("--log", "truth.jsonl")
    lines = shown(process)
    assert re.fullmatch(r"a: /dev/pts/\d+ = a, 19200 8N1", lines[0])
    assert lines[1] == "    3 voc (honeywell-raeguard3)"
    assert re.fullmatch(r"b: /dev/pts/\d+, 9600 8N1", lines[2])
    assert read_voc(tmp_path / "a") == [0, 125]
    (record,) = map(json.loads, (tmp_path / "truth.jsonl").read_text().splitlines())  # flushed already
    assert (record["instrument"], record["values"]) == ("voc", {"voc": 12.5})
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert err == ""
    assert out.startswith("a: 1 requests, 1 answers")
    assert "voc: 1 answers\n" in out
    assert not (tmp_path / "a").is_symlink()


def test_a_station_file_s_lines_over_tcp_are_listened_at(start: Start, tmp_path: Path) -> None:
    """Where their port is this machine; else at any free port, which is printed."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = BENCH.replace('link = "a"\nbaud = 19200', f'port = "tcp://127.0.0.1:{port}"')
    text = text.replace('id = "b"', 'id = "b"\nport = "rtu+tcp://10.0.0.7:4001"', 1)
    (tmp_path / "bench.toml").write_text(text)
    lines = shown(start())
    assert lines[0] == f"a: tcp://127.0.0.1:{port}, Modbus TCP"
    assert re.fullmatch(r"b: rtu\+tcp://127\.0\.0\.1:\d+, 9600 8N1", lines[2])
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=5, retries=0)
    assert client.connect()
    assert client.read_holding_registers(8, count=2, device_id=3).registers == [0, 125]
    client.close()  # type: ignore[no-untyped-call]


SCENARIO = """\
[scenario]
start = 2026-03-10T08:00:00
[background]
benzene = 0
voc = 45867        # ug/m3: 20 ppm as isobutylene
h2s = 0
nh3 = 0
[[receptor]]
instrument = "{instrument}"
at = [0, 0, 2]
"""


def test_instruments_measure_the_plant_of_a_scenario(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_text(BENCH.replace("values = { voc = 12.5 }", ""))
    (tmp_path / "day.toml").write_text(SCENARIO.format(instrument="voc"))
    lines = shown(start("--scenario", "day.toml"))
    assert lines[1:3] == ["    3 voc (honeywell-raeguard3)", "      from the plant: voc"]
    assert read_voc(tmp_path / "a") == [0, 200]


def test_a_recording_is_played(start: Start, tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text("time,channel,value\n0,voc,7.5\n3600,voc,99\n")
    (tmp_path / "bench.toml").write_text(BENCH.replace("voc = 12.5", 'voc = { csv = "day.csv" }'))
    shown(start())
    assert read_voc(tmp_path / "a") == [0, 75]


def test_errors_of_a_scenario_and_of_a_recording(fenceline: Run, tmp_path: Path) -> None:
    (tmp_path / "bench.toml").write_text(BENCH)
    (tmp_path / "day.toml").write_text(SCENARIO.format(instrument="pid"))
    done = fenceline("sim", "--config", "bench.toml", "--scenario", "day.toml")
    assert done.returncode == 2
    assert 'day.toml:9: [receptor] instrument: the bench has no instrument "pid"' in done.stderr
    done = fenceline("sim", "--config", "bench.toml", "--scenario", "night.toml")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "night.toml:1: there is no such file")
    (tmp_path / "bench.toml").write_text(BENCH.replace("voc = 12.5", 'voc = { csv = "day.csv" }'))
    (tmp_path / "day.csv").write_text("time,voc\n0,7.5\n1,7,5\n")
    done = fenceline("sim", "--config", "bench.toml")
    assert done.returncode == 1
    assert "instrument voc: values: voc: day.csv:3: 3 values under a header of 2" in " ".join(
        done.stderr.split()
    )


def test_the_log_is_appended_to(start: Start, tmp_path: Path) -> None:
    (tmp_path / "truth.jsonl").write_text('{"before": 1}\n')
    process = start("--log", "truth.jsonl")
    shown(process)
    read_voc(tmp_path / "a")
    assert [len(json.loads(row)) for row in (tmp_path / "truth.jsonl").read_text().splitlines()] == [1, 8]


def test_a_full_disk_stops_the_bench(start: Start, tmp_path: Path) -> None:
    process = start("--log", "/dev/full")
    shown(process)
    with suppress(ModbusException):  # the port may be gone before the answer has been read
        read_voc(tmp_path / "a")
    _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "log /dev/full: No space left on device; the bench was stopped" in " ".join(err.split())


def test_errors_of_the_file_and_of_the_bench(fenceline: Run, tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(BENCH.replace("address = 3", "address = 300"))
    done = fenceline("sim", "--config", "bench.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bench.toml:13: [instrument] address: 300 is no modbus address" in done.stderr
    file.write_text(BENCH)
    (tmp_path / "a").write_text("in the way")
    done = fenceline("sim", "--config", "bench.toml")
    assert done.returncode == 1
    assert done.stderr.startswith("bench.toml: line a: link: cannot create a: File exists\n")
    done = fenceline("sim", "--config", "bench.toml", "--log", "none/truth.jsonl")
    assert (done.returncode, done.stderr) == (
        1,
        "bench.toml: log none/truth.jsonl: No such file or directory\n",
    )

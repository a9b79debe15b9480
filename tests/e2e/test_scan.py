"""`fenceline scan` as a person runs it."""

import json
import os
import pty
import signal
import subprocess
import sys
import tomllib
import tty
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tools.cli import main; main()",
    "scan",
]
BENCH = """\
[[line]]
id = "a"
link = "ttyA"
baud = 19200
framing = "8E1"

[[instrument]]
id = "pid"
line = "a"
driver = "honeywell-raeguard3"
address = 3
settings = { divisor = 10 }

[[instrument]]
id = "tsp"
line = "a"
driver = "thermo-5030i"
address = 4
settings = { values = ["tsp"], unit = "ug/m3", measuring = 0 }
"""


FEW = "4,3,10-20"


@pytest.fixture
def bench(tmp_path):
    """An emulated line at ttyA in tmp_path, its process `bench.pid`."""
    (tmp_path / "bench.toml").write_text(BENCH)
    words = [*COMMAND[:3], "sim", "--config", "bench.toml", "--log", "truth.jsonl"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("answering"):
            break
    (tmp_path / "bench.pid").write_text(str(process.pid))
    yield tmp_path
    process.kill()
    process.communicate()


@pytest.fixture
def nobody():
    """A port on which nobody is."""
    far, near = pty.openpty()
    tty.setraw(near)
    yield os.ttyname(near)
    os.close(far)
    os.close(near)


def scan(*words, cwd=None):
    return subprocess.run(
        [*COMMAND, *words], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


SMALL = (
    "--baud",
    "9600,19200",
    "--framing",
    "8E1",
    "--addresses",
    "3-4",
    "--protocols",
    "modbus,bayern-hessen",
)


def test_what_is_found_and_what_to_paste(bench):
    done = scan("--port", "ttyA", *SMALL, "--baud", "9600,19200,4800", cwd=bench)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("24 questions at 3 settings, about ")
    for words in (
        "FOUND modbus, address 3, at 19200 8E1, answers in ",
        "  could be: honeywell-raeguard2, honeywell-raeguard3\n",
        "FOUND bayern-hessen, address 4, at 19200 8E1",
        "not tried, since a line usually has one setting: 4800 8E1 (--all tries them)",
        "nothing was written to any instrument",
        "# needs: divisor (fenceline check explains)\nsettings = {}\n",
    ):
        assert words in done.stdout
    tables = tomllib.loads(done.stdout[done.stdout.index("[[line]]") :])
    assert tables["line"] == [{"id": "line-1", "port": "ttyA", "baud": 19200, "framing": "8E1"}]
    assert [each["address"] for each in tables["instrument"]] == [3, 4]
    assert tables["instrument"][0]["driver"] == "honeywell-raeguard2", "the first of those that it could be"


def test_json_is_the_documented_contract(bench):
    done = scan("--port", "ttyA", *SMALL, "--json", cwd=bench)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["found"][0] == {
        "baud": 19200,
        "framing": "8E1",
        "protocol": "modbus",
        "address": 3,
        "latency_ms": told["found"][0]["latency_ms"],
        "identity": {},
        "fits": [],
        "could_be": ["honeywell-raeguard2", "honeywell-raeguard3"],
        "notes": [],
    }
    assert told.keys() == {"port", "seconds", "interrupted", "found", "tried", "skipped", "notes"}
    assert told["tried"][0] == {"baud": 9600, "framing": "8E1", "questions": 8, "noise_bytes": 0}


def test_nobody_there(nobody):
    done = scan(
        "--port", nobody, "--addresses", "1-2", "--baud", "9600", "--framing", "8N1", "--timeout", "20ms"
    )
    assert done.returncode == 1
    assert f"nobody answered on {nobody}\n" in done.stdout
    assert "tried: 9600 8N1\n" in done.stdout
    assert "check power and A/B polarity" in done.stdout


def test_ctrl_c_in_the_middle_shows_what_was_found(bench, until):
    words = (
        "--baud",
        "19200",
        "--framing",
        "8E1",
        "--protocols",
        "bayern-hessen,modbus",
        "--addresses",
        FEW,
        "--json",
    )
    with subprocess.Popen(
        [*COMMAND, "--port", "ttyA", *words],
        cwd=bench,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until("the second protocol's first answer", lambda: "pid" in (bench / "truth.jsonl").read_text())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    told = json.loads(out)
    assert (process.returncode, err) == (0, "")
    assert told["interrupted"]
    assert told["found"][0]["address"] == 4
    assert told["tried"][0]["questions"] < 13 + 3 * 13


def test_a_port_that_goes_in_the_middle_is_said_behind_what_was_found(bench, until):
    words = ("--baud", "19200", "--framing", "8E1", "--protocols", "bayern-hessen,modbus", "--addresses", FEW)
    with subprocess.Popen(
        [*COMMAND, "--port", "ttyA", *words],
        cwd=bench,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until("the second protocol's first answer", lambda: "pid" in (bench / "truth.jsonl").read_text())
        os.kill(int((bench / "bench.pid").read_text()), signal.SIGKILL)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "FOUND bayern-hessen, address 4" in out
    assert "lost" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give a line of the station file, or --port"),
        (("a", "--port", "x"), "give a line of the station file, or --port"),
        (("--port", "/dev/ttyNONE"), "port /dev/ttyNONE: there is no such device"),
        (("--port", "x", "--baud", "fast"), "--baud 'fast': expected numbers, as in 1-32,40"),
        (("--port", "x", "--framing", "8X1"), "--framing '8X1'"),
        (("--port", "x", "--addresses", "5-1"), "--addresses '5-1' is not within 0..999"),
        (("--port", "x", "--timeout", "5"), '--timeout 5: "5" is not a duration'),
        (("--port", "x", "--protocols", "x"), "--protocols 'x' is none of modbus"),
        (("a", "--config", "none.toml"), "none.toml"),
    ],
)
def test_wrong_usage_and_a_missing_port(tmp_path, words, said):
    done = scan(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.needs("mosquitto")
def test_a_line_that_the_agent_holds_is_refused_with_its_pid(station):
    station.configure(station.instrument("pid", 3))
    agent = station.start()
    done = station.fenceline("scan", "a", "--config", str(station.config))
    assert (done.returncode, done.stdout) == (2, "")
    said = " ".join(done.stderr.split())
    assert f"in use by process {agent.pid}" in said
    assert "stop the agent first" in said
    agent.terminate()
    assert agent.wait(15) == 0
    words = ("--addresses", "3", "--protocols", "modbus", "--first")
    done = station.fenceline("scan", "a", "--config", str(station.config), *words)
    assert done.returncode == 0, done.stderr
    assert "FOUND modbus, address 3, at 115200 8N1" in done.stdout
    assert 'line = "a"\n' in done.stdout
    assert "[[line]]" not in done.stdout, "the line stands in the file already"

"""`fenceline trace` as a person runs it: on a running agent, on a port, on a capture, and the way
from a captured line to an emulated one."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import tty

import pytest

from drivers.wire.modbus_rtu import with_crc

ASK = bytes.fromhex("01 03 00 08 00 02 45 C9")  # RAEGuard 3 manual p.81
REPLY = bytes.fromhex("01 03 04 00 00 00 D1 3A 6F")  # ibid.: 209


@pytest.mark.needs("mosquitto")
def test_a_running_agents_line_captured_and_replayed(station, until):
    station.configure(station.instrument("pid", 3, "values = { voc = 12.5 }"))
    agent = station.start()
    config = ("--config", str(station.config))
    capture = station.folder / "c.jsonl"
    done = station.fenceline("trace", "a", *config, "--for", "1500ms", "--save", str(capture))
    assert (done.returncode, done.stderr) == (0, "")
    title, rows = done.stdout.split("\n", 1)
    assert title == f"a, {station.port}, 115200 8N1"
    assert "> " in done.stdout
    assert "#3 pid: read holding 8..9" in done.stdout
    assert " ms: voc = 125 raw" in done.stdout
    assert ", no errors" in done.stdout
    shown = station.fenceline("trace", "--read", str(capture))
    assert shown.stdout == f"a, 115200 8N1\n{rows}", "the same view"
    rows = station.fenceline("trace", *config, "--for", "500ms", "--json").stdout.splitlines()
    kinds = [json.loads(row)["kind"] for row in rows]
    assert kinds[-1] == "summary"
    assert set(kinds[:-1]) == {"frame"}
    held = station.fenceline("trace", "--port", str(station.port))
    assert held.returncode == 1
    assert f"in use by process {agent.pid}" in " ".join(held.stderr.split())
    assert "`fenceline trace LINE --config FILE`" in held.stderr
    # The capture in place of the instrument: the agent reads what was recorded.
    station.stop_sim()
    (station.folder / "bench.toml").write_text(
        f'[[line]]\nid = "a"\nlink = "{station.port}"\nreplay = "c.jsonl"\n'
    )
    before = len(station.platform.readings())
    station.start_sim()
    until("readings from the capture", lambda: _good(station, before) >= 5)
    assert {row["v"] for row in station.platform.readings().values() if row["f"] == "N"} == {12.5}
    agent.terminate()
    assert agent.wait(15) == 0


def _good(station, before):
    return sum(row["f"] == "N" for row in list(station.platform.readings().values())[before:])


@pytest.fixture
def listened(command, tmp_path):
    """Starts a trace on a pty and returns (the process, what another master and its instruments write to)."""
    far, near = pty.openpty()
    tty.setraw(near)
    started = []

    def start(*options):
        words = [*command, "trace", "--port", os.ttyname(near), *options]
        process = subprocess.Popen(
            words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process, far

    yield start
    for process in started:
        process.kill()
        process.communicate()
    os.close(far)
    os.close(near)


def test_listening_to_another_master_sends_nothing_and_ctrl_c_sums_up(listened):
    process, far = listened()
    lines = [process.stdout.readline() for _ in range(2)]
    assert lines[0].endswith(", 9600 8N1\n")
    os.write(far, ASK)
    assert "#1: read holding 8..9" in process.stdout.readline()
    os.write(far, REPLY)
    assert " 0 209" in process.stdout.readline()
    os.write(far, with_crc(bytes.fromhex("09 06 00 01 00 03")))
    assert "#9: WRITE holding 1 = 3" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
    assert "3 frames in " in out
    assert ": 2 questions, 1 answers, no errors" in out
    os.set_blocking(far, False)
    with pytest.raises(BlockingIOError):
        os.read(far, 1)


def test_a_port_that_goes_away_is_said_and_summed_up(command, tmp_path):
    far, near = pty.openpty()
    tty.setraw(near)
    words = [*command, "trace", "--port", os.ttyname(near)]
    os.set_inheritable(near, False)
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(2):
        process.stdout.readline()
    os.write(far, ASK)
    assert "read holding" in process.stdout.readline()
    os.close(near)
    os.close(far)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "is the adapter plugged in?" in err
    assert "1 frames in 0.0 s: 1 questions" in out


def test_a_device_server_can_be_listened_to(command, tmp_path):
    """What a serial device server passes on of its line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = [*command, "trace", "--port", f"rtu+tcp://127.0.0.1:{server.getsockname()[1]}"]
        process = subprocess.Popen(
            words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            link, _ = server.accept()
            process.stdout.readline()
            process.stdout.readline()
            link.sendall(ASK + REPLY)
            assert "#1: read holding 8..9" in process.stdout.readline()
            assert " 0 209" in process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=10)
            assert (process.returncode, err) == (0, "")
            assert "2 frames in " in out
            assert link.recv(1) == b"", "nothing was sent to it"
        finally:
            process.kill()
            process.communicate()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("a", "--port", "x"), 2, "give one of a line, --port and --read"),
        (("--port", "x", "--framing", "9N1"), 2, "framing '9N1'"),
        (("--port", "tcp://10.0.0.5:502"), 2, "nobody can listen to another's connection"),
        (("--port", "rtu+tcp://10.0.0.5"), 2, "it names no port"),
        (("--port", "/dev/ttyNONE"), 1, "there is no such device"),
        (("--port", "x", "--for", "10"), 2, '--for 10: "10" is not a duration'),
        (("b", "--config", "s.toml"), 2, "no line 'b' in s.toml: lines are a"),
        (("--config", "s.toml"), 1, "no agent is running with this configuration"),
        (("--config", "none.toml"), 2, "none.toml"),
        (("--read", "c.jsonl", "--only", "pid"), 2, "no instrument 'pid' on a: give an address"),
        (("--read", "s.toml"), 1, "s.toml:1: not JSON"),
        (("--read", "c.jsonl", "--save", "s.toml"), 1, "s.toml: File exists"),
    ],
)
def test_what_is_wrong_is_said(command, tmp_path, words, status, said):
    (tmp_path / "s.toml").write_text(
        '[station]\nid = "x"\nsite = "y"\ndata_dir = "d"\n[[line]]\nid = "a"\nport = "/dev/ttyNONE"\n'
        '[[instrument]]\nid = "p"\nline = "a"\ndriver = "boling-dust"\naddress = 1\n'
        'settings = { unit = "mg/m3" }\n'
    )
    (tmp_path / "c.jsonl").write_text(
        '{"kind": "fenceline-capture", "version": 1, "line": "a", "baud": 9600, "framing": "8N1", '
        '"start": 0, "source": "agent"}\n'
    )
    done = subprocess.run(
        [*command, "trace", *words], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == status, done.stderr
    assert said in done.stderr.replace("\n    ", " ")
    assert "Traceback" not in done.stderr
    assert "b.jsonl" not in os.listdir(tmp_path)


@pytest.fixture
def command():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {root!r}); from tools.cli import main; main()",
    ]

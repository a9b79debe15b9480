"""`fenceline plan` as a process: exit statuses, what a person reads, the contract of --json; and the
plan beside the measured figures in `status`."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest

from tools.commands.status import _latency, _plan

Run = Callable[..., "subprocess.CompletedProcess[str]"]

HEAD = """\
[station]
id = "gp-01"
site = "north-works"
data_dir = "."

[[line]]
id = "a"
port = "/dev/null"
"""
INSTRUMENT = """
[[instrument]]
id = "{id}"
line = "a"
driver = "boling-dust"
address = {address}
every = "{every}"
settings = {{ unit = "mg/m3" }}
"""
LONG = "dust-" + 59 * "x"


def station(*every: str, first: str = "dust-1") -> str:
    ids = [first, *(f"dust-{place + 1}" for place in range(1, len(every)))]
    return HEAD + "".join(
        INSTRUMENT.format(id=ids[place], address=place + 1, every=each) for place, each in enumerate(every)
    )


FINE, UNMET, ERRORS = station("1s", "0s"), station("100ms", "90ms", "1s"), station("1 fortnight")
NUMBER = {"type": "number", "minimum": 0}
COUNT = {"type": "integer", "minimum": 0}


def whole(**properties: object) -> dict[str, object]:
    """An object of exactly these keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


SCHEMA = whole(
    station={"type": "string"},
    turnaround_ms_assumed=NUMBER,
    feasible={"type": "boolean"},
    outputs={
        "type": "array",
        "items": whole(
            id={"type": "string"},
            line={"type": "string"},
            bound_ms=NUMBER,
            in_flight_ms=NUMBER,
            behind={"type": ["string", "null"]},
        ),
    },
    lines={
        "type": "array",
        "items": whole(
            id={"type": "string"},
            baud={"type": ["integer", "null"]},
            framing={"type": ["string", "null"]},
            requests_per_cycle=COUNT,
            bytes_per_cycle=COUNT,
            wire_ms=NUMBER,
            silence_ms=NUMBER,
            turnaround_ms=NUMBER,
            cycle_ms=NUMBER,
            load=NUMBER,
            feasible={"type": "boolean"},
            dead_cycle_ms=NUMBER,
            costliest_dead={"type": ["string", "null"]},
            remedies={
                "oneOf": [
                    {"type": "null"},
                    whole(
                        every_ms=COUNT,
                        baud={"type": ["integer", "null"]},
                        lines={"type": ["integer", "null"]},
                    ),
                ]
            },
            instruments={
                "type": "array",
                "items": whole(
                    id={"type": "string"},
                    every_ms=COUNT,
                    feasible={"type": "boolean"},
                    response_ms=NUMBER,
                    requests=COUNT,
                    bytes=COUNT,
                    poll_ms=NUMBER,
                    mean_ms=NUMBER,
                    latency_ms=NUMBER,
                    dead_ms=NUMBER,
                ),
            },
        ),
    },
)


RELAY = """
[[output]]
id = "siren"
alarm_on = ["agent fault"]
energised = "alarm"
driver = "waveshare-relay-8"
line = "a"
address = 10
coil = 0
"""


def test_within_what_time_a_relay_is_switched(fenceline: Run, tmp_path: Path) -> None:
    """By hand in tests/agent/outputs/test_bound.py."""
    (tmp_path / "station.toml").write_text(FINE + RELAY)
    said = fenceline("plan", "--config", str(tmp_path / "station.toml"))
    line = "  relay siren: switched within 658 ms (580 ms behind dust-1)"
    assert line in said.stdout.splitlines()
    answer = json.loads(fenceline("plan", "--json", "--config", str(tmp_path / "station.toml")).stdout)
    jsonschema.validate(answer, SCHEMA)
    (row,) = answer["outputs"]
    assert (row["id"], row["line"], row["bound_ms"], row["in_flight_ms"]) == ("siren", "a", 658.229, 579.688)


def test_lines_fit_the_terminal_that_they_are_shown_in(command: list[str], tmp_path: Path) -> None:
    """A phone held upright; a real pty."""
    (tmp_path / "station.toml").write_text(UNMET + RELAY)
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 50, 0, 0))
    environ = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    words = [*command, "plan", "--config", str(tmp_path / "station.toml")]
    with subprocess.Popen(words, env=environ, stdout=theirs) as plan:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # EIO: the command has ended
            while some := os.read(ours, 4096):
                said += some
        assert plan.wait(30) == 1
    os.close(ours)
    lines = said.decode().splitlines()
    assert any("switched within" in line for line in lines)
    assert max(len(line) for line in lines) <= 50


NETWORK = HEAD + INSTRUMENT.format(id="dust-1", address=1, every="10ms")
GATEWAY = NETWORK.replace("/dev/null", "tcp://10.0.0.7:502")
SERVER = NETWORK.replace("/dev/null", "rtu+tcp://10.0.0.7:4001")


@pytest.mark.parametrize(
    ("text", "status"), [(GATEWAY, 1), (SERVER, 1), (FINE, 0), (HEAD, 0), (UNMET, 1), (ERRORS, 2)]
)
def test_exit_status_and_schema(fenceline: Run, tmp_path: Path, text: str, status: int) -> None:
    (tmp_path / "station.toml").write_text(text)
    assert fenceline("plan", "--config", "station.toml").returncode == status
    done = fenceline("plan", "-c", "station.toml", "--json")
    assert done.returncode == status
    if status == 2:
        assert done.stdout == ""
        assert done.stderr == fenceline("check", "-c", "station.toml").stdout.rsplit("1 error", 1)[0]
        return
    said = json.loads(done.stdout)
    jsonschema.validate(said, SCHEMA)
    assert said["feasible"] == (status == 0)
    for line in said["lines"]:
        assert line["feasible"] == all(row["feasible"] for row in line["instruments"])
        assert (line["remedies"] is None) == line["feasible"]
        parts = line["wire_ms"] + line["silence_ms"] + line["turnaround_ms"]
        assert line["cycle_ms"] == pytest.approx(parts, abs=0.002)


def test_what_a_person_reads(fenceline: Run, tmp_path: Path) -> None:
    """Each: 8 and 17 bytes at 1.041667 ms, 20 ms, 3.646 ms: 49.688 ms; load 0.497 + 0.552 + 0.050.
    At 19200 baud 34.844 ms, 104.5 a cycle; at 38400 28.260, 84.78. Each of the first two fits alone
    below 90 ms, but not both (99.4), and the third joins the one of 100 ms."""
    path = tmp_path / "station.toml"
    path.write_text(UNMET)
    done = fenceline("plan", "-c", path)
    assert done.stderr == ""
    assert done.stdout == (
        "Each answer is assumed to begin 20 ms after its question; `fenceline status`\n"
        "shows what the instruments really take.\n"
        "\n"
        "line a: 9600 baud, 8N1, load 110%\n"
        "  cycle 149 ms: wire 78, turnaround 60, silence 11\n"
        "  with dust-1 dead 1123 ms, until it is only probed\n"
        "  every       at worst  instrument\n"
        "  100ms         149 ms  dust-1  NOT MET\n"
        "  90ms          149 ms  dust-2  NOT MET\n"
        "  1s            149 ms  dust-3\n"
        "  cannot meet the interval of dust-1, dust-2: one cycle of line a takes 149 ms,\n"
        "      load 110%, at a turnaround of 20 ms\n"
        '  hint: every = "150ms" or longer there; or baud = 38400, set on the instruments\n'
        "      too; or the instruments on 2 lines\n"
    )


def test_what_a_person_reads_of_a_gateway(fenceline: Run, tmp_path: Path) -> None:
    """Turnaround alone: no wire is known here, so no speed can help, and no second line either."""
    (tmp_path / "station.toml").write_text(GATEWAY)
    lines = fenceline("plan", "-c", "station.toml").stdout.splitlines()[3:]
    assert lines == [
        "line a: Modbus TCP, load 200%",
        "  cycle 20 ms: wire 0, turnaround 20, silence 0",
        "  with dust-1 dead 1000 ms, until it is only probed",
        "  a gateway's own serial line comes on top: its baud is not known here",
        "  every       at worst  instrument",
        "  10ms           20 ms  dust-1  NOT MET",
        "  cannot meet the interval of dust-1: one cycle of line a takes 20 ms, load",
        "      200%, at a turnaround of 20 ms",
        '  hint: every = "20ms" or longer there',
    ]
    (tmp_path / "station.toml").write_text(SERVER)
    lines = fenceline("plan", "-c", "station.toml").stdout.splitlines()
    assert "line a: 9600 baud, 8N1 behind a device server, load 497%" in lines


def test_check_warns_at_the_line_in_the_same_words(fenceline: Run, tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(UNMET)
    planned = " ".join(fenceline("plan", "-c", "station.toml").stdout.split())
    (found,) = json.loads(fenceline("check", "-c", "station.toml", "--json").stdout)
    assert (found["line"], found["key"], found["severity"]) == (6, "line", "warning")
    assert planned.endswith(f"{found['message']} hint: {found['hint']}")


def test_back_to_back_and_long_names_fit_a_phone(fenceline: Run, tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(station("60ms", "0s", "0s", "0s", first=LONG))
    lines = fenceline("plan", "-c", "station.toml").stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    said = " ".join(" ".join(lines).split())
    assert f"60ms 199 ms {LONG} NOT MET" in said
    assert "no pause 199 ms dust-2 no pause 199 ms dust-3" in said
    assert "takes what the others leave (17% of the line), and its turn in any case" in said


def test_status_shows_the_plan_beside_what_was_measured() -> None:
    plan = {"cycle_ms": 640.3, "dead_cycle_ms": 1624.3, "load": 0.6403, "feasible": True}
    assert _plan(plan) == "  plan: load 64%, cycle 640 ms"
    assert _plan({**plan, "feasible": False}).endswith(", INTERVALS CANNOT BE MET: see fenceline plan")
    assert _latency({"latency_ms": 31.2, "planned_latency_ms": 46.0}) == "answers in 31 ms (plan 46 ms)"
    assert _latency({"latency_ms": None, "planned_latency_ms": 46.0}) == "never answered (plan 46 ms)"
    assert _latency({"latency_ms": None, "planned_latency_ms": 46.0, "answered": 7}) == "speaks on its own"
    assert _latency({"latency_ms": 31.2}) == "answers in 31 ms", "an agent from before an update"


def test_the_page_names_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    lines = SCHEMA["properties"]["lines"]["items"]["properties"]  # type: ignore[index]
    rows = lines["instruments"]["items"]["properties"]
    assert {*SCHEMA["properties"], *lines, *rows} <= named  # type: ignore[misc]

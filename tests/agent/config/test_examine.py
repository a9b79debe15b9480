"""What is read from a good file, and that no file at all can make `examine` crash."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config import Finding, StationFile, examine, examine_bench, model
from agent.config.alarm_model import IS, Shelf, Suppression
from agent.config.bench_schema import BEHAVIOUR, BENCH, DEEDS, EVENT, FAULT, FAULT_KINDS
from agent.config.findings import shown
from agent.config.quality_model import CalibrationSettings, CheckSettings
from agent.config.schema import TABLES
from drivers import catalogue
from hardware_sim.behaviour.figures import DEEDS as KNOWN_DEEDS
from hardware_sim.bench import Bench
from hardware_sim.faults import KINDS

CASES = Path(__file__).parent / "cases"
NOBODY = 65534
STATION = '[station]\nid = "gp-01"\nsite = "north-works"\n'


class NoClock:
    def utc_at(self, monotonic: float) -> int:
        return 0


def read(path: Path) -> StationFile:
    station, findings = examine(path)
    assert station is not None, findings
    return station


@pytest.mark.parametrize(
    ("written", "severity", "words"),
    [
        ("watchdog", "error", '"watchdog" is no device path'),
        ("/etc/passwd", "warning", "/etc/passwd is not a device: it resets nothing"),
        ("/dev/null/watchdog", "warning", "/dev/null/watchdog cannot be reached: Not a directory"),
    ],
)
def test_a_watchdog_that_is_none(tmp_path: Path, written: str, severity: str, words: str) -> None:
    found = only(tmp_path / "station.toml", STATION + f'data_dir = "data"\nwatchdog = "{written}"\n')
    assert (found.key, found.severity, found.message) == ("station.watchdog", severity, words)


def only(path: Path, text: str) -> Finding:
    """The one finding that is not about a station without instruments."""
    path.write_text(text)
    found = [finding for finding in examine(path)[1] if finding.key != "instrument"]
    assert len(found) == 1, found
    return found[0]


def test_every_key_reaches_the_model() -> None:
    case = CASES / "fine-every-key"
    station = read(case / "station.toml")
    assert (station.id, station.site, station.data_dir) == ("gp-01", "north-works", case / "data")
    assert (station.utc, station.utc_offset_min, station.watchdog) == ("trusted", -210, "/dev/null")
    assert station.mqtts == (
        model.Mqtt(
            brokers=(
                model.Broker("a.example", 8883, True),
                model.Broker("fd00::1", 8884, True),
                model.Broker("10.0.0.5", 1883, False),
            ),
            protocol="3.1.1",
            client_id="gp-01",
            username="gp-01",
            keep_alive_s=10,
            ack_timeout_s=2.5,
            backlog_rate=500,
            backlog_order="newest",
            batch=100,
            id="plant",
        ),
    )
    assert station.journal == model.JournalSettings(commit_every_ms=500, max_mb=100)
    assert station.lines == (
        model.LineSettings("a", "/dev/null", 19200, 7, "E", 2, echo=True, low_latency=False),
    )
    assert station.lines[0].framing == "7E2"
    voc, tsp, cabinet = station.instruments
    assert voc == model.InstrumentSettings(
        id="voc",
        line="a",
        driver="honeywell-raeguard3",
        address=3,
        every_ms=0,
        timeout_ms=300,
        retries=0,
        quiet_ms=2000,
        area="gas purification",
        settings={"divisor": 10},
        profile=catalogue.load_profile("honeywell-raeguard3"),
        pos=0,
        resolution={"voc": 0.1},
    )
    assert station.archive == model.ArchiveSettings(10, ("voc.voc", "cabinet.level"))
    assert (tsp.profile, tsp.pos, tsp.every_ms, tsp.timeout_ms, tsp.retries) == (None, 1, 1000, 500, 1)
    assert (cabinet.id, cabinet.pos) == ("cabinet", 2)
    assert station.loops == (
        model.LoopSettings("cabinet", "ai7", "level", "%", -10.0, 90.5, 3.5, 3.75, 20.4, 21.5, 5000),
    )
    assert station.checks == (
        CheckSettings(
            "voc.voc", -1.0, 5000.0, 500.0, 21_600_000, 0.1, 0.5, 200.0, ("range", "stuck"), 10_000
        ),
        CheckSettings("cabinet.level", high=100.0),
    )
    assert station.calibrations == (
        CalibrationSettings(
            *("voc.voc", "ppm", 100.0, 0.1, 50.0, 2.0, 5.0, False, 7 * 86_400_000, 600_000, "procedure 4.2")
        ),
    )
    ours = {"name": "a board of our own", "coils": 2, "first": 16}
    waveshare = catalogue.load_relay("waveshare-relay-8")
    assert station.outputs == (
        model.OutputSettings(
            "beacon",
            ("voc-high", "any fault"),
            "healthy",
            model.RelayTarget("a", 10, 7, "waveshare-relay-8", waveshare, timeout_ms=300),
            30_000,
            until="gone and acknowledged",
        ),
        model.OutputSettings(
            "siren",
            ("any alarm",),
            "alarm",
            model.GpioTarget("/dev/null", "GPIO17", True),
            is_horn=True,
            until="acknowledged",
            silence_for_ms=300_000,
        ),
        model.OutputSettings(
            "healthy", ("agent fault",), "healthy", model.RelayTarget("a", 11, 0, "relays.toml", ours)
        ),
    )
    logic = Suppression("voc.voc", IS, flags="MC")
    assert station.shelf == Shelf(30 * 60_000, 8 * 3_600_000)
    assert station.rules == (
        model.RuleSettings("level-high", "cabinet.level", 80.0, "high", "%"),
        model.RuleSettings(
            "voc-high", "voc.voc", 50.0, "high", "ppm", 5.0, 10_000, 60_000, None, True, logic
        ),
        model.RuleSettings("voc-high-high", "voc.voc", 100.0, "high-high", "ppm"),
    )


def test_defaults() -> None:
    station = read(CASES / "fine-smallest" / "station.toml")
    assert (station.utc, station.utc_offset_min, station.mqtts) == ("auto", 480, ())
    assert station.watchdog is None
    assert station.journal == model.JournalSettings()
    assert station.lines == (model.LineSettings("a", "/dev/null", 9600, 8, "N", 1),)
    assert (station.instruments[0].quiet_ms, station.instruments[0].area) == (None, None)


def test_every_driver_is_made_from_what_was_read() -> None:
    for instrument in read(CASES / "fine-every-key" / "station.toml").instruments:
        driver = catalogue.create(
            instrument.profile or instrument.driver, instrument.address, instrument.settings
        )
        assert driver.channels


def test_the_defaults_of_mqtt_are_the_models(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(STATION + 'data_dir = "."\n[mqtt]\nhost = "broker"\n')
    client = "fenceline-north-works-gp-01"
    assert read(file).mqtts == (model.Mqtt((model.Broker("broker", 1883, False),), "auto", client),)


def test_a_late_answer_is_by_default_as_late_as_a_master_waits(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(
        '[[line]]\nid = "a"\n'
        '[[instrument]]\nid = "pid"\nline = "a"\ndriver = "honeywell-raeguard3"\naddress = 3\n'
        'timeout = "300ms"\nsettings = { divisor = 10 }\nfaults = [{ kind = "late", share = 0.1 }]\n'
    )
    bench, findings = examine_bench(file)
    assert bench is not None, findings
    assert bench["instrument"][0]["faults"][0]["by_ms"] == 300


def test_a_bench_is_what_the_emulator_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES / "bench-fine")
    bench, _ = examine_bench(Path("bench.toml"))
    assert bench is not None
    assert bench["seed"] == 7
    none = {"listen": None, "replay": None}
    assert bench["line"] == [
        {"id": "a", "baud": 19200, "framing": "8E1", "link": "a", "echo": True, **none},
        {"id": "b", "baud": 9600, "framing": "8N1", "link": "/run/bench/b", "echo": False, **none},
    ]
    voc = bench["instrument"][0]
    assert (voc["turnaround_ms"], voc["noise"], voc["address"]) == (2.5, {"voc": 0.2}, 3)
    assert voc["faults"] == [
        {"kind": "late", "share": 0.1, "from_s": 0.0, "until_s": None, "by_ms": 1000.0, "code": None},
        {"kind": "exception", "share": 1.0, "from_s": 10.0, "until_s": 60.0, "by_ms": None, "code": 2},
        {"kind": "dead", "share": 1.0, "from_s": 0.0, "until_s": None, "by_ms": None, "code": None},
    ]
    assert set(Bench(bench, NoClock()).lines) == {"a", "b"}


NETWORK = """
[[line]]
id = "gateway"
port = "%s"

[[instrument]]
id = "voc"
line = "gateway"
driver = "honeywell-raeguard3"
address = %d
settings = { divisor = 10 }
"""


@pytest.mark.parametrize(
    ("port", "listen"),
    [
        ("tcp://127.0.0.1:1502", "tcp://127.0.0.1:1502"),
        ("rtu+tcp://[::1]:4001", "rtu+tcp://[::1]:4001"),
        ("tcp://localhost:1502", "tcp://localhost:1502"),
        ("rtu+tcp://10.0.0.7:4001", "rtu+tcp://127.0.0.1:0"),
        ("/dev/ttyUSB0", None),
    ],
)
def test_a_station_s_bench_listens_where_the_port_is_this_machine(
    tmp_path: Path, port: str, listen: str | None
) -> None:
    path = tmp_path / "station.toml"
    path.write_text(STATION + NETWORK % (port, 3))
    bench, findings = examine_bench(path)
    assert bench is not None, findings
    assert bench["line"][0]["listen"] == listen
    assert set(Bench(bench, NoClock()).lines) == {"gateway"}


@pytest.mark.parametrize(
    ("port", "medium", "address"),
    [("tcp://gw:502", "tcp", 255), ("rtu+tcp://moxa:4001", "rtu+tcp", 247), ("/dev/ttyUSB0", "", 1)],
)
def test_a_line_knows_its_medium(tmp_path: Path, port: str, medium: str, address: int) -> None:
    path = tmp_path / "station.toml"
    path.write_text(STATION + 'data_dir = "data"\n' + NETWORK % (port, address))
    station = read(path)
    assert station.lines[0].medium == medium
    assert (station.instruments[0].mode, station.instruments[0].address) == ("rtu", address)


def test_faults_and_deeds_are_the_emulators() -> None:
    assert tuple(KINDS) == FAULT_KINDS
    assert KNOWN_DEEDS == DEEDS


def test_every_table_names_each_key_once() -> None:
    for table in (*TABLES, BENCH, BEHAVIOUR, EVENT, FAULT):
        names = [key.name for key in table.keys]
        assert len(set(names)) == len(names)


def test_a_missing_file_a_folder_and_an_unfit_name(tmp_path: Path) -> None:
    for path, message, hint in (
        (tmp_path / "none.toml", "there is no such file", f"looked in {tmp_path}"),
        (tmp_path, "this is a folder", "name the file in it"),
        (Path("nul\0"), "cannot be read: embedded null byte", ""),
        (Path("x" * 300), "cannot be read: File name too long", ""),
    ):
        station, findings = examine(path)
        assert station is None
        assert findings == [Finding(str(path), 1, "", "error", message, hint)]


def test_links_to_one_device_are_one_port(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/null")
    lines = f'[[line]]\nid = "a"\nport = "/dev/null"\n[[line]]\nid = "b"\nport = "{link}"\n'
    found = only(tmp_path / "station.toml", f'{STATION}data_dir = "."\n{lines}')
    assert (found.line, found.key, found.severity) == (10, "line.port", "error")
    assert found.message == f"{link} (/dev/null) is the port of line a already"


def test_secrets_are_not_for_everybody(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    text = f'{STATION}data_dir = "."\n[mqtt]\nhost = "localhost"\nusername = "u"\npassword_file = "secret"\n'
    secret.chmod(0o644)
    found = only(tmp_path / "station.toml", text)
    assert (found.key, found.severity) == ("mqtt.password_file", "error")
    assert found.message == "secret is open to every user of this box"
    assert found.hint == f"chmod 640 {secret}"
    secret.chmod(0o640)
    (mqtt,) = read(tmp_path / "station.toml").mqtts
    assert mqtt.password_file == secret


def test_a_password_in_clear_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "secret").touch(0o600)
    text = f'{STATION}data_dir = "."\n[mqtt]\nhost = "10.0.0.5"\nusername = "u"\npassword_file = "secret"\n'
    found = only(tmp_path / "station.toml", text)
    assert (found.severity, found.message) == ("warning", "the password crosses the network in clear")


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """As a user whom only the file modes let in: root may do everything, so it steps down."""
    was = os.geteuid()
    if was == 0:
        for above in (folder, *folder.parents[:3]):  # what pytest made for this user alone
            if above.stat().st_mode & 0o077 == 0:
                above.chmod(0o711)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def test_no_permission_for_the_file(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(STATION)
    path.chmod(0)
    with without_rights(tmp_path):
        _, (found,) = examine(path)
    assert (found.message, found.hint) == ("no permission to read it", f"`ls -l {path}` shows who may")


def test_no_permission_for_port_folder_and_secret(tmp_path: Path) -> None:
    path, closed = tmp_path / "station.toml", tmp_path / "closed"
    closed.mkdir(0o500)
    (closed / "key").touch(0)
    master, slave = os.openpty()
    port = os.ttyname(slave)
    os.fchmod(slave, 0)
    path.write_text(
        f'{STATION}data_dir = "closed"\n[mqtt]\nbrokers = ["mqtts://a"]\ncert_file = "station.toml"\n'
        f'key_file = "closed/key"\n[[line]]\nid = "a"\nport = "{port}"\n'
    )
    closed.chmod(0o555)
    with without_rights(tmp_path):
        _, findings = examine(path)
    os.close(master)
    os.close(slave)
    said = {finding.key: (finding.severity, finding.message) for finding in findings}
    assert said["line.port"] == ("warning", f"no permission to read and write {port}")
    assert said["station.data_dir"] == ("warning", f"no permission to write into {shown(str(closed))}")
    assert said["mqtt.key_file"] == ("error", "no permission to read key")


def test_reading_the_station_file_imports_the_standard_library_alone() -> None:
    code = "import sys, agent.config; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    foreign = set(result.stdout.split()) - set(sys.stdlib_module_names) - {"__main__"}
    assert {name for name in foreign if not name.startswith(("_", "sitecustomize"))} <= {
        "agent",
        "drivers",
        "hal",
    }


# Anything may stand in a file.

KEYS = sorted({key.name for table in (*TABLES, BENCH, BEHAVIOUR, EVENT, FAULT) for key in table.keys})
WORDS = st.sampled_from(
    [
        *("a", "b.voc", "voc", "gp-01", "8N1", "/dev/null", "1s", "300ms", "ppm", "high", "+08:00"),
        *("honeywell-raeguard3", "thermo-5030i", "own.toml", "mqtts://a:8883", "mqtt://", "usb:1", ""),
        *catalogue.names(),
    ]
)
SCALARS = WORDS | st.text(max_size=8) | st.integers() | st.floats() | st.booleans() | st.dates()
PROFILE_KEYS = st.sampled_from(["name", "table", "register", "type", "unit", "values", "bits", "channels"])
NAMES = st.sampled_from(KEYS) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | WORDS | PROFILE_KEYS, inner, max_size=4)
    ),
    max_leaves=6,
)
ROWS = {
    table.name: st.dictionaries(st.sampled_from([key.name for key in table.keys]), VALUES, max_size=8)
    for table in (*TABLES, BENCH)
}
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={name: row | st.lists(row, max_size=3) | VALUES for name, row in ROWS.items()},
) | st.dictionaries(st.sampled_from([*ROWS, "other"]), VALUES, max_size=4)
PROFILES = st.dictionaries(
    st.sampled_from(["profile", "setting", "channel", "status", "other"]),
    st.dictionaries(PROFILE_KEYS | NAMES, VALUES, max_size=5)
    | st.lists(st.dictionaries(PROFILE_KEYS, VALUES, max_size=8), max_size=3)
    | VALUES,
    max_size=4,
)
ANYTHING = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def toml(value: Any) -> str:
    """Any value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(char):08x}" if not char.isalnum() else char for char in value) + '"'
    return str(value)


def document(tables: dict[str, Any]) -> str:
    return "".join(f"{toml(name)} = {toml(value)}\n" for name, value in tables.items())


def check_answer(path: Path) -> None:
    """Findings or a StationFile, and every line within the file."""
    for look in (examine, examine_bench):
        read, findings = look(path)
        assert (read is None) == any(finding.severity == "error" for finding in findings)
        for finding in findings:
            lines = Path(finding.file).read_bytes().count(b"\n") + 1
            assert 1 <= finding.line <= lines
            assert finding.message
            assert str(finding).replace("\n", "").isprintable()


@ANYTHING
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "station.toml"
    path.write_bytes(data)
    check_answer(path)


@ANYTHING
@given(tables=DOCUMENTS, profile=PROFILES)
def test_any_toml(tmp_path: Path, tables: dict[str, Any], profile: dict[str, Any]) -> None:
    path = tmp_path / "station.toml"
    for file, content in ((path, tables), (tmp_path / "own.toml", profile)):
        file.write_text(document(content))
        tomllib.loads(file.read_text())
    check_answer(path)


@ANYTHING
@given(profile=PROFILES, given=ROWS["instrument"])
def test_any_profile(tmp_path: Path, profile: dict[str, Any], given: dict[str, Any]) -> None:
    instrument = {"id": "voc", "line": "a", "address": 1, **given, "driver": "own.toml"}
    (tmp_path / "own.toml").write_text(document(profile))
    path = tmp_path / "station.toml"
    path.write_text(document({"line": [{"id": "a", "port": "/dev/null"}], "instrument": [instrument]}))
    check_answer(path)


@ANYTHING
@given(data=st.data())
def test_a_good_file_with_one_value_changed(tmp_path: Path, data: st.DataObject) -> None:
    tables = tomllib.loads((CASES / "fine-every-key" / "station.toml").read_text())
    name = data.draw(st.sampled_from(sorted(tables)))
    row = tables[name] if isinstance(tables[name], dict) else data.draw(st.sampled_from(tables[name]))
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(VALUES)
    path = tmp_path / "station.toml"
    path.write_text(document(tables))
    check_answer(path)

"""What a person reads of `fenceline records`, of a running agent and without one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from store.records import KINDS, Records
from tools.cli import app
from tools.commands.records import HEADS, text

T = 1_795_485_300_000  # 2026-11-24 01:55 UTC
STATION = '[station]\nid = "gp-01"\nsite = "works"\ndata_dir = "."\n'


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(STATION)
    return path


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["records", *words])
    return done.exit_code, done.stdout, done.stderr


def test_every_kind_has_a_heading() -> None:
    assert list(HEADS) == list(KINDS)


def test_all_of_it_is_folded() -> None:
    answer = {
        "instruments": [{"id": "pid", "t": T, "driver": "x", "area": None, "settings": {"a": 1, "b": 2}}],
        "identities": [{"id": "pid", "t": T, "says": ["model 9000", "serial number " + "9" * 50]}],
        "calibrations": [],
        "acknowledgements": [{"id": "high", "t": "never"}, {"id": "low", "t": 10**30}],
    }
    assert "\n".join(text(answer, 480)) == (
        "instruments, as last configured:\n"
        "  pid  2026-11-24 09:55\n"
        "    driver: x\n"
        "    settings: a 1, b 2\n"
        "\n"
        "what they say of themselves:\n"
        "  pid  2026-11-24 09:55\n"
        "    says: model 9000; serial number\n"
        "      " + "9" * 50 + "\n"
        "\n"
        "alarms acknowledged:\n"
        "  high\n"
        "  low  " + str(10**30)
    )
    assert list(text({"instruments": []}, 0)) == ["no records"]


def test_without_an_agent_its_file_is_read(station: Path) -> None:
    records = Records(station.parent / "records.json", lambda: 0)
    records.put("instruments", "pid", {"driver": "x"})
    records.put("sign_offs", "pid", {"by": "a technician"})
    records.put("sign_offs", "yard", {"by": "a technician"})
    config = ("--config", str(station))
    assert run(*config) == (
        0,
        "instruments, as last configured:\n  pid\n    driver: x\n\n"
        "commissioning:\n  pid\n    by: a technician\n  yard\n    by: a technician\n",
        "",
    )
    assert run(*config, "--kind", "sign_offs", "--of", "yard") == (
        0,
        "commissioning:\n  yard\n    by: a technician\n",
        "",
    )
    assert run(*config, "--kind", "calibrations", "--json") == (0, '{\n  "calibrations": []\n}\n', "")
    (station.parent / "records.json").write_text("{")
    code, out, err = run(*config)
    assert (code, out) == (1, "")
    assert err.startswith("fenceline records: no agent is running, and its file: ")
    assert "these are no records" in err


def test_no_records_and_no_such_kind(station: Path) -> None:
    config = ("--config", str(station))
    assert run(*config) == (0, "no records\n", "")
    code, _, err = run(*config, "--kind", "jokes")
    assert (code, err) == (2, f"fenceline records: jokes: there are {', '.join(HEADS)}\n")
    station.write_text("[station]\n")
    code, _, err = run(*config)
    assert code == 2
    assert "[station] id: missing" in err

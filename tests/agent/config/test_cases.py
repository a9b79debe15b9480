"""Each folder in cases/ is a user's file and every word that a person then reads.

A report from the field becomes a folder here. `bench.toml` stands for `fenceline sim`, `scenario.toml` for
its scenario, on a bench with the instruments pid and dust.
"""

from pathlib import Path

import pytest

from agent.config import ConfigErrors, Finding, examine, examine_bench, load
from agent.config.scenario import examine_scenario
from hal import usb

CASES = Path(__file__).parent / "cases"


def said(findings: list[Finding], folder: Path) -> str:
    return "".join(f"{finding}\n" for finding in findings).replace(str(folder), "FOLDER")


@pytest.fixture(autouse=True)
def nothing_is_plugged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(usb, "SYSTEM", usb.Usb(tmp_path, tmp_path))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_every_word_that_is_said(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    station = Path("station.toml")
    scenario = Path("scenario.toml")
    if scenario.exists():
        read, findings = examine_scenario(scenario, ["pid", "dust"])
    else:
        read, findings = examine(station) if station.exists() else examine_bench(Path("bench.toml"))
    assert said(findings, case) == (case / "expected.txt").read_text()
    assert (read is None) == any(finding.severity == "error" for finding in findings)


@pytest.mark.parametrize("case", sorted(CASES.glob("*/station.toml")), ids=lambda path: path.parent.name)
def test_the_agent_refuses_with_the_very_same_words(case: Path) -> None:
    station, findings = examine(case)
    if station is not None:
        assert load(case) == station
        return
    with pytest.raises(ConfigErrors) as refused:
        load(case)
    assert str(refused.value) == "\n".join(map(str, findings))

"""docs/plant.md: its examples play, and its tables are those of the plant."""

import re
import tomllib
from pathlib import Path

from agent.config.scenario import examine_scenario
from agent.config.scenario_schema import EVENT_KEYS, SOURCE_KEYS
from hardware_sim.plant import QUANTITIES, Plant
from hardware_sim.plant.quantities import UNITS
from hardware_sim.recording import Recording
from tools.station_reference import PLANT

TEXT = PLANT.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_scenario_on_the_page_plays(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(EXAMPLES[0])
    instruments = [row["instrument"] for row in tomllib.loads(EXAMPLES[0])["receptor"]]
    found, findings = examine_scenario(tmp_path / "scenario.toml", instruments)
    assert found is not None, findings
    made = Plant(found)
    assert made.at(made.in_hood("crusher"), made.second(0))["tsp"] > 0


def test_both_recordings_on_the_page_play(tmp_path: Path) -> None:
    rows = re.findall(r"^    (time,channel.*|20\S+) {2,}(\S+)$", TEXT, re.MULTILINE)
    for at, name in enumerate(("long.csv", "wide.csv")):
        (tmp_path / name).write_text("".join(f"{row[at].strip()}\n" for row in rows))
        played = Recording({"csv": str(tmp_path / name)}, "tsp", "w")
        assert [played.at(elapsed_s) for elapsed_s in (0, 10)] == [118.0, 121.5]


def test_every_quantity_is_named_with_units_that_it_has() -> None:
    table = TEXT[TEXT.index("### Quantities") : TEXT.index("### What is modelled")]
    named: list[str] = []
    for names, units in re.findall(r"^\| (`.*?) \| (.*?) \|", table, re.MULTILINE):
        row = re.findall(r"`(\w+)`", names)
        named += row
        allowed = {unit for name in row for unit in UNITS[name]}
        said = set(re.split(r"[,;] ", units.split("; ch4")[0])) - {"as gases", "mg/m3 and others"}
        assert said <= allowed, row
    assert sorted(named) == sorted(QUANTITIES)


def test_the_tables_of_kinds_are_those_of_the_schema() -> None:
    for heading, kinds in (("[[source]]", SOURCE_KEYS), ("[[event]]", EVENT_KEYS)):
        table = TEXT[TEXT.index(f"### {heading}") :].partition("<!-- keys")[0]
        rows = [line.split("|")[1:] for line in table.splitlines() if line.startswith("| `")]
        said = {
            kind.strip(" `"): tuple(tuple(re.findall(r"`(\w+)`", cell)) for cell in (needs, may))
            for kind, _, needs, may, _ in rows
        }
        assert said == kinds

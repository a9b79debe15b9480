"""docs/station.md and docs/plant.md against their schemas, and the examples against `check`."""

import re
import tomllib
from pathlib import Path

import pytest

from agent.config import examine, examine_bench
from agent.config.bench_schema import BEHAVIOUR, BENCH, EVENT, FAULT
from agent.config.schema import TABLES, Key, Table
from tools.station_reference import PAGE, PAGES, with_tables

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
EVERY_KEY = [(table, key) for table in (*TABLES, BENCH, BEHAVIOUR, EVENT, FAULT) for key in table.keys]


@pytest.mark.parametrize(("path", "documented"), PAGES, ids=lambda each: getattr(each, "stem", ""))
def test_the_tables_are_those_of_the_schema(path: Path, documented: tuple[Table, ...]) -> None:
    text = path.read_text(encoding="utf-8")
    assert with_tables(text, documented) == text, "run `python -m tools.station_reference`"


def test_a_table_without_its_place_on_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="due are"):
        with_tables(TEXT.replace("<!-- keys of rule -->", ""))


@pytest.mark.parametrize(("table", "key"), EVERY_KEY, ids=[f"{t.name}.{k.name}" for t, k in EVERY_KEY])
def test_each_example_and_default_is_allowed(table: Table, key: Key) -> None:
    key.kind.parse(tomllib.loads(f"value = {key.example}")["value"])
    if key.default is not None:
        key.kind.parse(key.default)
        assert not key.required


def test_the_whole_file_on_the_page_is_a_good_one(tmp_path: Path) -> None:
    (tmp_path / "password").touch(0o600)
    text = (
        EXAMPLES[0].replace("/etc/fenceline/mqtt.password", "password").replace("/var/lib/fenceline", "data")
    )
    (tmp_path / "station.toml").write_text(text)
    station, findings = examine(tmp_path / "station.toml")
    assert station is not None, findings
    assert {finding.key for finding in findings} <= {"line.port"}  # the adapter is not plugged in here
    (tmp_path / "bench.toml").write_text(EXAMPLES[1])
    assert examine_bench(tmp_path / "bench.toml")[1] == []

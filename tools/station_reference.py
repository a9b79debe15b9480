"""The tables of docs/station.md, docs/plant.md and docs/coverage.md, from their schemas.

`python -m tools.station_reference` rewrites them.

Only what stands between the marks of a table is replaced; everything else there is prose.
"""

import re
from pathlib import Path

from agent.config.bench_schema import BEHAVIOUR, BENCH, EVENT, FAULT
from agent.config.scenario_schema import SCENARIO_TABLES
from agent.config.schema import TABLES, Key, Table
from tools.coverage.schema import PLANT_TABLES

__all__ = ["PAGE", "PAGES", "PLANT", "with_tables"]

PAGE = Path(__file__).parent.parent / "docs" / "station.md"
PLANT = PAGE.with_name("plant.md")
COVERAGE = PAGE.with_name("coverage.md")
DOCUMENTED = (*TABLES, BENCH, BEHAVIOUR, EVENT, FAULT)
PAGES = ((PAGE, DOCUMENTED), (PLANT, SCENARIO_TABLES), (COVERAGE, PLANT_TABLES))
MARKS = re.compile(r"(<!-- keys of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = "| key | type | range | default | meaning | example |\n| --- | --- | --- | --- | --- | --- |\n"


def with_tables(page: str, documented: tuple[Table, ...] = DOCUMENTED) -> str:
    """The page with its tables brought up to date. Raises ValueError for a table left out or unknown."""
    tables = {table.name: table for table in documented}
    found = [match[2] for match in MARKS.finditer(page)]
    if sorted(found) != sorted(tables):
        raise ValueError(f"the page has marks for {found}, due are {list(tables)}")
    return MARKS.sub(lambda match: match[1] + _rows(tables[match[2]]) + match[3], page)


def _rows(table: Table) -> str:
    return HEAD + "".join(_row(key) for key in table.keys)


def _row(key: Key) -> str:
    name = f"`{key.name}`" + (" (bench)" if key.bench else "")
    cells = (name, key.kind.type, key.kind.range, _default(key), key.help, f"`{key.example}`")
    return "| " + " | ".join(cells) + " |\n"


def _default(key: Key) -> str:
    if key.required:
        return "**required**"
    if key.default is None:
        return ""
    if isinstance(key.default, bool):
        return f"`{str(key.default).lower()}`"
    return f'`"{key.default}"`' if isinstance(key.default, str) else f"`{key.default}`"


if __name__ == "__main__":
    for path, documented in PAGES:
        path.write_text(with_tables(path.read_text(encoding="utf-8"), documented), encoding="utf-8")

"""The tables of docs/station.md, from the schema: `python -m tools.station_reference` rewrites them.

Only what stands between the marks of a table is replaced; everything else there is prose.
"""

import re
from pathlib import Path

from agent.config.bench_schema import BEHAVIOUR, BENCH, EVENT, FAULT
from agent.config.schema import TABLES, Key, Table

__all__ = ["PAGE", "with_tables"]

PAGE = Path(__file__).parent.parent / "docs" / "station.md"
DOCUMENTED = (*TABLES, BENCH, BEHAVIOUR, EVENT, FAULT)
MARKS = re.compile(r"(<!-- keys of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = "| key | type | range | default | meaning | example |\n| --- | --- | --- | --- | --- | --- |\n"


def with_tables(page: str) -> str:
    """The page with its tables brought up to date. Raises ValueError for a table left out or unknown."""
    tables = {table.name: table for table in DOCUMENTED}
    found = [match[2] for match in MARKS.finditer(page)]
    if sorted(found) != sorted(tables):
        raise ValueError(f"docs/station.md has marks for {found}, due are {list(tables)}")
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
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

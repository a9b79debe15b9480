"""One table of the file against its schema: unknown keys, missing ones, values that do not fit."""

from typing import Any

from agent.config.findings import Findings, nearest
from agent.config.schema import Key, Table, parsed_default
from agent.config.toml_lines import Path
from agent.config.values import Wrong

__all__ = ["Row", "read_row", "read_table"]

FOR_BENCH = "that belongs to a bench file (`fenceline sim`)"


class Row:
    """The values of one table, by key.

    A key that is missing has its default, or None. One whose value was wrong is None: it is
    reported already, and what depends on it stays silent.
    """

    def __init__(self, path: Path, values: dict[str, Any], given: set[str]) -> None:
        self.path = path
        self.given = given  # the keys that stand in the file, right or wrong
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def get(self, key: str) -> Any:
        """As `[key]`, and None where this kind of file has no such key: a bench's in a station file."""
        return self._values.get(key)

    def put(self, key: str, value: Any) -> None:
        """What another key of the table stands for."""
        self._values[key] = value

    def at(self, *keys: str | int) -> Path:
        """The path of a key of this table, for a finding."""
        return (*self.path, *keys)


def read_table(tables: dict[str, Any], table: Table, findings: Findings, bench: bool = False) -> list[Row]:
    """Every row of a table; [] where it is missing or not a table at all."""
    if table.name not in tables:
        if table.required:
            keys = ", ".join(key.name for key in table.keys if key.required)
            findings.error((table.name,), "missing", f"add {table.written} with {keys}")
        return []
    value = tables[table.name]
    many = table.many or (table.or_many and isinstance(value, list))
    rows = value if many else [value]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        findings.error((table.name,), f"must be written {table.written}")
        return []
    return [
        read_row(row, (table.name, index) if many else (table.name,), table, findings, bench)
        for index, row in enumerate(rows)
    ]


def read_row(row: dict[str, Any], path: Path, table: Table, findings: Findings, bench: bool = False) -> Row:
    """The values of one row; everything wrong with it becomes a finding."""
    known = [key for key in table.keys if bench or not key.bench]
    values = {key.name: parsed_default(key) for key in known}
    for name, value in row.items():
        key = table.key(name)
        if key is None or key not in known:
            names = [key.name for key in known]
            findings.error((*path, name), "unknown key", FOR_BENCH if key else nearest(name, names))
            continue
        try:
            values[name] = key.kind.parse(value)
        except Wrong as wrong:
            values[name] = None
            findings.error((*path, name), wrong.message, wrong.hint)
    for key in known:
        if key.required and key.name not in row:
            findings.error((*path, key.name), "missing", _add(key))
    return Row(path, values, set(row))


def _add(key: Key) -> str:
    return f"add for example {key.name} = {key.example}"

"""docs/profile.schema.json and docs/profiles.md against drivers/profile.py."""

import json
import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drivers.catalogue import PROFILES
from drivers.profile import KEYS, TYPE_NAMES, faults
from drivers.registers import RegisterDriver
from tools.profile_schema import FILE, schema, text

PAGE = (FILE.parent / "profiles.md").read_text(encoding="utf-8")
PLACES = [(table, key) for table, keys in KEYS for key, _, _ in keys]


def valid(profile: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(schema()).iter_errors(profile))


def example() -> dict[str, Any]:
    """The page's worked example."""
    (block,) = re.findall(r"<!-- example -->\n\n((?:    .*\n|\n)+)", PAGE)
    return tomllib.loads(re.sub(r"(?m)^    ", "", block))


def test_the_file_is_what_the_check_knows() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `python -m tools.profile_schema`"
    jsonschema.Draft202012Validator.check_schema(json.loads(FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_profile_is_valid(path: Path) -> None:
    assert valid(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("value", [None, True, {}, [[]]], ids=str)
@pytest.mark.parametrize(("table", "key"), PLACES)
def test_what_the_schema_refuses_is_a_fault_too(table: str, key: str, value: Any) -> None:
    profile = deepcopy(example())
    row = profile.setdefault(table, [{}])
    row = row if isinstance(row, dict) else row[0]
    row[key] = value
    if not valid(profile):
        assert list(faults(profile))


def test_an_unknown_key_is_refused() -> None:
    assert valid(example())
    assert not valid({**example(), "chanel": []})
    profile = example()
    profile["channel"][0]["scal"] = 1
    assert not valid(profile)


def test_the_page_s_example_is_a_profile_that_asks() -> None:
    assert list(faults(example())) == []
    settings = {row["name"]: row["choices"][0] for row in example()["setting"]}
    assert RegisterDriver(1, example(), settings).questions()


def test_the_page_s_commands_and_identity_are_sound() -> None:
    section = PAGE.partition("## `[[command]]`")[2]
    blocks = re.findall(r"(?m)^    \[\[(?:command|identity)\]\](?:.*\n)(?:    .*\n)+", section)
    assert len(blocks) == 4
    profile = example()
    for block in blocks:
        for table, rows in tomllib.loads(re.sub(r"(?m)^    ", "", block)).items():
            profile.setdefault(table, []).extend(rows)
    assert list(faults(profile)) == []
    assert valid(profile)
    driver = RegisterDriver(1, profile, {"divisor": 1})
    assert next(driver.command("set_time", (2026, 11, 25, 8, 40, 0))).encode()[:2] == b"\x01\x10"


@pytest.mark.parametrize(("table", "key"), PLACES)
def test_the_page_names_every_key(table: str, key: str) -> None:
    heading = "## `[profile]`" if table == "profile" else f"## `[[{table}]]`"
    section = PAGE.partition(heading)[2].partition("\n## ")[0]
    assert f"`{key}`" in section, f"{table}.{key} is not in docs/profiles.md"


@pytest.mark.parametrize("name", TYPE_NAMES)
def test_the_page_names_every_type(name: str) -> None:
    assert f"`{name}`" in PAGE

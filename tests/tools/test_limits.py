"""`fenceline limits`: the list for a person, and the contract of --json."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import jsonschema
import pytest

from agent.limits import documents, limits
from tools.commands.common import folded
from tools.commands.limits import text

Run = Callable[..., "CompletedProcess[str]"]

DOC = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
DAY = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\d$"}
KEYS = {
    "id": {"type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+/[a-z0-9-]+$"},
    "factor": {"type": "string"},
    "value": {"type": "number", "exclusiveMinimum": 0},
    "unit": {"enum": ["mg/m3", "ug/m3", "%LEL"]},
    "statistic": {"enum": ["rtd", "hour", "8h", "day", "year", None]},
    "state": {"enum": ["std_dry", "25C", "actual", None]},
    "base_o2": {"type": ["number", "null"]},
    "condition": {"type": ["string", "null"], "minLength": 1},
    "source": {"type": "string", "minLength": 1},
    "edition": {"type": "string", "minLength": 1},
    "valid_from": DAY,
    "valid_to": DAY,
    "confirmed": {"type": "boolean"},
}
ROW = {"type": "object", "additionalProperties": False, "required": list(KEYS), "properties": KEYS}


def test_json(fenceline: Run) -> None:
    rows = json.loads(fenceline("limits", "--json").stdout)
    jsonschema.validate(rows, {"type": "array", "items": ROW})
    assert {row["id"] for row in rows} == set(limits())
    assert all(f"`{key}`" in DOC for key in KEYS)
    stack = next(row for row in rows if row["id"] == "coking-ule-2023/coke-oven-stack/nh3")
    assert stack == {
        "id": "coking-ule-2023/coke-oven-stack/nh3",
        "factor": "nh3",
        "value": 8.0,
        "unit": "mg/m3",
        "statistic": "hour",
        "state": "std_dry",
        "base_o2": 8.0,
        "condition": "only where desulfurisation or denitrification uses ammonia",
        "source": "Ultra-low emission policy for coking, consultation draft of 2023-06-15"
        " (final: 2024, No. 5), Annex 1, note a",
        "edition": "draft-2023",
        "valid_from": "2024-01-19",
        "valid_to": None,
        "confirmed": False,
    }


def test_words_choose_and_all_must_fit(fenceline: Run) -> None:
    rows = json.loads(fenceline("limits", "Stack", "nmhc", "--json").stdout)
    assert [row["id"] for row in rows] == ["coking-ule-2023/coke-oven-stack/nmhc"]
    none = fenceline("limits", "stack", "uranium")
    assert (none.returncode, none.stdout) == (2, "")
    assert none.stderr == "no limit's id has stack and uranium; `fenceline limits` lists them\n"


def test_the_screen_of_the_page(fenceline: Run) -> None:
    done = fenceline("limits", "coke-oven-stack")
    rows = done.stdout.splitlines()
    assert "\n".join(f"    {row}".rstrip() for row in rows[:10]) in DOC
    assert rows[-1].startswith("5 limits as of ")


@pytest.mark.parametrize(
    ("day", "step_1", "step_2"),
    [
        (date(2026, 2, 28), "not yet", "not yet"),
        (date(2030, 12, 31), "", "not yet"),
        (date(2031, 1, 1), "expired", ""),
    ],
)
def test_what_is_not_in_force_is_marked(day: date, step_1: str, step_2: str) -> None:
    shown = "\n".join(text([(document, list(document.limits)) for document in documents()], day))
    assert max(map(len, folded(shown).splitlines())) <= 80
    for place, mark in (("class-2-to-2030", step_1), ("class-2-from-2031", step_2)):
        row = next(line for line in shown.splitlines() if f"{place}/pm25-day" in line)
        assert row.split()[5:] == mark.split()
    assert shown.count("NOT CONFIRMED") == len(documents())

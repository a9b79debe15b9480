"""docs/mqtt.md says what is: its examples keep the schemas, its tables name every field."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "mqtt.md").read_text()
EXAMPLES = re.findall(r"```json (\w+)\n(.*?)```", PAGE, re.DOTALL)


def test_there_is_an_example_of_every_message() -> None:
    assert {name for name, _ in EXAMPLES} == {"readings", "events", "status", "meta"}
    assert PAGE.count("```") == 2 * len(EXAMPLES), "a block that is not checked"


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=lambda part: part[:10])
def test_the_examples_keep_the_schemas(kit: Any, name: str, text: str) -> None:
    kit.validators[name].validate(json.loads(text))


def test_every_field_is_explained(kit: Any) -> None:
    readings = kit.validators["readings"].schema["properties"]
    fields = {*readings, *readings["readings"]["items"]["properties"]} - {"station", "readings"}
    event = kit.validators["events"].schema["properties"]["events"]["items"]
    kinds = {}
    for each in event["allOf"]:
        kind = each["if"]["properties"].get("kind")
        if kind:
            kinds[kind["const"]] = set(each["then"]["properties"])
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert fields <= set(rows)
    assert set(kinds) <= set(rows)
    for kind, own in kinds.items():
        assert own <= set(re.findall(r"`(\w+)`", rows[kind])), kind

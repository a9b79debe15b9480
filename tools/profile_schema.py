"""docs/profile.schema.json: the JSON Schema of a profile, made of what drivers/profile.py knows.

`python -m tools.profile_schema` writes it. An editor that knows it completes keys and marks slips; what
needs two keys at once (a bit in a table of registers) only `fenceline profile check` finds.
"""

import json
from pathlib import Path
from typing import Any

from drivers.profile import CHOICES, FLAGS, KEYS, LIMITS, SETTING_TYPES, TYPE_NAMES
from drivers.profile_layout import NUMBERS
from drivers.register_values import ORDERS, TIMES

__all__ = ["FILE", "schema", "text"]

FILE = Path(__file__).parent.parent / "docs" / "profile.schema.json"
SETTING = {"type": "string", "pattern": r"^\$."}  # in place of any value: what the user sets
NUMBER = {"type": "number"}
TEXT = {"type": "string", "minLength": 1}


def _state() -> dict[str, Any]:
    properties = {
        "is": NUMBER,
        "bit": {"type": "integer", "minimum": 0, "maximum": 63},
        "flag": {"enum": list(FLAGS)},
        "condition": {"type": "string"},
        "unit": {"type": "string"},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": ["flag"],
        "additionalProperties": False,
    }


def _item() -> dict[str, Any]:
    """One of a command's `values`."""
    properties = {
        "type": {"anyOf": [{"enum": [*NUMBERS, *TIMES]}, SETTING]},
        "order": {"anyOf": [{"enum": list(ORDERS)}, SETTING]},
        "layout": {"type": "array", "items": {"type": "string"}},
        "value": {"anyOf": [NUMBER, SETTING]},
    }
    return {"type": "object", "properties": properties, "required": ["type"], "additionalProperties": False}


KINDS: dict[str, dict[str, Any]] = {
    "string": TEXT,
    "integer": {"type": "integer"},
    "number": NUMBER,
    "match": {"anyOf": [NUMBER, TEXT]},
    "strings": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "array", "items": NUMBER},
    "list": {"type": "array"},
    "items": {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "integer"}, _item(), SETTING]}},
    "spans": {
        "type": "array",
        "items": {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": 65535},
            "minItems": 2,
            "maxItems": 2,
        },
    },
    "states": {"type": "array", "items": _state()},
}


def _value(table: str, key: str, kind: str) -> dict[str, Any]:
    """What may stand at a key, with its choices and limits; or the name of a setting."""
    types = SETTING_TYPES if table == "setting" else TYPE_NAMES
    for name, allowed in (*CHOICES, ("type", types)):
        if name == key:
            return {"anyOf": [{"enum": list(allowed)}, SETTING]}
    found = dict(KINDS[kind])
    for name, low, high in LIMITS:
        if name == key:
            found.update(minimum=low, maximum=high)
    return found if kind == "string" else {"anyOf": [found, SETTING]}


def _table(table: str, keys: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key: _value(table, key, kind) for key, kind, _ in keys},
        "required": [key for key, _, required in keys if required],
        "additionalProperties": False,
    }


def schema() -> dict[str, Any]:
    """The schema of a whole file."""
    tables: dict[str, Any] = {table: _table(table, keys) for table, keys in KEYS}
    lists = {table: {"type": "array", "items": tables[table]} for table in tables if table != "profile"}
    lists["channel"]["minItems"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fenceline register-map profile",
        "description": "docs/profiles.md",
        "type": "object",
        "properties": {"profile": tables["profile"], **lists},
        "required": ["profile", "channel"],
        "additionalProperties": False,
    }


def text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

"""Every dialogue of the drivers in Python, on real MicroPython: the same bytes, the same samples."""

import importlib
import json
from pathlib import Path

import pytest

from drivers import catalogue
from drivers.exchange import Refused
from tests.frames.row import as_bytes
from tests.test_micropython import HERE, on_micropython, sources

DIALOGUES = [
    dialogue
    for path in sorted((Path(__file__).parent / "dialogues").glob("*.py"))
    for dialogue in importlib.import_module(f"tests.dialogues.{path.stem}").DIALOGUES
    if dialogue.driver in catalogue.PYTHON_DRIVERS
]


def vector(dialogue):
    module, name = catalogue.PYTHON_DRIVERS[dialogue.driver]
    said = dialogue.said
    return {
        "driver": dialogue.driver,
        "module": module,
        "class": name,
        "address": dialogue.address,
        "settings": dialogue.settings,
        "operation": dialogue.operation,
        "args": dialogue.args,
        "talk": [
            (as_bytes(sent).hex(), None if answered is None else as_bytes(answered).hex())
            for sent, answered in dialogue.talk
        ],
        "said": f"Refused {said}" if isinstance(said, Refused) else said,
    }


@pytest.mark.needs("node")
def test_every_dialogue_on_micropython(tmp_path):
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "dialogues.json").write_text(json.dumps([vector(dialogue) for dialogue in DIALOGUES]))
    said = on_micropython(HERE / "dialogues.py", *sources(tmp_path / "bundle"), f"{folder}:vectors")
    assert f"{len(DIALOGUES)} dialogues" in said
    assert {dialogue.driver for dialogue in DIALOGUES} == set(catalogue.PYTHON_DRIVERS)

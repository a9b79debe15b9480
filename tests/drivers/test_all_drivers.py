"""What holds for every named driver, so that none lands half built."""

import importlib
import re
from pathlib import Path

import pytest

from drivers import catalogue
from drivers.exchange import NoAnswer, Refused, WireError
from drivers.profile import CLASSES, KEYS, PROOFS
from drivers.sample import FLAGS, Sample
from drivers.units import UNITS
from hardware_sim.instruments import EMULATORS
from tests.dialogue import answer, created, play
from tests.frames.row import as_bytes

DIALOGUES = [
    dialogue
    for path in sorted((Path(__file__).parents[1] / "dialogues").glob("*.py"))
    for dialogue in importlib.import_module(f"tests.dialogues.{path.stem}").DIALOGUES
]
NAMES = catalogue.names()
PYTHON = [name for name in NAMES if catalogue.describe(name).kind == "python"]
MEASURES = [dialogue for dialogue in DIALOGUES if dialogue.operation == "measure"]
QUESTIONS_MAX = 20  # more than any poll asks: a conversation that goes on is one that never ends
READ_ONLY = ("identify", "status")


def labels(dialogues):
    return [f"{row.driver}-{row.operation}-{at}" for at, row in enumerate(dialogues)]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is_and_who_says_so(name):
    about = catalogue.describe(name).about
    keys = {key: kind for table, rows in KEYS if table == "profile" for key, kind, _ in rows}
    assert set(about) <= set(keys)
    assert about["name"] == name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert about["class"] in CLASSES
    assert about["vendor"]
    assert about["model"]
    assert about["protocol"]
    assert about["sources"]
    assert all(isinstance(source, str) and source for source in about["sources"])
    assert about["confidence"] in ("A", "B"), "what only hearsay describes is no driver"
    assert about.get("proven", "emulator only") in PROOFS


@pytest.mark.parametrize("name", PYTHON)
def test_a_driver_in_python_says_how_it_was_proven_and_where_it_is_from(name):
    about = catalogue.describe(name)
    assert "proven" in about.about
    text = about.path.read_text(encoding="utf-8")
    assert "Source" in text.partition('"""')[2].partition('"""')[0], "the module's docstring names its source"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_claimed_to_be_proven_has_a_literal_talk(name):
    proven = catalogue.describe(name).about.get("proven", "emulator only")
    assert proven == "emulator only" or name in {dialogue.driver for dialogue in MEASURES}


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=labels(DIALOGUES))
def test_a_dialogue_goes_as_written(dialogue):
    if isinstance(dialogue.said, Exception):
        with pytest.raises(type(dialogue.said), match=re.escape(str(dialogue.said))):
            play(dialogue)
    else:
        assert play(dialogue) == dialogue.said


@pytest.mark.parametrize("name", NAMES)
def test_its_settings_are_documented_and_can_be_filled_in(name):
    for spec in catalogue.describe(name).settings:
        assert set(spec) <= {"name", "type", "help", "choices", "example"}
        assert len(spec["help"]) > 10
        if catalogue.describe(name).kind == "python":
            assert "choices" in spec or "example" in spec
    assert created(name).channels


@pytest.mark.parametrize("name", NAMES)
def test_its_channels_have_names_of_their_own_and_known_units(name):
    channels = created(name).channels
    assert len({channel for channel, _ in channels}) == len(channels)
    for channel, units in catalogue.channels_of(name).items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", channel)
        assert set(units) <= set(UNITS), f"add the unit to drivers/units.py: {units}"


@pytest.mark.parametrize("name", NAMES)
def test_it_has_an_emulator(name):
    assert catalogue.describe(name).kind == "profile" or name in EMULATORS


@pytest.mark.parametrize("name", NAMES)
def test_polling_changes_nothing_and_asks_what_was_planned(name):
    driver = created(name)
    questions = driver.questions()
    assert questions
    assert next(driver.measure()).encode() == questions[0].encode()
    for question in questions:
        assert question.repeatable or question.listening
        assert not question.broadcast


def failures(request):
    """What a line would hand over instead of an answer."""
    return (NoAnswer(1000), WireError("CRC", 1, 2), Refused("no", "the instrument says no"), damaged(request))


def damaged(request):
    """What becomes of bytes that are no answer of this protocol."""
    try:
        request.parse(b"\x00" * 600)
    except (WireError, Refused) as failure:
        return failure
    return NoAnswer(1000)  # it waits, and the line ends that


def ends(talk, failure):
    """A conversation that gets this failure for an answer, again and again, comes to an end."""
    try:
        for _ in range(QUESTIONS_MAX):
            talk.throw(failure)
    except StopIteration as end:
        return end.value
    except (NoAnswer, WireError, Refused):
        return None
    raise AssertionError("it asks on and on")


@pytest.mark.parametrize("kind", range(4), ids=["silence", "damage", "refusal", "noise"])
@pytest.mark.parametrize("name", NAMES)
def test_measuring_ends_whatever_is_answered_to_the_first_question(name, kind):
    talk = created(name).measure()
    samples = ends(talk, failures(next(talk))[kind])
    assert samples is None or not any(sample.flag == "N" for sample in samples)


@pytest.mark.parametrize("kind", range(4), ids=["silence", "damage", "refusal", "noise"])
@pytest.mark.parametrize("dialogue", DIALOGUES, ids=labels(DIALOGUES))
def test_it_ends_whatever_is_answered_to_a_later_question(dialogue, kind):
    for good in range(1, len(dialogue.talk)):
        talk = getattr(created(dialogue.driver, dialogue.settings, dialogue.address), dialogue.operation)(
            *dialogue.args
        )
        request = next(talk)
        try:
            for _, answered in dialogue.talk[:good]:
                request = answer(talk, request, None if answered is None else as_bytes(answered))
        except (NoAnswer, WireError, Refused):
            continue
        said = ends(talk, failures(request)[kind])
        if dialogue.operation == "measure" and said is not None:
            assert [(sample.channel, sample.unit) for sample in said] == list(
                created(dialogue.driver, dialogue.settings, dialogue.address).channels
            )


@pytest.mark.parametrize("dialogue", MEASURES, ids=labels(MEASURES))
def test_what_is_measured_is_a_sample_for_each_channel(dialogue):
    driver = created(dialogue.driver, dialogue.settings, dialogue.address)
    if isinstance(dialogue.said, Exception):
        return
    samples = play(dialogue)
    assert [(sample.channel, sample.unit) for sample in samples] == list(driver.channels)
    assert all(isinstance(sample, Sample) and sample.flag in FLAGS for sample in samples)


OPERATIONS = [(name, operation) for name in PYTHON for operation in catalogue.describe(name).operations]


COMMANDS = [
    (name, operation)
    for name in NAMES
    if name not in PYTHON
    for operation in catalogue.describe(name).operations
    if operation not in READ_ONLY
]


@pytest.mark.parametrize(("name", "operation"), COMMANDS)
def test_a_command_of_a_profile_has_a_dialogue_that_shows_it(name, operation):
    assert any(row.driver == name and operation in (row.operation, *row.args[:1]) for row in DIALOGUES), (
        "tests/dialogues has none of it"
    )


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_an_operation_has_a_dialogue_that_shows_it(name, operation):
    assert any(row.driver == name and row.operation == operation for row in DIALOGUES)
    assert getattr(created(name), operation).__doc__


@pytest.mark.parametrize(
    "dialogue",
    [row for row in DIALOGUES if row.operation != "measure"],
    ids=labels([row for row in DIALOGUES if row.operation != "measure"]),
)
def test_what_acts_is_sent_once_and_what_reads_may_be_asked_again(dialogue):
    driver = created(dialogue.driver, dialogue.settings, dialogue.address)
    talk = getattr(driver, dialogue.operation)(*dialogue.args)
    request = next(talk)
    acting = []
    try:
        for _, answered in dialogue.talk:
            acting.append(not request.repeatable and not request.listening)
            request = answer(talk, request, None if answered is None else as_bytes(answered))
    except (StopIteration, NoAnswer, WireError, Refused):
        pass
    assert any(acting) == (dialogue.operation not in READ_ONLY)

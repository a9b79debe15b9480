"""Every frame collected from manuals and public drivers, held against the codecs.

The tables are tests/frames/<protocol>.py; tests/test_micropython.py runs them on MicroPython too.
"""

from importlib import import_module
from pathlib import Path

import pytest

from drivers.exchange import NoAnswer, Refused, Request, WireError
from hal.doubt import AddressState
from hal.line_core import LineCore, Timing
from tests.frames.row import as_bytes, check, check_damage, refused, reply, request, unfinished

FRAMES = Path(__file__).parents[2] / "frames"
TABLES = sorted(path.stem for path in FRAMES.glob("*.py") if path.stem != "row")
KINDS = {  # what a listed frame may be in a table
    "request": ("request", "refused"),
    "command": ("request", "refused"),
    "response": ("reply", "refused", "unfinished"),
    "stream": ("reply", "refused", "unfinished"),
}
# Frames of the list that no table can hold, by number, and why.
UNUSABLE: dict[int, str] = {}


def rows(table):
    return import_module(f"tests.frames.{table}").FRAMES


def listed():
    """(number, protocol, direction, instrument, frame) of each frame that was collected."""
    for line in (FRAMES / "listed.tsv").read_text().splitlines():
        if not line.startswith("#"):
            number, protocol, direction, instrument, frame = line.split("\t")
            yield int(number), protocol, direction, instrument, as_bytes(frame)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=f"{table}-{at}-{row[0]}")
        for table in TABLES
        for at, row in enumerate(rows(table), 1)
    ],
)
def test_a_frame_is_what_its_row_says(row):
    check(row)


def test_every_listed_frame_stands_in_a_table():
    found = [(row[0], row[3].rstrip(b"\r\n")) for table in TABLES for row in rows(table)]
    missing = [
        f"{number} {protocol} {direction} {instrument}: {frame!r}"
        for number, protocol, direction, instrument, frame in listed()
        if number not in UNUSABLE
        and not any((kind, frame.rstrip(b"\r\n")) in found for kind in KINDS[direction])
    ]
    assert missing == []


def test_the_list_is_whole():
    assert [row[0] for row in listed()] == list(range(1, 128))
    assert sum(row[1] == "modbus-rtu" for row in listed()) == 64


def is_checked(table):
    return getattr(import_module(f"tests.frames.{table}"), "CHECKED", False)


@pytest.mark.parametrize("table", [table for table in TABLES if is_checked(table)])
def test_a_protocol_with_a_check_shows_any_wrong_bit(table):
    for row in rows(table):
        check_damage(row)


def test_damage_that_is_taken_is_noticed():
    with pytest.raises(AssertionError, match="was taken with byte 1 wrong"):
        check_damage(reply("any first byte", Careless(), "07", 7))


QUESTIONS = {
    f"{table}-{at}": row
    for table in TABLES
    for at, row in enumerate(rows(table), 1)
    if isinstance(row[2], Request)
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_keeps_the_contract_with_the_line(name):
    kind, _, question, frame, _ = QUESTIONS[name]
    hash(question.address)
    hash(question.shape)
    assert question.shape is not None, "what tells its answer from others"
    assert 1 <= (question.expected or 1) <= question.longest
    assert question.encode() == question.encode()
    assert bool(question.encode()) != question.listening, "who listens sends nothing, who asks something"
    if question.listening or question.broadcast:
        assert not question.repeatable
    if kind == "reply":
        assert len(frame[: question.length(frame)]) <= question.longest
    with pytest.raises(WireError):  # noise has an end
        question.parse(b"\xfe" * (question.longest + 1))


class Question:
    """Wants the byte 7 and answers to nothing else."""

    def encode(self):
        return b"\x01"

    def parse(self, frame):
        if not frame:
            return None
        if frame[0] == 9:
            raise Refused("nine")
        if frame[0] != 7:
            raise WireError("seven", 7, frame[0])
        return "seven"


class Careless(Question):
    def length(self, frame):
        return 1

    def parse(self, frame):
        return frame[0]


class Hasty(Question):
    """Takes the first of two bytes for the whole answer."""

    def length(self, frame):
        return 2


@pytest.mark.parametrize(
    "row",
    [
        request("wrong byte", Question(), "02"),
        reply("wrong value", Question(), "07", "eight"),
        reply("refused", Question(), "09", "seven"),
        reply("incomplete", Question(), "", "seven"),
        reply("not waited for", Hasty(), "07 08", "seven"),
        refused("taken", Question(), "07", "seven"),
        refused("incomplete", Question(), "", "seven"),
        refused("for another reason", Question(), "08", "CRC"),
        refused("with another word", Question(), "09", "ten"),
        unfinished("taken", Question(), "07"),
        unfinished("refused", Question(), "08"),
    ],
    ids=lambda row: f"{row[0]} {row[1]}",
)
def test_a_wrong_row_is_noticed(row):
    with pytest.raises(AssertionError):
        check(row)


@pytest.mark.parametrize("row", [row for table in TABLES for row in rows(table) if row[0] == "unfinished"])
def test_the_line_ends_an_unfinished_answer(row):
    _, _, question, frame, _ = row
    core = LineCore(Timing(9600, 10))
    core.attach(AddressState(question.address, 300.0, 0), 0.0)

    def asks():
        yield question

    job = core.submit(question.address, asks(), 0.0)
    core.step(0.0)
    core.receive(frame, 50.0)
    now = 50.0
    while not job.done:
        now = core.next_at(now)
        core.step(now)
    assert isinstance(job.error, WireError), job.error
    assert not isinstance(job.error, NoAnswer)
    assert now < 1000.0

"""What registers there are: ranges are halved around holes, the number in a question is found out, and an
instrument that says nothing, or nonsense, is told from one that refuses."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.exchange import NoAnswer, Refused, Request, WireError
from drivers.wire.modbus_rtu import RtuRequest
from hardware_sim.modbus_table import TableInstrument
from tools.profile_wizard.matches import Snapshot
from tools.profile_wizard.survey import Span, Survey, spans_of

ADDRESS = 3
READS = {3: "holding", 4: "input"}


class Device:
    """An instrument with these registers. refuses: the exception, or failure, with which it takes a read
    of (table, start, count); what it leaves goes to pymodbus."""

    def __init__(self, refuses: Callable[..., Exception | None] = lambda *_: None, **tables: Any) -> None:
        self.emulated = TableInstrument(
            ADDRESS, {name: dict.fromkeys(registers, 0) for name, registers in tables.items()}
        )
        for name, registers in tables.items():
            self.emulated.tables[name].update({register: register % 65536 for register in registers})
        self._refuses = refuses
        self.asked: list[tuple[str, int, int]] = []

    def run(self, talk: Any) -> Any:
        value, failure = None, None
        try:
            while True:
                request = talk.send(value) if failure is None else talk.throw(failure)
                value, failure = self._answered(request)
        except StopIteration as end:
            return end.value

    def _answered(self, request: Request) -> tuple[Any, Exception | None]:
        sent = request.encode()
        assert sent[1] in (3, 4, 43), "nothing is ever written"
        table = READS.get(sent[1], "identity")
        span = table, int.from_bytes(sent[2:4], "big"), int.from_bytes(sent[4:6], "big")
        self.asked.append(span)
        failure = self._refuses(*span)
        if failure is not None:
            return None, failure
        answer = self.emulated.answer(sent, 0.0)
        assert answer is not None
        try:
            return request.parse(answer.frame), None
        except Refused as refused:
            return None, refused


def surveyed(device: Device, *spans: Span) -> tuple[Survey, Snapshot]:
    survey = Survey(ADDRESS, RtuRequest)
    device.run(survey.explore(list(spans)))
    assert survey.asked == len(device.asked)
    return survey, device.run(survey.again())


def places(snapshot: Snapshot) -> Iterator[int]:
    for table, register in snapshot.places:
        assert snapshot.words(table, register, 1) == (register,)
        yield register


def test_all_of_it_in_one_question() -> None:
    device = Device(holding=range(100))
    survey, snapshot = surveyed(device, Span("holding", 0, 100))
    assert survey.readable == [Span("holding", 0, 100)]
    assert list(places(snapshot)) == list(range(100))
    assert len(device.asked) == 2
    assert survey.most is None


@given(st.sets(st.integers(0, 59), min_size=1), st.integers(1, 40))
def test_whatever_there_is_is_found(there: set[int], most: int) -> None:
    """With holes anywhere, and a limit to a question."""

    def too_many(table: str, start: int, count: int) -> Exception | None:
        return Refused(3, "illegal data value") if count > most else None

    device = Device(too_many, holding=there)
    survey, snapshot = surveyed(device, Span("holding", 0, 60))
    assert list(places(snapshot)) == sorted(there)
    assert survey.readable == spans_of("holding", there)
    assert survey.refused == spans_of("holding", set(range(60)) - there)
    if survey.most is not None:
        assert survey.most <= most
    runs = [span for span in survey.readable if span.size >= 4]
    if most > 8:
        for run in runs:
            for register in range(run.start, run.end - 3):
                assert snapshot.words("holding", register, 4) is not None, "no number is torn"


def test_a_limit_of_sixteen() -> None:
    device = Device(lambda table, start, count: Refused(3) if count > 16 else None, input=range(100))
    survey, _ = surveyed(device, Span("input", 0, 100))
    assert survey.most == 13
    assert survey.refused == []
    device.asked.clear()
    snapshot = device.run(survey.again())
    assert max(count for _, _, count in device.asked) == 13
    torn = [register for register in range(97) if snapshot.words("input", register, 4) is None]
    assert torn == [], "questions overlap, so that every number lies whole in one of them"


def test_a_limit_is_remembered_when_other_registers_are_read() -> None:
    device = Device(lambda table, start, count: Refused(3) if count > 16 else None, input=range(100))
    survey, _ = surveyed(device, Span("input", 0, 100))
    device.run(survey.explore([Span("input", 50, 60)]))
    assert survey.readable == [Span("input", 50, 60)]
    assert survey.most == 13


def test_a_long_range_without_a_refusal_has_no_limit() -> None:
    survey, snapshot = surveyed(Device(holding=range(300)), Span("holding", 0, 300))
    assert survey.readable == [Span("holding", 0, 300)]
    assert survey.most is None, "nothing is claimed that was not seen"
    assert list(places(snapshot)) == list(range(300))


def test_a_limit_told_as_an_illegal_address() -> None:
    device = Device(lambda table, start, count: Refused(2) if count > 16 else None, input=range(40))
    survey, _ = surveyed(device, Span("input", 0, 40))
    assert survey.most == 10
    assert survey.readable == [Span("input", 0, 40)]


def test_a_table_that_it_does_not_have() -> None:
    device = Device(lambda table, start, count: Refused(1) if table == "input" else None, holding=range(10))
    survey, _ = surveyed(device, Span("input", 0, 300), Span("holding", 0, 10))
    assert survey.no_table == ["input"]
    assert [span for span in device.asked if span[0] == "input"] == [("input", 0, 125)]


def test_holes_that_it_answers_with_silence() -> None:
    there = [*range(10), *range(12, 20)]

    def silent(table: str, start: int, count: int) -> Exception | None:
        holes = table == "holding" and not set(range(start, start + count)) <= set(there)
        return NoAnswer(500) if holes else None

    survey, snapshot = surveyed(Device(silent, holding=there), Span("holding", 0, 20))
    assert list(places(snapshot)) == there
    assert survey.silent == [Span("holding", 10, 12)]


def test_silence_is_given_up() -> None:
    device = Device(lambda table, start, count: NoAnswer(500) if start + count > 1 else None, holding=[0])
    survey, _ = surveyed(device, Span("holding", 0, 1000))
    assert survey.readable == [Span("holding", 0, 1)]
    assert survey.silent == [Span("holding", 1, 1000)]
    assert len(device.asked) < 15


@pytest.mark.parametrize("failure", [NoAnswer(500), WireError("CRC", 1, 2)])
def test_nobody_there_is_an_error(failure: Exception) -> None:
    device = Device(lambda *_: failure)
    with pytest.raises(type(failure)):
        device.run(Survey(ADDRESS, RtuRequest).explore([Span("holding", 0, 100)]))
    assert len(device.asked) == 4, "the range, and who is there at all"


def test_a_read_that_fails_later_leaves_the_others() -> None:
    survey = Survey(ADDRESS, RtuRequest)
    device = Device(holding=[*range(5), *range(20, 25)])
    device.run(survey.explore([Span("holding", 0, 25)]))
    device._refuses = lambda table, start, count: NoAnswer(500) if start else None
    assert list(places(device.run(survey.again()))) == list(range(5))
    device._refuses = lambda *_: NoAnswer(500)
    with pytest.raises(NoAnswer):
        device.run(survey.again())

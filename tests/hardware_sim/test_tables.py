from typing import Any

import pytest

from hardware_sim.tables import BenchError, Table

ROW = {"text": "a", "number": 1.5, "whole": 3, "truth": True, "rows": [1], "table": {"x": 1}, "none": None}


def test_takes_what_is_there_and_defaults_for_the_rest() -> None:
    table = Table(ROW, "line a")
    assert (table.text("text"), table.number("number"), table.whole("whole")) == ("a", 1.5, 3)
    assert (table.truth("truth", False), table.rows("rows"), table.table("table").row) == (
        True,
        [1],
        {"x": 1},
    )
    assert table.number("none", 7.0) == 7.0
    assert table.rows("other") == []
    table.close()


@pytest.mark.parametrize(
    ("method", "arguments", "what"),
    [
        ("text", ("missing",), "line a: missing: missing"),
        ("text", ("none",), "line a: none: missing"),
        ("text", ("whole",), "line a: whole: 3 is not a text"),
        ("number", ("truth",), "line a: truth: True is not a number"),
        ("number", ("number", ..., 2.0, 3.0), "line a: number: 1.5 is not within 2..3"),
        ("number", ("inf", float("inf")), "line a: inf: inf is not a number"),
        ("whole", ("number",), "line a: number: 1.5 is not a whole number"),
        ("whole", ("truth",), "line a: truth: True is not a whole number"),
        ("whole", ("whole", ..., 4, 5), "line a: whole: 3 is not within 4..5"),
        ("truth", ("whole", False), "line a: whole: 3 is neither true nor false"),
        ("rows", ("text",), "line a: text: 'a' is not a list"),
        ("table", ("text",), "line a: text: 'a' is not a table"),
    ],
)
def test_messages(method: str, arguments: Any, what: str) -> None:
    with pytest.raises(BenchError) as caught:
        getattr(Table(ROW, "line a"), method)(*arguments)
    assert str(caught.value) == what


def test_a_key_that_nobody_took_is_unknown() -> None:
    table = Table({"baud": 1, "buad": 2}, "line a")
    table.whole("baud")
    with pytest.raises(BenchError) as caught:
        table.close()
    assert str(caught.value) == "line a: buad: unknown key\n  hint: known are baud"

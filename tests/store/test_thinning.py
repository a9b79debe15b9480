"""A minute of readings as one row."""

from typing import Any

import pytest

from store.packing import from_batch_row, thinned_rows
from store.rows import KEPT_OUT, Reading
from store.thinning import Mean, Minutes, mean_of

MINUTE = 1_795_485_300_000


def reading(
    second: float, value: float | None, flag: str = "N", *conditions: str, ch: str = "a.x"
) -> Reading:
    t = MINUTE + round(second * 1000)
    return Reading(ch, t, t - MINUTE, True, value, None, flag, conditions)


def thinned(readings: list[Reading], part_of: Any = lambda seq: 0) -> list[tuple[int, Reading]]:
    minutes = Minutes(part_of)
    for seq, row in enumerate(readings, 100):
        minutes.add(seq, row)
    return minutes.rows()


def test_a_minute_becomes_its_mean_under_the_last_number() -> None:
    rows = thinned([reading(n, float(n)) for n in range(61)])
    assert [seq for seq, _ in rows] == [159, 160]
    assert rows[0][1] == reading(59, 29.5, "N", "mean of 60 readings, 0.0 to 59.0")
    assert mean_of(rows[0][1].conditions) == Mean(60, 0.0, 59.0)
    assert rows[1][1] == reading(60, 60.0), "alone it stays as it is"


def test_each_flag_channel_and_part_keeps_a_row() -> None:
    rows = [
        reading(1, 1.0),
        reading(2, None, "D", "sensor absent"),
        reading(3, 99.0, "T"),
        reading(4, 3.0),
        reading(5, None, "D", "lamp"),
        reading(6, 5.0, ch="a.y"),
        reading(7, 5.0),
    ]
    assert thinned(rows, lambda seq: seq >= 106) == [
        (102, rows[2]),
        (103, reading(4, 2.0, "N", "mean of 2 readings, 1.0 to 3.0")),
        (104, reading(5, None, "D", "sensor absent", "lamp", "mean of 2 readings")),
        (105, rows[5]),
        (106, rows[6]),
    ]


def test_what_is_kept_out_of_averages_is_in_no_mean_of_what_is_not() -> None:
    rows = [reading(1, 1.0), reading(2, 90.0, "N", "spike", KEPT_OUT), reading(3, 3.0)]
    rows.append(reading(4, 70.0, "N", "spike", KEPT_OUT))
    assert thinned(rows) == [
        (102, reading(3, 2.0, "N", "mean of 2 readings, 1.0 to 3.0")),
        (103, reading(4, 80.0, "N", "spike", KEPT_OUT, "mean of 2 readings, 70.0 to 90.0")),
    ]


def test_what_is_not_of_one_kind_is_no_mean() -> None:
    """Whether its time could be trusted, and whether there is a value at all."""
    rows = [reading(1, 1.0), reading(2, 2.0)._replace(trusted=False), reading(3, None)]
    assert [row for _, row in thinned(rows)] == rows


def test_a_mean_is_no_more_than_what_it_is_of_and_has_no_raw_value() -> None:
    ((_, row),) = thinned([reading(n, 0.1)._replace(raw=7.0) for n in range(3)])
    assert (row.value, row.raw) == (0.1, None), "(0.1 + 0.1 + 0.1) / 3 is more"


def test_a_mean_is_not_thinned_again() -> None:
    once = [row for _, row in thinned([reading(n, 1.0) for n in range(10)])]
    assert [row for _, row in thinned([*once, *once, reading(11, 2.0)])] == [*once, *once, reading(11, 2.0)]


def test_rows_with_holes_come_back_exactly() -> None:
    numbered = [(5, reading(1, 1.0)), (9, reading(2, 2.0)), (700, reading(3, None, "D"))]
    (row,) = thinned_rows(3, 7, numbered)
    assert row[:4] == (5, 700, 3, 7)
    assert from_batch_row(row) == [(seq, 7, each) for seq, each in numbered]


@pytest.mark.parametrize("said", [(), ("mean of 60",), ("lamp",), ("mean of 2 readings", "lamp")])
def test_other_conditions_are_no_mean(said: tuple[str, ...]) -> None:
    assert mean_of(said) is None

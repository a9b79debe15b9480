"""Which windows there are."""

import pytest

from agent.pipeline.periods import DAY_MS, HOUR_MS, MINUTE_MS, PERIODS, period_named

HOUR = 1_795_485_600_000  # 2026-11-24T02:00:00Z, 10:00 at +08:00


@pytest.mark.parametrize("name", ["1m", "5m", "15m", "1h", "8h", "1d"])
def test_the_usual_periods_are_known_by_name(name):
    assert period_named(name) is PERIODS[name]


def test_rolling_windows_move_on_with_what_they_are_formed_from():
    assert period_named("rolling:5m")[1:] == (5 * MINUTE_MS, MINUTE_MS, MINUTE_MS)
    assert period_named("rolling:8h")[1:] == (8 * HOUR_MS, HOUR_MS, HOUR_MS)


@pytest.mark.parametrize(
    "name",
    ["", "2m", "60s", "rolling:", "rolling:1m", "rolling:61m", "rolling:1h", "rolling:25h", "rolling:5"],
)
def test_other_names_are_none(name):
    with pytest.raises(ValueError, match="none of 1m, 5m"):
        period_named(name)


def test_the_windows_that_hold_a_moment():
    assert list(PERIODS["15m"].starts(HOUR + 16 * MINUTE_MS, 480)) == [HOUR + 15 * MINUTE_MS]
    assert list(PERIODS["8h"].starts(HOUR, 480)) == [HOUR - 2 * HOUR_MS], "08:00 local time"
    assert list(PERIODS["1d"].starts(HOUR, 480)) == [HOUR - 10 * HOUR_MS]
    assert list(PERIODS["1d"].starts(HOUR, 330)) == [HOUR - DAY_MS + (24 - 7) * HOUR_MS - 30 * MINUTE_MS]
    assert list(period_named("rolling:3m").starts(HOUR, 480)) == [
        HOUR - 2 * MINUTE_MS,
        HOUR - MINUTE_MS,
        HOUR,
    ]

"""Rules on averages: at the end of each window, once, and only where the window is valid."""

from store.averages import Average
from tests.agent.pipeline.rule_rig import DAY, MINUTE, T0, Plant, fresh, rule

HOUR = 60 * MINUTE


def mean(hour, value, *, valid=True, flag="N", left_out="", revision=0):
    """Of the hour that begins so many after midnight."""
    start = T0 + round(hour * HOUR * 1000)
    counted = 60 if valid else 3
    return Average(
        start, start + 3_600_000, value, value, value, counted, 60, valid, flag, left_out, True, revision
    )


def hours(plant, *values, channel="a.v", first=0, **more):
    """Means of hours one behind the other; the transitions of each."""
    return [
        plant.average(channel, "1h", mean(first + place, value, **more), (first + place + 1) * HOUR + 1)
        for place, value in enumerate(values)
    ]


def test_a_rule_on_hours_sees_hours_alone():
    plant = Plant(rule(above=50.0, on="1h"))
    assert plant.see(10, 99.0) == []
    assert plant.average("a.v", "1d", mean(0, 99.0), DAY) == []
    assert hours(plant, 50.0, 50.1, 40.0) == [[], ["raised"], ["returned"]]


def test_a_window_that_is_not_valid_neither_raises_nor_clears():
    plant = Plant(rule(above=50.0, on="1h"))
    assert hours(plant, 99.0, valid=False, flag="D") == [[]]
    assert hours(plant, 60.0) == [["raised"]]
    assert hours(plant, 10.0, None, valid=False, flag="B", left_out="B") == [[], []]


def test_what_was_over_range_in_a_window_raises_and_never_clears():
    plant = Plant(rule(above=50.0, on="1h"))
    assert hours(plant, 40.0, left_out="T") == [[]], "valid without it, and not proven"
    assert hours(plant, 51.0, left_out="T") == [["raised"]], "the true mean is higher still"
    assert hours(plant, 40.0, left_out="T") == [[]]
    assert hours(plant, 40.0) == [["returned"]]
    assert hours(plant, None, valid=False, flag="B", left_out="BT") == [["raised"]], "a plume is not silence"


def test_over_range_in_a_window_proves_no_low_limit():
    plant = Plant(rule(below=50.0, on="1h"))
    assert hours(plant, 40.0, left_out="T") == [[]]
    assert hours(plant, 40.0, 51.0) == [["raised"], ["returned"]]
    assert hours(plant, None, valid=False, flag="T", left_out="T") == [[]]


def test_a_window_that_is_computed_anew_is_not_judged_again():
    plant = Plant(rule(above=50.0, on="1h", per_day=1))
    assert hours(plant, 60.0) == [[]]
    assert hours(plant, 61.0, revision=1) == [[]]
    assert hours(plant, 62.0, first=1) == [["raised"]]


def test_a_window_that_a_restart_has_judged_again_counts_once():
    plant = Plant(rule(above=50.0, on="1h", per_day=1))
    hours(plant, 60.0)
    plant.killed(HOUR + 5)
    assert hours(plant, 60.0) == [[]]
    assert hours(plant, 60.0, first=1) == [["raised"]]


def test_the_hours_of_a_group_are_judged_once_when_all_are_there():
    others = ("b.v", "c.v", "d.v")
    plant = Plant(
        rule("background", 80.0, on="1h", others=others, background="median", fresh_ms=fresh("a.v", *others))
    )

    def come(hour, *means):
        return [
            plant.average(channel, "1h", mean(hour, value), (hour + 1) * HOUR + 1) for channel, value in means
        ]

    assert come(0, ("a.v", 120.0), ("b.v", 10.0), ("c.v", 50.0), ("d.v", 50.0)) == [[], [], [], []], "70 left"
    assert come(1, ("b.v", 10.0), ("c.v", 20.0), ("d.v", 20.0)) == [[], [], []], "no mean of its own, yet"
    assert come(1, ("a.v", 120.0)) == [["raised"]]
    assert plant.changes[-1].value == 100.0


def test_more_than_two_hours_of_a_day_above_the_background():
    """As DB13/2934-2019 counts: PM10 80 above the background, twice a day; 23:00-24:00 is of that day."""
    plant = Plant(
        rule(
            "background",
            80.0,
            unit="ug/m3",
            on="1h",
            others=("b.v",),
            background="lowest",
            per_day=2,
            fresh_ms=fresh("a.v", "b.v"),
        )
    )
    plant.tick(0)
    seen = {}
    for hour in range(24):
        plant.tick(hour * HOUR + 2)
        end = (hour + 1) * HOUR
        if hour == 23:
            plant.tick(end)  # the clock is in the new day before the last window closes
        plant.average("b.v", "1h", mean(hour, 40.0), end + 1)
        value = 130.0 if hour in (3, 4, 23) else 60.0
        seen[hour] = plant.average("a.v", "1h", mean(hour, value), end + 1)
    assert {hour: told for hour, told in seen.items() if told} == {23: ["raised"]}
    assert plant.changes[-1].cause == "3 in a day, 2 allowed; above 80: 130 less 40"
    assert plant.tick(DAY + 2) == ["returned"], "today there was none"


def test_no_valid_hour_for_two_hours():
    plant = Plant(rule("no-data", on="1h", span_ms=2 * 3_600_000))
    plant.tick(0)
    assert hours(plant, 10.0) == [[]]
    assert hours(plant, None, first=1, valid=False, flag="B", left_out="B") == [[]]
    assert plant.tick(3 * HOUR) == []
    assert plant.tick(3 * HOUR + 1) == ["raised"]
    assert plant.changes[-1].flag == "B"


def test_a_rate_over_hours():
    """From 10 to 40 in three hours: 10 an hour, 1/6 a minute."""
    plant = Plant(rule("rate", 0.16, on="1h", span_ms=3 * 3_600_000))
    assert hours(plant, 10.0, 20.0, 30.0, 40.0) == [[], [], [], ["raised"]]
    assert plant.changes[-1].value == 0.166666667

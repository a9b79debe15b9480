"""Each kind of rule, worked out by hand."""

import pytest

from agent.pipeline.instant import Instant
from agent.pipeline.life import Deed
from tests.agent.pipeline.rule_rig import DAY, MINUTE, T0, Plant, fresh, reading, rule, running, shift, wind

GROUP = fresh("a.v", "b.v", "c.v", "m.dir", "m.speed")


def test_a_low_limit_is_undercut_below_it_and_over_behind_the_deadband():
    plant = Plant(rule(below=20.0, deadband=2.0))
    assert [plant.see(at, value) for at, value in enumerate((20.0, 19.9, 21.9, 22.0))] == [
        [],
        ["raised"],
        [],
        ["returned"],
    ]
    assert [change.cause for change in plant.changes] == ["below 20", "at or above 22"]


def test_a_rate_is_per_minute_however_the_polls_are_apart():
    """2 ppm in 40 s are 3 a minute."""
    plant = Plant(rule("rate", 2.9, span_ms=40_000))
    assert plant.see(0, 10.0) == []
    assert plant.see(29.9, 11.495) == [], "three quarters of the span have to be seen"
    assert plant.see(40, 12.0) == ["raised"]
    (change,) = plant.changes
    assert change.value == pytest.approx(3.0, rel=0.01)
    for jitter_s in (-0.7, 0.3, 0.9):
        plant = Plant(rule("rate", 2.9, span_ms=60_000))
        for at in (0, 20 + jitter_s, 40 - jitter_s, 60 + jitter_s):
            plant.see(at, 10.0 + at / 20)
        assert plant.changes[-1].value == 3.0, "3 a minute exactly, whenever they came"


def test_a_rate_by_the_formula_of_the_line_of_best_fit():
    """(0, 1), (1, 3), (2, 2) minutes: mean 1 and 2; sum of dt*dv 1 + 0 + 0, of dt^2 2: 0.5 a minute."""
    plant = Plant(rule("rate", 0.4, span_ms=120_000))
    for at, value in ((0, 1.0), (60, 3.0), (120, 2.0)):
        plant.see(at, value)
    assert plant.changes[-1].value == 0.5
    assert plant.changes[-1].cause == "change per minute above 0.4"


def test_one_reading_that_jumps_is_no_rate():
    """Of 61 readings a second apart, the last one is 30 higher: 30 s off the middle, the squares sum up to
    61 * (61^2 - 1) / 12 = 18910: 60 * 30 * 30 / 18910 = 2.856 a minute, not 1800."""
    plant = Plant(rule("rate", 2.857, span_ms=60_000))
    changes = [plant.see(at, 10.0 + (30.0 if at == 60 else 0.0)) for at in range(61)]
    assert changes == [[]] * 61
    plant = Plant(rule("rate", 2.855, span_ms=60_000))
    assert [plant.see(at, 10.0 + (30.0 if at == 60 else 0.0)) for at in range(61)][-1] == ["raised"]


def test_a_falling_value_is_below_a_negative_rate():
    plant = Plant(rule("rate", below=-5.0, span_ms=60_000))
    assert [plant.see(at, 50.0 - at / 10) for at in (0, 20, 40, 60)][-1] == ["raised"]
    assert plant.changes[-1].value == -6.0


def test_instruments_of_one_factor_apart():
    plant = Plant(rule("deviation", 10.0, others=("b.v",), fresh_ms=GROUP))
    assert plant.see(0, 80.1) == []
    assert plant.see(1, 70.1, channel="b.v") == [], "10 apart, as written, is not more than 10"
    assert plant.see(2, 80.2) == ["raised"]
    assert plant.changes[-1] == ("raised", 10.1, "N", "above 10: a.v 80.2, b.v 70.1")


def test_apart_in_percent_of_their_mean():
    """90, 100, 110: 20 apart, mean 100."""
    plant = Plant(rule("deviation", 19.0, unit="% of mean", others=("b.v", "c.v"), fresh_ms=GROUP))
    plant.see(0, 90.0)
    plant.see(1, 110.0, channel="b.v")
    assert plant.see(2, 100.0, channel="c.v") == ["raised"]
    assert plant.changes[-1].value == 20.0


def test_one_that_has_not_been_heard_for_too_long_says_nothing():
    plant = Plant(rule("deviation", 10.0, others=("b.v",), fresh_ms=GROUP))
    plant.see(0, 10.0, channel="b.v")
    assert plant.see(10.1, 99.0) == []
    plant.see(11, 10.0, channel="b.v")
    assert plant.state == "unacked"


@pytest.mark.parametrize(("background", "left"), [("lowest", 95.0), ("median", 80.0)])
def test_the_background_of_others_is_taken_off(background, left):
    """Others at 5, 20 and 200: the lowest is 5, the median 20."""
    others = ("b.v", "c.v", "d.v")
    plant = Plant(
        rule(
            "background",
            79.0,
            others=others,
            background=background,
            fresh_ms=fresh("a.v", *others),
        )
    )
    for channel, value in zip(others, (5.0, 20.0, 200.0), strict=True):
        plant.see(0, value, channel=channel)
    assert plant.see(1, 100.0) == ["raised"]
    assert plant.changes[-1].value == left


def test_half_of_the_others_is_not_enough_for_a_background():
    plant = Plant(rule("background", 10.0, others=("b.v", "c.v"), background="median", fresh_ms=GROUP))
    plant.see(0, 5.0, channel="b.v")
    assert plant.see(1, 100.0) == []
    plant.see(2, 7.0, channel="c.v")
    assert plant.see(3, 100.0) == ["raised"]
    assert plant.changes[-1] == ("raised", 94.0, "N", "above 10: 100 less 6")


def test_what_a_channel_has_above_its_own_lowest_of_an_hour():
    plant = Plant(rule("background", 20.0, background="own lowest", span_ms=3_600_000))
    assert plant.see(0, 30.0) == []
    assert plant.see(10 * MINUTE, 51.0) == ["raised"]
    assert plant.see(59 * MINUTE, 50.0) == ["returned"]
    assert plant.see(61 * MINUTE, 70.0) == [], "30 is an hour ago; 70 less 50 is 20"
    assert plant.see(62 * MINUTE, 70.1) == ["raised"]


class TestWind:
    """a.v lies north of the source, b.v south of it."""

    def plant(self, **more):
        return Plant(rule("wind", 50.0, others=("b.v",), wind=wind(**more), fresh_ms=GROUP))

    def blow(self, plant, direction, speed, north, south):
        plant.see(0, direction, channel="m.dir")
        plant.see(0, speed, channel="m.speed")
        plant.see(0, south, channel="b.v")
        return plant.see(0, north)

    def test_from_the_north_the_south_is_downwind(self):
        plant = self.plant()
        assert self.blow(plant, 10.0, 2.0, north=40.0, south=100.0) == ["raised"]
        assert plant.changes[-1] == (
            "raised",
            60.0,
            "N",
            "above 50: b.v downwind 100, a.v upwind 40",
        )

    def test_from_the_south_the_north_is_downwind(self):
        plant = self.plant()
        self.blow(plant, 170.0, 2.0, north=40.0, south=100.0)
        assert plant.changes == [], "what comes with the wind is not the plant's"
        assert self.blow(plant, 170.0, 2.0, north=151.0, south=100.0) == ["raised"]

    @pytest.mark.parametrize(("direction", "speed"), [(90.0, 2.0), (46.0, 2.0), (10.0, 0.4)])
    def test_across_and_in_calm_air_nobody_can_tell(self, direction, speed):
        plant = self.plant()
        self.blow(plant, direction, speed, north=40.0, south=400.0)
        assert plant.changes == []

    def test_over_north_the_angle_goes_on(self):
        plant = self.plant(bearings=(350.0, 170.0), sector=20.0)
        self.blow(plant, 9.0, 2.0, north=40.0, south=400.0)
        assert plant.state == "unacked"

    def test_over_range_downwind_raises_and_upwind_says_nothing(self):
        plant = self.plant()
        self.blow(plant, 0.0, 2.0, north=40.0, south=60.0)
        assert plant.see(1, 999.0, "T", channel="b.v") == ["raised"]
        assert plant.changes[-1].cause == "b.v downwind is over range"
        assert plant.see(2, 999.0, "T") == []

    def test_a_delay_elapses_with_a_station_not_with_the_wind(self):
        plant = Plant(rule("wind", 50.0, others=("b.v",), wind=wind(), fresh_ms=GROUP, on_delay_ms=5000))
        self.blow(plant, 0.0, 2.0, north=40.0, south=400.0)
        assert plant.see(6, 2.0, channel="m.speed") == []
        assert plant.see(6, 0.0, channel="m.dir") == []
        assert plant.see(7, 400.0, channel="b.v") == ["raised"]

    def test_doubtful_wind_says_nothing(self):
        plant = self.plant()
        self.blow(plant, 0.0, 2.0, north=40.0, south=60.0)
        plant.see(1, None, "B", channel="m.dir")
        assert plant.see(2, 400.0, channel="b.v") == []


def test_a_value_that_does_not_move():
    plant = Plant(rule("flat", within=0.1, span_ms=60_000))
    assert [plant.see(at, value) for at, value in ((0, 5.0), (20, 5.1), (40, 4.9), (59, 5.0), (60, 5.0))] == [
        [],
        [],
        [],
        [],
        ["raised"],
    ]
    assert plant.changes[-1] == ("raised", 5.0, "N", "within 0.1 of 5 for 60 s")
    assert plant.see(61, 5.2) == ["returned"]


def test_a_flat_line_begins_anew_where_nobody_has_looked():
    plant = Plant(rule("flat", span_ms=60_000))
    plant.see(0, 5.0)
    assert plant.see(31, 5.0) == []
    assert plant.see(60, 5.0) == []
    assert plant.see(90, 5.0) == []
    assert plant.see(91, 5.0) == ["raised"]


def test_a_slow_drift_is_no_flat_line():
    """Each step is within 0.1, and after three of them the run's first is left behind."""
    plant = Plant(rule("flat", within=0.1, span_ms=60_000))
    assert [plant.see(at, 5.0 + at / 200) for at in range(0, 121, 10)] == [[]] * 13


def test_a_flat_line_goes_on_over_a_kill():
    plant = Plant(rule("flat", span_ms=60_000))
    for at in range(0, 51, 10):
        plant.see(at, 5.0)
    plant.killed(52, 1000)
    assert plant.take(reading(60, 5.0)._replace(mono=1_008_000)) == ["raised"]


def test_a_rate_goes_on_over_a_kill_with_the_clock_of_another_boot():
    plant = Plant(rule("rate", 5.0, span_ms=60_000))
    for at in (0, 10, 20, 30):
        plant.see(at, at / 10)
    plant.killed(40, 5000, plant.exact_state(30))
    assert plant.take(reading(50, 5.0)._replace(mono=5_010_000)) == ["raised"]
    assert plant.changes[-1].value == 6.0


class TestPhases:
    def test_the_limit_of_the_night(self):
        """T0 is midnight at the station; the night goes from 22:00 to 06:00."""
        plant = Plant(rule(above=50.0, during=(("night", 20.0),)), shift("night", 22 * 60, 6 * 60))
        assert plant.see(0, 30.0) == ["raised"]
        assert plant.changes[-1].cause == "above 20 (night)"
        assert plant.see(6 * 60 * MINUTE - 0.001, 30.0) == []
        assert plant.see(6 * 60 * MINUTE, 30.0) == ["returned"]
        assert plant.see(22 * 60 * MINUTE - 0.001, 30.0) == []
        assert plant.see(22 * 60 * MINUTE, 30.0) == ["raised"]

    def test_over_range_is_told_with_the_limit_of_the_phase(self):
        plant = Plant(rule(above=50.0, during=(("night", 20.0),)), shift("night", 22 * 60, 6 * 60))
        assert plant.see(0, None, "T") == ["raised"]
        assert plant.limit.body(plant.changes[0])["limit"] == 20.0

    def test_a_shift_within_the_day(self):
        plant = Plant(rule(above=50.0, during=(("day", 20.0),)), shift("day", 8 * 60, 16 * 60))
        changes = [plant.see(hour * 60 * MINUTE, 30.0) for hour in (7, 8, 15, 16)]
        assert changes == [[], ["raised"], [], ["returned"]]

    def test_the_limit_while_something_runs(self):
        plant = Plant(rule(above=50.0, during=(("charging", 80.0),)), running("charging", 10.0, 2.0))
        assert plant.see(0, 60.0) == ["raised"], "nothing is known of the fan: the rule's own limit holds"
        plant.see(1, 10.1, channel="fan.a")
        assert plant.see(2, 60.0) == ["returned"]
        plant.see(3, 8.1, channel="fan.a")
        assert plant.see(4, 60.0) == [], "within the phase's deadband it goes on"
        plant.see(5, None, "B", channel="fan.a")
        assert plant.see(6, 60.0) == [], "a channel that is silent ends no phase"
        plant.see(7, 8.0, channel="fan.a")
        assert plant.see(8, 60.0) == ["raised"]

    def test_the_first_that_holds_counts(self):
        plant = Plant(
            rule(above=50.0, during=(("charging", 80.0), ("night", 20.0))),
            running("charging", 1.0, below=True),
            shift("night", 22 * 60, 6 * 60),
        )
        assert plant.see(0, 30.0) == ["raised"]
        plant.see(1, 0.5, channel="fan.a")
        assert plant.see(2, 30.0) == ["returned"]

    def test_every_kind_with_a_limit_knows_phases(self):
        plant = Plant(
            rule("background", 20.0, background="own lowest", span_ms=60_000, during=(("charging", 40.0),)),
            running("charging", 10.0),
        )
        plant.see(0, 11.0, channel="fan.a")
        assert [plant.see(at, value) for at, value in ((1, 10.0), (2, 50.0), (3, 51.0))] == [
            [],
            [],
            ["raised"],
        ]

    def test_a_restart_does_not_fall_back_on_the_other_limit(self):
        plant = Plant(rule(above=50.0, during=(("charging", 80.0),)), running("charging", 10.0))
        plant.see(0, 20.0, channel="fan.a")
        plant.see(1, 60.0)
        plant.killed(2, 500)
        assert plant.see(3, 60.0) == []


class TestPerDay:
    def test_the_third_excursion_of_a_day(self):
        plant = Plant(rule(above=50.0, deadband=5.0, per_day=2))
        values = (60.0, 70.0, 47.0, 60.0, 45.0, 60.0, 40.0, 60.0, 40.0)
        assert [plant.see(at, value) for at, value in enumerate(values)] == [*[[]] * 7, ["raised"], []]
        assert plant.changes[-1] == ("raised", 3.0, "N", "3 in a day, 2 allowed; above 50")
        assert plant.tick(DAY - 0.001) == []
        assert plant.tick(DAY) == ["returned"], "a new day begins with nought"

    def test_an_excursion_counts_on_the_day_on_which_it_begins(self):
        plant = Plant(rule(above=50.0, per_day=1))
        plant.see(DAY - 20, 60.0)
        plant.tick(DAY)
        plant.see(DAY + 10, 60.0)
        plant.see(DAY + 20, 40.0)
        assert plant.see(DAY + 30, 60.0) == [], "the first of the new day"
        plant.see(DAY + 40, 40.0)
        assert plant.see(DAY + 50, 60.0) == ["raised"]

    def test_over_range_is_an_excursion(self):
        plant = Plant(rule(above=50.0, per_day=1))
        for at in range(3):
            changes = plant.see(2 * at, 12.0, "T")
            plant.see(2 * at + 1, 12.0)
        assert plant.changes[-1].value == 2.0
        assert changes == [], "it was the second already"

    def test_over_range_returns_nothing_on_a_new_day_either(self):
        plant = Plant(rule(above=50.0, per_day=1))
        for at in range(4):
            plant.see(at, 60.0 if at % 2 else 40.0)
        plant.see(5, 40.0)
        assert plant.state == "unacked"
        assert plant.see(DAY, None, "T") == []
        assert plant.tick(DAY + 1) == ["returned"], "the clock does"

    def test_a_clock_that_leaps_costs_no_count(self):
        plant = Plant(rule(above=50.0, per_day=2))
        for at in range(4):
            plant.see(at, 60.0 if at % 2 else 40.0)
        plant.tick(1000 * DAY, 5)
        plant.see(1000 * DAY + 1, 40.0)
        plant.see(1000 * DAY + 2, 60.0)
        plant.tick(6)
        plant.see(7, 40.0)
        assert plant.see(8, 60.0) == ["raised"]


def test_what_people_do_is_told_with_the_number_that_is_watched():
    """Not with the channel's: the event has the unit of the limit."""
    plant = Plant(rule("background", 20.0, background="own lowest", span_ms=60_000))
    plant.see(0, 30.0)
    plant.see(1, 55.0)
    at = Instant(T0 + 2000, 2000, trusted=True, machine="")
    (verdict,) = plant.limit.act("ack", at, Deed("jan"), reading(1, 55.0))
    assert (verdict.change.transition, verdict.change.value, verdict.change.flag) == (
        "acknowledged",
        25.0,
        "N",
    )

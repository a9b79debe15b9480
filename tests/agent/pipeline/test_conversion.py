"""Derived channels: their values, flags and times, from what the other channels say and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.conversion_model import ConversionSettings, Input, Step
from agent.pipeline.alarm import Alarm
from agent.pipeline.checks import KEPT_OUT
from agent.pipeline.conditions import Above
from agent.pipeline.conversion import Conversion, Conversions, Invalid
from agent.pipeline.limit import Limit
from drivers.sample import FLAGS, OVER_RANGE
from store.rows import Reading

OXYGEN = (Input("oxygen", "stack.oxygen", 1.0),)
STACK = ConversionSettings("stack.nox-8", "stack.nox", "mg/m3", inputs=OXYGEN, base_o2=8.0, is_dry=True)
NMHC = ConversionSettings(
    "fid.nmhc",
    "fid.thc",
    "mgC/m3",
    factors=(Step("mg/m3 of methane to mgC/m3", 0.75),),
    inputs=(Input("minus", "fid.ch4", 1.0),),
    noise=0.2,
)
PPB = ConversionSettings("pid.ppb", "pid.voc", "ppb", factors=(Step("ppm to ppb", 1000.0),))
numbers = st.floats(-1e4, 1e4)


def reading(channel, value, flag="N", *conditions, mono=10_000):
    return Reading(channel, 1_795_420_800_000 + mono, mono, True, value, None, flag, conditions)


def said(made):
    """Of each derived reading: value, flag, conditions."""
    return [(each.value, each.flag, each.conditions) for each in made]


def made_of(settings, *readings):
    return said(Conversions([settings]).of(readings))


def test_a_derived_reading_has_the_time_of_the_first_channel_and_the_number_it_began_with():
    stage = Conversions([STACK])
    assert stage.of([reading("stack.oxygen", 12.0, mono=9_000)]) == []
    (made,) = stage.of([reading("stack.nox", 90.0)._replace(trusted=False)])
    nox = reading("stack.nox", 90.0)
    assert made == nox._replace(channel="stack.nox-8", value=130.0, raw=90.0, trusted=False)


def test_of_one_answer_each_channel_counts_whatever_its_place():
    for order in ([0, 1], [1, 0]):
        answer = [reading("stack.nox", 90.0), reading("stack.oxygen", 12.0)]
        assert made_of(STACK, *(answer[place] for place in order)) == [(130.0, "N", ())]


def test_a_difference_below_zero_is_noise_or_a_fault():
    for thc, value, flag, conditions in (
        (2.0, 0.75, "N", ()),
        (1.0, 0.0, "N", ()),
        (0.8, 0.0, "N", ()),
        (0.7, None, "D", ("the difference is -0.3, below 0 by more than its noise",)),
    ):
        assert made_of(NMHC, reading("fid.thc", thc), reading("fid.ch4", 1.0)) == [(value, flag, conditions)]


def test_values_are_free_of_the_noise_of_binary_fractions():
    (row,) = made_of(PPB, reading("pid.voc", 0.07 + 0.22))
    assert row[0] == 290.0


@pytest.mark.parametrize(
    ("oxygen", "value", "conditions"),
    [
        (-0.5, 1300.0 / 21.5, ()),  # the noise of its zero
        (8.0, 100.0, ()),
        (18.9, 1300 / 2.1, ()),
        (19.0, 650.0, ()),
        (19.1, None, ("oxygen 19.1 % is above 19 %",)),
        (20.9, None, ("oxygen 20.9 % is above 19 %",)),
        (21.0, None, ("oxygen 21 % is above 19 %",)),
        (-2.0, None, ("oxygen -2 % is not within -1..21 %",)),
    ],
)
def test_near_the_oxygen_of_air_there_is_no_value(oxygen, value, conditions):
    ((found, flag, why),) = made_of(STACK, reading("stack.nox", 100.0), reading("stack.oxygen", oxygen))
    assert (found, flag, why) == (value and pytest.approx(value), "D" if conditions else "N", conditions)


def test_gas_as_it_is_needs_a_temperature_and_a_pressure_that_can_be():
    settings = ConversionSettings(
        "stack.n",
        "stack.nox",
        "mg/m3",
        factors=(Step("mg/m3 at actual to mg/m3 at 0C", 1 / 22.413_969_5),),
        inputs=(
            Input("temperature", "stack.t", 1.0),
            Input("pressure", "air.pressure", 0.1),  # hPa
            Input("static_pressure", "stack.static", 0.001),  # Pa
            Input("moisture", "stack.h2o", 1.0),
        ),
    )

    def gas(celsius, hpa, pa, h2o):
        values = {"stack.t": celsius, "air.pressure": hpa, "stack.static": pa, "stack.h2o": h2o}
        others = [reading(channel, value) for channel, value in values.items()]
        return made_of(settings, reading("stack.nox", 100.0), *others)

    by_hand = 100 * 101_325 / (101_000 - 500) * (273.15 + 120) / 273.15 / (1 - 0.125)
    assert gas(120.0, 1010.0, -500.0, 12.5) == [(pytest.approx(by_hand), "N", ())]
    # A gauge where the barometer should be, and a humidity that is relative.
    assert gas(120.0, 5.0, 0.0, 12.5) == [(None, "D", ("pressure 0.5 kPa is not within 50..130 kPa",))]
    assert gas(120.0, 1010.0, 0.0, 85.0) == [(None, "D", ("moisture 85 % is not within -1..80 %",))]
    assert gas(1800.0, 1010.0, 0.0, 0.0) == [
        (None, "D", ("temperature 1800 degC is not within -60..1500 degC",))
    ]


# -- what is not sound ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nox", "oxygen", "value", "flag", "conditions"),
    [
        (("N",), ("M", "maintenance"), 130.0, "M", ("stack.oxygen: maintenance",)),
        (("C", "zero gas"), ("N",), 130.0, "C", ("zero gas",)),
        (("N", "warm"), ("N", "filter"), 130.0, "N", ("warm", "stack.oxygen: filter")),
        (("S",), ("M",), 130.0, "S", ("stack.oxygen: flagged M",)),
        (("M", "maintenance"), ("B", "no answer"), None, "M", ("maintenance", "stack.oxygen: no answer")),
        (("D", "lamp failed"), ("N",), None, "D", ("lamp failed",)),
        (("N",), ("D", "cell failed"), None, "D", ("stack.oxygen: cell failed",)),
        (("N",), ("F", "standby"), None, "F", ("stack.oxygen: standby",)),
        (("B", "no answer"), ("N",), None, "B", ("no answer",)),
        (("T", OVER_RANGE), ("N",), 130.0, "T", (OVER_RANGE,)),
        # Oxygen over range does not say that there is much NOx.
        (("N",), ("T", OVER_RANGE), None, "D", (f"stack.oxygen: {OVER_RANGE}",)),
        # A plume that saturates is told whatever becomes of the oxygen.
        (("T", OVER_RANGE), ("D", "x"), None, "D", (OVER_RANGE, "stack.oxygen: x")),
    ],
)
def test_flags_and_conditions_of_all_inputs_are_carried(nox, oxygen, value, flag, conditions):
    one, other = reading("stack.nox", 90.0, *nox), reading("stack.oxygen", 12.0, *oxygen)
    assert made_of(STACK, one, other) == [(value, flag, conditions)]


def test_what_is_made_of_a_value_kept_out_of_averages_is_kept_out_too():
    doubted = reading("stack.oxygen", 12.0, "N", "spike", KEPT_OUT)
    assert made_of(STACK, reading("stack.nox", 90.0), doubted) == [
        (130.0, "N", ("stack.oxygen: spike", KEPT_OUT))
    ]


def test_over_range_passes_from_what_the_value_grows_with():
    added = ConversionSettings("s.nox", "s.no", "ppm", inputs=(Input("plus", "s.no2", 1.0),))
    over = reading("s.no2", 50.0, "T", OVER_RANGE)
    assert made_of(added, reading("s.no", 100.0), over) == [
        (150.0, "T", (f"s.no2: {OVER_RANGE}", OVER_RANGE))
    ]
    ch4 = reading("fid.ch4", 50.0, "T", OVER_RANGE)
    assert made_of(NMHC, reading("fid.thc", 100.0), ch4) == [(None, "D", (f"fid.ch4: {OVER_RANGE}",))]


def test_a_value_of_nothing_is_none():
    assert made_of(STACK, reading("stack.nox", None), reading("stack.oxygen", 12.0)) == [(None, "N", ())]
    assert made_of(STACK, reading("stack.nox", 90.0), reading("stack.oxygen", None)) == [(None, "N", ())]
    for broken in (float("inf"), float("nan")):
        assert made_of(PPB, reading("pid.voc", broken)) == [
            (None, "D", (f"{broken:g} is no number that can be converted",))
        ]


def test_a_channel_not_read_yet_is_no_number():
    assert made_of(STACK, reading("stack.nox", 90.0)) == [(None, "B", ("stack.oxygen: not read yet",))]


@pytest.mark.parametrize(
    ("age_ms", "flag", "conditions"),
    [
        (10_000, "N", ()),
        (10_001, "B", ("stack.oxygen: 10 s old",)),
        (3_600_000, "B", ("stack.oxygen: 3600 s old",)),
        (-10_000, "N", ()),
        (-60_000, "B", ("stack.oxygen: 60 s newer",)),
    ],
)
def test_a_stale_input_is_no_number(age_ms, flag, conditions):
    stage = Conversions([STACK])
    stage.of([reading("stack.oxygen", 12.0, mono=4_000_000 - age_ms)])
    ((value, found, why),) = said(stage.of([reading("stack.nox", 90.0, mono=4_000_000)]))
    assert (value, found, why) == (None if conditions else 130.0, flag, conditions)


def test_an_input_that_comes_late_does_not_replace_a_newer_one():
    stage = Conversions([STACK])
    stage.of([reading("stack.oxygen", 12.0, mono=9_000)])
    stage.of([reading("stack.oxygen", 3.0, mono=8_000)])
    assert said(stage.of([reading("stack.nox", 90.0)])) == [(130.0, "N", ())]


# -- several --------------------------------------------------------------------------------


def test_one_conversion_builds_on_another_within_the_same_answer():
    summed = ConversionSettings("s.nox", "s.no", "ppm", inputs=(Input("plus", "s.no2", 1.0),))
    mass = ConversionSettings("s.mg", "s.nox", "mg/m3", (Step("ppm of NO2 to mg/m3", 2.0),))
    share = ConversionSettings("s.rest", "s.mg", "mg/m3", inputs=(Input("minus", "s.nox", 1.0),), noise=1.0)
    stage = Conversions([summed, mass, share])
    answer = [reading("s.no", 90.0), reading("s.no2", 10.0), reading("other.x", 1.0)]
    assert [(each.channel, each.value) for each in stage.of(answer)] == [
        ("s.nox", 100.0),
        ("s.mg", 200.0),
        ("s.rest", 100.0),
    ]
    assert stage.of([reading("other.x", 1.0), reading("s.no2", 12.0)]) == []


def test_a_site_factor_marks_each_value():
    estimate = ConversionSettings(
        "pid.nmhc", "pid.voc", "mgC/m3", (Step("site factor: report 17", 1.9),), mark="site factor"
    )
    assert made_of(estimate, reading("pid.voc", 10.0)) == [(19.0, "N", ("site factor",))]
    assert made_of(estimate, reading("pid.voc", None, "B", "silent")) == [
        (None, "B", ("silent", "site factor"))
    ]


# -- properties -----------------------------------------------------------------------------

flags = st.sampled_from(FLAGS)


@given(numbers, flags, numbers, flags)
def test_the_flag_is_the_strongest_of_its_inputs_or_stronger(nox, nox_flag, oxygen, oxygen_flag):
    one, other = reading("stack.nox", nox, nox_flag), reading("stack.oxygen", oxygen, oxygen_flag)
    ((value, flag, conditions),) = made_of(STACK, one, other)
    strongest = min(FLAGS.index(nox_flag), FLAGS.index(oxygen_flag))
    assert FLAGS.index(flag) <= strongest
    if {nox_flag, oxygen_flag} & set("BDF") or oxygen_flag == "T":
        assert value is None
    if nox_flag == "T":
        assert OVER_RANGE in conditions
    if flag in "NT":
        assert value == pytest.approx(nox * 13 / (21 - oxygen), rel=1e-8)


@given(flags, flags, numbers)
def test_a_doubtful_input_never_clears_an_alarm(nox_flag, oxygen_flag, nox):
    rule = Limit(Alarm("high"), Above(100.0, 0.0), "stack.nox-8", "high", "mg/m3")
    stage = Conversions([STACK])
    for each in stage.of([reading("stack.oxygen", 8.0, mono=1), reading("stack.nox", 200.0, mono=1)]):
        rule.judge(each)
    assert rule.alarm.state == "unacked"
    one, other = reading("stack.nox", nox, nox_flag), reading("stack.oxygen", 8.0, oxygen_flag)
    for each in stage.of([one, other]):
        rule.judge(each)
    if (nox_flag, oxygen_flag) != ("N", "N"):
        assert rule.alarm.state == "unacked"


@given(numbers, numbers, st.floats(-1, 19))
def test_more_in_is_more_out(one, other, oxygen):
    low, high = sorted((one, other))
    conversion = Conversion(STACK)
    assert conversion.value(low, {"oxygen": oxygen}) <= conversion.value(high, {"oxygen": oxygen})


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 19)), min_size=1, max_size=20))
def test_before_or_after_averaging_is_one_thing_with_constant_factors_alone(pairs):
    """And another with measured oxygen: decision 0035."""
    mean = sum(nox for nox, _ in pairs) / len(pairs)
    conversion = Conversion(PPB)
    before = sum(conversion.value(nox, {}) for nox, _ in pairs) / len(pairs)
    assert conversion.value(mean, {}) == pytest.approx(before, rel=1e-6, abs=1e-6)


def test_before_or_after_averaging_by_hand():
    conversion = Conversion(STACK)
    before = (conversion.value(100.0, {"oxygen": 8.0}) + conversion.value(100.0, {"oxygen": 18.0})) / 2
    assert before == pytest.approx((100 + 1300 / 3) / 2)
    assert conversion.value(100.0, {"oxygen": 13.0}) == 162.5
    assert conversion.value(100.0, {"oxygen": None}) is None
    with pytest.raises(Invalid, match="above 19 %"):
        conversion.value(100.0, {"oxygen": 20.0})

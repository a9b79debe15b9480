"""Drift of a calibration against its limits, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.calibration import NUMBERS, assess
from agent.config.quality_model import CalibrationSettings

CEMS = CalibrationSettings(
    "cems.so2", "mg/m3", full_scale=200.0, span_gas=160.0, zero_drift=2.5, span_drift=5.0
)
PID = CalibrationSettings("pid.voc", "ppm", span_gas=50.0, zero_drift=0.5, span_drift=5.0, is_percent=False)


def test_percent_of_full_scale():
    # zero 3.2 of 200 is 1.6 %; span 153 - 160 = -7, of 200 -3.5 %
    found = assess(CEMS, {"zero_before": 3.2, "span_before": 153.0})
    assert found.facts == {
        "unit": "mg/m3",
        "zero_gas": 0.0,
        "zero_before": 3.2,
        "zero_drift": 3.2,
        "zero_drift_percent": 1.6,
        "zero_limit": 2.5,
        "limits_in": "percent",
        "span_gas": 160.0,
        "span_before": 153.0,
        "span_drift": -7.0,
        "span_drift_percent": -3.5,
        "span_limit": 5.0,
    }
    assert found.over == ()


@pytest.mark.parametrize(
    ("zero", "span", "over"),
    [
        (5.0, 170.0, ()),  # exactly 2.5 % and 5 %
        (5.1, 170.0, ("zero drift",)),
        (-5.1, 150.0, ("zero drift",)),
        (0.0, 149.9, ("span drift",)),
        (5.1, 170.2, ("zero drift", "span drift")),
    ],
)
def test_on_the_limit_is_within_it(zero, span, over):
    assert assess(CEMS, {"zero_before": zero, "span_before": span}).over == over


def test_in_the_channels_unit():
    assert assess(PID, {"zero_before": 0.5, "span_before": 45.0}).over == ()
    found = assess(PID, {"zero_before": 0.6, "span_before": 44.9, "span_gas": 50.0})
    assert found.over == ("zero drift", "span drift")
    assert "span_drift_percent" not in found.facts


def test_as_they_are_written():
    """80.1 - 80 is 0.1, and not a hair more."""
    tight = CalibrationSettings("a.b", "ppm", span_gas=80.0, span_drift=0.1, is_percent=False)
    assert assess(tight, {"span_before": 80.1}).over == ()


def test_the_gas_of_the_cylinder_and_a_zero_gas_that_has_some_of_it():
    found = assess(PID, {"zero_gas": 0.2, "zero_before": 0.6, "span_gas": 48.0, "span_before": 50.0})
    assert (found.facts["zero_drift"], found.facts["span_drift"], found.over) == (0.4, 2.0, ())


def test_adjusting_does_not_make_up_for_drift():
    said = {"zero_before": 0.0, "span_before": 40.0, "span_after": 50.0}
    assert assess(PID, said).over == ("span drift",)


def test_what_could_not_be_adjusted_is_no_good_calibration():
    said = {"zero_before": 0.1, "zero_after": 0.9, "span_before": 50.0, "span_after": 50.0}
    assert assess(PID, said).over == ("zero drift",)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "zero-before is missing: zero drift has a limit"),
        ({"zero_before": 0.0}, "span-before is missing: span drift has a limit"),
        ({"zero_after": 0.0}, "zero-before is missing: zero-after alone tells no drift"),
    ],
)
def test_one_that_proves_nothing_is_refused(said, why):
    with pytest.raises(ValueError, match=why):
        assess(PID, said)


def test_without_limits_it_is_recorded_and_never_over():
    bare = CalibrationSettings("a.b", "ppm")
    found = assess(bare, {"span_gas": 50.0, "span_before": 10.0})
    assert (found.facts["span_drift"], found.over) == (-40.0, ())
    with pytest.raises(ValueError, match="span-gas is missing"):
        assess(bare, {"span_before": 10.0})
    with pytest.raises(ValueError, match="no reading of a gas"):
        assess(bare, {"zero_gas": 1.0})


@given(st.dictionaries(st.sampled_from(NUMBERS), st.floats(-1e300, 1e300)), st.sampled_from([CEMS, PID]))
def test_any_numbers_come_to_a_verdict_or_a_reason(said, settings):
    if not {"zero_before", "span_before"} <= said.keys():
        with pytest.raises(ValueError, match="missing"):
            assess(settings, said)
        return
    found = assess(settings, said)
    percent = 100 / 200 if settings.is_percent else 1
    slack = 1 + 1e-5
    for gas, limit in (("zero", settings.zero_drift), ("span", settings.span_drift)):
        applied = said.get(f"{gas}_gas", 0.0 if gas == "zero" else settings.span_gas)
        worst = max(abs(said[name] - applied) for name in (f"{gas}_before", f"{gas}_after") if name in said)
        if worst * percent > limit * slack:
            assert f"{gas} drift" in found.over
        if worst * percent * slack < limit:
            assert f"{gas} drift" not in found.over

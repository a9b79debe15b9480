"""The 95 % rule, by hand and against what must always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.outlet_model import FactorSettings, Operating, OutletSettings
from tests.tools.report.month_rig import hours_of, november
from tools.report.hours import Hours
from tools.report.organised import NO_OPERATING, outlet_report

PM = FactorSettings("pm", "stack.dust", 10.0, "mg/m3", "coking-ule-2023/coke-oven-stack/pm")
SO2 = FactorSettings("so2", "stack.so2", 30.0, "mg/m3", "coking-ule-2023/coke-oven-stack/so2")
OVEN = OutletSettings("oven", (PM, SO2), Operating("stack.flow", above=5000.0))
CHANNELS = ("stack.flow", "stack.dust", "stack.so2")
# A November of 720 hours: how many hours, flow, dust, SO2.
MONTH = (
    (30, 0.0, 50.0, 50.0),  # idle: what it measures does not matter
    (600, 9000.0, 5.0, 20.0),  # within
    (20, 9000.0, 12.0, 20.0),  # dust over
    (10, 9000.0, 12.0, 35.0),  # both over
    (5, 9000.0, "D", 35.0),  # SO2 over, dust not known: over
    (10, 9000.0, 5.0, "M"),  # dust within, SO2 not known: not judged
    (5, 9000.0, "T", "T"),  # over range: not judged
    (5, "D", 5.0, 20.0),  # nobody knows whether it operates: it counts as operating
    (15, None, None, None),  # the box was off: the same
    (20, 9000.0, 10.0, 30.0),  # at the limit: within
)
# By hand. Counted: 720 - 30 = 690.
BY_HAND = {
    # valid, within, over
    "pm": (665, 635, 30),  # 690 - 5 D - 5 T - 15 missing; over 20 + 10
    "so2": (660, 645, 15),  # 690 - 10 M - 5 T - 15 missing; over 10 + 5
    "all": (660, 625, 35),  # over 20 + 10 + 5; within 600 + 5 + 20
}
SHARES = {  # of valid, of operating: 95 % of 690 is 655.5
    "pm": (635 / 665, True, 635 / 690, False),  # 95 % of 665 is 631.75
    "so2": (645 / 660, True, 645 / 690, False),
    "all": (625 / 660, False, 625 / 690, False),  # 95 % of 660 is 627
}


def figures(counts):
    return counts.valid, counts.within, counts.over


def shares(counts):
    return counts.of_valid, counts.met_of_valid, counts.of_operating, counts.met_of_operating


def test_a_month_computed_by_hand():
    report = outlet_report(OVEN, hours_of(*MONTH, channels=CHANNELS), november())
    rows = {**{each.settings.factor: each.counts for each in report.factors}, "all": report.counts}
    assert {name: figures(counts) for name, counts in rows.items()} == BY_HAND
    assert {name: shares(counts) for name, counts in rows.items()} == SHARES
    assert (report.counts.counted, report.idle, report.unknown) == (690, 30, 20)
    pm, so2 = report.factors
    assert pm.not_valid == {"D": 5, "T": 5, "missing": 15}
    assert so2.not_valid == {"M": 10, "T": 5, "missing": 15}
    assert pm.over_range == so2.over_range == 5
    assert pm.counts.capture == 665 / 690
    assert (pm.highest.value, so2.highest.value) == (12.0, 35.0)
    assert report.reason is None


def test_of_a_month_that_is_not_over_the_hours_so_far_count():
    report = outlet_report(OVEN, hours_of(*MONTH, channels=CHANNELS), november(hours=640))
    assert (report.counts.counted, report.counts.within, report.counts.over) == (610, 600, 10)


def test_without_a_condition_there_is_no_second_share_and_a_reason():
    outlet = OutletSettings("oven", (PM, SO2))
    report = outlet_report(outlet, hours_of(*MONTH, channels=CHANNELS), november())
    assert (report.counts.of_operating, report.counts.met_of_operating) == (None, None)
    assert (report.reason, report.idle, report.unknown) == (NO_OPERATING, None, None)
    # the 30 hours with the flow at 0 count, and are over
    assert figures(report.counts) == (690, 625, 65)


@pytest.mark.parametrize(("below", "counted"), [(5000.0, 50), (9001.0, 720)])
def test_below(below, counted):
    outlet = OutletSettings("oven", (PM,), Operating("stack.flow", below=below))
    report = outlet_report(outlet, hours_of(*MONTH, channels=CHANNELS), november())
    assert report.counts.counted == counted


@pytest.mark.parametrize(("within", "met"), [(95, True), (94, False)])
def test_ninety_five_of_a_hundred_is_enough(within, met):
    month = hours_of((within, 5.0), (100 - within, 11.0), channels=("stack.dust",))
    counts = outlet_report(OutletSettings("oven", (PM,)), month, november(100)).counts
    assert counts.met_of_valid is met


def test_no_hour_no_share():
    empty = Hours({channel: {} for channel in CHANNELS}, {})
    counts = outlet_report(OVEN, empty, november()).counts
    assert (counts.of_valid, counts.met_of_valid) == (None, None)
    assert (counts.of_operating, counts.met_of_operating) == (0.0, False), "operated, as far as anybody knows"
    assert shares(outlet_report(OVEN, empty, november(0)).counts) == (None, None, None, None)


SAID = st.none() | st.sampled_from("SMCFBDT") | st.floats(0, 100)
SPANS = st.lists(st.tuples(st.integers(1, 5), SAID, SAID, SAID), max_size=12)


@given(SPANS, st.integers(0, 720), st.sampled_from([OVEN, OutletSettings("oven", (PM, SO2))]))
def test_what_always_holds(spans, so_far, outlet):
    report = outlet_report(outlet, hours_of(*spans, channels=CHANNELS), november(so_far))
    pm, so2 = (each.counts for each in report.factors)
    for counts in (pm, so2, report.counts):
        assert 0 <= counts.within <= counts.valid <= counts.counted <= so_far
        for share in (counts.of_valid, counts.of_operating, counts.capture):
            assert share is None or 0 <= share <= 1
        if counts.of_valid is not None and counts.of_operating is not None:
            assert counts.of_operating <= counts.of_valid
    for each in report.factors:
        assert sum(each.not_valid.values()) + each.counts.valid == each.counts.counted
        assert (each.highest is None) == (each.counts.valid == 0)
    # an hour fails with any factor, and is within with all
    assert max(pm.over, so2.over) <= report.counts.over <= pm.over + so2.over
    assert report.counts.within <= min(pm.within, so2.within)
    if report.idle is not None:
        assert report.idle + report.counts.counted == so_far

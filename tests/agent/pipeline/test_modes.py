"""Maintenance and calibration as people declare them: which readings they mark, and when they end."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.modes import CALIBRATION, KINDS, MAINTENANCE, RECOVERY, Mode, Modes
from drivers.sample import FLAGS, OVER_RANGE
from store.rows import Reading

T = 1_795_420_800_000
MINUTE, HOUR = 60_000, 3_600_000


def reading(mono, flag="N", conditions=(), channel="pid.voc", value=12.5):
    return Reading(channel, T + mono, mono, True, value, None, flag, tuple(conditions))


def mode(kind=MAINTENANCE, lasts=HOUR, instrument="pid", since=0):
    return Mode(instrument, kind, T + since, T + since + lasts, "li", "lamp")


def marked(modes, *readings):
    return [(each.flag, each.conditions) for each in map(modes.mark, readings)]


def test_maintenance_marks_its_instrument_from_its_beginning_to_its_end():
    modes = Modes()
    modes.begin(mode(), 1000)
    before_and_at_the_end = [reading(1000 + HOUR - 1), reading(1000 + HOUR)]
    assert marked(modes, reading(1000), *before_and_at_the_end) == [
        ("M", ("maintenance",)),
        ("M", ("maintenance",)),
        ("N", ()),
    ]
    assert marked(modes, reading(2000, channel="pid2.voc")) == [("N", ())], "another instrument"
    assert marked(modes, reading(2000, channel="pid.temp")) == [("M", ("maintenance",))]
    assert modes.mark(reading(2000)).value == 12.5


def test_somebody_ends_it():
    modes = Modes()
    modes.begin(mode(), 0)
    assert modes.end("pid", MAINTENANCE, T + 5) == mode()
    assert modes.end("pid", MAINTENANCE, T + 5) is None
    assert marked(modes, reading(10)) == [("N", ())]


def test_what_runs_out_is_told_once():
    modes = Modes()
    modes.begin(mode(), 0)
    assert modes.expired(T + HOUR - 1, HOUR - 1) == []
    assert modes.expired(T + HOUR, HOUR) == [mode()]
    assert modes.expired(T + HOUR, HOUR) == []


def test_switched_on_anew_it_lasts_from_then():
    modes = Modes()
    modes.begin(mode(), 0)
    modes.begin(mode(since=30 * MINUTE), 30 * MINUTE)
    assert [flag for flag, _ in marked(modes, reading(80 * MINUTE), reading(90 * MINUTE))] == ["M", "N"]
    assert [left for _, left in modes.running(80 * MINUTE)] == [10 * MINUTE]


def test_declared_and_said_by_the_instrument_go_by_precedence_and_all_causes_stay():
    modes = Modes()
    modes.begin(mode(), 0)
    modes.begin(mode(CALIBRATION), 0)
    found = marked(modes, reading(1, "D", ["lamp fault"]), reading(1, "S"), reading(1, "T"), reading(1, "B"))
    assert found == [
        ("M", ("lamp fault", "maintenance", "calibration")),
        ("S", ("maintenance", "calibration")),
        ("M", ("maintenance", "calibration", OVER_RANGE)),
        ("M", ("maintenance", "calibration")),
    ]
    modes.end("pid", MAINTENANCE, T)
    assert marked(modes, reading(1), reading(1, "M")) == [("C", ("calibration",)), ("M", ("calibration",))]


def test_after_calibration_a_channel_recovers():
    modes = Modes({"pid.voc": 10 * MINUTE})
    modes.begin(mode(CALIBRATION), 0)
    assert marked(modes, reading(5000)) == [("C", ("calibration",))]
    modes.end("pid", CALIBRATION, T + 6000)
    at_its_end = 5000 + 10 * MINUTE
    found = marked(modes, reading(7000), reading(at_its_end - 1), reading(at_its_end))
    assert found == [("C", (RECOVERY,)), ("C", (RECOVERY,)), ("N", ())]
    assert marked(modes, reading(7000, channel="pid.temp")) == [("N", ())], "it has no recovery period"


def test_after_a_calibration_of_its_own_it_recovers_too():
    modes = Modes({"pid.voc": 10 * MINUTE})
    assert marked(modes, reading(0)) == [("N", ())], "no recovery without a calibration"
    modes.mark(reading(1000, "C", ["zero"]))
    found = marked(modes, reading(2000), reading(1000 + 10 * MINUTE))
    assert found == [("C", (RECOVERY,)), ("N", ())]


def test_one_that_runs_out_is_followed_by_recovery():
    modes = Modes({"pid.voc": 10 * MINUTE})
    modes.begin(mode(CALIBRATION), 0)
    modes.mark(reading(HOUR - 1))
    assert marked(modes, reading(HOUR + 1)) == [("C", (RECOVERY,))]


def revived(modes, utc, mono, recovery_ms=0):
    """What a new process makes of it, by way of JSON."""
    new = Modes({"pid.voc": recovery_ms})
    new.restore(json.loads(json.dumps(modes.snapshot(utc))), utc, mono)
    return new


def test_it_goes_on_after_a_restart_on_another_monotonic_clock():
    modes = Modes()
    modes.begin(mode(), 7_000_000)
    new = revived(modes, T + 20 * MINUTE, 500)
    assert marked(new, reading(500), reading(500 + 40 * MINUTE)) == [("M", ("maintenance",)), ("N", ())]


def test_what_ran_out_while_nobody_looked_is_told_and_marks_nothing():
    modes = Modes()
    modes.begin(mode(), 0)
    new = revived(modes, T + 3 * HOUR, 500)
    assert marked(new, reading(500)) == [("N", ())]
    assert new.expired(T + 3 * HOUR, 500) == [mode()]


def test_a_clock_that_is_behind_does_not_make_it_longer_than_it_was_given():
    modes = Modes()
    modes.begin(mode(), 0)
    new = revived(modes, T - 1000 * HOUR, 500)
    assert [flag for flag, _ in marked(new, reading(500 + HOUR - 1), reading(500 + HOUR))] == ["M", "N"]


def test_recovery_goes_on_after_a_restart():
    modes = Modes({"pid.voc": 10 * MINUTE})
    modes.begin(mode(CALIBRATION), 0)
    modes.end("pid", CALIBRATION, T + 1000)
    new = revived(modes, T + 1000 + 4 * MINUTE, 500, 10 * MINUTE)
    assert [flag for flag, _ in marked(new, reading(500), reading(500 + 6 * MINUTE))] == ["C", "N"]
    assert modes.snapshot(T + 1000 + 10 * MINUTE)["ended"] == {}, "nothing is kept for ever"


@pytest.mark.parametrize(
    "saved",
    [
        "unreadable: x",
        [],
        {},
        {"modes": [["pid"]], "ended": {}},
        {"modes": [["pid", "holiday", 1, 2, "li", ""]], "ended": {}},
        {"modes": [["pid", MAINTENANCE, 2, 1, "li", ""]], "ended": {}},
        {"modes": [["pid", MAINTENANCE, "1", 2, "li", ""]], "ended": {}},
        {"modes": [], "ended": {"pid": "x"}},
    ],
)
def test_what_is_no_state_is_refused(saved):
    modes = Modes()
    with pytest.raises(ValueError, match="no saved state"):
        modes.restore(saved, T, 0)
    assert modes.running(0) == [], "and changes nothing"


@given(
    st.sampled_from(FLAGS),
    st.lists(st.sampled_from(["lamp", OVER_RANGE, MAINTENANCE]), max_size=3, unique=True),
    st.sets(st.sampled_from(sorted(KINDS))),
    st.one_of(st.none(), st.floats(-10, 10)),
)
def test_the_flag_is_that_of_precedence_and_nothing_is_lost(flag, conditions, kinds, value):
    modes = Modes()
    for kind in kinds:
        modes.begin(mode(kind), 0)
    before = reading(1, flag, conditions, value=value)
    after = modes.mark(before)
    assert after.flag == min([flag, *(KINDS[kind].flag for kind in kinds)], key=FLAGS.index)
    assert set(after.conditions) >= {*conditions, *kinds}
    assert flag != "T" or not kinds or OVER_RANGE in after.conditions
    assert after._replace(flag=flag, conditions=before.conditions) == before

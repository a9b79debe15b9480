"""Channels out of control: their readings are D, and may raise an alarm and never clear one."""

from agent.config.conversion_model import ConversionSettings, Step
from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import Above, Below
from agent.pipeline.conversion import Conversions
from agent.pipeline.limit import Limit
from agent.pipeline.out_of_control import OUT_OF_CONTROL, OVERDUE, OutOfControl
from agent.pipeline.pipeline import Pipeline
from drivers.sample import OVER_RANGE
from store.rows import Reading

T = 1_795_420_800_000
DUE = T + 60_000


def reading(value, flag="N", conditions=(), *, at=0, trusted=True, channel="pid.voc"):
    return Reading(channel, T + at, at, trusted, value, None, flag, tuple(conditions))


def said(control, each):
    marked = control.mark(each)
    assert (marked.value, marked.t) == (each.value, each.t)
    return marked.flag, marked.conditions


def failed(*causes, due=None):
    control = OutOfControl({"pid.voc": ["pid.voc"]})
    control.put("pid.voc", causes, due)
    return control


def test_its_readings_are_d_until_a_good_calibration():
    control = failed("span drift")
    assert said(control, reading(7.0)) == ("D", (OUT_OF_CONTROL, "span drift"))
    assert said(control, reading(7.0, channel="pid.temp")) == ("N", ())
    control.put("pid.voc", (), None)
    assert said(control, reading(7.0)) == ("N", ())


def test_it_becomes_overdue_at_its_time():
    control = failed(due=DUE)
    assert said(control, reading(7.0, at=59_999)) == ("N", ())
    assert said(control, reading(7.0, at=60_000)) == ("D", (OUT_OF_CONTROL, OVERDUE))


def test_a_clock_that_nobody_trusts_makes_nothing_overdue():
    control = failed("zero drift", due=DUE)
    assert said(control, reading(7.0, at=90_000, trusted=False))[1] == (OUT_OF_CONTROL, "zero drift")


def test_what_else_is_wrong_goes_by_precedence_and_stays():
    control = failed("span drift")
    assert said(control, reading(7.0, "M", ["maintenance"])) == ("M", ("maintenance", "span drift"))
    assert said(control, reading(None, "B", ["no answer"])) == ("B", ("no answer", "span drift"))
    assert said(control, reading(7.0, "D", ["lamp"])) == ("D", ("lamp", "span drift"))
    assert said(control, reading(99.0, "T")) == ("D", (OUT_OF_CONTROL, "span drift", OVER_RANGE))


def pipeline(control, condition, conversions=None, channel="pid.voc"):
    limit = Limit(Alarm("rule"), condition, channel, "high", "ppm")
    return Pipeline([limit], {}, None, conversions, out_of_control=control)


def transitions(line, *readings):
    return [
        verdict.change.transition
        for each in readings
        for verdict in line.take([each]).verdicts
        if verdict.change is not None
    ]


def test_it_raises_and_does_not_clear():
    control = failed("span drift")
    line = pipeline(control, Above(50.0, 5.0))
    assert transitions(line, reading(10.0), reading(60.0), reading(10.0, at=1000)) == ["raised"]
    control.put("pid.voc", (), None)
    assert transitions(line, reading(10.0, at=2000)) == ["returned"]


def test_a_lower_limit_acts_likewise():
    line = pipeline(failed("span drift"), Below(18.0))
    assert transitions(line, reading(20.0), reading(17.0), reading(20.0, at=1000)) == ["raised"]


def test_another_fault_beside_it_holds_the_alarm():
    line = pipeline(failed("span drift"), Above(50.0))
    assert transitions(line, reading(60.0, "D", ["lamp"]), reading(60.0, "M", ["maintenance"])) == []
    assert transitions(line, reading(60.0, "T")) == ["raised"], "over range raises beside anything"


def test_what_is_computed_from_it_is_out_of_control_with_its_value_and_raises_too():
    control = OutOfControl({"pid.voc": ["pid.voc"], "benzene": ["pid.voc"]})
    control.put("pid.voc", ["span drift"], None)
    doubled = Conversions([ConversionSettings("benzene", "pid.voc", "mg/m3", factors=(Step("twice", 2.0),))])
    line = pipeline(control, Above(50.0), doubled, "benzene")
    out = line.take([reading(30.0)])
    assert [(each.channel, each.value, each.flag, each.conditions) for each in out.kept] == [
        ("pid.voc", 30.0, "D", (OUT_OF_CONTROL, "span drift")),
        ("benzene", 60.0, "D", (OUT_OF_CONTROL, "pid.voc: span drift")),
    ]
    assert [verdict.change.transition for verdict in out.verdicts] == ["raised"]

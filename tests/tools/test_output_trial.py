"""A test of outputs as its command follows it."""

from tools.output_trial import Trial


def row(name="siren", position="test", wanted=True, confirmed=True, **more):
    base = {"id": name, "position": position, "wanted": wanted, "confirmed": confirmed}
    return {**base, "cause": None, "trouble": None, "by_hand_s": None, **more}


def test_there_and_back():
    trial = Trial([row(confirmed=False)])
    assert list(trial.look([row(confirmed=False, by_hand_s=10)])) == []
    assert list(trial.look([row(by_hand_s=9.7)])) == ["siren: energised, confirmed, for 10 s"]
    assert list(trial.look([row(by_hand_s=5)])) == [], "said once"
    assert not trial.is_over
    assert list(trial.look([row(position="healthy", wanted=False, confirmed=True)])) == []
    back = row(position="healthy", wanted=False, confirmed=False)
    assert list(trial.look([back])) == ["siren: back, let go, confirmed"]
    assert trial.has_passed


def test_an_alarm_ends_it():
    trial = Trial([row()])
    said = list(trial.look([row(position="alarm", cause="rule voc-high")]))
    assert said == ["siren: energised, confirmed", "siren: stays in alarm, rule voc-high"]
    assert trial.has_passed


def test_one_that_did_not_follow_has_failed_though_it_is_back():
    trial = Trial([row(confirmed=None), row("beacon", wanted=False, confirmed=True)])
    list(trial.look([row(position="healthy", wanted=False, confirmed=False)]))
    alone = Trial([row(confirmed=None)])
    list(alone.look([row(position="healthy", wanted=False, confirmed=False)]))
    assert (alone.is_over, alone.has_passed) == (True, False)
    rows = [
        row(position="healthy", wanted=False, confirmed=False),
        row("beacon", wanted=False, confirmed=True, trouble="no answer in 500 ms"),
    ]
    assert list(trial.end(rows)) == [
        "siren: NOT CONFIRMED in its alarm position: no reason known",
        "beacon: NOT CONFIRMED in its alarm position: no answer in 500 ms",
    ]


def test_one_that_does_not_come_back_is_named():
    trial = Trial([row()])
    list(trial.look([row()]))
    assert list(trial.end([row(position="healthy", wanted=False, trouble="no answer in 500 ms")])) == [
        "siren: NOT CONFIRMED to be back: no answer in 500 ms"
    ]

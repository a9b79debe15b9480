"""Test and silence of one output: what beats what, and when each is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.outputs.by_hand import ByHand
from agent.outputs.position import ALARM, HEALTHY, SILENCED, TEST, Position, Reason

ONE, TWO, AGAIN = Reason("rule one", 1), Reason("rule two", 1), Reason("rule one", 2)
WELL = Position(HEALTHY, "")


def where(hand, *reasons, at_s=0.0):
    place = Position(ALARM, reasons[0].text) if reasons else WELL
    return hand.position(place, list(reasons), at_s * 1000)


@pytest.fixture
def silenced():
    """Silenced at 0 s, for a minute, while rule one stood."""
    hand = ByHand()
    hand.begin_silence([ONE], "jan", 60_000)
    return hand


def test_a_silenced_horn_is_quiet_until_something_new_comes(silenced):
    assert where(silenced, ONE) == (SILENCED, "rule one, by jan")
    assert where(silenced, ONE, TWO) == (ALARM, "rule two")
    assert where(silenced, ONE) == (SILENCED, "rule one, by jan"), "two has gone, one is silenced still"


def test_the_same_alarm_raised_anew_sounds_anew(silenced):
    assert where(silenced, AGAIN) == (ALARM, "rule one")


def test_what_was_gone_in_between_sounds_anew(silenced):
    assert where(silenced) == WELL
    assert where(silenced, ONE) == (ALARM, "rule one")


def test_a_silence_has_its_time(silenced):
    assert where(silenced, ONE, at_s=59.9)[0] == SILENCED
    assert where(silenced, ONE, at_s=60)[0] == ALARM


def test_a_test_shows_the_alarm_position_until_its_time_is_over():
    hand = ByHand()
    hand.begin_test("jan", 10_000)
    assert where(hand) == (TEST, "asked for by jan")
    assert hand.end_test(9_999) is None
    assert hand.end_test(10_000) == ("jan", 10_000)
    assert hand.end_test(10_001) is None, "told once"
    assert where(hand, at_s=10) == WELL


def test_a_real_alarm_beats_a_test_and_stays():
    hand = ByHand()
    hand.begin_test("jan", 10_000)
    assert where(hand, ONE, at_s=5) == (ALARM, "rule one")
    assert hand.end_test(10_000)
    assert where(hand, ONE, at_s=10) == (ALARM, "rule one")


def test_a_silenced_horn_can_be_tested(silenced):
    silenced.begin_test("eva", 10_000)
    assert where(silenced, ONE) == (TEST, "asked for by eva")
    assert silenced.end_test(10_000)
    assert where(silenced, ONE, at_s=10)[0] == SILENCED


def test_how_long_it_stays_so(silenced):
    assert silenced.left_s(where(silenced, ONE), 15_000) == 45
    assert silenced.left_s(where(silenced, ONE, TWO), 15_000) is None, "in alarm by itself"
    silenced.begin_test("eva", 10_000)
    assert silenced.left_s(where(silenced, ONE), 9_500) == 0.5


DEED = st.one_of(
    st.tuples(st.just("test"), st.integers(1, 50)),
    st.tuples(st.just("silence"), st.integers(1, 50)),
    st.tuples(st.just("reasons"), st.sets(st.sampled_from([ONE, TWO, AGAIN]))),
)


@given(deeds=st.lists(st.tuples(st.integers(0, 20), DEED), max_size=30))
def test_whatever_people_do_what_nobody_has_silenced_is_heard(deeds):
    """The safe direction: a reason is only ever quiet that stood, without a break, since somebody silenced it
    less than its time ago."""
    hand, now_ms, reasons, quiet = ByHand(), 0, set(), {}
    for pause, (deed, what) in deeds:
        now_ms += pause
        if deed == "test":
            hand.begin_test("jan", now_ms + what)
        elif deed == "silence":
            hand.begin_silence(reasons, "jan", now_ms + what)
            quiet = dict.fromkeys(reasons, now_ms + what)
        else:
            reasons = what
        quiet = {reason: until for reason, until in quiet.items() if reason in reasons and now_ms < until}
        hand.end_test(now_ms)
        position = where(hand, *sorted(reasons), at_s=now_ms / 1000).position
        assert (position == ALARM) == bool(reasons - quiet.keys())

"""The life of an alarm against a second table, and what survives a kill at every point of it."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.pipeline.alarm import Alarm
from agent.pipeline.conditions import HIGH, LOW, Seen
from agent.pipeline.instant import Instant
from agent.pipeline.life import ENDS, Deed, Life

HOUR_MS = 3_600_000
T = 1_800_000_000_000
JAN = Deed("jan", "here", "so")
# ISA-18.2 by the standard's letters, written down apart from agent/alarms.py. Rows: states; columns: what
# happens, "latch" being the end of a condition that latches. "*": A where the condition is over, B where it
# stands; "-": nothing.
COLUMNS = [
    "stands",
    "over",
    "latch",
    "ack",
    "reset",
    "shelve",
    "unshelve",
    "suppress",
    "unsuppress",
    "remove",
    "put-back",
]
TABLE = {
    "A": "B - - - - G - H - I -",
    "B": "- D E C - G - H - I -",
    "C": "- A F - - G - H - I -",
    "D": "B - - A - G - H - I -",
    "E": "B - - F - G - H - I -",
    "F": "B - - - A G - H - I -",
    "G": "- - - - - - * H - I -",
    "H": "- - - - - - - - * I -",
    "I": "- - - - - - - - - - *",
}
NAMES = {
    "A": "normal",
    "B": "unacked",
    "C": "acked",
    "D": "returned",
    "E": "latched",
    "F": "latched-acked",
    "G": "shelved",
    "H": "suppressed",
    "I": "out-of-service",
}
DEEDS = [event for event in COLUMNS if event not in ("stands", "over", "latch")]


def at(ms, machine="a", trusted=True):
    return Instant(T + ms, 1_000_000 + ms, trusted, machine)


def expected(letter, event, stands):
    cell = TABLE[letter].split()[COLUMNS.index(event)]
    return {"-": letter, "*": "B" if stands else "A"}.get(cell, cell)


@given(
    latching=st.booleans(),
    script=st.lists(
        st.tuples(st.sampled_from(["stands", "over", *DEEDS]), st.integers(1, HOUR_MS), st.booleans()),
        max_size=40,
    ),
)
@example(latching=True, script=[(event, 1, True) for event in ("stands", "over", "reset", "ack", "reset")])
@example(latching=True, script=[(event, 1, True) for event in ("stands", "ack", "over", "stands", "over")])
@example(
    latching=False, script=[(event, 1, True) for event in ("shelve", "stands", "suppress", "unsuppress")]
)
@example(latching=False, script=[(event, 1, True) for event in ("stands", "remove", "over", "put-back")])
def test_any_sequence_follows_the_second_table_also_over_a_restart_at_any_point(latching, script):
    life, letter, stands, now = Life(latching), "A", False, 0
    for event, later_ms, killed in script:
        now += later_ms
        if event in ("stands", "over"):
            stands = event == "stands"
            column = "latch" if event == "over" and latching else event
            life.condition(stands, at(now).t, at(now).mono)
        else:
            column = event
            done = life.act(event, at(now), JAN, HOUR_MS if event == "shelve" else 0)
            if done and event in ENDS.values():
                assert (life.raise_anew(at(now)) is not None) == stands
        letter = expected(letter, column, stands)
        assert (life.state, life.stands) == (NAMES[letter], stands)
        if letter not in "GHI":
            assert stands == (letter in "BC"), "the state says it, too"
            assert life.quiet is None
        assert (life.active is not None) == (letter in "BC")
        assert (life.noted is not None) == (letter in "CF")
        if killed:
            before, again = life.snapshot(), Life(latching)
            again.restore(json.loads(json.dumps(before)), at(now))
            assert again.snapshot() == before
            assert (again.active, again.quiet) == (life.active, life.quiet)
            life = again


@given(
    for_ms=st.integers(60_000, 24 * HOUR_MS),
    steps=st.lists(
        st.tuples(
            st.integers(0, 8 * HOUR_MS),  # how long the agent runs on
            st.sampled_from(["runs", "killed", "machine off"]),
            st.integers(0, 8 * HOUR_MS),  # how long the machine is off, where it is
            st.integers(-2 * HOUR_MS, 2 * HOUR_MS),  # by how much UTC is set
            st.booleans(),  # whether UTC is trusted
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_a_shelf_never_outlives_its_time(for_ms, steps):
    """Whatever is done to clocks, agent and machine: counted in the time for which the agent runs."""
    life, boot, set_by, trusted = Life(), 0, 0, True
    life.act("shelve", Instant(T, 0, True, "boot 0"), JAN, for_ms)
    real, booted_at, ran = (
        0,
        0,
        0,
    )  # ms of a clock that nobody has; since when the machine is on; shelved and running
    for runs_ms, what, off_ms, set_ms, is_trusted in steps:
        real += runs_ms
        ran += runs_ms
        mono = real - booted_at
        over = life.shelf_ends(mono)
        if boot == 0:
            assert (over is not None) == (ran >= for_ms), "in one boot of the machine to the millisecond"
        if over is not None:
            return
        assert ran < for_ms
        if what == "runs":
            set_by += set_ms  # nobody asks UTC
            continue
        if what == "machine off":
            real += off_ms
            boot, booted_at = boot + 1, real
            set_by, trusted = set_by + set_ms, is_trusted
        again = Life()
        now = Instant(T + real + set_by, real - booted_at, trusted, f"boot {boot}")
        again.restore(json.loads(json.dumps(life.snapshot())), now)
        life = again
        if what == "machine off" and not is_trusted:
            assert life.shelf_ends(now.mono) == "nobody can tell for how long the box was off"
            return
        if what == "machine off" and set_by < 0:
            return  # a trusted clock that is wrong prolongs it by as much, and at most to for_ms anew


def test_a_shelf_over_a_boot_of_the_machine_goes_by_utc():
    life = Life()
    life.act("shelve", at(0, "a"), JAN, 2 * HOUR_MS)
    again = Life()
    again.restore(
        life.snapshot(), Instant(T + HOUR_MS, 5_000, True, "b")
    )  # an hour later, 5 s after its boot
    assert again.shelf_ends(5_000 + HOUR_MS - 1) is None
    assert again.shelf_ends(5_000 + HOUR_MS) == "its time is over"


def test_a_shelf_of_a_clock_that_was_set_back_is_as_long_as_a_new_one_at_most():
    life = Life()
    life.act("shelve", at(0, "a"), JAN, 2 * HOUR_MS)
    again = Life()
    again.restore(life.snapshot(), Instant(T - 100 * HOUR_MS, 5_000, True, "b"))
    assert again.shelf_ends(5_000 + 2 * HOUR_MS - 1) is None
    assert again.shelf_ends(5_000 + 2 * HOUR_MS) == "its time is over"


@pytest.mark.parametrize("then_now", [(False, True), (True, False), (False, False)])
def test_a_shelf_over_a_boot_ends_where_utc_is_or_was_not_trusted(then_now):
    life = Life()
    life.act("shelve", at(0, "a", then_now[0]), JAN, 2 * HOUR_MS)
    again = Life()
    again.restore(life.snapshot(), at(1000, "b", then_now[1]))
    assert again.shelf_ends(0) == "nobody can tell for how long the box was off"


def test_without_trust_a_shelf_goes_on_over_a_restart_of_the_agent_alone():
    life = Life()
    life.act("shelve", at(0, "a", False), JAN, HOUR_MS)
    again = Life()
    again.restore(life.snapshot(), at(1000, "a", False)._replace(t=0))
    assert again.shelf_ends(at(HOUR_MS - 1).mono) is None
    assert again.shelf_ends(at(HOUR_MS).mono) == "its time is over"


def test_the_state_of_a_version_that_kept_less():
    alarm = Alarm("r")
    alarm.restore({"state": "acked", "changed_t": T, "side": "high", "since": T}, at(1000))
    life = alarm.life
    assert (life.state, life.stands, life.active, life.noted) == ("acked", True, (T, at(0).mono), None)


JUNK = [
    None,
    {"state": "melted"},
    {"state": "acked", "noted": 7},
    {"state": "acked", "noted": {"by": "jan"}},
    {"state": "acked", "changed_t": "noon"},
    {"state": "shelved", "quiet": {"since": 7}},
    {"state": "shelved", "quiet": {"since": {"t": 1, "mono": 1, "trusted": 1, "machine": ""}}},
    {"state": "shelved", "quiet": {"for_ms": "long"}},
]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_is_no_saved_state_and_changes_nothing(junk):
    life = Life()
    before = life.snapshot()
    with pytest.raises(ValueError, match="is no saved state"):
        life.restore(junk, at(0))
    assert life.snapshot() == before


def test_a_shelf_of_which_nothing_is_known_ends():
    life = Life()
    life.restore({"state": "shelved"}, at(0))
    assert life.shelf_ends(at(0).mono) == "nobody can tell for how long the box was off"


def test_the_condition_is_watched_with_its_delays_while_the_alarm_is_shelved():
    alarm = Alarm("r", on_delay_ms=10_000)
    alarm.life.act("shelve", at(0), JAN, HOUR_MS)
    high, low = Seen(HIGH, 60.0, "N", "above 50"), Seen(LOW, 1.0, "N", "at or below 50")
    for ms, seen, stands in (
        (0, high, False),
        (9_999, high, False),
        (10_000, high, True),
        (11_000, low, False),
    ):
        assert alarm.judge(seen, at(ms).t, at(ms).mono) is None
        assert alarm.life.stands == stands
    assert alarm.life.act("unshelve", at(12_000), Deed()) == "unshelved"
    assert alarm.life.raise_anew(at(12_000)) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["high", "low", "between", "silent", *DEEDS]), st.sampled_from([0, 1, 5000])
        ),
        max_size=40,
    )
)
@example([("shelve", 0), ("high", 1), ("high", 5000), ("low", 1), ("low", 5000)])
def test_what_changes_in_an_alarm_changes_its_mark(script):
    """Else it would not reach the disk."""
    alarm, now = Alarm("r", on_delay_ms=5000, off_delay_ms=5000, latching=True), 0
    before = alarm.mark(), alarm.snapshot()
    for what, later_ms in script:
        now += later_ms
        if what in DEEDS:
            alarm.life.act(what, at(now), JAN, HOUR_MS)
            if what in ENDS.values():
                alarm.life.raise_anew(at(now))
        else:
            seen = None if what == "silent" else Seen(what, 1.0, "N", "")
            alarm.judge(seen, at(now).t, at(now).mono)
        after = alarm.mark(), alarm.snapshot()
        assert after[1] == before[1] or after[0] != before[0]
        before = after

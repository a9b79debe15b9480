"""What holds for rules of every kind: flags, kills, junk. And each kind against a plain computation."""

import json
from dataclasses import replace
from math import isfinite
from statistics import linear_regression, median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.agent.pipeline.rule_rig import (
    DAY,
    MINUTE,
    OFFSET_MIN,
    T0,
    Plant,
    fresh,
    reading,
    rule,
    running,
    wind,
)

PAIR, GROUP = fresh("a.v", "b.v"), fresh("a.v", "b.v", "c.v")
UPPER = {  # kinds whose condition T is
    "above": rule(above=50.0, deadband=5.0),
    "above-in-phase": rule(above=50.0, during=(("charging", 20.0),)),
    "background-median": rule(
        "background", 20.0, others=("b.v", "c.v"), background="median", fresh_ms=GROUP, deadband=2.0
    ),
    "background-lowest": rule("background", 20.0, others=("b.v", "c.v"), background="lowest", fresh_ms=GROUP),
    "background-own": rule("background", 20.0, background="own lowest", span_ms=60_000),
    "wind": rule(
        "wind", 20.0, others=("b.v",), wind=wind(), fresh_ms=fresh("a.v", "b.v", "m.dir", "m.speed")
    ),
    "per-day": rule(above=50.0, deadband=5.0, per_day=2),
}
SILENT = {  # kinds to which T says nothing
    "below": rule(below=20.0, deadband=5.0),
    "rate-up": rule("rate", 60.0, span_ms=10_000, deadband=5.0),
    "rate-down": rule("rate", below=-60.0, span_ms=10_000),
    "deviation": rule("deviation", 20.0, others=("b.v",), fresh_ms=PAIR),
    "deviation-relative": rule("deviation", 40.0, unit="% of mean", others=("b.v", "c.v"), fresh_ms=GROUP),
    "flat": rule("flat", within=5.0, span_ms=8_000),
}
NO_DATA = {"no-data": rule("no-data", span_ms=7_000)}
KINDS = {**UPPER, **SILENT, **NO_DATA}
PHASE = running("charging", 10.0, 2.0)

OF_WIND = {"m.dir": (0.0, 44.0, 100.0, 180.0, 190.0), "m.speed": (0.0, 10.0)}
OF_FLAT = {"a.v": (10.0, 10.0, 12.0, 12.0, 14.0, 17.0)}


def steps(kind):
    """(seconds since the one before, channel, value, flag) for the channels that the rule looks at."""
    numbers = (0.0, 10.0, 12.0, 44.0, 50.0, 51.0, 70.0, 100.0)
    special = OF_FLAT if kind == "flat" else OF_WIND
    channels = [*(KINDS[kind].fresh_ms or ["a.v"]), *(["fan.a"] if KINDS[kind].during else [])]
    said = [
        st.tuples(
            st.sampled_from((1, 1, 1, 2, 3, 9, 30)),
            st.just(channel),
            st.sampled_from(special.get(channel, numbers)),
            st.sampled_from("NNNNNNNNNNTBDMCFS"),
        )
        for channel in channels
    ]
    return st.lists(st.one_of(said), max_size=60)


delays = st.sampled_from((0, 0, 2000, 5000))


def played(sequence):
    """Each step's reading, in order: at seconds."""
    at = 0
    for after, channel, value, flag in sequence:
        at += after
        yield at, reading(at, value, flag, channel=channel)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data(), on_delay=delays, off_delay=delays)
def test_doubtful_data_changes_no_alarm_and_t_clears_none(kind, data, on_delay, off_delay):
    plant = Plant(replace(KINDS[kind], on_delay_ms=on_delay, off_delay_ms=off_delay), PHASE)
    plant.tick(0)
    for _, each in played(data.draw(steps(kind))):
        changes = plant.take(each)
        if kind in NO_DATA:
            assert each.flag not in "NT" or "raised" not in changes
        elif each.flag not in "NT":
            assert changes == []
        elif each.flag == "T":
            assert kind in UPPER or changes == []
            assert "returned" not in changes


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data(), on_delay=delays, boot=st.sampled_from((0, 5, 10_000)))
def test_a_kill_at_any_moment_changes_no_alarm(kind, data, on_delay, boot):
    """boot: seconds that the new monotonic clock is apart from the old one."""
    settings = replace(KINDS[kind], on_delay_ms=on_delay, off_delay_ms=2000)
    whole, killed, shift_ms = Plant(settings, PHASE), Plant(settings, PHASE), 0
    whole.tick(0)
    killed.tick(0)
    sequence = data.draw(steps(kind))
    cut = data.draw(st.integers(0, len(sequence)))
    for place, (at, each) in enumerate(played(sequence)):
        whole.tick(at)
        killed.tick(at, at + shift_ms / 1000)
        whole.take(each)
        killed.take(each._replace(mono=each.mono + shift_ms))
        if place == cut:
            shift_ms = boot * 1000
            killed.killed(at, at + boot, killed.exact_state(at))
    assert killed.changes == whole.changes
    assert killed.state == whole.state


@pytest.mark.parametrize("kind", KINDS)
@given(values=st.lists(st.sampled_from((1.7e308, -1.7e308, 1e100, -1e100, float("inf"), float("nan"), 10.0))))
def test_a_damaged_number_does_no_harm(kind, values):
    """Every number in an event is one that JSON has."""
    plant = Plant(KINDS[kind], PHASE)
    for at, value in enumerate(values):
        for channel in plant.limit.channels:
            plant.see(at, value, channel=channel)
    assert all(change.value is None or isfinite(change.value) for change in plant.changes)
    json.dumps(plant.exact_state(len(values)), allow_nan=False)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "phases",
    "newest",
    "parts",
    "last",
    "run",
    "missing_ms",
    "said",
    "counts",
    "counted",
    "stands",
    "today",
)


@pytest.mark.parametrize("kind", KINDS)
@given(
    junk=st.dictionaries(st.sampled_from((*KEYS, "t", "mono")), json_values, max_size=4),
    data=st.data(),
)
def test_junk_of_a_condition_is_refused_whole_or_does_no_harm(kind, junk, data):
    plant, untouched = Plant(KINDS[kind], PHASE), Plant(KINDS[kind], PHASE)
    inner, sequence = {"t": T0, "mono": 0, **junk, "kind": plant.limit.kind}, data.draw(steps(kind))
    try:
        plant.killed(0, 0, {"state": "normal", "condition": inner})
    except ValueError as error:
        assert "is no saved state" in str(error)  # noqa: PT017 - what is not refused has to go on
        for _, each in played(sequence):
            assert plant.take(each) == untouched.take(each), "it begins as if nothing had been saved"
        return
    for _, each in played(sequence):
        plant.take(each)


def test_what_a_rule_of_another_kind_has_left_is_left_aside():
    plant = Plant(KINDS["background-own"])
    plant.see(0, 1.0)
    state = {**plant.exact_state(1), "state": "acked"}
    again = Plant(KINDS["rate-up"])
    again.killed(1, 1, state)
    assert again.state == "acked"


# ---- each kind against a plain computation ----


def numbers(history, channel):
    """(seconds, value) of what a channel said with N."""
    return [
        (each.mono / 1000, each.value) for each in history if each.channel == channel and each.flag == "N"
    ]


def last(history, channel):
    """Its last reading, where that is no older than 10 s."""
    found = [each for each in history if each.channel == channel]
    return found[-1] if found and history[-1].mono - found[-1].mono <= 10_000 else None


def plain(found):
    return found.value if found is not None and found.flag == "N" else None


def naive_rate(history):
    now = history[-1].mono / 1000
    span = [(at, value) for at, value in numbers(history, "a.v") if now - at <= 11.0]
    if history[-1].channel != "a.v" or plain(history[-1]) is None or len(span) < 2 or now - span[0][0] < 7.5:
        return None
    return linear_regression(*zip(*span, strict=True)).slope * 60


def naive_deviation(history):
    values = [plain(last(history, channel)) for channel in ("a.v", "b.v")]
    if history[-1].channel not in ("a.v", "b.v") or None in values:
        return None
    return abs(values[0] - values[1])


def naive_relative(history):
    values = [plain(last(history, channel)) for channel in ("a.v", "b.v", "c.v")]
    if history[-1].channel not in ("a.v", "b.v", "c.v") or None in values or (sum(values) == 0 < max(values)):
        return None
    return 100 * (max(values) - min(values)) / (sum(values) / 3) if sum(values) else 0.0


def naive_background(history, of):
    if history[-1].channel != "a.v":
        return None
    if history[-1].flag == "T":
        return float("inf")
    others = [value for value in (plain(last(history, each)) for each in ("b.v", "c.v")) if value is not None]
    return None if plain(history[-1]) is None or len(others) < 2 else history[-1].value - of(others)


def naive_own(history):
    if history[-1].channel != "a.v":
        return None
    if history[-1].flag == "T":
        return float("inf")
    now = history[-1].mono / 1000
    span = [value for at, value in numbers(history, "a.v") if now - at <= 60.0]
    return None if plain(history[-1]) is None else history[-1].value - min(span)


def naive_wind(history):
    """By the wind's component from south to north: a.v is north, b.v south of the source."""
    direction, speed = plain(last(history, "m.dir")), plain(last(history, "m.speed"))
    if history[-1].channel not in ("a.v", "b.v") or direction is None or speed is None or speed < 0.5:
        return None
    from_north = direction <= 45 or direction >= 315
    if not from_north and not 135 <= direction <= 225:
        return None
    up, down = ("a.v", "b.v") if from_north else ("b.v", "a.v")
    before, behind = last(history, up), last(history, down)
    if before is None or behind is None:
        return None
    if behind.flag == "T":
        return float("inf")
    return None if plain(before) is None or plain(behind) is None else behind.value - before.value


PLAIN = {
    "rate-up": naive_rate,
    "deviation": naive_deviation,
    "deviation-relative": naive_relative,
    "background-median": lambda history: naive_background(history, median),
    "background-lowest": lambda history: naive_background(history, min),
    "background-own": naive_own,
    "wind": naive_wind,
}


@pytest.mark.parametrize("kind", PLAIN)
@given(data=st.data())
def test_a_kind_is_what_a_plain_computation_over_all_readings_says(kind, data):
    settings, history, before = KINDS[kind], [], "low"
    plant = Plant(settings)
    for _, each in played(data.draw(steps(kind))):
        history.append(each)
        due = PLAIN[kind](history)
        changes = plant.take(each)
        if due is None:
            assert changes == []
            continue
        if kind in ("rate-up", "deviation-relative"):  # they divide
            assume(
                all(abs(due - edge) > 1e-6 for edge in (settings.above, settings.above - settings.deadband))
            )
        side = (
            "high" if due > settings.above else "low" if due <= settings.above - settings.deadband else before
        )
        assert changes == ([] if side == before else ["raised" if side == "high" else "returned"])
        before = side


@given(sequence=steps("flat"))
def test_flat_is_a_run_of_values_that_stay_by_its_first(sequence):
    settings, runs, standing = KINDS["flat"], [], False
    plant = Plant(settings)
    for at, each in played(sequence):
        changes = plant.take(each)
        if each.channel != "a.v" or each.flag != "N":
            assert changes == []
            continue
        if runs and at - runs[-1][-1][0] <= 4 and abs(each.value - runs[-1][0][1]) <= 5:
            runs[-1].append((at, each.value))
        else:
            runs.append([(at, each.value)])
        flat = at - runs[-1][0][0] >= 8
        assert changes == ([] if flat == standing else ["raised" if flat else "returned"])
        standing = flat


@given(sequence=steps("no-data"))
def test_no_data_is_the_time_since_the_last_n_or_t(sequence):
    plant, good, standing, ticked = Plant(KINDS["no-data"]), 0, False, 0
    plant.tick(0)
    for at, each in played(sequence):
        for now in range(ticked + 1, at + 1):
            changes = plant.tick(now)
            missing = now - good >= 7
            assert changes == (["raised"] if missing and not standing else [])
            standing = missing
        ticked = at
        changes = plant.take(each)
        if each.channel == "a.v" and each.flag in "NT":
            assert changes == (["returned"] if standing else [])
            good, standing = at, False


@given(
    sequence=st.lists(
        st.tuples(
            st.sampled_from((1, 600, 7200, 20_000)),
            st.sampled_from((40.0, 47.0, 60.0)),
            st.sampled_from("NNNTB"),
        ),
        max_size=60,
    )
)
def test_per_day_counts_excursions_of_the_local_day(sequence):
    plant, at, stands, counts, standing = Plant(KINDS["per-day"]), 0, False, {}, False
    plant.tick(0)
    for after, value, flag in sequence:
        at += after
        changes = plant.tick(at)
        day = (T0 // 1000 + OFFSET_MIN * 60 + at) // 86_400
        today = counts.get(day, 0) > 2
        assert changes == (["returned"] if standing and not today else [])
        standing = standing and today
        changes = plant.see(at, value, flag)
        past = flag == "T" or (flag == "N" and value > 50)
        if past and not stands:
            counts[day] = counts.get(day, 0) + 1
        if past or (flag == "N" and value <= 45):
            stands = past
        raised = flag in "NT" and counts.get(day, 0) > 2 and not standing
        assert changes == (["raised"] if raised else [])
        standing = standing or raised


def test_the_days_of_the_rig_are_local():
    assert (T0 // 1000 + OFFSET_MIN * 60) % DAY == 0
    assert MINUTE == 60

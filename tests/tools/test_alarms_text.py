"""`fenceline alarms` for a person: what has to be acted on first, in lines that fit a phone."""

from typing import Any

from agent.alarms import STATES
from tools.alarms_text import ORDER, alarms_text, history_text

T = 1_795_420_920_000  # 2026-11-23 16:02:00 at +08:00
EAST = 480
ROW: dict[str, Any] = {
    "rule": "tank-high",
    "channel": "pid-tank.voc",
    "kind": "value",
    "on": "raw",
    "held": 63.5,
    "condition": "above 50 ppm",
    "level": "high",
    "unit": "ppm",
    "state": "unacked",
    "since": T - 60_000,
    "active": T - 120_000,
    "stands": True,
    "value": 63.5,
    "flag": "N",
    "acknowledged": None,
    "quiet": None,
    "until": None,
    "chatter": 0,
    "stale": False,
}


def said(*rows: dict[str, Any], flood: int = 0) -> list[str]:
    answer = {"utc": T, "flood": flood, "alarms": [{**ROW, **row} for row in rows]}
    return list(alarms_text(answer, EAST))


def test_each_state_has_its_place() -> None:
    assert sorted(ORDER) == sorted(STATES)


def test_an_alarm_says_since_when_its_value_and_its_limit() -> None:
    assert said({}) == [
        "tank-high: UNACKED since 11-23 16:00, 2 min 0 s",
        "  pid-tank.voc 63.5 ppm; high: above 50 ppm",
    ]


def test_what_is_held_against_the_limit_where_that_is_not_the_value() -> None:
    rate = {"kind": "rate", "unit": "ppm/min", "held": 6.5, "condition": "change over 5m above 5 ppm/min"}
    counted = {"unit": "a day", "held": 3.0, "condition": "above 50 ppm, more than 2 times a day"}
    mean = {"on": "1h", "held": 51.0, "condition": "1h mean above 50 ppm"}
    assert [said(row)[1] for row in (rate, counted, mean)] == [
        "  pid-tank.voc 63.5; high: change over 5m above 5 ppm/min, now 6.5 ppm/min",
        "  pid-tank.voc 63.5; high: above 50 ppm, more than 2 times a day, now 3 a day",
        "  pid-tank.voc 63.5 ppm; high: 1h mean above 50 ppm, now 51 ppm",
    ]


def test_who_took_note() -> None:
    noted = {"t": T - 30_000, "by": "jan", "origin": "control socket"}
    assert said({"state": "acked", "acknowledged": noted})[2:] == ["  acknowledged by jan at 11-23 16:01"]


def test_until_when_it_is_shelved_by_whom_and_why() -> None:
    row = {
        "state": "shelved",
        "active": None,
        "quiet": {"by": "jan", "origin": "control socket", "why": "probe is in the wash"},
        "until": T + 5_400_000,
    }
    assert said(row) == [
        "tank-high: SHELVED since 11-23 16:01, 1 min 0 s",
        "  pid-tank.voc 63.5 ppm; high: above 50 ppm",
        "  shelved by jan until 11-23 17:32, 1 h 30 min left: probe is in the wash",
        "  its condition STANDS",
    ]


def test_what_logic_suppresses_has_nobody_to_name() -> None:
    row = {"state": "suppressed", "quiet": {"why": "pid-tank.voc is M"}, "stands": False, "flag": "M"}
    assert said(row)[1:] == [
        "  pid-tank.voc 63.5 ppm (M); high: above 50 ppm",
        "  suppressed: pid-tank.voc is M",
        "  its condition is over",
    ]


def test_chatter_stale_alarms_and_a_flood() -> None:
    lines = said({"chatter": 7, "stale": True}, flood=14)
    assert lines[0] == "FLOOD: 14 alarms raised since it began"
    assert lines[3:] == ["  chatters: raised 7 times", "  stale: has stood for more than 24 hours"]


def test_what_has_to_be_acted_on_comes_first_and_what_is_normal_is_short() -> None:
    normal = {"rule": "calm", "state": "normal", "since": None, "active": None, "value": None, "flag": None}
    lines = said(normal, {"rule": "known", "state": "acked"}, {})
    assert [line for line in lines if not line.startswith(" ")] == [
        "tank-high: UNACKED since 11-23 16:00, 2 min 0 s",
        "known: ACKED since 11-23 16:00, 2 min 0 s",
        "calm: normal, pid-tank.voc no value",
    ]
    assert said() == ["the station file has no [[rule]]"]


def test_long_words_are_folded_and_nothing_is_left_out() -> None:
    why = "the probe is in the wash " * 8
    lines = said({"state": "out-of-service", "quiet": {"by": "x" * 60, "why": why}})
    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines).split()).count("in the wash") == 8


def test_the_history() -> None:
    told = {"t": T, "trusted": True, "kind": "alarm", "rule": "tank-high", "unit": "ppm", "value": 63.5}
    events = [
        {
            **told,
            "transition": "shelved",
            "cause": "shelved by jan",
            "by": "jan",
            "why": "wash",
            "until": T + 3_600_000,
        },
        {**told, "trusted": False, "transition": "raised", "cause": "above 50 ppm"},
        {
            **told,
            "kind": "alarm-load",
            "what": "chatter",
            "state": "begins",
            "detail": "raised 3 times within a minute",
        },
    ]
    assert list(history_text(events, EAST)) == [
        "11-23 16:02:00 tank-high shelved by jan until 11-23 17:02: wash",
        "11-23 16:02:00? tank-high raised: above 50 ppm (63.5 ppm)",
        "11-23 16:02:00 tank-high chatter begins: raised 3 times within a minute",
    ]
    assert list(history_text([], EAST)) == ["no alarm has been told of"]

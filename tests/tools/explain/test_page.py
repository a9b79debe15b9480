"""The page of `fenceline explain`, as it looks at 80 columns and on a phone."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tools.explain.page import LEAST, page


def stage(name: str, *text: str, channel: str = "pid.voc") -> dict[str, Any]:
    return {"stage": name, "channel": channel, "text": list(text)}


ANSWER = {
    "channel": "pid.voc",
    "unit": "ppm",
    "value": 20.9,
    "flag": "N",
    "conditions": [],
    "t": 1_795_420_800_000,
    "age_s": 0.4,
    "stale": False,
    "why": ["the next poll is due in 0.6 s (every 1s)"],
    "stages": [
        stage("poll", "honeywell-raeguard3 at address 3 of line gas-purification, every 1s"),
        stage("bytes", "of the last good poll, 0.4 s ago", "> 03 03 00 08 00 02 44 2B"),
        stage("rule", "high (high): above 50 ppm", "normal"),
        stage("rule", "high-high (high-high): above 80 ppm", "normal"),
    ],
}


def test_at_80_columns() -> None:
    assert list(page(ANSWER, 80)) == [
        "pid.voc: 20.9 ppm, flag N, 0.4 s old",
        "",
        "poll        honeywell-raeguard3 at address 3 of line gas-purification, every 1s",
        "bytes       of the last good poll, 0.4 s ago",
        "            > 03 03 00 08 00 02 44 2B",
        "rule        high (high): above 50 ppm",
        "            normal",
        "rule        high-high (high-high): above 80 ppm",
        "            normal",
        "note        the next poll is due in 0.6 s (every 1s)",
    ]


def test_on_a_phone() -> None:
    stages = [stage("poll", "honeywell-raeguard3 at address 3 of line gas-purification, every 1s")]
    assert list(page({**ANSWER, "stages": stages, "why": []}, 40)) == [
        "pid.voc: 20.9 ppm, flag N, 0.4 s old",
        "",
        "poll        honeywell-raeguard3 at",
        "              address 3 of line",
        "              gas-purification, every 1s",
    ]


def test_a_stale_value_says_so_first_and_why() -> None:
    answer = {**ANSWER, "value": None, "flag": "B", "conditions": ["no answer in 500 ms"], "stale": True}
    answer |= {"why": ["pid is dead: 4 questions in a row without an answer"], "stages": [], "age_s": 95.0}
    assert list(page(answer, 80)) == [
        "pid.voc: no value, flag B, 1 min 35 s old",
        "  because: no answer in 500 ms",
        "STALE:",
        "- pid is dead: 4 questions in a row without an answer",
    ]


def test_what_was_never_read() -> None:
    answer = {**ANSWER, "value": None, "flag": None, "stale": True, "why": [], "stages": [], "age_s": None}
    assert list(page(answer, 80)) == [
        "pid.voc: not read",
        "STALE:",
        "- nothing is known that holds it up: the next poll tells",
    ]


def test_a_computed_channel_shows_where_it_begins() -> None:
    stages = [stage("poll", "x"), stage("conversion", "y", channel="pid.mass")]
    lines = list(page({**ANSWER, "channel": "pid.mass", "stages": stages, "why": []}, 80))
    assert lines[1:] == ["", "pid.voc", "poll        x", "", "pid.mass", "conversion  y"]


def test_a_replay_has_neither_age_nor_reasons() -> None:
    answer = {key: value for key, value in ANSWER.items() if key not in ("age_s", "stale", "why")}
    assert next(page(answer, 80)) == "pid.voc: 20.9 ppm, flag N"


@given(
    text=st.lists(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=300)),
    columns=st.integers(1, 120),
)
def test_no_line_is_wider_than_the_terminal(text: list[str], columns: int) -> None:
    answer = {**ANSWER, "stages": [stage("conversion", *text)], "why": text}
    assert all(len(line) <= max(columns, LEAST) for line in page(answer, columns))

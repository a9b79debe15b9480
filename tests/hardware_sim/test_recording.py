"""Recorded values played back from CSV, and what is said of a file that cannot be played."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware_sim.recording import Recording
from hardware_sim.tables import BenchError

LONG = "time,channel,value\n0,tsp,10\n0,pm10,5\n10,tsp,20\n10,pm10,\n20,tsp,30\n20,pm10,7\n"
WIDE = "time_s,tsp,pm10,flag\n100,10,5,N\n110,20,,N\n120,30,7,D\n"
WHERE = "instrument a: values: tsp"


def playing(folder: Path, text: str, channel: str = "tsp", **keys: Any) -> Recording:
    (folder / "day.csv").write_text(text, encoding="utf-8")
    return Recording({"csv": str(folder / "day.csv"), "channel": channel, **keys}, channel, WHERE)


def said(made: Recording, *times: float) -> list[float]:
    return [made.at(time) for time in times]


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        WIDE,
        "time,tsp\n2026-03-10T08:00:00Z,10\n2026-03-10T08:00:10Z,20\n2026-03-10 16:00:20+08:00,30\n",
        "time,tsp\n2026-03-10T08:00:00,10\n2026-03-10T08:00:10.000,20\n2026-03-10T08:00:20,30\n",
        "\ufefft, tsp\n1795420800000, 10\n1795420810000, 20\n\n1795420820000, 30\n",
        'time_ms,"tsp"\r\n500,10\r\n10500,20\r\n20500,30\r\n',
    ],
)
def test_every_shape_and_way_to_say_the_time(tmp_path: Path, text: str) -> None:
    made = playing(tmp_path, text)
    assert said(made, 0, 9.9, 10, 19.9, 20, 500) == [10, 10, 20, 20, 30, 30]
    assert made.points == (10, 30)


def test_holes_hold_the_value_before_or_say_that_there_is_none(tmp_path: Path) -> None:
    assert said(playing(tmp_path, WIDE, "pm10"), 0, 10, 20) == [5, 5, 7]
    first, hole, last = said(playing(tmp_path, WIDE, "pm10", holes="nan"), 0, 10, 20)
    assert (first, math.isnan(hole), last) == (5, True, 7)
    assert [math.isnan(point) for point in playing(tmp_path, WIDE, "pm10", holes="nan").points] == [
        True,
        False,
        False,
    ]


def test_it_loops_after_as_long_as_its_last_step_took(tmp_path: Path) -> None:
    made = playing(tmp_path, LONG, ends="loop")
    assert said(made, 0, 29.9, 30, 45, 3000 * 30 + 10) == [10, 30, 10, 20, 20]
    single = playing(tmp_path, "time,tsp\n5,3\n", ends="loop")
    assert said(single, 0, 99) == [3, 3]


def test_it_plays_faster(tmp_path: Path) -> None:
    assert said(playing(tmp_path, LONG, speed=60), 0.1, 0.17, 0.34) == [10, 20, 30]


def test_a_channel_that_begins_later_than_its_file_has_its_first_value_before(tmp_path: Path) -> None:
    text = "time,channel,value\n0,pm10,1\n60,tsp,4\n120,tsp,5\n"
    assert said(playing(tmp_path, text), 0, 60, 120) == [4, 4, 5]


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    assert said(playing(tmp_path, "time,tsp\n0,1\n"), 0) == [1]
    assert said(playing(tmp_path, "time,tsp\n0,12\n"), 0) == [12]


HEADER = (
    "is no header that can be played\n  hint: time,channel,value, or time and a column for each channel; "
    "time, time_s, time_ms or t, once"
)


@pytest.mark.parametrize(
    ("text", "keys", "what"),
    [
        ("", {}, f"{WHERE}: FILE:1: an empty line {HEADER}"),
        ("zeit,tsp\n", {}, f"{WHERE}: FILE:1: zeit, tsp {HEADER}"),
        ("time,t,tsp\n", {}, f"{WHERE}: FILE:1: time, t, tsp {HEADER}"),
        ("time,tsp\n", {}, f"{WHERE}: FILE: has no rows"),
        ("time,tsp\n0,1\n1\n", {}, f"{WHERE}: FILE:3: 1 values under a header of 2"),
        (
            "time,tsp\n0,1\nnoon,1\n",
            {},
            f"{WHERE}: FILE:3: 'noon' is no time\n  hint: an ISO date and time, or a number",
        ),
        (
            "time,tsp\n10,1\n5,1\n",
            {},
            f"{WHERE}: FILE:3: 5 stands behind a later time\n  hint: sort the rows by time",
        ),
        (
            "time,tsp\n10,1\n15,12O\n",
            {},
            f"{WHERE}: FILE:3: tsp: '12O' is no value\n  hint: a hole is left empty",
        ),
        ("time,tsp\n10,inf\n", {}, f"{WHERE}: FILE:2: tsp: 'inf' is no value\n  hint: a hole is left empty"),
        ('time,tsp\n10,"1\n', {}, f"{WHERE}: FILE:2: not valid CSV: unexpected end of data"),
        ("time,tsp\n0,\n", {}, f"{WHERE}: channel: FILE: 'tsp' has nothing but holes"),
        (LONG, {"channel": "so2"}, f"{WHERE}: channel: FILE has no 'so2'\n  hint: it has pm10, tsp"),
        (LONG, {"ends": "stop"}, f"{WHERE}: ends: 'stop' is none of hold, loop"),
        (LONG, {"loop": True}, f"{WHERE}: loop: unknown key\n"
         "  hint: known are channel, csv, ends, holes, speed"),
    ],
)  # fmt: skip
def test_messages(tmp_path: Path, text: str, keys: dict[str, Any], what: str) -> None:
    with pytest.raises(BenchError) as caught:
        playing(tmp_path, text, **keys)
    assert str(caught.value).replace(str(tmp_path / "day.csv"), "FILE") == what


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.csv", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(BenchError, match=words):
            Recording({"csv": str(path)}, "tsp", WHERE)
    (tmp_path / "latin.csv").write_bytes(b"time,tsp\n0,\xb5\n")
    with pytest.raises(BenchError, match="cannot be read"):
        Recording({"csv": str(tmp_path / "latin.csv")}, "tsp", WHERE)


cells = st.one_of(
    st.sampled_from(["0", "1.5", "", "nan", "2026-03-10T08:00", "tsp", "-"]), st.text(max_size=6)
)
files = st.lists(st.lists(cells, max_size=4).map(",".join), max_size=8).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(["", "time,tsp\n", "time,channel,value\n", "t,tsp,x\n"]), text=files)
def test_no_file_at_all_raises_anything_else(tmp_path: Path, head: str, text: str) -> None:
    try:
        made = playing(tmp_path, head + text, ends="loop")
    except (BenchError, UnicodeEncodeError):  # the latter: a text that no file can hold
        return
    low, high = min(made.points), max(made.points)
    assert all(low <= made.at(at) <= high for at in (0, 1, 1e9))

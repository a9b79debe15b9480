"""Recorded samples out of CSV: what is taken, and what a person is told of what is not."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.replay.samples import BadRecording, read

UNITS = {"pid.voc": "ppm", "pid.t": "degC", "pid.voc_mg": "mg/m3"}
T = 1_795_485_600_000  # 2026-11-24T02:00:00Z


def rows(text, **options):
    settings = {"units": UNITS, "computed": ["pid.voc_mg"], "offset_min": 480, **options}
    recording, passed_over = read(io.StringIO(text, newline=""), "day.csv", **settings)
    return list(recording), passed_over


def told(text):
    with pytest.raises(BadRecording) as caught:
        rows(text)
    return str(caught.value)


def test_a_row_of_each_kind():
    text = "time,channel,value,flag\n1795485600000,pid.voc,12.5,N\n1795485601000,pid.voc,,B\n"
    assert rows(text) == (
        [(T, 2, "pid.voc", 12.5, "N", "", True), (T + 1000, 3, "pid.voc", None, "B", "", True)],
        0,
    )


@pytest.mark.parametrize(
    "written",
    [
        "1795485600000",
        "2026-11-24T02:00:00Z",
        "2026-11-24T10:00:00+08:00",
        "2026-11-24T10:00:00",
        "2026-11-24 10:00:00.000",
    ],
)
def test_the_same_moment(written):
    ((row,), _) = rows(f"time,channel,value,flag\n{written},pid.voc,1,N\n")
    assert row[0] == T


def test_milliseconds_of_a_time_are_exact():
    ((row,), _) = rows("time,channel,value\n2026-11-24T10:00:00.029,pid.voc,1\n")
    assert row[0] == T + 29


@pytest.mark.parametrize("last", ["", ","])
def test_a_flag_that_is_not_there_is_n(last):
    ((row,), _) = rows(f"time,channel,value,flag\n{T},pid.voc,1{last}\n")
    assert row[4] == "N"


def test_columns_stand_in_any_order_and_others_do_not_matter():
    text = f"\ufeffvalue,remark,Channel,time\r\n\r\n1.5,'a, b',pid.voc,{T}\r\n"
    ((row,), _) = rows(text.lstrip("\ufeff").replace("'", '"'))
    assert row[:5] == (T, 3, "pid.voc", 1.5, "N")


def test_what_export_writes_is_taken_as_the_instrument_said_it():
    """Of a current loop the archive has the value and, as `raw`, the current it comes from."""
    text = (
        "channel,unit,time,t,value,raw,flag,conditions,tu\n"
        f"pid.voc,ppm,2026-11-24T10:00:00+08:00,{T},50.0,12.0,"
        "T,over range; spike; dirty window; kept out of averages,1\n"
        f"pid.t,degC,2026-11-24T10:00:00+08:00,{T},21.5,,N,flat line,0\n"
        f"pid.voc_mg,mg/m3,2026-11-24T10:00:00+08:00,{T},3.5,,N,,0\n"
    )
    assert rows(text) == (
        [
            (T, 2, "pid.voc", 12.0, "T", "over range; dirty window", False),
            (T, 3, "pid.t", 21.5, "N", "", True),
        ],
        1,
    )


HEAD = "time,channel,value,flag\n"
FIRST = f"{HEAD}{T},pid.voc,1,N\n"
WRONG = [
    ("", "day.csv:1: there is nothing in it"),
    ("\n1795485600000,pid.voc,1\n", "day.csv:1: there is nothing in it"),
    ("1795485600000,pid.voc,1,N\n", "day.csv:1: no column time, channel, value in the first line"),
    ("time,value\n", "day.csv:1: no column channel in the first line"),
    ("time;channel;value;flag\n", "day.csv:1: its columns are parted by semicolons"),
    ("channel,period,time,value\n", "day.csv:1: these are averages"),
    (f"{FIRST}yesterday,pid.voc,1,N\n", 'day.csv:3: "yesterday" is no time'),
    (f"{FIRST}-5,pid.voc,1,N\n", 'day.csv:3: "-5" is no time'),
    (f"{FIRST}99999999999999999,pid.voc,1,N\n", 'day.csv:3: "99999999999999999" is no time'),
    (f"{FIRST}2026-02-30T00:00:00Z,pid.voc,1,N\n", 'day.csv:3: "2026-02-30T00:00:00Z" is no time'),
    (f"{FIRST}{T},pid.vox,1,N\n", 'day.csv:3: the station file has no channel "pid.vox"'),
    (f'{FIRST}{T},pid.voc,"1,5",N\n', 'day.csv:3: "1,5" is no number'),
    (f"{FIRST}{T},pid.voc,nan,N\n", 'day.csv:3: "nan" is no value'),
    (f"{FIRST}{T},pid.voc,1e999,N\n", 'day.csv:3: "1e999" is no value'),
    (f"{FIRST}{T},pid.voc,1,X\n", 'day.csv:3: "X" is no flag of HJ 212'),
    (f"{FIRST}{T},pid.voc,1,NT\n", 'day.csv:3: "NT" is no flag of HJ 212'),
    (f"{FIRST}{T},pid.voc\n", "day.csv:3: 2 fields, where the first line names 4"),
    (f"{FIRST}{T},pid.voc,1,N,5\n", "day.csv:3: 5 fields, where the first line names 4"),
    (f'{FIRST}{T},pid.voc,"1,N\n', "day.csv:3: is no CSV: unexpected end of data"),
    (f"time,channel,value,unit\n{T},pid.voc,1,ppb\n", 'day.csv:2: "ppb" is not the unit of pid.voc'),
    (f"{FIRST}\udcff,pid.voc,1,N\n", 'day.csv:3: "\\udcff" is no time'),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_line(text, said):
    assert told(text).startswith(said)
    assert "\n  hint: " in told(text) or "no CSV" in said


@given(st.text(alphabet=st.sampled_from('time,chanelvugpid.oc0123456789-+TZ:;" \n\r\x00é'), max_size=200))
def test_any_text_is_read_or_refused(text):
    for whole in (text, FIRST + text):
        try:
            found, _ = rows(whole)
        except BadRecording as error:
            assert str(error).startswith("day.csv:")  # noqa: PT017 - either way is right
        else:
            assert all(row[2] in UNITS for row in found)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 253_402_300_799_999),
            st.sampled_from(["pid.voc", "pid.t"]),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
            st.sampled_from("SMCFBDTN"),
        )
    )
)
def test_what_is_written_is_read_to_the_last_bit(samples):
    text = HEAD + "".join(
        f"{t},{channel},{'' if value is None else value},{flag}\n" for t, channel, value, flag in samples
    )
    found, _ = rows(text)
    due = sorted((t, line, *rest) for line, (t, *rest) in enumerate(samples, 2))
    assert [row[:5] for row in found] == [
        (t, line, channel, value, flag) for t, line, channel, value, flag in due
    ]
